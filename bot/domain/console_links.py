"""Links to services and tasks of ECS in the AWS console, in both shapes that people paste.

https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/prod/services/shop/health?region=eu-west-1
https://console.aws.amazon.com/ecs/home?region=eu-west-1#/clusters/prod/services/shop/details
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.stacks import Place, Stage

_LONGEST = 2_000
_REGION = r"[a-z]{2}(?:-[a-z]+){1,3}-[0-9]{1,2}"
_NAME = r"[A-Za-z0-9_-]{1,255}"
_TASK = r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Whoever is signed in to several accounts has one of them, and some letters, in front of the host's name.
_HOST = rf"https://(?:[0-9]{{12}}-[a-z0-9]{{1,20}}\.)?(?:(?P<host>{_REGION})\.)?console\.aws\.amazon\.com"
_QUERY = r"(?:\?(?P<query>[A-Za-z0-9_.~%&=;,:/+-]*))?"
_WHAT = (
    rf"/clusters/(?P<cluster>{_NAME})"
    rf"/(?:services/(?P<service>{_NAME})(?:/tasks/(?P<of_service>{_TASK}))?|tasks/(?P<task>{_TASK}))"
    r"(?:/[A-Za-z0-9_/-]*)?"
)
_SHAPES = (
    re.compile(rf"{_HOST}/ecs/v2{_WHAT}{_QUERY}(?:#[!-~]*)?"),
    re.compile(rf"{_HOST}/ecs/home/?{_QUERY}#{_WHAT}(?:\?[!-~]*)?"),
)
_REGION_ASKED = re.compile(r"(?:^|&)region=([^&]*)")


@dataclass(frozen=True, slots=True)
class ConsoleLink:
    """What a link is about: a service, one of its tasks, or a task of an unnamed service (`service` empty)."""

    region: str
    cluster: str
    service: str = ""
    task_id: str = ""


def console_link(url: str) -> ConsoleLink | None:
    """None: anything else, and a link that names no region or two. Never raises."""
    if len(url) > _LONGEST:
        return None
    plain = url.replace("&amp;", "&")
    found = next(filter(None, (shape.fullmatch(plain) for shape in _SHAPES)), None)
    if found is None:
        return None
    regions = {*_REGION_ASKED.findall(found["query"] or ""), *([found["host"]] if found["host"] else [])}
    if len(regions) != 1 or not re.fullmatch(_REGION, next(iter(regions))):
        return None
    task_id = found["of_service"] or found["task"] or ""
    return ConsoleLink(regions.pop(), found["cluster"], found["service"] or "", task_id)


def stages_of(link: ConsoleLink, stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """The stages that it may be about; none where they are of several accounts, for a link does not tell which."""
    where = (link.region, link.cluster)
    there = [one for one in stages if (one.place.region, one.place.cluster) == where]
    mine = [one for one in there if link.service in ("", one.service)]
    places: set[Place] = {one.place for one in mine}
    return tuple(mine) if len(places) == 1 else ()
