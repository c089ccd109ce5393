"""Which entries of the audit log somebody asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.errors import NotPossible

_PERSON = re.compile(r"<@([UW][A-Z0-9]+)>|@?([UW][A-Z0-9]{4,})|@(\S+)")
_SPAN = re.compile(r"([0-9]{1,4})\s?([mhdw])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty fields ask for all. `since`: from then on."""

    user_id: str = ""
    stack: str = ""
    stage: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Where to go on: with what comes `before` that id (older), or `after` it (newer); neither: with the newest."""

    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A person as somebody typed them: by Slack's id, or by a name only."""

    user_id: str = ""
    name: str = ""


def told_apart(words: Sequence[str], stacks: Sequence[str]) -> tuple[Named | None, tuple[str, ...]]:
    """The first word that names a person (`<@U0ANA>`, `U0ANA`, `@ana`), and the others. `stacks`: words that name a
    stack whatever they look like. Who has left Slack is no mention any more: their id or name is typed as it is."""
    for index, word in enumerate(words):
        match = None if word in stacks else _PERSON.fullmatch(word)
        if match:
            rest = (*words[:index], *words[index + 1 :])
            return Named(match[1] or match[2] or "", match[3] or ""), rest
    return None, tuple(words)


def since_of(text: str, now: datetime) -> datetime | None:
    """`30m`, `12h`, `7d`, `4w` before `now`, or the start (UTC) of a day such as 2026-11-01; None for nothing at all.

    Raises NotPossible for what is neither."""
    if not text:
        return None
    span = _SPAN.fullmatch(text.strip().lower())
    try:
        if span:
            return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
        return datetime.combine(date.fromisoformat(text.strip()), time(), UTC)
    except (ValueError, OverflowError):
        raise NotPossible(
            f"I cannot read “{text[:40]}” as a time.",
            "Type --since 12h, 7d or 4w, or a day such as --since 2026-11-01.",
        ) from None
