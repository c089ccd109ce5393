"""What a change shows in its stage's channel: its card, and the replies under it."""

from datetime import datetime

from bot.domain.changes import Change
from bot.domain.errors import UnknownName
from bot.engine.commands import House
from bot.engine.home import stir
from bot.engine.outbox import put
from bot.engine.ports import Json, Posting, Tx
from bot.messages.card import card
from bot.messages.kit import escape
from bot.messages.refusals import said


def put_card(house: House, tx: Tx, change: Change, now: datetime, *, urgency: int = 1) -> None:
    """The card as it looks now; an edit follows only if it looks different."""
    stir(house, tx, now)
    usual = None if change.plan.follows else tx.usual_duration(change.stack, change.stage)
    body = card(change, now, usual, house.offers, house.config.people)
    put(house.ports, tx, Posting(id=f"card:{change.id}", channel_id=change.channel_id, body=body, urgency=urgency), now)


def tell(house: House, tx: Tx, change: Change, key: str, text: str) -> None:
    """A sentence in the change's thread, once per key."""
    put_news(house, tx, change, key, said(escape(text, 1_500)), urgency=0)


def put_news(house: House, tx: Tx, change: Change, key: str, body: Json, *, urgency: int = 1) -> None:
    """A reply in the change's thread, once per key."""
    posting = Posting(
        id=f"news:{change.id}:{key}",
        channel_id=change.channel_id,
        body=body,
        urgency=urgency,
        thread_of=f"card:{change.id}",
    )
    put(house.ports, tx, posting, house.ports.now())


def found(tx: Tx, change_id: str) -> Change:
    """Raises UnknownName for an id that is not ours."""
    change = tx.change(change_id)
    if change is None:
        raise UnknownName("change", change_id[:20], usage="Its message is older than my records: type it again.")
    return change
