"""Changes and their calls, on a real file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.sqlite import SqliteStore
from bot.adapters.sqlite.base import from_json, to_json
from bot.domain.changes import Change, State
from bot.domain.diagnosis import Failure
from bot.domain.people import Person
from bot.domain.plans import Check, Difference, Operation, Plan, Side, Step
from bot.domain.requests import Ack, Request
from bot.domain.rollouts import Outcome, Progress
from bot.domain.stacks import Place
from bot.engine.ports import Call, Moved, Taken
from tests.adapters.samples import AWARE, NOON, OBJECTS, PLACE, after, sample_change

S = State
HOLDING = (S.APPROVED, S.APPLYING, S.ROLLING_OUT)
FAILURES = st.builds(Failure, last_at=st.none() | AWARE)
CHANGES = st.builds(
    Change,
    place=st.builds(Place),
    plan=st.builds(
        Plan,
        before=st.builds(Side),
        after=st.builds(Side),
        steps=st.lists(st.builds(Step, st.sampled_from(Operation), OBJECTS), max_size=2).map(tuple),
        differences=st.lists(st.builds(Difference), max_size=2).map(tuple),
        checks=st.lists(st.builds(Check), max_size=2).map(tuple),
    ),
    requester=st.builds(Person),
    created_at=AWARE,
    updated_at=AWARE,
    started_at=st.none() | AWARE,
    finished_at=st.none() | AWARE,
    progress=st.none() | st.builds(Progress, failed_tasks=st.integers(0, 9), breaker_failures=st.none() | st.just(3)),
    outcome=st.none() | st.builds(Outcome, failures=st.lists(FAILURES, max_size=2).map(tuple)),
    aborted_by=st.none() | st.builds(Person),
    aborted_at=st.none() | AWARE,
    looked_at=st.none() | AWARE,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "bot.db")
    yield store
    store.close()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(CHANGES)
def test_a_change_comes_back_as_it_went_in(change: Change) -> None:
    assert from_json(Change, to_json(change)) == change


@given(st.builds(Request, at=AWARE, values=st.dictionaries(st.text(), OBJECTS, max_size=2)), st.builds(Ack))
def test_a_request_and_its_ack_come_back_as_they_went_in(request: Request, ack: Ack) -> None:
    assert from_json(Request, to_json(request)) == request
    assert from_json(Ack, to_json(ack)) == ack


def test_a_saved_change_is_read_as_saved(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.insert_change(sample_change())
        saved = tx.save_change(sample_change().become(S.APPROVED, after(1)))
    with store.transaction() as tx:
        assert tx.change("c1") == saved
        assert tx.change("c2") is None
    assert saved.version == 1


def test_who_saves_an_old_version_is_told_that_it_moved(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.insert_change(sample_change())
        tx.save_change(sample_change())
        with pytest.raises(Moved, match="c1"):
            tx.save_change(sample_change(reason="lost"))
        found = tx.change("c1")
    assert found is not None
    assert found.reason == "new cart"


@pytest.mark.parametrize("holding", HOLDING)
@pytest.mark.parametrize("wanting", HOLDING)
def test_a_stage_has_one_running_change(store: SqliteStore, holding: State, wanting: State) -> None:
    with store.transaction() as tx:
        tx.insert_change(sample_change("first", state=holding))
        with pytest.raises(Taken) as inserted:
            tx.insert_change(sample_change("second", state=wanting))
        tx.insert_change(sample_change("third"))
        with pytest.raises(Taken) as saved:
            tx.save_change(sample_change("third", state=wanting))
    assert inserted.value.holder.id == saved.value.holder.id == "first"
    with store.transaction() as tx:
        assert [change.id for change in tx.running_changes()] == ["first"]


@pytest.mark.parametrize("state", sorted(set(S) - set(HOLDING)))
def test_a_change_that_does_not_run_holds_nothing(store: SqliteStore, state: State) -> None:
    with store.transaction() as tx:
        tx.insert_change(sample_change("first", state=state))
        tx.insert_change(sample_change("second", state=S.APPROVED))
        assert [change.id for change in tx.running_changes()] == ["second"]


def test_stages_do_not_hold_each_other(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.insert_change(sample_change("first", state=S.APPROVED))
        tx.insert_change(sample_change("second", state=S.APPROVED, stage="staging"))
        tx.insert_change(sample_change("third", state=S.APPROVED, stack="payload-svc"))
        assert len(tx.running_changes()) == 3


def test_a_failing_rollout_lets_the_next_change_in_but_not_two(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.insert_change(sample_change("old", state=S.ROLLING_OUT, failing=True))
        tx.insert_change(sample_change("older", state=S.ROLLING_OUT, failing=True, created_at=after(-9)))
        newest_failing = tx.running_change("shop", "prod")
        tx.insert_change(sample_change("next", state=S.APPROVED, created_at=after(-20)))
        holder = tx.running_change("shop", "prod")
        with pytest.raises(Taken):
            tx.insert_change(sample_change("another", state=S.APPROVED))
        assert [change.id for change in tx.running_changes()] == ["next", "older", "old"]
    assert newest_failing is not None
    assert newest_failing.id == "old"
    assert holder is not None
    assert holder.id == "next"


def test_a_failing_rollout_that_recovers_while_another_runs_is_told_so(store: SqliteStore) -> None:
    with store.transaction() as tx:
        failing = sample_change("old", state=S.ROLLING_OUT, failing=True)
        tx.insert_change(failing)
        tx.insert_change(sample_change("next", state=S.APPROVED))
        with pytest.raises(Taken) as taken:
            tx.save_change(replace(failing, failing=False))
    assert taken.value.holder.id == "next"


def test_of_many_threads_that_want_a_stage_one_has_it(store: SqliteStore) -> None:
    won: list[str] = []

    def approve(change_id: str) -> None:
        try:
            with store.transaction() as tx:
                tx.save_change(sample_change(change_id, state=S.APPROVED))
            won.append(change_id)
        except Taken:
            pass

    names = [f"c{number}" for number in range(10)]
    with store.transaction() as tx:
        for name in names:
            tx.insert_change(sample_change(name))
    threads = [Thread(target=approve, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_the_running_changes_of_one_place_are_told_apart_by_role_too(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.insert_change(sample_change("here", state=S.APPROVED))
        tx.insert_change(
            sample_change("there", state=S.APPROVED, stage="dev", place=Place(PLACE.region, PLACE.cluster))
        )
        assert [change.id for change in tx.running_changes(PLACE)] == ["here"]


def test_the_finished_changes_of_a_stage_come_last_finished_first(store: SqliteStore) -> None:
    over = (S.SUCCEEDED, S.FAILED, S.ROLLED_BACK, S.SUPERSEDED)
    with store.transaction() as tx:
        for number, state in enumerate((*over, S.CANCELLED, S.OUTDATED, S.DENIED)):
            tx.insert_change(
                sample_change(f"c{number}", state=state, created_at=after(number), finished_at=after(-number))
            )
        tx.insert_change(sample_change("runs", state=S.ROLLING_OUT))
        tx.insert_change(sample_change("elsewhere", state=S.SUCCEEDED, stage="dev", finished_at=after(9)))
        assert [change.id for change in tx.finished_changes("shop", "prod", 9)] == ["c0", "c1", "c2", "c3"]
        assert [change.id for change in tx.finished_changes("shop", "prod", 2)] == ["c0", "c1"]
        assert tx.finished_changes("shop", "none", 9) == ()


def test_the_usual_duration_is_the_median_of_the_last_twenty_successes(store: SqliteStore) -> None:
    with store.transaction() as tx:
        for number in range(25):
            lasted = 100 if number < 5 else number - 4
            started = after(200 * number)
            finished = started + timedelta(minutes=lasted)
            tx.insert_change(sample_change(f"c{number}", state=S.SUCCEEDED, started_at=started, finished_at=finished))
        assert tx.usual_duration("shop", "prod") == timedelta(minutes=10.5)


def test_two_successes_are_not_usual_yet_and_failures_do_not_count(store: SqliteStore) -> None:
    with store.transaction() as tx:
        for number, state in enumerate((S.SUCCEEDED, S.SUCCEEDED, S.FAILED, S.ROLLED_BACK)):
            tx.insert_change(sample_change(f"c{number}", state=state, started_at=NOON, finished_at=after(3)))
        assert tx.usual_duration("shop", "prod") is None
        tx.insert_change(sample_change("third", state=S.SUCCEEDED, started_at=NOON, finished_at=after(3)))
        assert tx.usual_duration("shop", "prod") == timedelta(minutes=3)


def test_a_call_is_claimed_renewed_and_finished_by_its_claim_only(store: SqliteStore) -> None:
    first = Call("c1", 0, "UpdateService", "claim-1", NOON, 1)
    second = replace(first, claim="claim-2", intent_at=after(1), attempts=2)
    with store.transaction() as tx:
        tx.insert_change(sample_change())
        assert tx.call("c1", 0) is None
        tx.claim_call(first)
        tx.claim_call(second)
        assert tx.call("c1", 0) == second
        assert not tx.finish_call("c1", 0, "claim-1", "done")
        assert tx.finish_call("c1", 0, "claim-2", "done")
        assert tx.call("c1", 0) == replace(second, outcome="done")
