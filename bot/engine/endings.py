"""What follows when a change that had its stage is over, whatever became of it."""

from datetime import datetime

from bot.domain.changes import Change, State
from bot.engine.commands import House
from bot.engine.locks import after_rollback
from bot.engine.ports import Tx
from bot.engine.queue import wake_queue


def ended(house: House, tx: Tx, change: Change, now: datetime) -> None:
    """Whoever waits for the stage is looked at; a stage that was rolled back is held."""
    if change.verb == "rollback" and change.state is State.SUCCEEDED:
        after_rollback(house, tx, change, now)
    wake_queue(house, tx, change)
