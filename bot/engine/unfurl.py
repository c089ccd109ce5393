"""Links to the AWS console that somebody posted: a line of state under each that is about a stage.

Nobody asked for an answer, so whatever stands in the way is only logged."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from bot.domain.console_links import ConsoleLink, console_link, stages_of
from bot.domain.ecs import Task
from bot.domain.errors import Refusal, Unrecorded
from bot.domain.policy import Allowed, Moment, decide
from bot.domain.requests import Request
from bot.domain.stacks import Stage
from bot.engine.commands import House
from bot.engine.ports import Json, Ports
from bot.engine.reading import or_none
from bot.engine.tiles import tiles_of
from bot.messages.unfurl import unfurled

_log = logging.getLogger(__name__)

MOST = 5
"""Links of one message."""

_PATIENCE_SECONDS = 3.0
_YOUNGER = timedelta(seconds=5)

_About = tuple[Stage, Task | None]


def unfurl(house: House, request: Request) -> None:
    """Shows them, where tinystacks.yml wants that and everybody who reads it may look."""
    try:
        _unfurl(house, request)
    except (Refusal, Unrecorded) as error:
        _log.warning("unfurl_left_out channel=%s user=%s: %s", request.channel_id, request.user_id, error)
    except Exception:
        _log.exception("unfurl_failed channel=%s user=%s", request.channel_id, request.user_id)


def _unfurl(house: House, request: Request) -> None:
    named = _named(house, request) if house.config.unfurl else {}
    if not named or not _among_us(house.ports, request) or not _may_look(house, request):
        return
    found = {url: or_none(partial(_about, house.ports, *one)) for url, one in named.items()}
    told = _lines(house, {url: about for url, about in found.items() if about})
    if told:
        house.ports.chat.unfurl(request.channel_id, request.message_ts, told)


def _named(house: House, request: Request) -> dict[str, tuple[ConsoleLink, tuple[Stage, ...]]]:
    """By address, those that may be about a stage; asks nobody."""
    stages = [one for stack in house.config.stacks for one in stack.stages]
    links = {url: link for url in request.text.split() if (link := console_link(url))}
    named = {url: (link, stages_of(link, stages)) for url, link in links.items()}
    return dict([(url, one) for url, one in named.items() if one[1]][:MOST])


def _among_us(ports: Ports, request: Request) -> bool:
    """Whether it is known that the bot is in the channel, and that nobody from elsewhere is or was invited."""
    if request.external_channel is not False:
        return False
    facts = ports.chat.channel(request.channel_id)
    return facts.member is True and facts.external is False


def _may_look(house: House, request: Request) -> bool:
    person = house.ports.people.person(request.team_id, request.user_id)
    return isinstance(decide(person, "status", None, Moment(house.config, {})), Allowed)


def _about(ports: Ports, link: ConsoleLink, stages: tuple[Stage, ...]) -> _About | None:
    """The stage, and the task where it is about one. A task of none of the stages is nobody's business."""
    if not link.task_id:
        return stages[0], None
    task = ports.ecs.describe_tasks(stages[0].place, [link.task_id]).get(link.task_id)
    stage = next((one for one in stages if task and task.group == f"service:{one.service}"), None)
    return (stage, task) if stage else None


def _lines(house: House, about: Mapping[str, _About]) -> dict[str, Json]:
    """What AWS did not say in time is left out: under a link it would stand for ever."""
    stages = tuple(dict.fromkeys(stage for stage, _ in about.values()))
    tiles = tiles_of(house, stages, younger=_YOUNGER, patience=_PATIENCE_SECONDS) if stages else ()
    read = {tile.stage: tile for tile in tiles if tile.service}
    now = house.ports.now()
    return {url: unfurled(read[stage], task, now) for url, (stage, task) in about.items() if stage in read}
