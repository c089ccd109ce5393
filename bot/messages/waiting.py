"""What waits for a decision, and for whose: what I can decide first."""

from collections.abc import Sequence

from bot.domain.changes import Change
from bot.messages.card import side, title_of
from bot.messages.kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    clock,
    code,
    context,
    escape,
    mention,
    message,
    section,
)
from bot.messages.room import ROOM_AROUND, fitting, size, whole_lines

_MOST, _IMAGE = 8, 60


def waiting_list(mine: Sequence[Change], own: Sequence[Change], others: Sequence[Change]) -> Message:
    """`mine`: what this person may decide, with buttons; `own`: what they asked for; `others`: the rest, queued ones
    too."""
    if not (mine or own or others):
        return message("Nothing waits for a decision.", section("✅ Nothing waits for a decision."))
    lists = (("*You asked for*", own), ("*Waiting for others*", others))
    below = [section(whole_lines(head, [*map(waiting_line, some)])) for head, some in lists if some]
    blocks, left = fitting(map(decision, mine[:_MOST]), ROOM_AROUND + size(below))
    left += max(0, len(mine) - _MOST)
    blocks += [context(f"… and {left} more for you to decide, in their channels.")] if left else []
    blocks += below
    count = f"{len(mine)} for you to decide" if mine else "nothing for you to decide"
    return message(f"{len(mine) + len(own) + len(others)} waiting, {count}", *blocks)


def decision(change: Change) -> list[Block]:
    """One that this person may decide, with the buttons for it."""
    yes = button("Approve", f"{change.verb}:approve", change.id, style="primary", spoken_as=f"Approve {_what(change)}")
    no = button("Deny", f"{change.verb}:deny", change.id, style="danger", spoken_as=f"Deny {_what(change)}")
    return [section(f"*For you to decide*\n{waiting_line(change)}"), actions(yes, no)]


def waiting_line(change: Change) -> str:
    """What would change, what it waits for, who asked."""
    sides = f"{code(side(change.plan.before), _IMAGE)} → {code(side(change.plan.after), _IMAGE)}"
    asked = f"{mention(change.requester.user_id)} {clock(change.created_at)}, card in {channel(change.channel_id)}"
    return f"*{escape(title_of(change))}* {sides} · {_waits_for(change)}\nasked by {asked}"


def _waits_for(change: Change) -> str:
    if change.approval is None or change.expires_at is None:
        return "🕓 waits for its turn"
    left = change.approval.count - len(change.approvals)
    return f"🟡 {left} of {escape(' or '.join(change.approval.by))} · expires {clock(change.expires_at)}"


def _what(change: Change) -> str:
    return f"the {change.verb} of {change.stack} {change.stage}"
