"""Who may do what, and which rule says so. Deny by default; the same function answers at request and at click."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.people import Person
from bot.domain.stacks import Config, Stage

READING_VERBS = frozenset(
    {"help", "tasks", "exec", "logs", "status", "history", "audit", "approvals", "whoami", "home"},
)
"""Verbs that change nothing. Every other word counts as a change, one that nobody has heard of too."""

DECIDING_VERBS = frozenset({"approve", "deny"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rules say now. `members`: user group id (S…) to user ids; None, or left out: it could not be read.
    `external_channel`: the request came from a channel shared with another workspace."""

    config: Config
    members: Mapping[str, frozenset[str] | None]
    external_channel: bool = False


@dataclass(frozen=True, slots=True)
class Allowed:
    """`rule` is what allows it: a group of `people` and the id that matched."""

    rule: str


@dataclass(frozen=True, slots=True)
class Refused:
    """`reason` says which rule refused, `who_could` who could do it or what to ask for: the two parts of NotAllowed."""

    reason: str
    who_could: str


def decide(person: Person, verb: str, stage: Stage | None, rules: Rules) -> Allowed | Refused:
    """Whether `person` may do `verb` on `stage` (None: on no stage in particular, which only reading verbs allow)."""
    refused = _refused_for_everything(person, rules)
    if refused:
        return refused
    if verb in READING_VERBS:
        return Allowed("members of this workspace may look")
    if stage is None:
        return Refused(f"No rule says who may {verb} without naming a stage.", "Name the stack and the stage.")
    rule = _matching_rule(person, _groups(verb, stage), rules)
    return Allowed(rule) if rule else _refused(verb, stage, rules)


def groups_needed(config: Config, verb: str, stage: Stage | None) -> tuple[str, ...]:
    """The user groups (S…) whose members `decide` will ask for; empty for reading verbs."""
    if stage is None or verb in READING_VERBS:
        return ()
    ids = (id_ for group in _groups(verb, stage) for id_ in config.people.get(group, ()) if _is_user_group(id_))
    return tuple(dict.fromkeys(ids))


def _refused_for_everything(person: Person, rules: Rules) -> Refused | None:
    if person.refused is not None:
        return Refused(f"You are {person.refused}.", "Ask an own member of this workspace.")
    if person.team_id != rules.config.workspace:
        return Refused("You are from another workspace.", "Ask an own member of this workspace.")
    if rules.external_channel:
        return Refused("This channel is shared with another workspace.", "Type it in a channel of your own workspace.")
    return None


def _groups(verb: str, stage: Stage) -> tuple[str, ...]:
    if verb not in DECIDING_VERBS:
        return stage.may_change
    return stage.approval.by if stage.approval else ()


def _matching_rule(person: Person, groups: tuple[str, ...], rules: Rules) -> str | None:
    for group in groups:
        for id_ in rules.config.people.get(group, ()):
            members = (rules.members.get(id_) or frozenset()) if _is_user_group(id_) else {id_}
            if person.user_id in members:
                return f"{group} ({id_})"
    return None


def _refused(verb: str, stage: Stage, rules: Rules) -> Refused:
    place = f"{verb} {stage.stack} {stage.name}"
    unread = [id_ for id_ in groups_needed(rules.config, verb, stage) if rules.members.get(id_) is None]
    if unread:
        named = ", ".join(unread)
        reason = f"I cannot read the user group {named} from Slack now, so I do not know whether you may {place}."
        return Refused(reason, "Try again in a minute; if it stays so, ask whoever runs me to check the scopes.")
    groups = _groups(verb, stage)
    if not groups:
        key = "approval" if verb in DECIDING_VERBS else "may_change"
        return Refused(f"Nobody may {place}: no rule names anyone.", f"Add {key} to that stage in tinystacks.yml.")
    return Refused(f"No rule lets you {place}.", f"Ask somebody of {' or '.join(groups)}, or be added there.")


def _is_user_group(id_: str) -> bool:
    return id_.startswith("S")
