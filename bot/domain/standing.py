"""What one person may do where, stages with equal answers together: the rules as `whoami` prints them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.people import Person
from bot.domain.policy import Allowed, Moment, decide, groups_needed, groups_of
from bot.domain.stacks import ApprovalRule, Stack, Stage

VERBS = ("deploy", "approve", "emergency", "take_over")
"""One verb for each key of a stage that names who may: may_change, approval, emergency, admins."""


@dataclass(frozen=True, slots=True)
class Right:
    """`rule`: what allows it, empty if nothing does. `groups`: whose people could. `unread`: user groups that Slack did
    not show, which may be why not."""

    rule: str
    groups: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody's rights on a stage, in the order of VERBS, and what binds them there: its `approval`, its `channels`
    (its own among them; empty: any), whether it takes commands from shared channels."""

    rights: tuple[Right, ...]
    approval: ApprovalRule | None
    channels: tuple[str, ...]
    shared_channels: bool


def standings(person: Person, stacks: Sequence[Stack], moment: Moment) -> dict[Standing, list[Stage]]:
    """Every stage of the stacks by the person's standing there, in the order of the config. Where it is asked makes no
    difference, since the answer tells the channels."""
    anywhere, found = replace(moment, external_channel=False, channel_id=""), dict[Standing, list[Stage]]()
    for stage in (stage for stack in stacks for stage in stack.stages):
        found.setdefault(_standing(person, stage, anywhere), []).append(stage)
    return found


def right(person: Person, verb: str, stage: Stage | None, moment: Moment) -> Right:
    """The decision on one verb, in its parts."""
    decision = decide(person, verb, stage, moment)
    groups = groups_of(verb, stage) if stage else ()
    if isinstance(decision, Allowed):
        return Right(decision.rule, groups)
    needed = groups_needed(moment.config, verb, stage)
    return Right("", groups, tuple(id_ for id_ in needed if moment.members.get(id_) is None))


def _standing(person: Person, stage: Stage, moment: Moment) -> Standing:
    rights = tuple(right(person, verb, stage, moment) for verb in VERBS)
    channels = tuple(dict.fromkeys((*stage.channels, stage.channel_id))) if stage.channels else ()
    return Standing(rights, stage.approval, channels, stage.shared_channels)
