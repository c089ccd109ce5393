"""Numbers as a row of small bars within a line of text."""

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
_GAP = "·"


def sparkline(values: Sequence[float]) -> str:
    """One bar for each value, in proportion to the greatest; only nothing (0 or less) has the lowest bar."""
    most = max(values, default=0)
    return "".join(_bar(value / most) if value > 0 else _BARS[0] for value in values)


def percent_sparkline(values: Sequence[float | None]) -> str:
    """One bar for each value, always from 0 to 100: what idles looks idle. What is beyond has the highest bar; None is
    a dot on the line's middle, where no bar ever is."""
    return "".join(_GAP if value is None else _BARS[_level(value)] for value in values)


def _bar(share: float) -> str:
    return _BARS[max(1, round(share * (len(_BARS) - 1)))]


def _level(percent: float) -> int:
    return min(len(_BARS) - 1, max(0, int(percent * len(_BARS) / 100)))
