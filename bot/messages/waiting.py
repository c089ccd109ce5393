"""What waits for a decision, and for whose: what I can decide first."""

from collections.abc import Sequence

from bot.domain.changes import Change
from bot.domain.words import quoted
from bot.messages.brief import from_to_line
from bot.messages.card import title_of
from bot.messages.kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    clock,
    context,
    escape,
    mention,
    message,
    section,
)
from bot.messages.room import ROOM_AROUND, fitting, size, whole_lines

FOR_YOU = "*For you to decide*"
_MOST, _REASON = 8, 150


def waiting_list(mine: Sequence[Change], own: Sequence[Change], others: Sequence[Change]) -> Message:
    """`mine`: what this person may decide, with buttons; `own`: what they asked for; `others`: the rest, queued ones
    too."""
    if not (mine or own or others):
        return message("Nothing waits for a decision.", section("✅ Nothing waits for a decision."))
    lists = (("*You asked for*", own), ("*Waiting for others*", others))
    below = [section(whole_lines(head, [*map(waiting_line, some)])) for head, some in lists if some]
    decisions, left = fitting(map(decision, mine[:_MOST]), ROOM_AROUND + size(below))
    blocks = [section(FOR_YOU), *decisions] if mine else []
    left += max(0, len(mine) - _MOST)
    blocks += [context(f"… and {left} more for you to decide, in their channels.")] if left else []
    blocks += below
    count = f"{len(mine)} for you to decide" if mine else "nothing for you to decide"
    return message(f"{len(mine) + len(own) + len(others)} waiting, {count}", *blocks)


def decision(change: Change) -> list[Block]:
    """One that this person may decide, with the buttons for it. FOR_YOU stands above the first."""
    yes = button("Approve", f"{change.verb}:approve", change.id, style="primary", spoken_as=f"Approve {_what(change)}")
    no = button("Deny", f"{change.verb}:deny", change.id, style="danger", spoken_as=f"Deny {_what(change)}")
    return [section(_request(change)), actions(yes, no)]


def waiting_line(change: Change) -> str:
    """What would change, what it waits for, who asked: two lines among others."""
    return f"{_change(change)} · {_waits_for(change)}\n{_facts(change)}"


def _request(change: Change) -> str:
    """The same with its reason: a line each on a phone."""
    why = [escape(quoted(change.reason, _REASON))] if change.reason else []
    return "\n".join([_change(change), *why, _waits_for(change), _facts(change)])


def _change(change: Change) -> str:
    return f"*{escape(title_of(change))}* {from_to_line(change)}"


def _facts(change: Change) -> str:
    until = [f"until {clock(change.expires_at)}"] if change.approval and change.expires_at else []
    who = f"by {mention(change.requester.user_id)} {clock(change.created_at)}"
    return " · ".join([who, *until, channel(change.channel_id)])


def _waits_for(change: Change) -> str:
    if change.approval is None or change.expires_at is None:
        return "🕓 waits for its turn"
    left = change.approval.count - len(change.approvals)
    more = "more " if change.approvals else ""
    needed = f"{left} {more}approval{'' if left == 1 else 's'} of {escape(' or '.join(change.approval.by))}"
    return f"🟡 needs {needed}"


def _what(change: Change) -> str:
    return f"the {change.verb} of {change.stack} {change.stage}"
