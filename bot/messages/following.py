"""What the thread tells of a stop or a scaling."""

from bot.domain.changes import Change, State
from bot.messages.card import side, title_of
from bot.messages.kit import Message, code, escape, mention, message, section, spoken
from bot.messages.stops import stop_ending
from bot.messages.verdicts import evidence


def progress(change: Change) -> Message:
    """`4 → 6 tasks · 5 running · 1 pending`."""
    text = escape(change.line, 300)
    return message(text, section(text))


def failing(change: Change) -> Message:
    """What is in the way, with what killed its tasks; the person mentioned."""
    first = f"🔴 {mention(change.requester.user_id)} {escape(change.problem, 1_500)}"
    blocks = [section(first), *(section(f"⚠️ {evidence(failure)}") for failure in change.failures[:2])]
    return message(first, *blocks)


def follow_ending(change: Change) -> Message:
    """The last reply: what became of it, the person mentioned once."""
    if change.plan.task:
        return stop_ending(change)
    took = ""
    if change.started_at and change.finished_at:
        took = f" after {spoken(change.finished_at - change.started_at)}"
    sign, word = {
        State.SUCCEEDED: ("✅", "Scaled"),
        State.SUPERSEDED: ("⏭️", "Overtaken"),
    }.get(change.state, ("❌", "Failed"))
    who, what = mention(change.requester.user_id), f"{escape(title_of(change))}: {code(side(change.plan.after))}"
    first = f"{sign} {who} {word}{took}. {what}"
    blocks = [section(first)]
    blocks += [section(escape(text, 1_500)) for text in (change.line, change.problem) if text]
    return message(first, *blocks)
