"""What follows when a change that had its stage is over, whatever became of it."""

from datetime import datetime

from bot.domain.changes import Change, State
from bot.domain.errors import Refusal
from bot.engine.commands import House
from bot.engine.locks import after_rollback
from bot.engine.ports import Tx
from bot.engine.queue import wake_queue


def half_done(tx: Tx, change: Change, error: Refusal | str) -> str:
    """What went wrong with a scaling, and what of it was carried out before and stays so."""
    calls = [(step, tx.call(change.id, number)) for number, step in enumerate(change.plan.steps)]
    done = dict.fromkeys(step.operation.value for step, call in calls if call and call.outcome)
    if not done:
        return str(error)
    said = error.after_others() if isinstance(error, Refusal) else error
    back = f"/tinystacks scale {change.stack} {change.stage} --restore"
    return f"{said} Done before that: {', '.join(done)}. To take it back: {back}"


def ended(house: House, tx: Tx, change: Change, now: datetime) -> None:
    """Whoever waits for the stage is looked at; a stage that was rolled back is held."""
    if change.verb == "rollback" and change.state is State.SUCCEEDED:
        after_rollback(house, tx, change, now)
    wake_queue(house, tx, change)
