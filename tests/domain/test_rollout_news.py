"""What a look tells the thread, and when to look again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.diagnosis import Cause
from bot.domain.ecs import Breaker, ServiceDeployment
from bot.domain.rollouts import Look, NewsKind, Snapshot, verdict_of
from tests.domain.rollout_cases import (
    BEFORE,
    COUNTING,
    IMPAIRED,
    NO_ROOM,
    OURS,
    ROLLOUT,
    at,
    before,
    event,
    failure,
    ours,
    record,
    snapshot,
    task,
)


def _look(seen: Snapshot, seconds: float = 30) -> Look:
    return verdict_of(ROLLOUT, seen, at(seconds))


def _keys(seen: Snapshot, seconds: float = 30) -> list[str]:
    return [news.key for news in _look(seen, seconds).news]


def test_a_rollout_is_told_from_start_to_end() -> None:
    assert _keys(snapshot(before(status="PRIMARY"))) == []
    assert _keys(snapshot(ours(desired=4), before())) == ["started"]
    assert _keys(snapshot(ours(desired=4, running=1), before())) == ["started", "first_task"]
    assert _keys(snapshot(ours(desired=4, running=2), before())) == ["started", "first_task", "half"]
    done = ours(desired=4, running=4, rollout_state="COMPLETED")
    assert _keys(snapshot(done)) == ["started", "first_task", "finished"]


def test_a_running_task_is_not_up_before_it_is_healthy() -> None:
    seen = snapshot(ours(running=2, pending=1), tasks=(task("UNKNOWN"), task("UNKNOWN", number=1)))
    assert _keys(seen) == ["started"]
    assert (_look(seen).progress.done, _look(seen).progress.new_starting) == (0, 3)


def test_a_kind_of_failure_and_a_count_of_the_breaker_are_told_once_each() -> None:
    died = failure(1)
    first = snapshot(ours(), failures=(died,), service_deployment=COUNTING)
    again = replace(first, failures=(replace(died, count=2, task_ids=("t9", "t0")),))
    assert _keys(first) == ["started", f"failure:{died.key}", "breaker:2"]
    assert _keys(again) == [*_keys(first), "failing:crash_loop"]


def test_failures_are_told_in_the_order_they_came() -> None:
    newest, oldest = failure(1, Cause.OTHER, 25), failure(1, Cause.EXIT, 9)
    told = [news.failure for news in _look(snapshot(ours(), failures=(newest, oldest))).news if news.failure]
    assert told == [oldest, newest]


_UNHEALTHY = "(service shop) (task {}) (port 8080) is unhealthy in (target-group tg) due to (reason Request timed out)."


def test_noteworthy_events_are_quoted_once_per_wording_oldest_first() -> None:
    events = (
        event(25, _UNHEALTHY.format("f" * 32)),
        event(20, "(service shop) has started 2 tasks: (task a) (task b)."),
        event(15, _UNHEALTHY.format("a" * 32)),
        event(10, NO_ROOM),
        event(-10, IMPAIRED),
    )
    told = [news for news in _look(snapshot(ours(), events=events)).news if news.kind is NewsKind.EVENT]
    assert [news.quote for news in told] == [NO_ROOM, _UNHEALTHY.format("a" * 32)]


def test_a_wording_is_told_once_however_the_window_of_events_slides() -> None:
    texts = [_UNHEALTHY.format(letter * 32).replace("8080", str(32768 + n)) for n, letter in enumerate("abcdef")]
    lines = [event(10 + number, text) for number, text in enumerate(texts)]
    keys = {tuple(_keys(snapshot(ours(), events=tuple(lines[left:])))) for left in range(len(lines))}
    assert len(keys) == 1
    assert _keys(snapshot(ours(), events=(event(10, NO_ROOM),))) not in [list(one) for one in keys]


@given(st.integers(1, 200), st.lists(st.integers(0, 250), max_size=20))
def test_the_breakers_count_is_told_three_times_at_the_most(threshold: int, counts: list[int]) -> None:
    keys = {
        key
        for count in sorted(counts)
        for key in _keys(snapshot(ours(), service_deployment=_counted(count, threshold)))
        if key.startswith("breaker:")
    }
    assert len(keys) <= 3
    assert bool(keys) == any(counts)
    assert (f"breaker:{threshold}" in keys) == any(count >= threshold for count in counts)


def _counted(failures: int, threshold: int) -> ServiceDeployment:
    return record("IN_PROGRESS", breaker=Breaker("MONITORING", failures, threshold))


@pytest.mark.parametrize(("deployment_id", "told"), [(OURS, True), (BEFORE, False)])
def test_only_events_of_ours_are_told(deployment_id: str, told: bool) -> None:
    message = f"(service shop) could not launch 2 tasks for deployment ID {deployment_id}."
    assert (_keys(snapshot(ours(), events=(event(9, message),))) != _keys(snapshot(ours()))) is told


def test_a_roll_back_under_way_is_told_as_such_and_not_as_failing() -> None:
    look = _look(snapshot(ours(), failures=(failure(4),), service_deployment=record("ROLLBACK_IN_PROGRESS")))
    assert look.rolling_back
    assert [news.key for news in look.news][-1] == "rolling_back"
    assert not any(news.kind is NewsKind.FAILING for news in look.news)


def test_the_failing_news_brings_the_failure_only_where_it_is_the_reason() -> None:
    loop = _look(snapshot(ours(), failures=(failure(2),))).news[-1]
    room = _look(snapshot(ours(), failures=(failure(1),), events=(event(9, NO_ROOM),)), 200).news[-1]
    assert (loop.failure, room.failure) == (failure(2), None)
    assert room.quote == NO_ROOM


def test_that_the_deadline_passed_is_told_once_in_the_same_words() -> None:
    first, later = (_keys(snapshot(ours(running=1)), seconds) for seconds in (1201, 80_000))
    assert first == later == ["started", "first_task", "failing:stuck"]


_PAUSES = {
    "young": (snapshot(ours(pending=0)), 119, 5),
    "nothing starts": (snapshot(ours(pending=0)), 121, 10),
    "something starts": (snapshot(ours(pending=1)), 121, 5),
    "a crash loop always starts something": (snapshot(ours(), failures=(failure(9),)), 121, 10),
    "old": (snapshot(ours(pending=1)), 601, 15),
    "only ECS's word is missing": (snapshot(ours(running=2)), 601, 5),
    "past the deadline": (snapshot(ours(running=2)), 1201, 30),
    "past the deadline on the way back": (
        snapshot(ours(), service_deployment=record("ROLLBACK_IN_PROGRESS")),
        1201,
        15,
    ),
    "over": (snapshot(ours(rollout_state="COMPLETED")), 601, None),
}


@pytest.mark.parametrize("case", _PAUSES)
def test_the_next_look_comes_soon_while_something_moves(case: str) -> None:
    seen, seconds, pause = _PAUSES[case]
    assert _look(seen, seconds).next_look == (timedelta(seconds=pause) if pause else None)
