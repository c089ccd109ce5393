"""The changes of a stage, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.changes import Change, State
from bot.domain.trends import Trend
from bot.domain.words import quoted
from bot.messages.brief import became, from_to_line
from bot.messages.kit import (
    Message,
    actions,
    button,
    code,
    context,
    escape,
    link,
    message,
    moment,
    section,
    spoken,
    units,
)
from bot.messages.trend import trend_chart, trend_line

_SIGNS: Mapping[State, str] = {
    State.SUCCEEDED: "✅",
    State.FAILED: "❌",
    State.ROLLED_BACK: "↩️",
    State.SUPERSEDED: "⏭️",
    State.AWAITING_APPROVAL: "🟡",
    State.APPROVED: "⏳",
    State.APPLYING: "⏳",
    State.ROLLING_OUT: "🔵",
}
_NAME, _TEXT = 40, 150
_AN_ENTRY = 1_200
"""Eight of them are what Slack takes in one message (Slack facts 1.2), whatever stands in them."""


@dataclass(frozen=True, slots=True)
class Past:
    """A page of changes, newest first; `links`: change id → the address of its card; `locked`: those after whose roll
    back the stage was locked; `trend`: on the first page."""

    stack: str
    stage: str
    changes: tuple[Change, ...]
    links: Mapping[str, str]
    locked: frozenset[str]
    newer: bool
    older: bool
    trend: Trend | None = None


def history_page(past: Past, now: datetime) -> Message:
    """The page with its buttons; they carry the id of the change at that edge."""
    title = f"History of {past.stack} / {past.stage}"
    line = trend_line(past.trend) if past.trend else ""
    blocks = [section(f"*{escape(title)}*"), *([context(line)] if line else [])]
    blocks += [section(_entry(one, past, now)) for one in past.changes]
    blocks += [context("Newest first. Every single step: " + code(f"/tinystacks audit {past.stack} {past.stage}"))]
    wanted = [button("Newer", "history:newer", past.changes[0].id)] if past.newer else []
    wanted += [button("Older", "history:older", past.changes[-1].id)] if past.older else []
    drawn = past.trend and trend_chart(past.stack, past.stage, past.trend).panels
    wanted += [button("Picture", "history:picture", past.changes[0].id)] if drawn else []
    blocks += [actions(*wanted)] if wanted else []
    return message(f"{escape(title)}: {len(past.changes)} changes", *blocks)


def picture_sent(words: str, change: Change) -> Message:
    """`words`: what the picture shows. In place of the page, with the way back to it."""
    text = f"I have sent you a picture in a direct message. {escape(words)}"
    return message(text, section(text), actions(button("Back", "history:newest", change.id)))


def no_history(stack: str, stage: str) -> Message:
    """What to type instead."""
    text = f"Nothing was changed on {escape(stack)} / {escape(stage)} through me yet."
    first = code(f"/tinystacks deploy {stack} {stage}")
    return message(text, section(f"{text}\n{first} makes the first change; what others do shows in the ECS console."))


def _entry(change: Change, past: Past, now: datetime) -> str:
    """What and what became of it, then how long it took and who asked: two lines on a phone; without people's words
    where those make it too long."""
    sign = _SIGNS.get(change.state, "⚪") if not change.failing or change.final else "🔴"
    what, card = f"{sign} *{escape(change.verb)}*", link(past.links.get(change.id, ""), "card")
    images = from_to_line(change)
    asked = f"by {escape(change.requester.name, _NAME)}, {moment(change.created_at)}"
    said = [_approved(change), *_marks(change, past), _said(change.reason)]
    state, lasted = became(change), _lasted(change, now)
    versions = (
        ([f"{what} {images}", state + _decided(change)], [lasted, asked, *said, card]),
        ([f"{what} {images}", state], [lasted, asked, card]),
        ([what, state], [lasted, moment(change.created_at), card]),
    )
    texts = ("\n".join(" · ".join(part for part in line if part) for line in lines) for lines in versions)
    return next(text for text in texts if units(text) <= _AN_ENTRY or text.startswith(f"{what} · "))


def _decided(change: Change) -> str:
    who = f" by {escape(change.decided_by.name, _NAME)}" if change.decided_by else ""
    return who + (f": {_said(change.decided_why)}" if change.decided_why else "")


def _lasted(change: Change, now: datetime) -> str:
    if change.started_at is None:
        return ""
    lasted = spoken((change.finished_at or now) - change.started_at)
    return lasted if change.finished_at else f"{lasted} so far"


def _said(words: str) -> str:
    return escape(quoted(words, _TEXT)) if words else ""


def _approved(change: Change) -> str:
    names = [escape(one.person.name, _NAME) for one in change.approvals[:5]]
    return f"approved by {' and '.join(names)}" if names else ""


def _marks(change: Change, past: Past) -> list[str]:
    marks = [f"🚨 emergency: {_said(change.emergency)}"] if change.emergency else []
    return marks + (["🔒 locked afterwards"] if change.id in past.locked else [])
