"""What is due of a timetable, and the times that people write."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotPossible, UnknownName
from bot.domain.timetables import (
    GRACE,
    Following,
    Timetable,
    Turn,
    comes_twice,
    grace_of,
    moment_of,
    next_times,
    turn_of,
    wall,
)
from bot.domain.zones import zone_named

START = datetime(2026, 11, 23, 10, tzinfo=UTC)
BERLIN = "Europe/Berlin"
MINUTE = timedelta(minutes=1)


def every(minutes: int) -> Following:
    """Times that many minutes apart, from START on."""
    step = timedelta(minutes=minutes)
    return lambda after: START + max(0, (after - START) // step + 1) * step


@given(
    apart=st.integers(5, 3_000),
    late=st.integers(-5_000, 40_000),
    grace=st.integers(1, 1_440),
    begun=st.integers(0, 20),
)
def test_the_last_time_that_has_come_is_due_and_missed_after_its_grace(
    apart: int, late: int, grace: int, begun: int
) -> None:
    following, next_at, now = every(apart), START + begun * apart * MINUTE, START + late * MINUTE
    passed = list(takewhile(lambda one: one <= now, next_times(following, next_at - MINUTE, 10_000)))
    turn = turn_of(next_at, grace * MINUTE, following, now)
    if not passed:
        assert turn is None
    else:
        assert turn == Turn(passed[-1], now - passed[-1] > grace * MINUTE, len(passed) > 1)


def test_a_bot_that_was_down_for_a_year_finds_the_last_time_at_once() -> None:
    now = START + timedelta(days=365, minutes=3)
    assert turn_of(START, GRACE, every(5), now) == Turn(START + timedelta(days=365), False, True)


def test_what_comes_once_is_due_and_then_over() -> None:
    def following(after: datetime) -> datetime | None:
        return START if after < START else None

    assert turn_of(START, GRACE, following, START - MINUTE) is None
    assert turn_of(START, GRACE, following, START) == Turn(START, False, False)
    assert turn_of(START, GRACE, following, START + GRACE) == Turn(START, False, False)
    assert turn_of(START, GRACE, following, START + GRACE + MINUTE) == Turn(START, True, False)
    assert next_times(following, START - MINUTE, 3) == (START,)


def test_a_time_is_read_on_the_wall_of_its_zone() -> None:
    assert moment_of("2026-12-01 09:00", BERLIN, START) == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert moment_of(" 2026-12-01T09:00 ", "UTC", START) == datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-12-01", "09:00", "2026-02-30 09:00", "2026-12-01 09:00+01:00", "2026-12-01 09:00:30",
             "0001-01-01 00:00", "9999-12-31 23:59", "2026-12-01 25:00"]
)  # fmt: skip
def test_what_is_no_time_is_a_sentence_with_an_example(text: str) -> None:
    with pytest.raises(NotPossible, match=r"is no time\. Nothing was changed\. Type one such as --at 2026-12-01 09:00"):
        moment_of(text, BERLIN, START)


def test_a_time_that_is_over_is_refused_with_the_time_there() -> None:
    with pytest.raises(NotPossible, match=r"2026-11-23 10:30 Europe/Berlin is over: it is 2026-11-23 11:00 there"):
        moment_of("2026-11-23 10:30", BERLIN, START)
    assert moment_of("2026-11-23 11:01", BERLIN, START) == START + MINUTE


def test_a_time_that_the_clock_skips_is_refused_with_the_one_after() -> None:
    with pytest.raises(NotPossible, match=r"set forward past 2027-03-28 02:30.+--at 2027-03-28 03:30"):
        moment_of("2027-03-28 02:30", BERLIN, START)


def test_of_a_time_that_comes_twice_the_first_is_taken_and_known_as_such() -> None:
    at = moment_of("2027-10-31 02:30", BERLIN, START)
    assert at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert comes_twice(at, BERLIN)
    assert not comes_twice(at + timedelta(hours=3), BERLIN)
    assert wall(at, BERLIN) == wall(at + timedelta(hours=1), BERLIN) == "2027-10-31T02:30"


@given(
    at=st.integers(1, 3 * 365 * 1_440).map(lambda minutes: START + minutes * MINUTE),
    zone=st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)
def test_what_the_wall_shows_is_read_back_as_that_time(at: datetime, zone: str) -> None:
    back = moment_of(wall(at, zone).replace("T", " "), zone, START)
    assert back == at or (comes_twice(at, zone) and back < at)


@pytest.mark.parametrize(("text", "minutes"), [("", 15), ("90s", 1.5), ("2h", 120), ("1d", 1_440)])
def test_a_grace_is_a_duration_of_at_most_a_day(text: str, minutes: float) -> None:
    assert grace_of(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["0m", "25h", "2d", "soon", "-5m"])
def test_any_other_grace_is_refused(text: str) -> None:
    with pytest.raises(NotPossible, match=r"--grace 15m, at most 24h"):
        grace_of(text)


def test_a_timetable_says_what_comes_when() -> None:
    cron = Timetable("scale", "--tasks 2", "0 20 * * 1-5", None, BERLIN)
    once = Timetable("deploy", "v42", "", datetime(2026, 12, 1, 8, tzinfo=UTC), BERLIN)
    assert (cron.wish, cron.when) == ("scale --tasks 2", "weekdays at 20:00 Europe/Berlin")
    assert (once.wish, once.when) == ("deploy v42", "once on Tue 1 Dec 2026 09:00 Europe/Berlin")


def test_a_zone_is_known_by_its_iana_name_whatever_the_capitals() -> None:
    assert zone_named("europe/berlin") == BERLIN
    assert zone_named("utc") == "UTC"
    for word in ("Berlin", "Europe/Berln"):
        with pytest.raises(UnknownName, match="Did you mean Europe/Berlin"):
            zone_named(word)
    with pytest.raises(UnknownName, match="--tz Europe/Berlin"):
        zone_named("localtime")
