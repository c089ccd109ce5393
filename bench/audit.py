"""The audit log at a million entries: how fast it is written, read and checked."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import mean, median
from threading import Thread

from bench.figure import Figure, percentile
from bot.adapters.sqlite import AuditFile, SqliteStore
from bot.domain.audit import Entry
from bot.domain.csv_text import csv_lines
from bot.domain.log_filter import Filter, Page

ENTRIES, AT_ONCE, DURABLE, READS = 1_000_000, 50_000, 3_000, 50
PEOPLE, STACKS, STAGES = 200, 30, ("dev", "staging", "prod")
START = datetime(2024, 1, 1, tzinfo=UTC)
EVERY = timedelta(minutes=1)
RARE = ENTRIES // 2
MIB = 1024
NOW = START + ENTRIES * EVERY


def measure() -> list[Figure]:
    """Writes a million entries through the real sealing, many to a transaction; then the bars."""
    with tempfile.TemporaryDirectory(prefix="tinystacks-bench-") as folder:
        path = Path(folder) / "bot.db"
        with closing(SqliteStore(path)) as store:
            for first in range(0, ENTRIES, AT_ONCE):
                with store.transaction() as tx:
                    for number in range(first, first + AT_ONCE):
                        tx.append_audit(_entry(number))
            quiet = _durable(store, DURABLE)
            return [
                _written("audit entry, durable (a transaction each)", quiet),
                *_beside_export(store, path),
                *_reads(path),
                *_verified(path),
            ]


def _entry(number: int) -> Entry:
    """The rare person and stage have 30 entries in all, in the middle of the log."""
    user, stack, stage = f"U{number % PEOPLE:05}", f"stack{number % STACKS}", STAGES[number // STACKS % len(STAGES)]
    if RARE <= number < RARE + 30:
        user, stack, stage = "U0RARE", "rare", "prod"
    detail = {"before": f"{stack}:{number}", "image": f"registry/{stack}:v{number}"}
    reason = "a sentence that says why" if number % 3 else ""
    at, change_id = START + number * EVERY, f"{number // 8:016x}"
    return Entry(at, "T0ACME", user, "somebody", "deploy", "proposed", stack, stage, change_id, reason, detail)


def _durable(store: SqliteStore, count: int) -> list[float]:
    """Milliseconds of each of `count` transactions with one entry."""
    took = []
    for number in range(count):
        started = time.perf_counter()
        with store.transaction() as tx:
            tx.append_audit(_entry(ENTRIES + number))
        took.append((time.perf_counter() - started) * 1_000)
    return took


def _written(what: str, took: list[float]) -> Figure:
    worst = [round(percentile(took, share), 2) for share in (0.5, 0.99, 1.0)]
    return Figure(f"{what}: ms each, {1_000 / mean(took):,.0f}/s", mean(took), "ms", 1.0, worst)


def _beside_export(store: SqliteStore, path: Path) -> list[Figure]:
    """Writers while one reader goes through the whole log, on its own connection; and how long that reader takes, which
    is how long writers would wait if it read in the store's transaction."""
    seconds: list[float] = []
    reader = Thread(target=lambda: seconds.append(_timed(lambda: _export(path))))
    reader.start()
    took = []
    while reader.is_alive():
        took += _durable(store, 20)
    reader.join()
    return [
        Figure("the same beside a whole export: p99", percentile(took, 0.99), "ms", samples=[max(took), len(took)]),
        Figure("that export", seconds[0], "s"),
    ]


def _export(path: Path) -> None:
    for _ in csv_lines(AuditFile(path).newest_first(Filter())):
        pass


def _reads(path: Path) -> list[Figure]:
    """The slowest of all ways to ask for 20, each a median, opening the file included."""
    log, week = AuditFile(path), NOW - timedelta(days=7)
    asked = {
        "person": Filter(user_id="U00007"),
        "rare person": Filter(user_id="U0RARE"),
        "stage": Filter(stack="stack7", stage="prod"),
        "rare stage": Filter(stack="rare", stage="prod"),
        "stack": Filter(stack="stack7"),
        "person and stage": Filter("U00007", "stack7", "dev"),
        "person and stack, nothing": Filter("U0RARE", "stack7"),
        "everything": Filter(),
    }
    took = {name: _median(partial(log.page, wanted, Page(), 21)) for name, wanted in asked.items()}
    middle = Page(before=ENTRIES // 2)
    took["person, older"] = _median(lambda: log.page(Filter(user_id="U00007"), middle, 21))
    since = _median(lambda: log.page(Filter(user_id="U00007", since=week), Page(), 21))
    name = _timed(lambda: log.user_ids("somebody")) * 1_000
    return [
        Figure("last 20 of a person or stage at 1,000,000 entries", max(took.values()), "ms", 2.0, [took]),
        Figure("last 20 of a person in the last 7 days", since, "ms"),
        Figure("who acted under a name", name, "ms"),
    ]


def _verified(path: Path) -> list[Figure]:
    """`python -m bot audit verify` as a process of its own: wall clock and the most it held."""
    environ = os.environ | {"TINYSTACKS_DATABASE": f"sqlite:///{path}"}
    started = time.perf_counter()
    process = subprocess.Popen((sys.executable, "-m", "bot", "audit", "verify"), env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("the log is not intact")
    return [
        Figure("audit verify of 1,000,000 entries", time.perf_counter() - started, "s", 12),
        Figure("audit verify: memory", usage.ru_maxrss / MIB, "MiB", 100),
    ]


def _median(act: Callable[[], object]) -> float:
    """Milliseconds."""
    return median(_timed(act) for _ in range(READS)) * 1_000


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
