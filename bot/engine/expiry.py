"""Until when a change waits: for a yes of whoever asked, for a decision, for its stage."""

from datetime import datetime, timedelta

from bot.domain.changes import Change, State
from bot.engine.audit import BOT_ITSELF, note_change
from bot.engine.cards import put_card, put_news
from bot.engine.commands import House
from bot.messages.request import expired

EXPIRE = "expire"
"""The wake-up `expire:<change id>`."""

QUEUE_LIVES = timedelta(hours=24)
"""How long a change waits for its stage."""


def expire(house: House, change_id: str) -> None:
    """Step: what nobody confirmed, decided or could start in time. The time is looked at here, not when it was set;
    what was made in the future, by a clock that was set back since, has had its time."""
    now = house.ports.now()
    with house.ports.store.transaction() as tx:
        change = tx.change(change_id)
        if change is None or change.state not in (State.PROPOSED, State.AWAITING_APPROVAL):
            return
        if change.created_at <= now < lives_until(house, change):
            return house.ports.wakes.wake_at(tx, f"{EXPIRE}:{change.id}", lives_until(house, change))
        shown = change.state is State.AWAITING_APPROVAL or change.queued_at is not None
        change = tx.save_change(change.become(State.EXPIRED, now))
        note_change(tx, now, BOT_ITSELF, "expire", change)
        if shown:
            put_card(house, tx, change, now)
            put_news(house, tx, change, "expired", expired(change), urgency=0)
    return None


def lives_until(house: House, change: Change) -> datetime:
    """When what waits expires: a preview, a change in the queue, a request."""
    if change.state is State.AWAITING_APPROVAL and change.expires_at:
        return change.expires_at
    if change.queued_at:
        return change.waits_until or change.queued_at + QUEUE_LIVES
    return change.created_at + house.timings.proposal_lives
