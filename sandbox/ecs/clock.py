"""Two times: seconds of the simulation, which decide what happens, and the calendar, which answers show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """`elapsed` counts simulated seconds. `now()` is UTC: real while running, else moved by hand."""

    def __init__(self, real: Callable[[], float]) -> None:
        self.elapsed = 0.0
        self._real = real
        self._frozen: float | None = real()
        self._offset = 0.0

    def now(self) -> datetime:
        base = self._real() if self._frozen is None else self._frozen
        return datetime.fromtimestamp(base + self._offset, UTC)

    def advance(self, seconds: float) -> None:
        self.elapsed += seconds
        if self._frozen is not None:
            self._offset += seconds

    def jump(self, seconds: float) -> None:
        """Turns the calendar only: nothing happens in between."""
        self._offset += seconds

    def run(self) -> None:
        """The calendar follows real time from here; what was ticked by hand stays on top, so it never goes back."""
        self._frozen = None

    def freeze(self) -> None:
        self._frozen = self._real()
