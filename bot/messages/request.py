"""A request for approval in words: who is asked, who decided, what expired; and the form that asks why not."""

from collections.abc import Mapping

from bot.domain.changes import Approval, Change, State
from bot.domain.words import quoted
from bot.messages.kit import (
    Message,
    clock,
    escape,
    field,
    group,
    mention,
    message,
    modal,
    section,
    spoken,
    text_input,
)

WHY = "why"
"""Block id of the field in the form that asks why."""


def asks_for(change: Change, people: Mapping[str, tuple[str, ...]]) -> str:
    """`Needs 1 approval of @release, not @ana · expires 14:32`: the groups are pinged once, by the first posting."""
    rule = change.approval
    if rule is None or change.expires_at is None:
        return ""
    left = rule.count - len(change.approvals)
    more = f"{left} more approval" if change.approvals else f"{left} approval"
    who = " or ".join(_named(name, people) for name in rule.by)
    given = f" · {_names(change)} said yes" if change.approvals else ""
    return (
        f"Needs *{more}{'' if left == 1 else 's'}* of {who}, not {mention(change.requester.user_id)}{given} · "
        f"expires {clock(change.expires_at)}"
    )


def skipped(change: Change, people: Mapping[str, tuple[str, ...]]) -> str:
    """What an emergency goes past, loud enough to be seen by whoever would have been asked."""
    named = [_named(name, people) for name in change.approval.by] if change.approval else []
    who = f" of {' or '.join(named)}" if named else ""
    by = mention(change.requester.user_id)
    why = escape(quoted(change.emergency, 300))
    return f"🚨 *Emergency* by {by}: approval{who} and locks are skipped. Reason: {why}"


def decided_line(change: Change) -> str:
    """`approved by @bo 14:05`; empty where nobody decided."""
    if change.decided_by:
        word = "denied" if change.state is State.DENIED else "withdrawn"
        at = f" {clock(change.finished_at)}" if change.finished_at else ""
        return f"{word} by {mention(change.decided_by.user_id)}{at}"
    if not change.approvals or change.state is State.AWAITING_APPROVAL:
        return ""
    return f"approved by {_names(change)} {clock(change.approvals[-1].at)}"


def approved_by(change: Change, approval: Approval) -> Message:
    """The reply that tells the requester of each yes."""
    left = (change.approval.count if change.approval else 1) - len(change.approvals)
    goes = "It is scheduled." if change.plan.schedule else "It starts."
    then = goes if left <= 0 else f"{left} more to go."
    return _reply(f"👍 {mention(change.requester.user_id)} {mention(approval.person.user_id)} approved this. {then}")


def denied_by(change: Change) -> Message:
    """The reply that tells the end of a request."""
    who = mention(change.decided_by.user_id) if change.decided_by else "Somebody"
    if change.state is not State.DENIED:
        return _reply(f"⚪ {who} withdrew this request. Nothing was touched.")
    why = f": {escape(quoted(change.decided_why, 480))}." if change.decided_why else "."
    return _reply(f"⛔ {mention(change.requester.user_id)} {who} denied this{why} Nothing was touched.")


def expired(change: Change) -> Message:
    """The reply when nobody decided, or its turn did not come."""
    if change.approval and change.expires_at:
        after = f"Nobody decided within {spoken(change.approval.expires)}"
    else:
        within = "the grace of its schedule" if change.waits_until else "a day"
        after = f"Its turn did not come within {within}"
    return _reply(f"⌛ {mention(change.requester.user_id)} {after}. Nothing was touched. *Ask again* plans it anew.")


def reminder(change: Change) -> Message:
    """At half-time; the group was pinged once already."""
    left = (change.approval.count if change.approval else 1) - len(change.approvals)
    by = " or ".join(change.approval.by) if change.approval else "an approver"
    until = f" It expires {clock(change.expires_at)}." if change.expires_at else ""
    many = f"{left} approvals" if left > 1 else "an approval"
    return _reply(f"⏳ This still waits for {many} of {escape(by)}.{until}")


def deny_form(change: Change, metadata: str) -> Message:
    """Asks why; what is entered is told to the requester."""
    what = f"*{escape(change.verb)} {escape(change.stack)} → {escape(change.stage)}*: {escape(change.plan.after.image)}"
    why = text_input(f"{change.verb}:why", "What speaks against it, or what is missing?", multiline=True, most=300)
    blocks = [section(f"{what}\nasked by {mention(change.requester.user_id)}"), field(WHY, "Why not?", why)]
    return modal("Deny this change?", "Deny", f"{change.verb}:denied", metadata, blocks)


def _named(name: str, people: Mapping[str, tuple[str, ...]]) -> str:
    """A group of `people` as live mentions of what it consists of."""
    ids = people.get(name, ())
    return ", ".join(group(one) if one.startswith("S") else mention(one) for one in ids) or escape(name)


def _names(change: Change) -> str:
    return " and ".join(mention(one.person.user_id) for one in change.approvals)


def _reply(text: str) -> Message:
    return message(text, section(text))
