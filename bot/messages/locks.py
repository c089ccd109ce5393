"""What is said about locks and freezes: their announcement, edited when they end, and the replies in its thread."""

from datetime import datetime

from bot.domain.locks import Lock, Unreadable, Why, command, place_of
from bot.domain.people import Person
from bot.domain.words import quoted
from bot.messages.kit import (
    Block,
    Message,
    actions,
    button,
    code,
    context,
    escape,
    mention,
    message,
    moment,
    section,
    spoken,
    verbatim,
)

_REASON = 300


def announcement(lock: Lock) -> Message:
    """Who holds what, until when and why, with the button that frees it."""
    until = f" until {moment(lock.until)}" if lock.until else ""
    lasts = f"Rolling back stays possible. Held since {moment(lock.since)}."
    blocks = [
        section(f"{_sign(lock)} *{_headline(lock)}*{until}"),
        *_reason(lock),
        context(lasts),
        actions(_free(lock)),
    ]
    why = f": {escape(quoted(lock.reason, _REASON))}" if lock.reason else ""
    return message(f"{_sign(lock)} {_headline(lock)}{until}{why}", *blocks)


def ended(lock: Lock | Unreadable, by: str, now: datetime) -> Message:
    """What the announcement turns into. `by`: who freed it; empty: its time came."""
    who = f" by {escape(by, 80)}" if by else ""
    if isinstance(lock, Unreadable):
        text = f"🔓 {_start(lock)}: removed{who}; I could not read what it was"
        return message(text, section(text))
    word = "over" if not by else "unfrozen" if lock.why is Why.FREEZE else "unlocked"
    text = f"🔓 {_start(lock)}: {word}{who} after {spoken(now - lock.since)}"
    return message(text, section(text), context(f"Before: {_headline(lock)}"), *_reason(lock))


def reminder(lock: Lock, now: datetime) -> Message:
    """A reply to its announcement that its holder is told of."""
    frozen = lock.why is Why.FREEZE
    still = f"{_place(lock)} is still {'frozen' if frozen else 'locked'}, since {moment(lock.since)}"
    text = f"⏰ {_live(lock.holder)} {still} ({spoken(now - lock.since)}). Still needed?"
    return message(text, section(text), *_reason(lock), actions(_free(lock)))


def taken_over(lock: Lock, by: Person) -> Message:
    """A reply for its holder: somebody else ended it."""
    if lock.why is Why.FREEZE:
        return _line(f"🔓 {_live(lock.holder)}, {escape(by.name, 80)} (admin) has ended your freeze.")
    return _line(f"🔓 {_live(lock.holder)}, {escape(by.name, 80)} (admin) took over your lock: {_place(lock)} is free.")


def ran_out(lock: Lock) -> Message:
    """A reply: its time came."""
    return _line(
        f"🔓 The end of {'this freeze' if lock.why is Why.FREEZE else 'this lock'} has come: {_place(lock)} is free."
    )


def taken(lock: Lock, *, renewed: bool, running: str) -> Message:
    """The answer to who took it. `running`: what is under way there and goes on; empty: nothing."""
    word = f"{'still ' if renewed else ''}{'frozen' if lock.why is Why.FREEZE else 'locked'}"
    until = f" until {moment(lock.until)}" if lock.until else ""
    text = f"{_sign(lock)} {_start(lock)} is {word}{until}. Free it with {code(command(lock))}."
    return _line(f"{text} {escape(running)}" if running else text)


def freed(lock: Lock | Unreadable) -> Message:
    """The answer to who freed it."""
    return _line(f"🔓 {_start(lock)} is {'unlocked' if lock.stack else 'unfrozen'}.")


def lock_line(lock: Lock | Unreadable, now: datetime) -> str:
    """One line about a lock that stands, as mrkdwn: `🔒 locked by ana since today 14:02 (25m), until 16:30: fix`."""
    if isinstance(lock, Unreadable):
        return "🔒 locked: I cannot read by whom"
    what = {Why.FREEZE: "frozen by", Why.HELD: "locked by", Why.AFTER_ROLLBACK: "locked after the roll back of"}[
        lock.why
    ]
    until = f", until {moment(lock.until)}" if lock.until else ""
    why = f": {escape(quoted(lock.reason, 120))}" if lock.reason else ""
    since = f"since {moment(lock.since)} ({spoken(now - lock.since)})"
    return f"{_sign(lock)} {what} {escape(lock.holder.name, 80)} {since}{until}{why}"


def _sign(lock: Lock) -> str:
    return "🧊" if lock.why is Why.FREEZE else "🔒"


def _headline(lock: Lock) -> str:
    who = escape(lock.holder.name, 80)
    if lock.why is Why.AFTER_ROLLBACK:
        return f"{_place(lock)} is locked after {who}'s roll back"
    return f"{who} {'froze' if lock.why is Why.FREEZE else 'locked'} {_place(lock)}"


def _place(lock: Lock | Unreadable) -> str:
    return escape(f"{lock.stack} → {lock.stage}" if lock.stack else place_of(lock))


def _start(lock: Lock | Unreadable) -> str:
    return _place(lock) if lock.stack else "Everything"


def _live(person: Person) -> str:
    return mention(person.user_id) if person.user_id else escape(person.name, 80)


def _reason(lock: Lock) -> list[Block]:
    return [context("Reason", verbatim(lock.reason, _REASON))] if lock.reason else []


def _free(lock: Lock) -> Block:
    return button("Unlock", "unlock:now", lock.id) if lock.stack else button("Unfreeze", "unfreeze:now", lock.id)


def _line(text: str) -> Message:
    return message(text, section(text))
