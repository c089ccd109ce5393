"""What every Wakes keeps: after commit, at or after its time, at least once, again after an exception."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from bot.engine.ports import Store, Wakes

SOON = timedelta(milliseconds=60)
LATER = timedelta(milliseconds=250)
LONG = timedelta(hours=1)


class World(ABC):
    """A store, the wakes on it, and a step that notes who ran when and does what the test wants."""

    store: Store
    wakes: Wakes

    def __init__(self) -> None:
        self.runs: list[tuple[str, datetime]] = []
        self.does: Callable[[str], object] = str

    @abstractmethod
    def now(self) -> datetime:
        """The time that counts for the wakes."""

    @abstractmethod
    def until(self, done: Callable[[], bool]) -> None:
        """Lets time pass until `done()`; fails when that takes long."""

    @abstractmethod
    def let(self, by: timedelta) -> None:
        """Lets that much time pass."""

    def step(self, key: str) -> None:
        """What is woken."""
        self.runs.append((key, self.now()))
        self.does(key)

    def wake(self, key: str, after: timedelta = timedelta()) -> datetime:
        """Commits a wake-up."""
        at = self.now() + after
        with self.store.transaction() as tx:
            self.wakes.wake_at(tx, key, at)
        return at

    def times(self, key: str) -> list[datetime]:
        """When the key ran."""
        return [at for name, at in self.runs if name == key]

    def left(self) -> list[str]:
        """Keys that still have a row."""
        with self.store.transaction() as tx:
            return [wake.key for wake in tx.wakes()]


class WakesContract:
    """Run with a fixture `world`."""

    def test_a_key_runs_when_it_is_due_and_not_before(self, world: World) -> None:
        at = world.wake("look:1", SOON)
        world.until(lambda: bool(world.runs))
        assert world.runs[0][0] == "look:1"
        assert world.runs[0][1] >= at

    def test_a_key_that_ran_has_no_row_and_runs_no_more(self, world: World) -> None:
        world.wake("look:1")
        world.until(lambda: bool(world.runs) and not world.left())
        world.let(LATER)
        assert len(world.runs) == 1

    def test_a_rolled_back_wake_up_wakes_nobody(self, world: World) -> None:
        with suppress(ZeroDivisionError), world.store.transaction() as tx:
            world.wakes.wake_at(tx, "look:1", world.now())
            raise ZeroDivisionError
        world.let(LATER)
        assert not world.runs
        assert not world.left()

    def test_the_earlier_of_two_times_wins_whichever_came_first(self, world: World) -> None:
        for key, first, second in (("a", SOON, LONG), ("b", LONG, SOON)):
            world.wake(key, first)
            world.wake(key, second)
        world.until(lambda: {key for key, _ in world.runs} == {"a", "b"} and not world.left())
        assert len(world.runs) == 2

    def test_a_step_that_wakes_itself_runs_again_then_and_not_at_once(self, world: World) -> None:
        renewed: list[datetime] = []

        def renew_once(key: str) -> None:
            if not renewed:
                renewed.append(world.wake(key, LATER))

        world.does = renew_once
        world.wake("look:1")
        world.until(lambda: len(world.runs) == 2 and not world.left())
        assert world.times("look:1")[1] >= renewed[0]

    def test_a_step_may_put_itself_off_for_long(self, world: World) -> None:
        world.does = lambda key: world.wake(key, LONG)
        world.wake("look:1")
        world.until(lambda: bool(world.runs))
        world.let(LATER)
        assert len(world.runs) == 1
        assert world.left() == ["look:1"]

    def test_a_step_that_renewed_itself_and_was_rolled_back_is_done(self, world: World) -> None:
        def renew_in_vain(key: str) -> None:
            with suppress(ZeroDivisionError), world.store.transaction() as tx:
                world.wakes.wake_at(tx, key, world.now())
                raise ZeroDivisionError

        world.does = renew_in_vain
        world.wake("look:1")
        world.until(lambda: bool(world.runs) and not world.left())
        assert len(world.runs) == 1

    def test_a_step_wakes_other_keys(self, world: World) -> None:
        world.does = lambda key: world.wake("send:1") if key == "look:1" else None
        world.wake("look:1")
        world.until(lambda: len(world.runs) == 2 and not world.left())
        assert [key for key, _ in world.runs] == ["look:1", "send:1"]

    def test_a_step_that_fails_keeps_its_row_and_runs_again_after_a_pause(self, world: World) -> None:
        def fail_once(key: str) -> None:
            if len(world.times(key)) == 1:
                assert world.left() == [key]
                raise OSError("nobody there")

        world.does = fail_once
        world.wake("look:1")
        world.until(lambda: len(world.runs) == 2 and not world.left())
        first, second = world.times("look:1")
        assert second - first >= timedelta(seconds=1)

    @pytest.mark.parametrize("put_off", [timedelta(), LONG])
    def test_a_step_that_fails_runs_again_after_the_pause_whenever_it_had_put_itself_to(
        self, world: World, put_off: timedelta
    ) -> None:
        def put_off_and_fail_once(key: str) -> None:
            if len(world.times(key)) == 1:
                world.wake(key, put_off)
                raise OSError("nobody there")

        world.does = put_off_and_fail_once
        world.wake("look:1")
        world.until(lambda: len(world.runs) == 2 and not world.left())
        first, second = world.times("look:1")
        assert second - first >= timedelta(seconds=1)

    def test_a_wake_up_from_outside_ends_the_pause_after_a_failure(self, world: World) -> None:
        def fail_first(key: str) -> None:
            if len(world.times(key)) <= 3:
                raise OSError("nobody there")

        world.does = fail_first
        world.wake("look:1")
        world.until(lambda: len(world.runs) == 3)
        world.let(LATER)
        world.wake("look:1")
        world.let(LATER)
        assert len(world.runs) == 4

    def test_a_step_that_fails_holds_nobody_else_up(self, world: World) -> None:
        def fail_at_bad(key: str) -> None:
            if key == "bad":
                raise OSError("nobody there")

        world.does = fail_at_bad
        world.wake("bad")
        world.wake("good", SOON)
        world.until(lambda: bool(world.times("good")))
        assert world.left()[0] == "bad"
