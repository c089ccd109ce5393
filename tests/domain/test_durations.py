"""Durations as people write them, and as they are said."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.durations import LONGEST, duration_of, spoken


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("90s", timedelta(seconds=90)),
        ("90m", timedelta(minutes=90)),
        ("2h", timedelta(hours=2)),
        ("2 h", timedelta(hours=2)),
        ("30d", timedelta(days=30)),
    ],
)
def test_a_number_and_a_unit_is_a_duration(written: str, meant: timedelta) -> None:
    assert duration_of(written) == meant


@pytest.mark.parametrize(
    "written",
    ["", "2", "h", "0h", "-2h", "2 weeks", "31d", "721h", "2h30m", "٢h", "2H", "1e3s", " 2h", "2h\n", "9" * 99 + "d"],
)
def test_anything_else_is_told_what_to_write(written: str) -> None:
    with pytest.raises(ValueError, match="must be a duration such as 90s, 20m, 2h or 1d"):
        duration_of(written)


@given(st.text(max_size=12))
def test_no_text_is_more_than_a_refusal(text: str) -> None:
    try:
        span = duration_of(text)
    except ValueError:
        return
    assert timedelta() < span <= LONGEST


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "0s"), (45, "45s"), (60, "1m"), (125, "2m 5s"), (7_200, "2h"), (4_200, "1h 10m"), (518_400, "6 days")],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: int, said: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == said
