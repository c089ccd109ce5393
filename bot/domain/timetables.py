"""When something scheduled is to happen: once, or by cron, on the wall clock of a zone; and what is due of it.

A time is known by what the clock on the wall shows (`wall`), so where a day shows 02:30 twice, it comes once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.domain.cron import cron_of, in_words
from bot.domain.durations import duration_of
from bot.domain.errors import NotPossible

Following: TypeAlias = Callable[[datetime], datetime | None]
"""The next time strictly after another one, in UTC; None: there is none any more."""

GRACE = timedelta(minutes=15)
LONGEST_GRACE = timedelta(days=1)
"""How late something scheduled may start: what nobody says, and the most."""

_INSTANT = timedelta(microseconds=1)
_BACK = tuple(timedelta(hours=hours) for hours in (1, 24, 24 * 40, 24 * 400, 24 * 366 * 9))


@dataclass(frozen=True, slots=True)
class Timetable:
    """`verb` with the words `asked`, by `cron` or once `at` (UTC), on the wall clock of `zone` (an IANA name), up to
    `grace` late. `times`: the next ones, as they were shown to whoever asked."""

    verb: str
    asked: str
    cron: str
    at: datetime | None
    zone: str
    grace: timedelta = GRACE
    times: tuple[datetime, ...] = ()

    @property
    def wish(self) -> str:
        """`scale --tasks 2`."""
        return f"{self.verb} {self.asked}".strip()

    @property
    def when(self) -> str:
        """`weekdays at 20:00 Europe/Berlin`, `once on Tue 1 Dec 2026 09:00 UTC`."""
        if self.at:
            local = self.at.astimezone(ZoneInfo(self.zone))
            return f"once on {local:%a} {local.day} {local:%b %Y %H:%M} {self.zone}"
        return f"{in_words(cron_of(self.cron))} {self.zone}"


@dataclass(frozen=True, slots=True)
class Turn:
    """The time that is due: the last one that has come. `missed`: it is too late for it. `others`: earlier ones have
    come as well since the last look, and are let go."""

    at: datetime
    missed: bool
    others: bool


def wall(at: datetime, zone: str) -> str:
    """What the clock on the wall shows then: `2026-10-25T02:30`."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def turn_of(next_at: datetime, grace: timedelta, following: Following, now: datetime) -> Turn | None:
    """What is due of a timetable whose next time was to be `next_at`; None: nothing yet."""
    if now < next_at:
        return None
    last = _last(next_at, following, now)
    return Turn(last, now - last > grace, last != next_at)


def _last(next_at: datetime, following: Following, now: datetime) -> datetime:
    """The last time up to `now`, looked for ever further back: nobody counts the minutes of a year."""
    for back in _BACK:
        at = following(max(next_at, now - back) - _INSTANT)
        if at is None or at > now:
            continue
        while (later := following(at)) is not None and later <= now:
            at = later
        return at
    return next_at


def next_times(following: Following, after: datetime, most: int) -> tuple[datetime, ...]:
    """At most so many, after that time."""
    times: list[datetime] = []
    while len(times) < most and (at := following(times[-1] if times else after)) is not None:
        times.append(at)
    return tuple(times)


def moment_of(text: str, zone: str, now: datetime) -> datetime:
    """`2026-12-01 09:00` on the wall of `zone`, in UTC; of two that look the same the first.

    Raises NotPossible for what is no time, is over, or is skipped by the clock."""
    naive = _naive(text)
    at = naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    shown = f"{naive:%Y-%m-%d %H:%M}"
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != naive:
        fact = f"The clocks of {zone} are set forward past {shown}: that time does not come."
        raise NotPossible(fact, f"Type --at {at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}, or another time.")
    if at <= now:
        fact = f"{shown} {zone} is over: it is {now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} there."
        raise NotPossible(fact, "Type a time to come.")
    return at


def comes_twice(at: datetime, zone: str) -> bool:
    """Whether the wall shows the same an hour later or earlier, since clocks are set back."""
    local = at.astimezone(ZoneInfo(zone))
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def grace_of(text: str) -> timedelta:
    """`15m`; empty: GRACE. Raises NotPossible."""
    try:
        grace = duration_of(text) if text else GRACE
    except ValueError:
        grace = timedelta()
    if not timedelta() < grace <= LONGEST_GRACE:
        raise NotPossible(f"“{text[:40]}” is no time to be late.", "Type one such as --grace 15m, at most 24h.")
    return grace


def _naive(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    odd = found is None or found.tzinfo or ":" not in text or found.second or found.microsecond
    if odd or found is None or not 2000 <= found.year <= 2100:
        raise NotPossible(f"“{text.strip()[:40]}” is no time.", "Type one such as --at 2026-12-01 09:00.")
    return found
