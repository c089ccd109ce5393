"""The changes of a stage, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.changes import Change, State
from bot.messages.card import side
from bot.messages.kit import Message, actions, button, code, context, escape, link, message, moment, section, spoken

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


@dataclass(frozen=True, slots=True)
class Past:
    """A page of changes, newest first; `links`: change id → the address of its card; `locked`: those after whose roll
    back the stage was locked."""

    stack: str
    stage: str
    changes: tuple[Change, ...]
    links: Mapping[str, str]
    locked: frozenset[str]
    newer: bool
    older: bool


def history_page(past: Past, now: datetime) -> Message:
    """The page with its buttons; they carry the id of the change at that edge."""
    title = f"History of {past.stack} / {past.stage}"
    blocks = [section(f"*{escape(title)}*")]
    blocks += [section(_entry(one, past, now)) for one in past.changes]
    blocks += [context("Newest first. Every single step: " + code(f"/tinystacks audit {past.stack} {past.stage}"))]
    wanted = [button("Newer", "history:newer", past.changes[0].id)] if past.newer else []
    wanted += [button("Older", "history:older", past.changes[-1].id)] if past.older else []
    blocks += [actions(*wanted)] if wanted else []
    return message(f"{escape(title)}: {len(past.changes)} changes", *blocks)


def no_history(stack: str, stage: str) -> Message:
    """What to type instead."""
    text = f"Nothing was changed on {escape(stack)} / {escape(stage)} through me yet."
    first = code(f"/tinystacks deploy {stack} {stage}")
    return message(text, section(f"{text}\n{first} makes the first change; what others do shows in the ECS console."))


def _entry(change: Change, past: Past, now: datetime) -> str:
    sign = _SIGNS.get(change.state, "⚪") if not change.failing or change.final else "🔴"
    plan = change.plan
    images = f"{code(side(plan.before), 80)} → {code(side(plan.after), 80)}"
    first = [f"{sign} *{escape(change.verb)}* {images}", _outcome(change), _lasted(change, now)]
    asked = f"{escape(change.requester.name, _NAME)}, {moment(change.created_at)}"
    second = [f"by {asked}", _approved(change), *_marks(change, past), escape(change.reason, _TEXT)]
    second += [link(past.links.get(change.id, ""), "card")]
    return "\n".join(" · ".join(part for part in line if part) for line in (first, second))


def _outcome(change: Change) -> str:
    word = change.state.value.replace("_", " ")
    by = change.decided_by
    who = f" by {escape(by.name, _NAME)}" if by else ""
    why = f": {escape(change.decided_why, _TEXT)}" if change.decided_why else ""
    return f"{word}{who}{why}"


def _lasted(change: Change, now: datetime) -> str:
    if change.started_at is None:
        return ""
    end = change.finished_at or now
    return (
        f"took {spoken(end - change.started_at)}" if change.finished_at else f"{spoken(end - change.started_at)} so far"
    )


def _approved(change: Change) -> str:
    names = [escape(one.person.name, _NAME) for one in change.approvals[:5]]
    return f"approved by {' and '.join(names)}" if names else ""


def _marks(change: Change, past: Past) -> list[str]:
    marks = [f"🚨 emergency: {escape(change.emergency, _TEXT)}"] if change.emergency else []
    return marks + (["🔒 locked afterwards"] if change.id in past.locked else [])
