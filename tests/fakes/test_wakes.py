"""The fake wakes keep the contract of the real ones."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.sqlite import SqliteStore
from tests.adapters.contracts.wakes import LONG, SOON, WakesContract, World
from tests.fakes.wakes import HandClock, HandWakes


class HandWorld(World):
    """Time moves when the test says so."""

    def __init__(self, store: SqliteStore) -> None:
        super().__init__()
        self.clock = HandClock(datetime(2026, 11, 23, 9, tzinfo=UTC))
        self.store = store
        self.wakes: HandWakes = HandWakes(store, self.clock, self.step)

    def now(self) -> datetime:
        return self.clock.now()

    def until(self, done: Callable[[], bool]) -> None:
        self.wakes.run_until(done, within=timedelta(minutes=1))

    def let(self, by: timedelta) -> None:
        self.wakes.run_due(self.clock.advance(by))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HandWorld]:
    store = SqliteStore(tmp_path / "bot.db")
    yield HandWorld(store)
    store.close()


class TestHandWakes(WakesContract):
    """The contract, by hand."""


def test_nothing_runs_until_time_is_moved(world: HandWorld) -> None:
    world.wake("look:1", SOON)
    assert world.wakes.run_due() == 0
    assert world.wakes.run_due(world.clock.advance(SOON)) == 1


def test_quiet_is_when_no_wake_up_is_left(world: HandWorld) -> None:
    for hours in range(3):
        world.wake(f"look:{hours}", LONG * hours)
    world.wakes.run_until_quiet(within=LONG * 4)
    assert len(world.runs) == 3


def test_a_step_that_wakes_itself_at_once_for_ever_is_told(world: HandWorld) -> None:
    world.does = world.wake
    world.wake("look:1")
    with pytest.raises(AssertionError, match="never comes to rest"):
        world.wakes.run_due()


def test_waiting_for_what_never_comes_fails_with_the_steps_errors(world: HandWorld) -> None:
    with pytest.raises(AssertionError, match="nothing is due"):
        world.wakes.run_until(lambda: False)
