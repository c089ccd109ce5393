"""A change in a line among others."""

from bot.domain.changes import Change, State
from bot.domain.task_names import short
from bot.messages.card import side
from bot.messages.kit import code
from bot.messages.schedules import comes_line

_IMAGE = 60


def from_to_line(change: Change) -> str:
    """`v42` → `v43`; of a stop the task and what it runs, since nothing goes from one to another; of a schedule, what
    comes when."""
    before, after = change.plan.before, change.plan.after
    if change.plan.schedule:
        return comes_line(change.plan.schedule)
    if change.plan.task:
        return f"{_task(change)} on {code(side(after), _IMAGE)}"
    return f"{code(side(before), _IMAGE)} → {code(side(after), _IMAGE)}"


def to_line(change: Change) -> str:
    """The same without what was there before."""
    if change.plan.schedule:
        return comes_line(change.plan.schedule)
    return _task(change) if change.plan.task else code(side(change.plan.after), _IMAGE)


def became(change: Change) -> str:
    """`succeeded`, `rolled back`; a schedule that was made is `scheduled`, whatever comes of it."""
    if change.plan.schedule and change.state is State.SUCCEEDED:
        return "scheduled"
    return change.state.value.replace("_", " ")


def _task(change: Change) -> str:
    return f"task {code(short(change.plan.task))}"
