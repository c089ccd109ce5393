"""May this person do that here? Reads who is in which group, then asks the one pure decision."""

from bot.domain.errors import NotAllowed, Refusal
from bot.domain.policy import Refused, Rules, decide, groups_needed
from bot.domain.stacks import Stage
from bot.engine.commands import Ask
from bot.engine.ports import People


def require(ask: Ask, verb: str, stage: Stage | None, *, fresh: bool = False) -> str:
    """The rule that allows it.

    Raises NotAllowed naming the rule that refuses and who could do it; `fresh` looks groups up past every cache."""
    config = ask.house.config
    members = _members(ask.house.ports.people, groups_needed(config, verb, stage), fresh)
    decision = decide(ask.person, verb, stage, Rules(config, members, ask.request.external_channel))
    if isinstance(decision, Refused):
        raise NotAllowed(decision.reason, decision.who_could)
    return decision.rule


def _members(people: People, groups: tuple[str, ...], fresh: bool) -> dict[str, frozenset[str] | None]:
    """None for a group that cannot be read: it then grants nothing."""
    found: dict[str, frozenset[str] | None] = {}
    for group in groups:
        try:
            found[group] = people.members(group, fresh=fresh)
        except Refusal:
            found[group] = None
    return found
