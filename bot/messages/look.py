"""What an approver of a scaling wants to see first: how busy the service is, how it stands, what room there is."""

import re

from bot.domain.looks import MOST_SPARE, Look
from bot.domain.task_list import unbalanced
from bot.domain.usage import Usage
from bot.messages.kit import Block, escape, section, spoken
from bot.messages.usage import usage_lines

_ZONE = re.compile(r"[a-z]+(?:-[a-z]+)+-\d+([a-z])")
_MOST_ZONES = 12
_NAME = 40


def look_blocks(look: Look) -> list[Block]:
    """CPU and memory as small bars, counts and spare room, zones: a line each, short enough for a phone."""
    lines = [*_busy(look.usage), _counts(look), _zones(look)]
    return [section("\n".join(line for line in lines if line))]


def _busy(usage: Usage | None) -> list[str]:
    if usage is None:
        return ["CPU and memory: not known, CloudWatch could not be read"]
    if usage.empty:
        return ["CPU and memory: no data in CloudWatch"]
    first, *rest = usage_lines(usage)
    return [f"{first} · {spoken(usage.span)}", *rest]


def _counts(look: Look) -> str:
    parts = [f"*{look.running} of {look.desired}* tasks running"]
    parts += [f"{look.instances} instance{'' if look.instances == 1 else 's'}"] if look.instances is not None else []
    parts += [f"room for {_spare(look.spare)} more"] if look.spare is not None else []
    return " · ".join(parts)


def _spare(spare: int) -> str:
    return f"at least {MOST_SPARE}" if spare >= MOST_SPARE else str(spare or "no")


def _zones(look: Look) -> str:
    if not look.spread:
        return ""
    told = " · ".join(f"{_zone(zone)} *{count}*" for zone, count in look.spread[:_MOST_ZONES])
    uneven = " · ⚠️ unbalanced" if unbalanced(dict(look.spread)) else ""
    return f"Zones: {told}{uneven}"


def _zone(name: str) -> str:
    """`us-east-1a` is `a`: all zones are of one region. Local zones keep their whole names."""
    found = _ZONE.fullmatch(name)
    return found[1] if found else escape(name, _NAME)
