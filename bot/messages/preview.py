"""The preview: what would happen, what was checked, and the button that starts it. Only its asker sees it."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.changes import Change
from bot.domain.plans import Check, Level
from bot.domain.stacks import ApprovalRule
from bot.messages.card import changed_fields, check_line, from_to, side, title_of, verb_name
from bot.messages.kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    clock,
    context,
    escape,
    message,
    section,
    spoken,
    verbatim,
)
from bot.messages.look import look_blocks

_EMERGENCY = "🚨 *Emergency*: approval and locks are skipped, the channel is told so, and the audit log keeps it."


def preview(change: Change, holds: timedelta, rule: ApprovalRule | None = None) -> Message:
    """From → to, differences, checks, [Deploy] [Cancel]; without the first button where a check stands in the way, with
    [Wait for it] where that is only another change.

    `holds`: for how long after its creation it can be confirmed. `rule`: who has to approve it first."""
    plan, title = change.plan, f"{title_of(change)}?"
    blocks = [section(f"*{escape(title)}*\n{from_to(change)}")]
    acct = f"acct {plan.account} · " if plan.account else ""
    blocks += [context(f"{acct}{change.place.region} · cluster {escape(change.place.cluster)}")]
    blocks += changed_fields(plan, 8)
    blocks += look_blocks(plan.look) if plan.look else []
    blocks += _checks(plan.checks)
    blocks += [context("Reason", verbatim(change.reason))] if change.reason else []
    blocks += [section(_asks_first(rule))] if rule and not plan.blocked else []
    blocks += [section(_EMERGENCY)] if change.emergency else []
    blocks += [context(_what_follows(change, holds)), _buttons(change)]
    return message(escape(title), *blocks)


def _checks(checks: Sequence[Check]) -> list[Block]:
    """What is in the way first, what wants a look next; what is fine stands small below."""
    amiss = [check for level in (Level.BAD, Level.WARNING) for check in checks if check.level is level]
    fine = [check_line(check) for check in checks if check.level is Level.OK]
    blocks = [section("\n".join(check_line(check) for check in amiss))] if amiss else []
    return blocks + ([context("\n".join(fine))] if fine else [])


def can_wait(change: Change, why: str) -> Message:
    """Somebody was quicker: what has the stage, and the offer to wait."""
    title = f"{title_of(change)}: {side(change.plan.after)}"
    return message(escape(title), section(f"*{escape(title)}*\n⏳ {escape(why, 1_000)}"), actions(*_waiting(change)))


def settled(change: Change, text: str) -> Message:
    """What takes the preview's place once its buttons are used up."""
    title = f"{title_of(change)}: {side(change.plan.after)}"
    return message(escape(title), section(f"*{escape(title)}*\n{text}"))


def _asks_first(rule: ApprovalRule) -> str:
    """Who will be asked, as text: nobody is pinged by a preview."""
    many = "1 approval" if rule.count == 1 else f"{rule.count} approvals"
    return f"🟡 Needs {many} of {escape(' or '.join(rule.by))}, not yours, within {spoken(rule.expires)}."


def _waiting(change: Change) -> list[Block]:
    wait = button("Wait for it", f"{change.verb}:wait", change.id, style="primary")
    return [wait, button("Cancel", f"{change.verb}:cancel", change.id)]


def _what_follows(change: Change, holds: timedelta) -> str:
    if change.plan.waits_only:
        return "Wait for it: when the stage is free, everything is looked at anew, then it goes on by itself."
    if change.plan.blocked:
        return "Nothing is started while something is ❌. Mend it, then type the command again."
    until = clock(change.created_at + holds)
    return f"The card and its thread go to {channel(change.channel_id)}. This preview holds until {until}."


def _buttons(change: Change) -> Block:
    cancel = button("Cancel", f"{change.verb}:cancel", change.id)
    if change.plan.waits_only:
        return actions(*_waiting(change))
    if change.plan.blocked:
        return actions(cancel)
    go = button(verb_name(change.verb), f"{change.verb}:confirm", change.id, style="primary")
    return actions(go, cancel)
