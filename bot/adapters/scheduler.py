"""Time: what time it is, and waking a key when it is due.

The truth is the store's wake-up rows. APScheduler is the clock only: its jobs live in memory and are armed from the
rows at start, after each commit and by a sweep (durability facts 1.1, 5).

A machine's clock may be set. Forward: what is due by then runs with the next sweep. Back: the sweep notices, by a clock
that nobody can set, and brings the rows back with it, so that a pause of ten seconds never becomes one of three hours.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Lock, Thread
from time import monotonic
from types import MappingProxyType
from uuid import uuid4

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.domain.errors import Unrecorded
from bot.engine.ports import Store, Tx, Wake

_log = logging.getLogger(__name__)
SWEEP_EVERY = timedelta(seconds=5)
_LONGEST_PAUSE = 60.0
# What a clock may run slow before it counts as set back.
_SET_BACK = timedelta(seconds=2)


class Clock:
    """The only one who reads the time."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)  # noqa: TID251

    def steady(self) -> timedelta:
        """Time that nobody can set, since some moment of no meaning."""
        return timedelta(seconds=monotonic())


def pause_after(failures: int) -> timedelta:
    """How long a step rests after failing that many times in a row (1, 2, …): 1 s, 2 s, 4 s … 60 s."""
    return timedelta(seconds=min(_LONGEST_PAUSE, 2.0 ** min(failures - 1, 10)))


