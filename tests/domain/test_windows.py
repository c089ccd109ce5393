"""Weekly closed hours go by the clock on the wall, on the days when clocks change too."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.windows import Window, closed_by, opens_at, reopens_at
from tests.domain.deploy_cases import PROPERTY

WEEK, MINUTE = 7 * 24 * 60, timedelta(minutes=1)
DST_WEEKENDS = {
    "Europe/Berlin": (datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)),
}


def window(start_day: int, start: str, end_day: int, end: str, zone: str = "Europe/Berlin") -> Window:
    return Window(start_day, time.fromisoformat(start), end_day, time.fromisoformat(end), zone, "")


WEEKEND = window(4, "16:00", 0, "08:00")
NIGHTS = window(5, "22:00", 6, "02:30")


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold).astimezone(UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("at", "closed"),
    [
        (berlin(2026, 11, 20, 15, 59), False),
        (berlin(2026, 11, 20, 16, 0), True),
        (berlin(2026, 11, 22, 12, 0), True),
        (berlin(2026, 11, 23, 7, 59), True),
        (berlin(2026, 11, 23, 8, 0), False),
    ],
)
def test_a_window_over_the_weeks_end_closes_from_its_start_until_before_its_end(at: datetime, closed: bool) -> None:
    assert closed_by((WEEKEND,), at) == (WEEKEND if closed else None)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (berlin(2026, 10, 23, 18), berlin(2026, 10, 26, 8)),
        (berlin(2026, 3, 29, 1, 30), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (berlin(2026, 10, 25, 2, 0), berlin(2026, 10, 25, 2, 30)),
        (berlin(2026, 10, 25, 2, 10, fold=1), berlin(2026, 10, 25, 2, 30, fold=1)),
        (berlin(2026, 10, 23, 15), berlin(2026, 10, 23, 15)),
    ],
    ids=["over the change", "its end is skipped", "its end comes twice", "the second time", "open already"],
)
def test_a_window_opens_when_the_wall_says_so(now: datetime, opens: datetime) -> None:
    closing = WEEKEND if now.astimezone(ZoneInfo("Europe/Berlin")).weekday() == 4 else NIGHTS
    assert reopens_at(closing, now) == opens


def test_a_gap_that_the_clock_skips_is_open_a_week_later_only() -> None:
    nearly_always = window(6, "02:30", 6, "02:00")
    assert reopens_at(nearly_always, berlin(2026, 3, 29, 1)) == berlin(2026, 4, 5, 2)


def test_of_several_windows_the_one_that_opens_last_is_named() -> None:
    night = window(5, "00:00", 5, "06:00")
    assert closed_by((night, WEEKEND), berlin(2026, 11, 21, 3)) == WEEKEND
    assert closed_by((), berlin(2026, 11, 21, 3)) is None


def test_windows_that_follow_each_other_open_after_the_last() -> None:
    night, day = window(4, "16:00", 5, "00:00"), window(5, "00:00", 0, "08:00")
    assert opens_at((night, day), berlin(2026, 11, 20, 18)) == berlin(2026, 11, 23, 8)
    assert opens_at((night, day), berlin(2026, 11, 20, 12)) == berlin(2026, 11, 20, 12)


def test_windows_without_a_gap_never_open() -> None:
    assert opens_at((window(0, "00:00", 3, "00:00"), window(3, "00:00", 0, "00:00")), berlin(2026, 11, 20)) is None


minutes_of_day = st.integers(0, 24 * 60 - 1) | st.integers(0, 4 * 60)
days = st.sampled_from([5, 6, 6, 6, 0]) | st.integers(0, 6)
ends = st.tuples(days, minutes_of_day)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Window, datetime]:
    """A window, and an instant on a weekend on which its zone's clocks change."""
    zone = draw(st.sampled_from(list(DST_WEEKENDS)))
    start, end = draw(st.tuples(ends, ends).filter(lambda pair: pair[0] != pair[1]))
    times = [time(minute // 60, minute % 60) for _, minute in (start, end)]
    saturday = draw(st.sampled_from(DST_WEEKENDS[zone]))
    return Window(start[0], times[0], end[0], times[1], zone, ""), saturday + draw(st.integers(0, 3 * 86_400)) * (
        MINUTE / 60
    )


def wall(at: datetime, zone: str) -> int:
    """The minute of the week that a clock on a wall shows."""
    local = at.astimezone(ZoneInfo(zone))
    return local.weekday() * 24 * 60 + local.hour * 60 + local.minute


def closed_minutes(one: Window) -> set[int]:
    """Minute by minute around the week, from the start until before the end."""
    at, end = (d * 24 * 60 + t.hour * 60 + t.minute for d, t in ((one.start_day, one.start), (one.end_day, one.end)))
    found = set()
    while at != end:
        found.add(at)
        at = (at + 1) % WEEK
    return found


@PROPERTY
@given(cases())
def test_a_window_closes_exactly_where_a_wall_clock_read_every_minute_says_so(case: tuple[Window, datetime]) -> None:
    closing, start = case
    closed = closed_minutes(closing)
    for at in (start + minutes * MINUTE for minutes in range(26 * 60)):
        assert (closed_by((closing,), at) is not None) == (wall(at, closing.zone) in closed), at


@PROPERTY
@given(cases())
def test_a_window_reopens_at_the_first_instant_that_is_not_closed(case: tuple[Window, datetime]) -> None:
    closing, now = case
    closed, opens = closed_minutes(closing), reopens_at(closing, now)
    at = now
    while wall(at, closing.zone) in closed:
        at = at.replace(second=0) + MINUTE
    assert opens == at
