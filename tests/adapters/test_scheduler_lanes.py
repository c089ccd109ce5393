"""Kinds of steps with threads of their own: those that wait keep no others from running."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Lock

import pytest

from bot.adapters.sqlite import SqliteStore
from tests.adapters.test_scheduler import PATIENCE, RealWorld

LANES = {"send": 1, "look": 2}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[RealWorld]:
    store = SqliteStore(tmp_path / "bot.db")
    world = RealWorld(store, lanes=LANES)
    world.wakes.start(world.step)
    yield world
    assert world.wakes.stop(PATIENCE)
    store.close()


class Region:
    """Does not answer while it is dead; counts who waits for it."""

    def __init__(self) -> None:
        self.lives = Event()
        self.waiting: list[str] = []
        self._lock = Lock()

    def look(self, key: str, kinds: tuple[str, ...] = ("look",)) -> None:
        if key.partition(":")[0] in kinds:
            with self._lock:
                self.waiting.append(key)
            self.lives.wait(3 * PATIENCE)


@pytest.fixture
def region(world: RealWorld) -> Iterator[Region]:  # noqa: ARG001
    """Torn down before the world, so that nobody waits for it when the world stops."""
    region = Region()
    yield region
    region.lives.set()


@pytest.mark.parametrize("key", ["send", "apply:c1", "abort:c1", "expire:c1", "prune"])
def test_looks_at_a_dead_region_keep_nothing_else_from_running(world: RealWorld, region: Region, key: str) -> None:
    world.does = region.look
    for number in range(20):
        world.wake(f"look:{number}")
    world.until(lambda: len(region.waiting) == LANES["look"])
    world.wake(key)
    world.until(lambda: bool(world.times(key)))
    region.lives.set()
    world.until(lambda: not world.left())


def test_no_more_of_a_kind_run_at_a_time_than_its_lane_holds(world: RealWorld, region: Region) -> None:
    world.does = region.look
    for number in range(20):
        world.wake(f"look:{number}")
    world.until(lambda: len(region.waiting) == LANES["look"])
    world.let(timedelta(milliseconds=100))
    assert len(region.waiting) == LANES["look"]
    region.lives.set()
    world.until(lambda: not world.left())
    assert len(region.waiting) == 20


def test_messages_are_sent_while_every_common_thread_waits(world: RealWorld, region: Region) -> None:
    world.does = lambda key: region.look(key, ("apply",))
    for number in range(8):
        world.wake(f"apply:{number}")
    world.until(lambda: len(region.waiting) == 8)
    world.wake("send")
    world.until(lambda: bool(world.times("send")))
    region.lives.set()
    world.until(lambda: not world.left())


def test_forgotten_rows_are_found_while_every_common_thread_waits(world: RealWorld, region: Region) -> None:
    world.does = lambda key: region.look(key, ("apply",))
    for number in range(8):
        world.wake(f"apply:{number}")
    world.until(lambda: len(region.waiting) == 8)
    with world.store.transaction() as tx:
        tx.put_wake("send", world.now())
    world.until(lambda: bool(world.times("send")))
    region.lives.set()
    world.until(lambda: not world.left())
