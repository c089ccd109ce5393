"""How busy a service was: peaks stay seen, gaps stay gaps."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.usage import Usage, folded, last, peak

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
PERCENTS = st.lists(st.none() | st.floats(0, 400, allow_nan=False), max_size=40)


@given(PERCENTS, st.integers(1, 12))
def test_folding_keeps_the_peak_the_order_and_leaves_no_part_out(values: list[float | None], most: int) -> None:
    parts = folded(values, most)
    assert len(parts) == min(most, len(values))
    assert peak(parts) == peak(values)
    if len(values) <= most:
        assert list(parts) == values


@given(PERCENTS, st.integers(1, 12))
def test_a_part_is_a_gap_only_where_nothing_at_all_is_known(values: list[float | None], most: int) -> None:
    longest = -(-len(values) // min(most, len(values))) if values else 0
    for number, part in enumerate(folded(values, most)):
        at = number * len(values) // min(most, len(values))
        if part is None:
            assert values[at] is None
        else:
            assert part in values[at : at + longest]


@given(PERCENTS)
def test_the_last_value_tells_how_many_gaps_came_after_it(values: list[float | None]) -> None:
    found = last(values)
    if found is None:
        assert peak(values) is None
    else:
        value, passed = found
        assert values[len(values) - 1 - passed] == value
        assert values[len(values) - passed :] == [None] * passed


def test_nothing_but_gaps_is_empty_and_its_span_is_as_long_as_its_values() -> None:
    assert Usage(NOW, timedelta(minutes=5)).empty
    gaps = Usage(NOW, timedelta(minutes=5), (None, None), (None, None))
    assert (gaps.empty, gaps.span) == (True, timedelta(minutes=10))
    assert not Usage(NOW, timedelta(minutes=5), (), (0.0,)).empty
