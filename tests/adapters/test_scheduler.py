"""The scheduler on a real file, real threads and short real waits."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Event, Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.scheduler import Clock, Scheduler, pause_after
from bot.adapters.sqlite import SqliteStore
from tests.adapters.contracts.wakes import LATER, LONG, SOON, WakesContract, World

PATIENCE = 10.0
CLOCK = Clock()


class RealWorld(World):
    """Time passes by itself."""

    def __init__(
        self, store: SqliteStore, sweep: timedelta = timedelta(milliseconds=500), lanes: dict[str, int] | None = None
    ) -> None:
        super().__init__()
        self.store = store
        self.wakes: Scheduler = Scheduler(store, CLOCK, sweep=sweep, lanes=lanes or {})

    def now(self) -> datetime:
        return CLOCK.now()

    def until(self, done: Callable[[], bool]) -> None:
        end = CLOCK.now() + timedelta(seconds=PATIENCE)
        while not done():
            assert CLOCK.now() < end, f"ran {self.runs}, left {self.left()}"
            self.let(timedelta(milliseconds=5))

    def let(self, by: timedelta) -> None:
        Event().wait(by.total_seconds())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "bot.db")
    yield store
    store.close()


@pytest.fixture
def world(store: SqliteStore) -> Iterator[RealWorld]:
    world = RealWorld(store)
    world.wakes.start(world.step)
    yield world
    assert world.wakes.stop(PATIENCE)


class TestScheduler(WakesContract):
    """The contract, for real."""


def test_two_of_one_key_never_run_at_a_time_however_often_it_is_woken(world: RealWorld) -> None:
    inside: Counter[str] = Counter()
    most: Counter[str] = Counter()
    counting = Lock()

    def stay_a_little(key: str) -> None:
        with counting:
            inside[key] += 1
            most[key] = max(most[key], inside[key])
        world.let(timedelta(milliseconds=2))
        with counting:
            inside[key] -= 1

    world.does = stay_a_little
    with ThreadPoolExecutor(4) as people:
        list(people.map(lambda number: world.wake(f"look:{number % 3}"), range(120)))
    world.until(lambda: not world.left())
    assert set(most.values()) == {1}


def test_no_wake_up_is_lost_however_it_meets_a_running_step(world: RealWorld) -> None:
    written: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    world.does = lambda key: seen.update({key: written[key] - seen[key]})

    def write_and_wake(number: int) -> None:
        key = f"send:{number % 2}"
        with world.store.transaction() as tx:
            written[key] += 1
            world.wakes.wake_at(tx, key, CLOCK.now())

    with ThreadPoolExecutor(4) as people:
        list(people.map(write_and_wake, range(300)))
    world.until(lambda: not world.left())
    assert seen == written


def test_a_wake_up_from_outside_during_the_step_counts_with_its_own_time(world: RealWorld) -> None:
    started, go_on = Event(), Event()

    def wait_for_it(_key: str) -> None:
        started.set()
        go_on.wait(PATIENCE)

    world.does = wait_for_it
    world.wake("look:1")
    assert started.wait(PATIENCE)
    at = world.wake("look:1", LATER)
    go_on.set()
    world.until(lambda: len(world.runs) == 2 and not world.left())
    assert world.times("look:1")[1] >= at


def test_different_keys_run_side_by_side(world: RealWorld) -> None:
    meeting = Barrier(3, timeout=PATIENCE)
    world.does = lambda _key: meeting.wait()
    for number in range(3):
        world.wake(f"look:{number}")
    world.until(lambda: not world.left())
    assert not meeting.broken


def test_what_was_due_while_nobody_ran_runs_at_the_start(store: SqliteStore) -> None:
    world = RealWorld(store, sweep=LONG)
    for number in range(50):
        world.wake(f"look:{number}", -LONG)
    world.wakes.start(world.step)
    world.until(lambda: not world.left())
    assert world.wakes.stop(PATIENCE)
    assert len(world.runs) == 50


def test_a_row_that_nobody_armed_is_found_by_the_sweep(world: RealWorld) -> None:
    with world.store.transaction() as tx:
        tx.put_wake("forgotten", CLOCK.now())
    world.until(lambda: bool(world.runs))
    assert world.runs[0][0] == "forgotten"


def test_a_key_that_fires_too_early_asks_its_row_and_waits(world: RealWorld) -> None:
    world.wake("look:1", SOON)
    with world.store.transaction() as tx:
        wake = tx.wake("look:1")
        assert wake is not None
        at = tx.put_wake("look:1", CLOCK.now() + LATER, taken=wake.version)
    world.until(lambda: not world.left())
    assert [key for key, ran in world.runs if ran >= at] == ["look:1"]


def test_stopping_waits_for_the_running_step_and_starts_no_other(store: SqliteStore) -> None:
    world = RealWorld(store)
    started = Event()

    def take_a_while(_key: str) -> None:
        started.set()
        world.let(LATER)

    world.does = take_a_while
    world.wakes.start(world.step)
    world.wake("slow")
    assert started.wait(PATIENCE)
    assert world.wakes.stop(PATIENCE)
    assert not world.left()
    world.wake("late")
    world.let(SOON)
    assert world.times("late") == []
    assert world.left() == ["late"]


def test_stopping_does_not_wait_longer_than_it_may_and_the_row_stays(store: SqliteStore) -> None:
    world = RealWorld(store)
    started, free = Event(), Event()

    def hang(_key: str) -> None:
        started.set()
        free.wait(PATIENCE)

    world.does = hang
    world.wakes.start(world.step)
    world.wake("stuck")
    assert started.wait(PATIENCE)
    assert not world.wakes.stop(0.05)
    assert world.left() == ["stuck"]
    free.set()
    world.until(lambda: not world.left())


def test_a_failure_is_logged_with_its_key_and_an_id(world: RealWorld, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_key: str) -> None:
        raise OSError("nobody there")

    world.does = fail
    world.wake("look:1")
    world.until(lambda: bool(caplog.records))
    assert "Step look:1 failed (1 in a row, id " in caplog.text
    assert "nobody there" in caplog.text


def test_it_tells_whether_it_is_alive(store: SqliteStore) -> None:
    scheduler = Scheduler(store, CLOCK)
    assert not scheduler.alive()
    scheduler.start(lambda _key: None)
    assert scheduler.alive()
    scheduler.stop(PATIENCE)
    assert not scheduler.alive()


def test_the_clock_shows_utc() -> None:
    assert CLOCK.now().utcoffset() == timedelta()


@given(st.integers(1, 10_000))
def test_pauses_grow_from_a_second_to_a_minute_and_no_further(failures: int) -> None:
    assert timedelta(seconds=1) <= pause_after(failures) <= pause_after(failures + 1) <= timedelta(seconds=60)


def test_the_first_pauses_are_one_two_and_four_seconds() -> None:
    assert [pause_after(failures).total_seconds() for failures in (1, 2, 3, 7)] == [1, 2, 4, 60]
