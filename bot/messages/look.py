"""What an approver of a scaling wants to see first: how busy the service is, how it stands, what room there is."""

import re

from bot.domain.looks import MOST_SPARE, Look
from bot.domain.task_list import unbalanced
from bot.domain.usage import Usage
from bot.messages.kit import Block, clock, columns, context, escape, section
from bot.messages.usage import usage_texts

_ZONE = re.compile(r"[a-z]+(?:-[a-z]+)+-\d+([a-z])")
_MOST_ZONES = 12
_NAME = 40


def look_blocks(look: Look) -> list[Block]:
    """CPU and memory with small bars, side by side and on a phone below one another; counts and spare room; small
    below them, where the tasks stand, and when that was: whoever approves may read it much later."""
    where = " · ".join(part for part in (_instances(look), _zones(look)) if part)
    small = [part for part in (where, f"as of {clock(look.at)}" if look.at else "") if part]
    return [_busy(look.usage), section(_counts(look)), *([context(*small)] if small else [])]


def _busy(usage: Usage | None) -> Block:
    if usage is None:
        return section("CPU and memory: not known, CloudWatch could not be read")
    return section("CPU and memory: no data in CloudWatch") if usage.empty else columns(*usage_texts(usage))


def _counts(look: Look) -> str:
    counts = f"*{look.running} of {look.desired}* tasks running"
    return counts if look.spare is None else f"{counts} · room for {_spare(look.spare)} more"


def _spare(spare: int) -> str:
    return f"at least {MOST_SPARE}" if spare >= MOST_SPARE else str(spare or "no")


def _instances(look: Look) -> str:
    if look.instances is None:
        return ""
    return f"{look.instances} instance{'' if look.instances == 1 else 's'}"


def _zones(look: Look) -> str:
    if not look.spread:
        return ""
    told = " · ".join(f"{_zone(zone)} *{count}*" for zone, count in look.spread[:_MOST_ZONES])
    uneven = " ⚠️ unbalanced" if unbalanced(dict(look.spread)) else ""
    return f"zones {told}{uneven}"


def _zone(name: str) -> str:
    """`us-east-1a` is `a`: all zones are of one region. Local zones keep their whole names."""
    found = _ZONE.fullmatch(name)
    return found[1] if found else escape(name, _NAME)
