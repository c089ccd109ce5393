"""A scaling that is taken back while it still goes on makes way for that."""

from dataclasses import replace
from datetime import datetime

from bot.domain.changes import Change, State
from bot.domain.scales import Axis
from bot.engine.audit import BOT_ITSELF, note_change
from bot.engine.cards import put_card, put_news
from bot.engine.commands import House
from bot.engine.ports import Tx
from bot.messages.following import follow_ending


def make_way(house: House, tx: Tx, change: Change, now: datetime) -> None:
    """Ends what `change` takes back, where that still scales tasks: absolute counts may follow one another at once.
    Instances that are being drained may not, unless that fails: nothing of them is to be ended any more then."""
    scale = change.plan.scale
    other = tx.change(scale.restores) if scale and scale.restores else None
    if other is None or other.state is not State.ROLLING_OUT or other.plan.scale is None:
        return
    if other.plan.scale.axis is Axis.INSTANCES and not other.failing:
        return
    if (other.stack, other.stage) != (change.stack, change.stage):
        return
    taken_back = f"{change.requester.name} took it back while it went on."
    other = replace(other.become(State.SUPERSEDED, now), problem=taken_back, failing=False)
    other = tx.save_change(other)
    note_change(tx, now, BOT_ITSELF, "finish", other, why=f"taken back by change {change.id}")
    put_card(house, tx, other, now, urgency=0)
    put_news(house, tx, other, "end", follow_ending(other), urgency=0)
