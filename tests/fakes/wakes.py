"""Time in the hand of a test: a clock that is moved, and wake-ups that run when told."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.adapters.scheduler import SWEEP_EVERY, pause_after
from bot.domain.errors import Unrecorded
from bot.engine.ports import Store, Tx, Wake

_MOST_RUNS = 10_000


class HandClock:
    """Shows what it was set to."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """The time it was last moved to."""
        return self._at

    def advance(self, by: timedelta) -> datetime:
        """Moves it forward and answers the new time."""
        self._at += by
        return self._at


class HandWakes:
    """Wakes (engine ports) that run in the caller's thread. `errors` collects what steps raised."""

    def __init__(self, store: Store, clock: HandClock, step: Callable[[str], None] | None = None) -> None:
        self._store, self._clock, self._step = store, clock, step
        self._running: Wake | None = None
        self._failures: dict[str, int] = {}
        self._resting: dict[str, tuple[int, datetime]] = {}
        self.errors: list[Exception] = []

    def wake_at(self, tx: Tx, key: str, at: datetime) -> None:
        """A row of the same transaction."""
        own = self._running is not None and self._running.key == key
        tx.put_wake(key, at, self._running.version if own and self._running else None)

    def start(self, step: Callable[[str], None]) -> None:
        """Says what a due key is given to."""
        self._step = step

    def run_due(self, now: datetime | None = None) -> int:
        """Runs what is due at `now` (the clock's time when left out) until nothing more is; answers how many."""
        moment = now or self._clock.now()
        runs = 0
        while wake := self._next(lambda due: due <= moment):
            self._run(wake, moment)
            runs += 1
            assert runs < _MOST_RUNS, f"{wake.key} never comes to rest"
        return runs

    def run_until(self, done: Callable[[], bool], within: timedelta = timedelta(hours=1)) -> None:
        """Moves the clock from wake-up to wake-up until `done()`; AssertionError when that does not come about."""
        end = self._clock.now() + within
        while not done():
            wake = self._next(lambda due: due <= end)
            assert wake is not None, f"nothing is due before {end}, and it is not done; steps raised {self.errors}"
            self._clock.advance(max(self._due(wake) - self._clock.now(), timedelta()))
            self.run_due()

    def run_until_quiet(self, within: timedelta = timedelta(hours=1)) -> None:
        """Moves the clock until no wake-up is left."""
        self.run_until(lambda: self._next(lambda _: True) is None, within)

    def next_due(self) -> datetime | None:
        """When the next one runs; None: nothing waits."""
        wake = self._next(lambda _: True)
        return self._due(wake) if wake else None

    def _due(self, wake: Wake) -> datetime:
        """When it runs: after a failure not before the pause is over, unless it was renewed since."""
        version, again = self._resting.get(wake.key, (0, wake.at))
        return again if version == wake.version else wake.at

    def _next(self, wanted: Callable[[datetime], bool]) -> Wake | None:
        with self._store.transaction() as tx:
            due = [wake for wake in tx.wakes() if wanted(self._due(wake))]
        return min(due, key=lambda wake: (self._due(wake), wake.key), default=None)

    def _run(self, wake: Wake, now: datetime) -> None:
        assert self._step is not None, "start(step) was not called"
        self._running = wake
        try:
            self._step(wake.key)
        except Exception as error:
            self.errors.append(error)
            self._rest(wake, now)
        else:
            self._forget(wake)
        finally:
            self._running = None

    def _rest(self, wake: Wake, now: datetime) -> None:
        failures = self._failures[wake.key] = self._failures.get(wake.key, 0) + 1
        again = now + pause_after(failures)
        try:
            with self._store.transaction() as tx:
                tx.put_wake(wake.key, again, taken=wake.version)
                rest = tx.wake(wake.key)
        except Unrecorded:
            rest = wake
        if rest is not None:
            self._resting[wake.key] = (rest.version, again)

    def _forget(self, wake: Wake) -> None:
        self._failures.pop(wake.key, None)
        self._resting.pop(wake.key, None)
        try:
            with self._store.transaction() as tx:
                tx.drop_wake(wake)
        except Unrecorded:
            self._resting[wake.key] = (wake.version, self._clock.now() + SWEEP_EVERY)
