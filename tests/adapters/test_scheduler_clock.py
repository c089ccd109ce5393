"""The machine's clock is set while keys wait, and the database takes no rows while they are due."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.scheduler import Clock, Scheduler
from bot.adapters.sqlite import SqliteStore
from tests.adapters.contracts.wakes import LATER, LONG, SOON
from tests.adapters.samples import ENTRY
from tests.adapters.test_scheduler import PATIENCE, RealWorld

HOURS = timedelta(hours=3)
SWEEP = timedelta(milliseconds=100)


class SetClock(Clock):
    """The machine's clock, wrong by as much as the test says."""

    def __init__(self, wrong_by: timedelta) -> None:
        self.wrong_by = wrong_by

    def now(self) -> datetime:
        return super().now() + self.wrong_by


class World(RealWorld):
    """A real scheduler on a clock that can be set."""

    def __init__(self, store: SqliteStore, wrong_by: timedelta = timedelta()) -> None:
        super().__init__(store)
        self.clock = SetClock(wrong_by)
        self.wakes = Scheduler(store, self.clock, sweep=SWEEP)

    def now(self) -> datetime:
        return self.clock.now()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path, patience=timedelta(milliseconds=100))
    yield store
    store.close()


def started(world: World) -> World:
    world.wakes.start(world.step)
    return world


def stopped(world: World) -> None:
    assert world.wakes.stop(PATIENCE)


def test_a_clock_that_is_set_back_makes_nobody_wait_for_hours(store: SqliteStore) -> None:
    world = started(World(store, HOURS))
    world.wake("look:1", LATER)
    world.clock.wrong_by = timedelta()
    world.until(lambda: bool(world.runs) and not world.left())
    stopped(world)


def test_what_was_to_come_late_still_comes_late_when_the_clock_is_set_back(store: SqliteStore) -> None:
    world = started(World(store, HOURS))
    world.wake("expire:1", LONG)
    world.clock.wrong_by = timedelta()
    world.until(lambda: _distance(world) < LONG + SOON)
    assert _distance(world) > LONG - timedelta(seconds=PATIENCE)
    assert world.runs == []
    stopped(world)


def _distance(world: World) -> timedelta:
    with world.store.transaction() as tx:
        (wake,) = tx.wakes()
    return wake.at - world.now()


def test_a_clock_that_is_set_back_during_a_step_runs_it_again_at_the_most(store: SqliteStore) -> None:
    world = World(store, HOURS)

    def set_back(key: str) -> None:
        if len(world.runs) == 1:
            world.wake(key, LATER)
            world.clock.wrong_by = timedelta()
            world.let(3 * SWEEP)

    world.does = set_back
    started(world)
    world.wake("look:1")
    world.until(lambda: len(world.runs) >= 2 and not world.left())
    world.let(3 * SWEEP)
    assert len(world.runs) == 2
    stopped(world)


def test_a_clock_that_is_set_forward_runs_what_is_due_by_then_once(store: SqliteStore) -> None:
    world = started(World(store))
    for number in range(3):
        world.wake(f"look:{number}", HOURS)
    world.let(SOON)
    world.clock.wrong_by = HOURS
    world.until(lambda: not world.left())
    world.let(3 * SWEEP)
    assert sorted(key for key, _ in world.runs) == ["look:0", "look:1", "look:2"]
    stopped(world)


def test_a_clock_that_was_set_back_while_nobody_ran_is_noticed_at_the_start(store: SqliteStore) -> None:
    before = World(store, HOURS)
    before.wake("look:1", LATER)
    with store.transaction() as tx:
        tx.append_audit(replace(ENTRY, at=before.now()))
    world = started(World(store))
    world.until(lambda: bool(world.runs) and not world.left())
    stopped(world)


def test_a_clock_that_runs_a_little_slow_changes_nothing(store: SqliteStore, caplog: pytest.LogCaptureFixture) -> None:
    world = started(World(store))
    world.wake("look:1", LONG)
    world.clock.wrong_by = -timedelta(seconds=1)
    world.let(3 * SWEEP)
    assert _distance(world) > LONG
    assert "set back" not in caplog.text
    stopped(world)


def test_a_key_that_is_due_while_the_database_is_locked_runs_once_it_is_free(store: SqliteStore, path: Path) -> None:
    world = started(World(store))
    seen: list[bool] = []

    def write(_key: str) -> None:
        seen.append(True)
        with store.transaction() as tx:
            tx.append_audit(ENTRY)

    world.does = write
    world.wake("look:1", LATER)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        world.until(lambda: len(seen) == 2)
        assert world.left() == ["look:1"]
        other.execute("COMMIT")
    world.until(lambda: not world.left())
    assert len(seen) == 3
    stopped(world)


def test_a_step_that_could_not_be_struck_off_runs_again_and_is_struck_off_then(store: SqliteStore, path: Path) -> None:
    world = World(store)
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        world.does = lambda _key: other.execute("BEGIN IMMEDIATE") if len(world.runs) == 1 else None
        started(world)
        world.wake("look:1")
        world.until(lambda: other.in_transaction and bool(store.problem()))
        assert world.left() == ["look:1"]
        other.execute("COMMIT")
        world.until(lambda: not world.left())
    assert len(world.runs) >= 2
    stopped(world)
