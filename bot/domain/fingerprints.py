"""What a plan rests on, named one by one: shown, approved and run only while all of it still stands."""

import hashlib
import json
from dataclasses import asdict, fields
from typing import TypeAlias

from bot.domain.images import Reference
from bot.domain.plans import Difference
from bot.domain.stacks import Stage
from bot.domain.targets import Target

Footing: TypeAlias = tuple[tuple[str, str], ...]
"""Name and value of each thing, in the order in which they are told."""

_ABSENT = "nothing"
_NAMES = ("stack", "name")
_RULE = "tinystacks.yml "


def footing(stage: Stage, target: Target, reference: Reference | None = None, image: str = "") -> Footing:
    """What runs (a revision never changes, so its name stands for all of it), which deployment brought it, how many
    tasks are wanted, how they are replaced, what the stage's rules are, and where `reference` stands now.

    Not running counts, not events: those move by themselves. So does the desired count between autoscaling's bounds."""
    service = target.service
    seen = {
        "service": f"{service.arn} {service.status}",
        "deployed by": service.controller,
        "running revision": f"{target.revision} ({service.task_definition_arn.rsplit('/', 1)[-1]})",
        "deployment": service.primary.id if service.primary else _ABSENT,
        **_size(target),
        **{f"deployment {key}": str(value) for key, value in asdict(service.configuration).items()},
        **({f"image {reference.tag or reference.digest or reference}": image} if reference else {}),
        **_rules(stage),
    }
    return tuple(seen.items())


def fingerprint(seen: Footing) -> str:
    """SHA-256 (hex) of all of it."""
    return hashlib.sha256(json.dumps(seen, separators=(",", ":")).encode()).hexdigest()


def moved(before: Footing, now: Footing) -> tuple[Difference, ...]:
    """What is no longer as it was, from what to what."""
    was, stands = dict(before), dict(now)
    names = dict.fromkeys([*was, *stands])
    pairs = ((name, was.get(name, _ABSENT), stands.get(name, _ABSENT)) for name in names)
    return tuple(Difference(name, old, new) for name, old, new in pairs if old != new)


def rules_moved(before: Footing, stage: Stage) -> tuple[Difference, ...]:
    """What `tinystacks.yml` says of the stage and did not say then."""
    return moved(tuple(pair for pair in before if pair[0].startswith(_RULE)), rules_of(stage))


def rules_of(stage: Stage) -> Footing:
    """What `tinystacks.yml` says of the stage."""
    return tuple(_rules(stage).items())


def _size(target: Target) -> dict[str, str]:
    bounds = target.bounds
    scaled = {"autoscaling bounds": f"{bounds.least} to {bounds.most}"} if bounds else {}
    fixed = bounds is None or bounds.suspended
    return scaled | ({"desired count": str(target.service.desired)} if fixed else {})


def _rules(stage: Stage) -> dict[str, str]:
    values = {field.name: getattr(stage, field.name) for field in fields(stage) if field.name not in _NAMES}
    return {f"{_RULE}{key}": _text(value) for key, value in values.items()}


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_text, value)) or _ABSENT
    return str(value) if value not in (None, "") else _ABSENT
