"""How a stage's deploys go: how many a week, what became of them, how long they took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from bot.domain.changes import State

WEEKS = 8
SUCCESSES = 20
"""Of how many the durations are read."""

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one deploy, and when it was over."""

    state: State
    at: datetime


@dataclass(frozen=True, slots=True)
class Week:
    """From Monday 00:00 UTC on. `others`: replaced by a later change."""

    start: datetime
    succeeded: int = 0
    failed: int = 0
    others: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.succeeded + self.failed + self.others


@dataclass(frozen=True, slots=True)
class Trend:
    """The last weeks, this one last; how long the last successes took, the newest last."""

    weeks: tuple[Week, ...]
    lasted: tuple[timedelta, ...]

    @property
    def total(self) -> int:
        """Deploys in all of these weeks."""
        return sum(week.total for week in self.weeks)

    @property
    def median(self) -> timedelta | None:
        """Half of them took less; None: there are none."""
        return timedelta(seconds=median(one.total_seconds() for one in self.lasted)) if self.lasted else None

    @property
    def empty(self) -> bool:
        """Nothing to tell."""
        return not self.total and not self.lasted


def first_week(now: datetime) -> datetime:
    """When the oldest of the last WEEKS weeks began."""
    return _monday(now) - (WEEKS - 1) * _WEEK


def trend_of(outcomes: Sequence[Outcome], lasted: Sequence[timedelta], now: datetime) -> Trend:
    """`outcomes` in any order, those outside of the weeks are left out; `lasted`: oldest first."""
    starts = [first_week(now) + number * _WEEK for number in range(WEEKS)]
    return Trend(tuple(_week(start, outcomes) for start in starts), tuple(lasted[-SUCCESSES:]))


def _week(start: datetime, outcomes: Sequence[Outcome]) -> Week:
    states = [one.state for one in outcomes if start <= one.at < start + _WEEK]
    failed = sum(state in (State.FAILED, State.ROLLED_BACK) for state in states)
    succeeded = states.count(State.SUCCEEDED)
    return Week(start, succeeded, failed, len(states) - succeeded - failed)


def _monday(at: datetime) -> datetime:
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
