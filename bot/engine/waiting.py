"""What waits for a decision, as one person sees it."""

from bot.domain.changes import Change
from bot.domain.errors import Refusal
from bot.domain.names import find_stage
from bot.engine.commands import Ask
from bot.engine.rights import require

Waiting = tuple[list[Change], list[Change], list[Change]]
"""What they may decide, what they asked for, and the rest; queued changes too."""


def waiting_for(ask: Ask) -> Waiting:
    """Everything that waits, oldest first."""
    with ask.house.ports.store.transaction() as tx:
        waiting = [one for one in tx.waiting_changes() if one.queued_at or _undecided(one, ask)]
    mine = [one for one in waiting if _undecided(one, ask) and _may_decide(ask, one)]
    own = [one for one in waiting if one not in mine and one.requester.user_id == ask.person.user_id]
    return mine, own, [one for one in waiting if one not in mine and one not in own]


def _undecided(change: Change, ask: Ask) -> bool:
    return change.expires_at is not None and ask.house.ports.now() < change.expires_at


def _may_decide(ask: Ask, change: Change) -> bool:
    if any(one.person.user_id == ask.person.user_id for one in change.approvals):
        return False
    try:
        require(ask, "approve", find_stage(ask.house.config, change.stack, change.stage), requester=change.requester)
    except Refusal:
        return False
    return True
