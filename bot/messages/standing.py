"""How a change stands, in a sentence for whoever clicks too late or comes second."""

from datetime import datetime

from bot.domain.changes import Change, State
from bot.domain.words import quoted
from bot.messages.kit import spoken


def again(change: Change) -> str:
    """The command that asks for the same once more."""
    if change.plan.schedule:
        verb, _, rest = change.asked.partition(" ")
        return f"/tinystacks {change.verb} {verb} {change.stack} {change.stage} {rest}".rstrip()
    after = change.plan.after
    wanted = change.asked or after.tag or after.digest or after.image
    return f"/tinystacks {change.verb} {change.stack} {change.stage} {wanted}".rstrip()


def how_it_stands(change: Change) -> str:
    """`This deploy is rolling out already: bo approved it at 14:05 UTC.` Plain text."""
    if change.state is State.PROPOSED and change.queued_at:
        return f"This {change.kind} waits for its turn already, since {change.queued_at:%H:%M} UTC."
    if change.state is State.ROLLING_OUT and change.aborted_by:
        return f"{change.aborted_by.name} asked for that already."
    rolls = change.state is State.ROLLING_OUT and change.plan.follows
    state = "under way" if rolls else change.state.value.replace("_", " ")
    return f"This {change.kind} is {state} already{_by(change)}."


def under_way(holder: Change, now: datetime) -> str:
    """`ana's deploy of v42 on shop prod is under way since 2m 5s (2 of 4 up).`"""
    since = spoken(now - (holder.started_at or holder.created_at))
    up = f" ({holder.progress.done} of {holder.progress.desired} up)" if holder.progress else ""
    up = f" ({holder.line})" if holder.line else up
    return f"{holder.requester.name}'s {holder.noun} on {holder.stack} {holder.stage} is under way since {since}{up}."


def _by(change: Change) -> str:
    if change.decided_by:
        why = f", saying {quoted(change.decided_why, 200)}" if change.decided_why else ""
        verb = "denied" if change.state is State.DENIED else "withdrew"
        return f": {change.decided_by.name} {verb} it{_at(change.finished_at)}{why}"
    if change.approvals and change.state is not State.AWAITING_APPROVAL:
        names = " and ".join(one.person.name for one in change.approvals)
        return f": {names} approved it{_at(change.approvals[-1].at)}"
    return ""


def _at(at: datetime | None) -> str:
    return f" at {at:%H:%M} UTC" if at else ""
