"""The form of a schedule: what, where, when."""

from collections.abc import Sequence

from bot.domain.cron import EXAMPLE
from bot.domain.schedules import VERBS, Typed
from bot.domain.stacks import Stack
from bot.messages.fields import stage_select
from bot.messages.kit import Block, Message, field, modal, option, select, text_input

STAGE, WHAT, WISH, CRON, AT, ZONE, GRACE, REASON = "stage", "what", "wish", "cron", "at", "tz", "grace", "reason"
"""Block ids of its fields."""

_HINTS = {
    WISH: "Of scale: how many, as it is typed: 2, --instances 4, --min 2 --max 8. Of deploy: the image's tag.",
    CRON: "Minute, hour, day of the month, month, day of the week. Either this, or a time below.",
    ZONE: "Whose clock counts. UTC where you leave it out.",
    GRACE: "If something keeps me from it at its time. After that I tell that it was missed.",
}


def schedule_form(stacks: Sequence[Stack], chosen: str, typed: Typed, reason: str, metadata: str) -> Message:
    """`chosen`: `stack/stage`, or empty; `typed`: what is known already."""
    whats = [option(verb.capitalize(), verb) for verb in VERBS]
    blocks = [
        field(WHAT, "What", select("schedule:what", "Choose", whats, typed.verb)),
        field(STAGE, "Stage", stage_select("schedule:stage", stacks, chosen)),
        _line(WISH, "To what", typed.asked, "2, or v42"),
        _line(CRON, "Again and again, by cron", typed.cron, EXAMPLE),
        _line(AT, "Or once, at", typed.at, "2026-12-01 09:00"),
        _line(ZONE, "Time zone", typed.tz, "Europe/Berlin"),
        _line(GRACE, "How late it may start", typed.grace, "15m"),
        _line(REASON, "Reason", reason, "Why?"),
    ]
    return modal("Schedule", "Preview", "schedule", metadata, blocks)


def _line(name: str, label: str, value: str, example: str) -> Block:
    element = text_input(f"schedule:{name}", example, value=value, most=300)
    return field(name, label, element, hint=_HINTS.get(name, ""), optional=name != WISH)
