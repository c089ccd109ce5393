"""Durations: as people write them, and as they are said."""

import re
from datetime import timedelta

LONGEST = timedelta(days=30)
WRITTEN = r"[0-9]{1,7}\s?[smhd]"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration_of(text: str) -> timedelta:
    """`90s`, `20m`, `2h`, `1d`: up to 30 days. Raises ValueError with a sentence that follows what was written."""
    match = re.fullmatch(WRITTEN, text, re.ASCII)
    span = timedelta(**{_UNITS[text[-1]]: int(text[:-1])}) if match else timedelta()
    if not timedelta() < span <= LONGEST:
        raise ValueError("must be a duration such as 90s, 20m, 2h or 1d (at most 30d)")
    return span


def spoken(duration: timedelta) -> str:
    """`45s`, `2m 5s`, `1h 10m`, `2h`, `6 days`."""
    seconds = max(0, round(duration.total_seconds()))
    if seconds < 60:
        return f"{seconds}s"
    if seconds < 3600:
        return _two(seconds // 60, "m", seconds % 60, "s")
    return _two(seconds // 3600, "h", seconds % 3600 // 60, "m") if seconds < 172_800 else f"{seconds // 86_400} days"


def _two(large: int, unit: str, small: int, smaller: str) -> str:
    return f"{large}{unit} {small}{smaller}" if small else f"{large}{unit}"