class Scheduler:
    """Wakes (engine ports) of one process; every SWEEP_EVERY forgotten rows are armed.

    `lanes`: a key's kind (`look` of `look:…`) to how many of that kind run at a time, in threads of their own; all
    other kinds share `threads`. So steps that wait for a dead AWS region keep no others from running."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        threads: int = 8,
        lanes: Mapping[str, int] = MappingProxyType({}),
        sweep: timedelta = SWEEP_EVERY,
    ) -> None:
        self._store, self._clock, self._sweep_every = store, clock, sweep
        self._common = ThreadPoolExecutor(threads, thread_name_prefix="step")
        self._lanes = {kind: ThreadPoolExecutor(most, thread_name_prefix=kind) for kind, most in lanes.items()}
        # Inline: a job of APScheduler does no more than hand the key to the pool above.
        self._jobs = BackgroundScheduler(
            timezone=UTC, executors={"default": DebugExecutor()}, job_defaults={"misfire_grace_time": None}
        )
        self._arming = Lock()
        # The row's version that a key's step runs for. Changed inside transactions, so that wake_at sees it truly.
        self._running: dict[str, int] = {}
        self._failures: dict[str, int] = {}
        self._queued: set[str] = set()
        self._futures: set[Future[None]] = set()
        self._step: Callable[[str], None] | None = None
        self._over = Event()
        self._sweeper = Thread(target=self._keep_sweeping, name="sweep", daemon=True)
        self._then = (clock.now(), clock.steady())

    def wake_at(self, tx: Tx, key: str, at: datetime) -> None:
        """A row of the same transaction; armed once that is durable, and not at all if it is rolled back."""
        due = tx.put_wake(key, at, self._running.get(key))
        tx.after_commit(lambda: self._arm(key, due))

    def start(self, step: Callable[[str], None]) -> None:
        """From now on due keys are given to `step`; what was due while nobody ran comes first."""
        self._step = step
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._jobs.start()
        with self._store.transaction() as tx:
            written = tx.last_written()
        now = self._clock.now()
        self._then = (max(now, written or now), self._clock.steady())
        self._sweep()
        self._sweeper.start()

    def stop(self, grace_seconds: float) -> bool:
        """Takes no more work and waits for running steps; True: all came to their end. Rows keep what is left."""
        self._over.set()
        if self._jobs.running:
            # Stopped in the middle of firing, APScheduler's thread would miss the job it fires: pausing, then asking
            # for the jobs, waits for that.
            self._jobs.pause()
            self._jobs.get_jobs()
            self._jobs.shutdown()
            self._sweeper.join(grace_seconds)
        for pool in (self._common, *self._lanes.values()):
            pool.shutdown(wait=False, cancel_futures=True)
        return not wait(set(self._futures), timeout=grace_seconds).not_done

    def alive(self) -> bool:
        """Whether due keys are being run."""
        return bool(self._jobs.running) and self._sweeper.is_alive()

    def _keep_sweeping(self) -> None:
        while not self._over.wait(self._sweep_every.total_seconds()):
            try:
                self._sweep()
            except Unrecorded as trouble:
                _log.debug("No sweep: %s", trouble.reason)
            except Exception:
                _log.exception("A sweep failed; the next one tries again")

    def _sweep(self) -> None:
        """Arms what is not armed and runs what APScheduler missed: it sleeps by the clock of before."""
        now, steady = self._clock.now(), self._clock.steady()
        back = self._then[0] + (steady - self._then[1]) - now
        with self._store.transaction() as tx:
            if back > _SET_BACK:
                self._bring_back(tx, now, back)
            rows = tx.wakes()
        self._then = (now, steady)
        for row in rows:
            job = self._jobs.get_job(_job_id(row.key))
            if job is None or back > _SET_BACK:
                self._arm(row.key, row.at)
            elif job.next_run_time <= row.at <= now:
                self._fire(row.key)
        if self._jobs.running:
            self._jobs.wakeup()

    def _bring_back(self, tx: Tx, now: datetime, back: timedelta) -> None:
        """Whoever wrote a time then meant how long it is until it. One that was written since the clock was set comes
        too soon, which is harmless."""
        _log.warning("The clock was set back by %s; what waits keeps its distance", back)
        for wake in tx.wakes():
            if wake.at > now:
                tx.put_wake(wake.key, max(now, wake.at - back), taken=wake.version)

    def _arm(self, key: str, at: datetime) -> None:
        """Firing too early is harmless (the row is asked again), too late is not: the earlier time stays."""
        with self._arming:
            if key in self._running or not self._jobs.running:
                return
            job = self._jobs.get_job(_job_id(key))
            if job is None or job.next_run_time > at:
                fire = partial(self._fire, key)
                self._jobs.add_job(fire, "date", run_date=at, id=_job_id(key), name=key, replace_existing=True)

    def _fire(self, key: str) -> None:
        """Mostly in APScheduler's thread, under its lock: takes no lock of ours and waits for nothing."""
        if key in self._queued:
            return
        self._queued.add(key)
        try:
            future = self._lanes.get(_kind(key), self._common).submit(self._begin, key)
        except RuntimeError:
            # Stopping: its row keeps it for the next start.
            return
        self._futures.add(future)
        future.add_done_callback(self._ended)

    def _begin(self, key: str) -> None:
        # Before its row is looked at, so that a wake-up from now on is queued anew.
        self._queued.discard(key)
        self._run(key)

    def _ended(self, future: Future[None]) -> None:
        """What the store refuses leaves the row as it was: a later sweep runs it."""
        self._futures.discard(future)
        error = None if future.cancelled() else future.exception()
        if error is not None and not isinstance(error, Unrecorded):
            _log.error("The store refused a wake-up's turn; the next sweep tries again", exc_info=error)

    def _run(self, key: str) -> None:
        wake = self._take(key)
        if wake is None or self._step is None:
            return
        try:
            self._step(key)
        except Exception as error:
            self._release(wake, again=self._clock.now() + self._pause(key, error))
        else:
            self._failures.pop(key, None)
            self._release(wake)

    def _take(self, key: str) -> Wake | None:
        """The row, if it is due and nobody runs it. Looking and marking are one transaction, so never two do."""
        with self._store.transaction() as tx:
            wake = tx.wake(key)
            if wake is None or key in self._running:
                return None
            if wake.at <= self._clock.now():
                self._running[key] = wake.version
                return wake
        self._arm(key, wake.at)
        return None

    def _pause(self, key: str, error: Exception) -> timedelta:
        """How long the step rests after this failure."""
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        pause = pause_after(failures)
        if isinstance(error, Unrecorded):
            _log.warning("Step %s waits: %s", key, error.reason)
        else:
            numbers = (failures, uuid4().hex[:8], pause.total_seconds())
            _log.error("Step %s failed (%d in a row, id %s); it runs again in %g s", key, *numbers, exc_info=error)
        return pause

    def _release(self, wake: Wake, again: datetime | None = None) -> None:
        """Ends the turn: a row that was renewed meanwhile, or whose step is to run `again`, is armed anew."""
        try:
            with self._store.transaction() as tx:
                if again is None:
                    tx.drop_wake(wake)
                else:
                    tx.put_wake(wake.key, again, taken=wake.version)
                rest = tx.wake(wake.key)
                del self._running[wake.key]
        finally:
            self._running.pop(wake.key, None)
        if rest is not None:
            self._arm(wake.key, again or rest.at)


def _kind(key: str) -> str:
    return key.partition(":")[0]


def _job_id(key: str) -> str:
    return f"key:{key}"
