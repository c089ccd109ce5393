"""A trend as a line of text and as a chart's values."""

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.changes import State
from bot.domain.charts import Look
from bot.domain.trends import Outcome, Trend, trend_of
from bot.messages.sparkline import sparkline
from bot.messages.trend import trend_chart, trend_line

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)


def trend(weeks: tuple[int, ...] = (), seconds: tuple[int, ...] = (), state: State = State.SUCCEEDED) -> Trend:
    """`weeks`: deploys of this week, of last week, and so on."""
    outcomes = [Outcome(state, NOW - timedelta(weeks=age)) for age, count in enumerate(weeks) for _ in range(count)]
    return trend_of(outcomes, [timedelta(seconds=one) for one in seconds], NOW)


@given(st.lists(st.floats(0, 1e9, allow_nan=False), max_size=30))
def test_a_bar_for_each_value_higher_for_more(values: list[float]) -> None:
    bars = sparkline(values)
    assert len(bars) == len(values)
    assert all(bars[i] <= bars[j] for i, j in product(range(len(values)), repeat=2) if values[i] <= values[j])
    assert all((bar == "▁") is (value == 0) for bar, value in zip(bars, values, strict=True))
    assert not any(values) or "█" in bars


def test_the_line_tells_how_many_how_long_and_the_last() -> None:
    line = trend_line(trend((4, 0, 2, 1), (240, 250, 260, 360)))
    assert line == "deploys a week ▁▁▁▁▃▅▁█ 7 in 8 weeks · took ▆▆▆█ median 4m 15s, last 6m"


def test_the_line_says_less_where_there_is_less_and_nothing_of_nothing() -> None:
    assert trend_line(trend()) == ""
    assert trend_line(trend((0,), (240, 250))) == "deploys a week none in 8 weeks · last took 4m 10s"
    assert trend_line(trend((1,), state=State.FAILED)) == "deploys a week ▁▁▁▁▁▁▁█ 1 in 8 weeks"


def test_the_chart_has_a_series_for_each_outcome_that_there_is_and_one_for_durations() -> None:
    chart = trend_chart("shop", "prod", trend((2, 1), (61, 125, 60), State.ROLLED_BACK))
    weeks, took = chart.panels
    assert [(one.name, one.look, one.values[-2:]) for one in weeks.series] == [("3 failed", Look.HATCHED, (1, 2))]
    assert (weeks.ticks, weeks.first, weeks.last) == (((0, "0"), (2, "2")), "Oct 5", "Nov 23")
    assert list(took.series[0].values) == [61, 125, 60]
    assert list(took.ticks) == [(0, "0"), (120, "2m"), (240, "4m")]
    assert chart.words.startswith("Deploys of shop / prod: deploys a week ▁▁▁▁▁▁▅█ 3")


def test_one_duration_is_no_trend_and_seconds_and_hours_have_their_units() -> None:
    assert [panel.title for panel in trend_chart("a", "b", trend((1,), (60,))).panels] == ["Deploys a week"]
    assert trend_chart("a", "b", trend((), (20, 41))).panels[0].ticks[1:] == ((21, "21s"), (42, "42s"))
    assert trend_chart("a", "b", trend((), (20, 7200))).panels[0].ticks[1:] == ((3600, "1h"), (7200, "2h"))


@given(st.lists(st.integers(0, 9), max_size=12), st.lists(st.integers(0, 90_000), max_size=25))
def test_no_value_stands_above_its_axis(weeks: list[int], seconds: list[int]) -> None:
    for panel in trend_chart("a", "b", trend(tuple(weeks), tuple(seconds))).panels:
        top = max(value for value, _ in panel.ticks)
        bars = [one.values for one in panel.series if one.look is not Look.LINE]
        lines = [one.values for one in panel.series if one.look is Look.LINE]
        stacks = [sum(value or 0 for value in places) for places in zip(*bars, strict=True)]
        assert max([*stacks, *(value or 0 for one in lines for value in one)]) <= top
