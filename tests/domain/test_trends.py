"""How a stage's deploys go, for any past."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.changes import State
from bot.domain.trends import SUCCESSES, WEEKS, Outcome, first_week, trend_of

ENDS = (State.SUCCEEDED, State.FAILED, State.ROLLED_BACK, State.SUPERSEDED)
TIMES = st.timedeltas(timedelta(), timedelta(days=800)).map(lambda age: datetime(2026, 1, 1, tzinfo=UTC) + age)
AGES = st.timedeltas(timedelta(), timedelta(weeks=12))
PASTS = st.lists(st.tuples(st.sampled_from(ENDS), AGES), max_size=30)
SPANS = st.lists(st.timedeltas(timedelta(), timedelta(hours=3)), max_size=40)


@given(now=TIMES, past=PASTS)
def test_each_deploy_of_these_weeks_is_counted_once_in_its_week(
    now: datetime, past: list[tuple[State, timedelta]]
) -> None:
    outcomes = [Outcome(state, now - age) for state, age in past]
    trend = trend_of(outcomes, (), now)
    recent = [one for one in outcomes if one.at >= first_week(now)]
    assert trend.total == len(recent)
    for week in trend.weeks:
        states = [one.state for one in recent if one.at.isocalendar()[:2] == week.start.isocalendar()[:2]]
        assert week.total == len(states)
        assert week.succeeded == states.count(State.SUCCEEDED)
        assert week.failed == states.count(State.FAILED) + states.count(State.ROLLED_BACK)
        assert week.others == states.count(State.SUPERSEDED)


@given(now=TIMES)
def test_weeks_are_of_utc_begin_on_monday_and_end_with_this_one(now: datetime) -> None:
    weeks = trend_of((), (), now).weeks
    assert len(weeks) == WEEKS
    assert all(week.start.strftime("%a %H:%M:%S.%f") == "Mon 00:00:00.000000" for week in weeks)
    assert all(later.start - one.start == timedelta(weeks=1) for one, later in pairwise(weeks))
    assert weeks[-1].start <= now < weeks[-1].start + timedelta(weeks=1)
    elsewhere = now.astimezone(timezone(timedelta(hours=13)))
    assert trend_of((), (), elsewhere).weeks == weeks


@given(spans=SPANS)
def test_half_of_the_last_successes_took_no_longer_than_the_median(spans: list[timedelta]) -> None:
    trend = trend_of((), spans, datetime(2026, 11, 23, tzinfo=UTC))
    assert trend.lasted == tuple(spans[-SUCCESSES:])
    assert trend.empty is not bool(spans)
    if trend.median is None:
        assert not spans
        return
    assert sum(one <= trend.median for one in trend.lasted) * 2 >= len(trend.lasted)
    assert sum(one >= trend.median for one in trend.lasted) * 2 >= len(trend.lasted)
