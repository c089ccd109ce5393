"""Numbers as a row of small bars within a line of text."""

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float]) -> str:
    """One bar for each value, in proportion to the greatest; only nothing (0 or less) has the lowest bar."""
    most = max(values, default=0)
    return "".join(_bar(value / most) if value > 0 else _BARS[0] for value in values)


def _bar(share: float) -> str:
    return _BARS[max(1, round(share * (len(_BARS) - 1)))]
