"""A bot that can die at any instant: at a call of Slack's or AWS's, before or after it, and around every transaction.
Nothing of it moves once it is dead; the next one finds the database and nothing else."""

from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Lock

from bot.adapters.sqlite import SqliteStore
from bot.domain.stacks import Config
from bot.engine.commands import House
from bot.engine.dispatch import Dispatch
from bot.engine.intake import Intake
from bot.engine.ports import Ports, Store, Tx
from bot.engine.steps import step_of
from tests.engine.house import World
from tests.fakes.wakes import HandWakes

_PATIENCE = 20.0


class Killed(BaseException):
    """The process is gone."""


class Life:
    """`ends_after` so many instants; from then on every call raises Killed, in every thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left: int | None = None
        self.over = False

    def ends_after(self, instants: int) -> None:
        """Counted from now."""
        self._left = instants

    def goes_on(self) -> None:
        """Whatever was to end it does not, and a new one begins."""
        self._left, self.over = None, False

    def passes(self) -> None:
        """One instant. Raises Killed at the last, and ever after."""
        with self._lock:
            if self._left is not None and not self.over:
                self._left -= 1
                self.over = self._left < 0
            if self.over:
                raise Killed


class MortalStore:
    """The store, left before a transaction begins, before it is committed or right after."""

    def __init__(self, store: Store, life: Life) -> None:
        self._store, self._life = store, life

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        self._life.passes()
        with self._store.transaction() as tx:
            yield tx
            self._life.passes()
        self._life.passes()


class Mortal(World):
    """A World whose bot dies and comes back."""

    def __init__(self, path: Path, config: Config) -> None:
        self.life = Life()
        super().__init__(path, config)
        self._hurries()
        self.scaling.passing = self.groups.passing = self.life.passes
        self.ecs.passing = self.chat.failures.passing = self.people.failures.passing = self.life.passes

    def while_alive(self, act: Callable[[], object]) -> bool:
        """Whether it lived through `act`."""
        try:
            act()
        except Killed:
            return False
        return True

    def restarts(self, down_for: timedelta = timedelta()) -> None:
        """The next bot on the same database: no memory, another clock reading, and what was asked of the last."""
        self.life.goes_on()
        self.store.close()
        self.clock.advance(down_for)
        self.store = SqliteStore(self.path)
        self._hurries()
        self.wakes = HandWakes(self.store, self.clock)
        house = self.house
        self.house = House(house.config, self._ports(), house.timings, house.commands)
        self.dispatch = Dispatch(self.house)
        self.wakes.start(step_of(self.house))
        self._resumes()

    def _hurries(self) -> None:
        """The machine stays up, only the process dies: what was written need not reach the disk."""
        self.store._db.execute("PRAGMA synchronous = OFF")

    def _resumes(self) -> None:
        intake = Intake(self.house.ports.store, self.dispatch)
        intake.resume()
        assert not wait(set(intake._running), _PATIENCE).not_done
        intake.stop(_PATIENCE)

    def _ports(self) -> Ports:
        return replace(super()._ports(), store=MortalStore(self.store, self.life))
