"""When cron comes, on the wall clock of a zone: held against looking at every minute."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.calendar import CronCalendar
from bot.domain.cron import Cron, cron_of
from bot.domain.timetables import wall

BERLIN, HOWE = "Europe/Berlin", "Australia/Lord_Howe"
MINUTE = timedelta(minutes=1)
NEXT = CronCalendar().next_fire


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fires(cron: str, zone: str, after: str, most: int) -> list[str]:
    found, time = [], at(after)
    for _ in range(most):
        following = NEXT(cron_of(cron), zone, time)
        assert following is not None
        assert following > time
        time = following
        found.append(f"{time:%m-%d %H:%M}")
    return found


def comes(cron: Cron, local: datetime) -> bool:
    day, weekday = local.day in cron.days, local.weekday() in cron.weekdays
    fits = (day or weekday) if cron.either else (day and weekday)
    return fits and local.month in cron.months and local.hour in cron.hours and local.minute in cron.minutes


@given(
    cron=st.builds(
        "{} {} {} * {}".format,
        st.sampled_from(["0", "30", "*/20", "7,37"]),
        st.sampled_from(["*", "*/6", "3", "9-17/4", "23,0"]),
        st.sampled_from(["*", "1", "24-26", "*/2"]),
        st.sampled_from(["*", "mon-fri", "0", "7", "2,4", "5-7"]),
    ),
    zone=st.sampled_from(["UTC", BERLIN, "Asia/Kolkata", "America/St_Johns"]),
    minutes=st.integers(0, 60 * 24 * 7),
)
def test_it_is_the_next_minute_whose_wall_clock_fits(cron: str, zone: str, minutes: int) -> None:
    begin, read = at("2026-11-20T00:00") + minutes * MINUTE, cron_of(cron)
    looked = (begin + number * MINUTE for number in range(1, 60 * 24 * 2))
    wanted = next((one for one in looked if comes(read, one.astimezone(ZoneInfo(zone)))), None)
    found = NEXT(read, zone, begin)
    assert found == wanted or (wanted is None and found is not None and found >= begin + 2879 * MINUTE)
    assert NEXT(read, zone, begin + timedelta(seconds=1)) == NEXT(read, zone, begin)


def test_weekdays_are_those_of_cron_and_not_of_the_library() -> None:
    assert fires("0 9 * * 1", "UTC", "2026-11-20T00:00", 2) == ["11-23 09:00", "11-30 09:00"]
    assert fires("0 9 * * 0", "UTC", "2026-11-20T00:00", 1) == ["11-22 09:00"]
    assert fires("0 9 * * 7", "UTC", "2026-11-20T00:00", 1) == ["11-22 09:00"]


def test_what_the_wall_shows_twice_in_autumn_comes_once() -> None:
    assert fires("30 2 * * *", BERLIN, "2026-10-24T12:00", 2) == ["10-25 00:30", "10-26 01:30"]
    assert fires("30 2 * * *", BERLIN, "2026-10-25T00:30", 1) == ["10-26 01:30"]
    assert fires("0 1-3 * * *", BERLIN, "2026-10-24T12:00", 3) == ["10-24 23:00", "10-25 00:00", "10-25 02:00"]


def test_what_the_clock_skips_in_spring_comes_once_an_hour_later() -> None:
    assert fires("30 2 * * *", BERLIN, "2027-03-27T12:00", 2) == ["03-28 01:30", "03-29 00:30"]
    assert fires("30 2,3 * * *", BERLIN, "2027-03-27T12:00", 2) == ["03-28 01:30", "03-29 00:30"]


@given(
    cron=st.sampled_from(["*/5 * * * *", "15 1,2,3 * * *", "30 2 * * *", "*/10 2 * * *", "45 1 * * sun"]),
    place=st.sampled_from([(BERLIN, "2026-10-24T20:00"), (BERLIN, "2027-03-27T20:00"), (HOWE, "2027-04-03T10:00")]),
    minutes=st.integers(0, 360),
)
def test_no_time_on_the_wall_comes_twice(cron: str, place: tuple[str, str], minutes: int) -> None:
    zone, start = place
    time, walls = at(start) + minutes * MINUTE, list[str]()
    for _ in range(60):
        following = NEXT(cron_of(cron), zone, time)
        assert following is not None
        time = following
        walls.append(wall(time, zone))
    assert all(sooner < later for sooner, later in pairwise(walls))


def test_a_leap_day_is_waited_for() -> None:
    assert NEXT(cron_of("0 0 29 2 *"), "UTC", at("2027-03-01T00:00")) == at("2028-02-29T00:00")


def test_where_both_kinds_of_days_are_named_either_comes() -> None:
    assert fires("0 9 1 * mon", "UTC", "2026-11-24T00:00", 3) == ["11-30 09:00", "12-01 09:00", "12-07 09:00"]


@pytest.mark.parametrize("zone", ["UTC", BERLIN])
def test_the_answer_is_in_utc(zone: str) -> None:
    found = NEXT(cron_of("0 9 * * *"), zone, at("2026-11-24T00:00").astimezone(ZoneInfo("Asia/Tokyo")))
    assert found is not None
    assert found.tzinfo is UTC
