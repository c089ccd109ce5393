"""When a stage is closed: windows that come back every week, by the wall clock of their zone.

What the clock on the wall says decides, so on days when clocks change an hour may be missing from a window or be in it
twice; one that ends at 02:30 opens twice where 02:30 comes twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
_LOOKED_AHEAD_DAYS = 15
"""A week, and one more for where the clock skips the only minutes that are open."""


@dataclass(frozen=True, slots=True)
class Window:
    """Closed from `start` on `start_day` until `end` on `end_day` (Monday is 0), `end` itself not; it may span the
    week's end. `zone`: an IANA name. `text`: as written in tinystacks.yml."""

    start_day: int
    start: time
    end_day: int
    end: time
    zone: str
    text: str


def closed_by(windows: Sequence[Window], now: datetime) -> Window | None:
    """The window that closes at `now`; of several the one that reopens last."""
    closing = [window for window in windows if _closes(window, now)]
    return max(closing, key=lambda window: reopens_at(window, now)) if len(closing) > 1 else next(iter(closing), None)


def reopens_at(window: Window, now: datetime) -> datetime:
    """The first instant from `now` on at which the window does not close, in UTC."""
    now = now.astimezone(UTC)
    return now if not _closes(window, now) else min(at for at in _edges(window, now) if not _closes(window, at))


def opens_at(windows: Sequence[Window], now: datetime) -> datetime | None:
    """The first instant from `now` on at which none of them closes, in UTC; None: not within two weeks."""
    at, end = now.astimezone(UTC), now + timedelta(days=_LOOKED_AHEAD_DAYS)
    while at < end:
        closing = closed_by(windows, at)
        if closing is None:
            return at
        at = reopens_at(closing, at)
    return None


def _closes(window: Window, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(window.zone))
    wall = (local.weekday(), local.time())
    start, end = (window.start_day, window.start), (window.end_day, window.end)
    return start <= wall < end if start < end else wall >= start or wall < end


def _edges(window: Window, now: datetime) -> Iterator[datetime]:
    """Every instant after `now` at which the window may open: where the wall shows its end, and where clocks change."""
    zone = ZoneInfo(window.zone)
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=days) for days in range(_LOOKED_AHEAD_DAYS)):
        if day.weekday() == window.end_day:
            ends = (datetime.combine(day, window.end, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
            yield from (end for end in ends if end > now)
    minute = now.replace(second=0, microsecond=0)
    for hour in (minute + hours * HOUR for hours in range(_LOOKED_AHEAD_DAYS * 24)):
        if hour.astimezone(zone).utcoffset() != (hour + HOUR).astimezone(zone).utcoffset():
            yield from (hour + minutes * MINUTE for minutes in range(1, 61))
