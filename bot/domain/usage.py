"""How busy a service was, as CloudWatch has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

Percents = Sequence[float | None]
"""One for each period, the oldest first; None where CloudWatch has no value."""


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU and memory of a service in percent of what its tasks reserve, one average for each `period` from `start` on;
    None where CloudWatch has no value. Equally long; empty: no value at all. AWS/ECS CPUUtilization and
    MemoryUtilization by ClusterName and ServiceName."""

    start: datetime
    period: timedelta
    cpu: tuple[float | None, ...] = ()
    memory: tuple[float | None, ...] = ()

    @property
    def span(self) -> timedelta:
        """How long a time it tells of."""
        return self.period * max(len(self.cpu), len(self.memory))

    @property
    def empty(self) -> bool:
        """No value at all."""
        return peak(self.cpu) is None and peak(self.memory) is None


def peak(values: Percents) -> float | None:
    """The greatest; None: there is no value."""
    return max((one for one in values if one is not None), default=None)


def last(values: Percents) -> tuple[float, int] | None:
    """The last value and how many periods without one have passed since."""
    for passed, value in enumerate(reversed(values)):
        if value is not None:
            return value, passed
    return None


def folded(values: Percents, most: int) -> tuple[float | None, ...]:
    """At most `most` parts of nearly equal length, each as its greatest value: a peak stays to be seen."""
    parts = min(most, len(values))
    ends = [number * len(values) // parts for number in range(parts + 1)] if parts else []
    return tuple(peak(values[a:b]) for a, b in pairwise(ends))
