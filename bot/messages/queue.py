"""What is told of a change that waits for its stage."""

from bot.domain.changes import Change, State
from bot.messages.kit import Message, escape, mention, message, section


def queued(holder: Change | None) -> Message:
    """The first reply."""
    behind = f"{escape(holder.requester.name)}'s {holder.verb}" if holder else "what has the stage"
    return _reply(f"🕓 Waits for the end of {behind}. Then everything is looked at anew before anything starts.")


def its_turn(change: Change) -> Message:
    """The stage is free."""
    then = "it waits for approval now" if change.state is State.AWAITING_APPROVAL else "it starts"
    return _reply(f"{mention(change.requester.user_id)} The stage is free: {then}.")


def not_run(change: Change) -> Message:
    """Its turn came, and something stands in the way."""
    return _reply(f"⚪ {mention(change.requester.user_id)} Its turn came, but: {escape(change.problem, 1_200)}")


def _reply(text: str) -> Message:
    return message(text, section(text))
