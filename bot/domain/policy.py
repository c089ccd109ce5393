"""Who may do what, and which rule says so. Deny by default; the same function answers when something is asked, when it
is clicked and right before it is applied."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.people import Person
from bot.domain.stacks import Config, Stage

READING_VERBS = frozenset(
    {"help", "tasks", "exec", "logs", "status", "history", "audit", "approvals", "whoami", "home"},
)
"""Verbs that change nothing. Every other word counts as a change, one that nobody has heard of too."""

DECIDING_VERBS = frozenset({"approve", "deny"})
FREEZING_VERBS = frozenset({"freeze", "unfreeze"})
HOLDING_VERBS = FREEZING_VERBS | {"lock", "unlock"}
NO_CHANNEL = "-"
"""Where something is clicked that is in no channel, as in the App Home or in a form opened from there."""

_ANYWHERE = FREEZING_VERBS | {"lock", "unlock", "take_over", "deny"}
"""They touch nothing that runs, so a stage's `channels` does not bind them."""

_KEYS = {"emergency": "emergency"} | dict.fromkeys(DECIDING_VERBS, "approval")
_KEYS |= dict.fromkeys(FREEZING_VERBS | {"take_over"}, "admins")
"""The key of a stage that names who may; `may_change` for every other verb."""

_MEMBERS_ONLY = "Ask an own member of this workspace."


@dataclass(frozen=True, slots=True)
class Moment:
    """What holds now. `members`: user group id (S…) to user ids; None, or left out: it could not be read.

    `external_channel`: asked in a channel shared with another workspace; None: Slack did not tell. `channel_id`: where
    it was typed or clicked, NO_CHANNEL included; empty: nobody did, a step goes on by itself. `requester`: who asked
    for the change that is being decided."""

    config: Config
    members: Mapping[str, frozenset[str] | None]
    external_channel: bool | None = False
    channel_id: str = ""
    requester: Person | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """`rule` is what allows it: a group of `people` and the id that matched."""

    rule: str


@dataclass(frozen=True, slots=True)
class Refused:
    """`reason` says which rule refused, `who_could` who could do it or what to ask for: the two parts of NotAllowed."""

    reason: str
    who_could: str


def decide(person: Person, verb: str, stage: Stage | None, moment: Moment) -> Allowed | Refused:
    """Whether `person` may do `verb` on `stage`. None: on no stage in particular, which reading verbs allow; and
    freezing ones, which then ask for a right on every stage."""
    refused = _refused_for_everything(person, stage, moment)
    if refused:
        return refused
    if verb in READING_VERBS:
        return Allowed("members of this workspace may look")
    if moment.external_channel is None and not (stage and stage.shared_channels):
        reason = "I cannot see now whether this channel is shared with another workspace, where nothing may be changed."
        return Refused(reason, "Try again in a minute, or type it in another channel.")
    stages = _concerned(verb, stage, moment.config)
    if not stages:
        return Refused(f"No rule says who may {verb} without naming a stage.", "Name the stack and the stage.")
    return _refused_here(person, verb, stage, moment) or _by_groups(person, verb, stages, moment)


def door(person: Person, moment: Moment) -> Refused | None:
    """Why `person` is refused before it is known what for; None: what they ask for is decided by `decide`."""
    stages = (stage for stack in moment.config.stacks for stage in stack.stages)
    shared = next((stage for stage in stages if stage.shared_channels), None)
    return _refused_for_everything(person, shared, moment)


def groups_needed(config: Config, verb: str, stage: Stage | None) -> tuple[str, ...]:
    """The user groups (S…) whose members `decide` will ask for; empty for reading verbs."""
    stages = () if verb in READING_VERBS else _concerned(verb, stage, config)
    named = (group for one in stages for group in groups_of(verb, one))
    ids = (id_ for group in named for id_ in config.people.get(group, ()) if _is_user_group(id_))
    return tuple(dict.fromkeys(ids))


