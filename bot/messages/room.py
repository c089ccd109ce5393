"""How much fits into one message (Slack facts 1.2)."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import accumulate
from typing import Any

from bot.messages.kit import Block, units

_CHARACTERS, _BLOCKS, _A_BLOCK = 13_200, 50, 100
"""Of a whole message, entities included; and what Slack counts for each block beside its text."""

A_SECTION = 2_900
"""Of a section, with room for what was left out."""

ROOM_AROUND = 1_500
"""Kept free for a head, a foot and buttons."""


def fitting(parts: Iterable[Sequence[Block]], around: int = ROOM_AROUND) -> tuple[list[Block], int]:
    """The blocks of the first parts, as many as one message takes beside `around` characters and six blocks, and how
    many parts were left out."""
    kept, every = list[Block](), list(parts)
    for number, part in enumerate(every):
        together = [*kept, *part]
        if len(together) > _BLOCKS - 6 or size(together) > _CHARACTERS - around:
            return kept, len(every) - number
        kept = together
    return kept, 0


def whole_lines(head: str, lines: Sequence[str], most: int = A_SECTION) -> str:
    """The head and as many of the lines as one section takes; how many more there are is said."""
    fits = sum(length <= most for length in accumulate(units(one) + 1 for one in (head, *lines))) - 1
    left = len(lines) - max(0, fits)
    return "\n".join([head, *lines[: max(0, fits)], *([f"… and {left} more"] if left else [])])


def size(blocks: Sequence[Block]) -> int:
    """What Slack counts of these blocks."""
    return sum(_text(block) + _A_BLOCK for block in blocks)


def _text(node: Any) -> int:
    if isinstance(node, list | tuple):
        return sum(map(_text, node))
    if not isinstance(node, Mapping):
        return 0
    own = node.get("text")
    if isinstance(own, str):
        return units(own if node.get("type") == "mrkdwn" else escape(own, quote=False))
    return sum(map(_text, node.values()))
