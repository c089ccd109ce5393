"""The preview: what would happen, what was checked, and the button that starts it. Only its asker sees it."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.changes import Change
from bot.domain.plans import Check, Level
from bot.messages.card import short, side
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
    message,
    section,
    verbatim,
)

_SIGN = {Level.OK: "✓", Level.WARNING: "⚠️", Level.BAD: "❌"}


def preview(change: Change, holds: timedelta) -> Message:
    """From → to, differences, checks, [Deploy] [Cancel]; without the first button where a check stands in the way.
    `holds`: for how long after its creation it can be confirmed."""
    plan, title = change.plan, f"{change.verb.capitalize()} {change.stack} → {change.stage}?"
    digest = f" · digest {code(short(plan.after.digest))}" if plan.after.digest else ""
    blocks = [section(f"*{escape(title)}*\n{code(side(plan.before))} → {code(side(plan.after))}{digest}")]
    blocks += [context(f"acct {plan.account} · {change.place.region} · cluster {escape(change.place.cluster)}")]
    if plan.differences:
        lines = [f"{code(d.path)}: {code(_brief(d.before))} → {code(_brief(d.after))}" for d in plan.differences[:8]]
        more = len(plan.differences) - 8
        blocks += [section("\n".join([*lines, f"… and {more} more fields"] if more > 0 else lines))]
    blocks += _checks(plan.checks)
    blocks += [context("Reason", verbatim(change.reason))] if change.reason else []
    blocks += [context(_what_follows(change, holds)), _buttons(change)]
    return message(escape(title), *blocks)


def _checks(checks: Sequence[Check]) -> list[Block]:
    """What is in the way first, what wants a look next; what is fine stands small below."""
    amiss = [check for level in (Level.BAD, Level.WARNING) for check in checks if check.level is level]
    fine = [check_line(check) for check in checks if check.level is Level.OK]
    blocks = [section("\n".join(check_line(check) for check in amiss))] if amiss else []
    return blocks + ([context("\n".join(fine))] if fine else [])


def check_line(check: Check) -> str:
    """`✓ image: …`."""
    return f"{_SIGN[check.level]} *{escape(check.name)}* {escape(check.sentence, 600)}"


def settled(change: Change, text: str) -> Message:
    """What takes the preview's place once its buttons are used up."""
    title = f"{change.verb.capitalize()} {change.stack} → {change.stage}: {side(change.plan.after)}"
    return message(escape(title), section(f"*{escape(title)}*\n{text}"))


def _what_follows(change: Change, holds: timedelta) -> str:
    if change.plan.blocked:
        return "Nothing is started while something is ❌. Mend it, then type the command again."
    until = clock(change.created_at + holds)
    return f"The card and its thread go to {channel(change.channel_id)}. This preview holds until {until}."


def _buttons(change: Change) -> Block:
    cancel = button("Cancel", f"{change.verb}:cancel", change.id)
    if change.plan.blocked:
        return actions(cancel)
    go = button(change.verb.capitalize(), f"{change.verb}:confirm", change.id, style="primary")
    return actions(go, cancel)


def _brief(value: str) -> str:
    """An image without its registry and with twelve digits of its digest; anything else as it is."""
    name, at, digest = value.rsplit("/", 1)[-1].partition("@sha256:")
    return f"{name}{at}{digest[:12]}" if at or ".dkr.ecr." in value else value