def groups_of(verb: str, stage: Stage) -> tuple[str, ...]:
    """The groups of `people` of which one must name whoever does that changing or deciding verb."""
    match _KEYS.get(verb):
        case "approval":
            return stage.approval.by if stage.approval else ()
        case "emergency":
            return stage.emergency
        case "admins":
            return stage.admins
    return stage.may_change


def _refused_for_everything(person: Person, stage: Stage | None, moment: Moment) -> Refused | None:
    if person.refused is not None:
        return Refused(f"You are {person.refused}.", _MEMBERS_ONLY)
    if person.team_id != moment.config.workspace:
        return Refused("You are from another workspace.", _MEMBERS_ONLY)
    if moment.external_channel and not (stage and stage.shared_channels):
        return Refused("This channel is shared with another workspace.", "Type it in a channel of your own workspace.")
    return None


def _concerned(verb: str, stage: Stage | None, config: Config) -> tuple[Stage, ...]:
    if stage is not None:
        return (stage,)
    return tuple(one for stack in config.stacks for one in stack.stages) if verb in FREEZING_VERBS else ()


def _refused_here(person: Person, verb: str, stage: Stage | None, moment: Moment) -> Refused | None:
    """Whatever the groups say: nobody decides about their own change, and some stages are changed from some channels
    only, their own among them, since the cards and their buttons stand there."""
    asked = moment.requester
    if verb in DECIDING_VERBS and asked and (asked.team_id, asked.user_id) == (person.team_id, person.user_id):
        others = " or ".join(groups_of(verb, stage) if stage else ()) or "those who may"
        return Refused(
            f"You asked for this change, so you cannot {verb} it.", f"Ask another of {others}, or withdraw it."
        )
    if stage is None or verb in _ANYWHERE or not stage.channels or not moment.channel_id:
        return None
    where = dict.fromkeys((*stage.channels, stage.channel_id))
    if moment.channel_id in where:
        return None
    reason = f"{stage.stack} {stage.name} can be changed from some channels only, and this is none of them."
    return Refused(reason, f"Type it in the channel {' or '.join(where)}.")


def _by_groups(person: Person, verb: str, stages: tuple[Stage, ...], moment: Moment) -> Allowed | Refused:
    found = {stage: _matching_rule(person, groups_of(verb, stage), moment) for stage in stages}
    lacking = next((stage for stage, rule in found.items() if rule is None), None)
    if lacking is not None:
        return _refused(verb, lacking, moment)
    return Allowed(", ".join(dict.fromkeys(rule for rule in found.values() if rule)))


def _matching_rule(person: Person, groups: tuple[str, ...], moment: Moment) -> str | None:
    for group in groups:
        for id_ in moment.config.people.get(group, ()):
            members = (moment.members.get(id_) or frozenset()) if _is_user_group(id_) else {id_}
            if person.user_id in members:
                return f"{group} ({id_})"
    return None


def _refused(verb: str, stage: Stage, moment: Moment) -> Refused:
    doing, groups = _doing(verb, stage), groups_of(verb, stage)
    unread = [id_ for id_ in groups_needed(moment.config, verb, stage) if moment.members.get(id_) is None]
    if unread:
        named = ", ".join(unread)
        reason = f"I cannot read the user group {named} from Slack now, so I do not know whether you may {doing}."
        return Refused(reason, "Try again in a minute; if it stays so, ask whoever runs me to check the scopes.")
    if not groups:
        key = _KEYS.get(verb, "may_change")
        return Refused(f"Nobody may {doing}: no rule names anyone.", f"Add {key} to that stage in tinystacks.yml.")
    return Refused(f"No rule lets you {doing}.", f"Ask somebody of {' or '.join(groups)}, or be added there.")


def _doing(verb: str, stage: Stage) -> str:
    place = f"{stage.stack} {stage.name}"
    if verb in FREEZING_VERBS:
        return f"{verb} everything, which takes an admin of every stage, of {place} too"
    known = {
        "rollback": f"roll back {place}",
        "emergency": f"use --emergency on {place}",
        "take_over": f"take over the lock of {place}",
    }
    return known.get(verb, f"{verb} {place}")


def _is_user_group(id_: str) -> bool:
    return id_.startswith("S")
