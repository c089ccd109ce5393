"""The leaf for a weekly window: `fri 16:00 – mon 08:00 Europe/Berlin`."""

import re
from datetime import UTC, datetime, time
from difflib import get_close_matches
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from bot.config.leaves import Leaf
from bot.domain.windows import Window, opens_at
from bot.problems import shown

EXAMPLE = "fri 16:00 – mon 08:00 Europe/Berlin"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ANY_DAY = datetime(2026, 1, 5, tzinfo=UTC)
_DAY, _TIME, _ZONE = r"([A-Za-z]{3,9})", r"([0-9]{1,2}:[0-9]{2})", r"([A-Za-z0-9_+/-]{1,60})"
_WINDOW = rf"{_DAY}\s+{_TIME}\s*[-–—]\s*{_DAY}\s+{_TIME}\s+{_ZONE}"


class Weekly(Leaf):
    """Day and time, day and time, zone; names of days may be cut short, capitals make no difference."""

    def checked(self, value: Any) -> Window:
        match = re.fullmatch(_WINDOW, " ".join(value.split())) if isinstance(value, str) else None
        if match is None:
            raise ValueError(f"{shown(value)} is no weekly window; write one such as “{EXAMPLE}”")
        start, end = (_day(match[1]), _time(match[2])), (_day(match[3]), _time(match[4]))
        if start == end:
            raise ValueError("ends when it starts, so it never closes; let it end at another time or day")
        return Window(*start, *end, zone=_zone(match[5]), text=match[0])

    def described(self) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^\s*{_WINDOW}\s*$", "examples": [EXAMPLE]}


def with_a_gap(windows: list[Window]) -> list[Window]:
    """The windows. Raises ValueError where they leave a stage closed for ever."""
    if opens_at(windows, _ANY_DAY) is None:
        raise ValueError("leaves no time at which the stage is open; let one window end before another starts")
    return windows


def _day(word: str) -> int:
    for number, name in enumerate(_DAYS):
        if name.startswith(word.lower()):
            return number
    raise ValueError(f"{shown(word)} is no day of the week; write mon, tue, wed, thu, fri, sat or sun")


def _time(text: str) -> time:
    hour, minute = map(int, text.split(":"))
    if hour > 23 or minute > 59:
        raise ValueError(f"{shown(text)} is no time of the day; write one from 00:00 to 23:59")
    return time(hour, minute)


def _zone(name: str) -> str:
    if name in _zones():
        return ZoneInfo(name).key
    near = get_close_matches(name, sorted(_zones()), 1, cutoff=0.75)
    hint = f"did you mean “{near[0]}”?" if near else "write one such as Europe/Berlin or UTC"
    raise ValueError(f"{shown(name)} is no time zone; {hint}")


@cache
def _zones() -> frozenset[str]:
    """Those with the same meaning on every machine."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})
