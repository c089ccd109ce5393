"""Transactions, the lock between processes, and what survives a kill: real files, threads and processes."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from sqlite_utils import Database

from bot.adapters.sqlite import AuditFile, AuditUnprotected, InUse, SqliteStore
from bot.adapters.sqlite.store import SqliteTx
from bot.domain.audit import first_break
from bot.domain.changes import State
from tests.adapters.samples import ENTRY, NOON, after, sample_change

WRITER = """
import sys
from pathlib import Path
from bot.adapters.sqlite import SqliteStore
from tests.adapters.samples import ENTRY, NOON, sample_change
store = SqliteStore(Path(sys.argv[1]))
for number in range(100_000):
    with store.transaction() as tx:
        tx.insert_change(sample_change(f"c{number}"))
        tx.append_audit(ENTRY)
        tx.put_wake(f"apply:c{number}", NOON)
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


def writer(path: Path) -> "subprocess.Popen[str]":
    """A process of its own that commits and says so, until it is killed."""
    return subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)


def said(process: "subprocess.Popen[str]", lines: int) -> list[str]:
    """What it printed first."""
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(lines)]


def number(tx: SqliteTx, sql: str) -> int:
    """The one number that a statement answers."""
    (value,) = tx._db.execute(sql).fetchone()
    return int(value)


def test_a_transaction_is_all_or_nothing(store: SqliteStore) -> None:
    with suppress(ZeroDivisionError), store.transaction() as tx:
        tx.insert_change(sample_change())
        tx.append_audit(ENTRY)
        raise ZeroDivisionError
    with store.transaction() as tx:
        assert tx.change("c1") is None
        tx.append_audit(ENTRY)


def test_a_transaction_inside_another_is_a_fault_and_undoes_both(store: SqliteStore) -> None:
    def nest() -> None:
        with store.transaction() as tx:
            tx.insert_change(sample_change())
            with store.transaction():
                pass

    with pytest.raises(RuntimeError, match="open in this thread"):
        nest()
    with store.transaction() as tx:
        assert tx.change("c1") is None


def test_transactions_of_many_threads_do_not_overlap(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.insert_change(sample_change())
    meeting = Barrier(4)

    def add_ones(_thread: int) -> None:
        meeting.wait()
        for _ in range(25):
            with store.transaction() as tx:
                change = tx.change("c1")
                assert change is not None
                tx.save_change(replace(change, reason=str(change.version + 1)))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add_ones, range(4)))
    with store.transaction() as tx:
        change = tx.change("c1")
    assert change is not None
    assert (change.version, change.reason) == (100, "100")


def test_what_follows_a_commit_sees_the_rows_and_may_open_a_transaction(store: SqliteStore) -> None:
    seen: list[bool] = []

    def look() -> None:
        with store.transaction() as tx:
            seen.append(tx.change("c1") is not None)

    with store.transaction() as tx:
        tx.after_commit(look)
        tx.insert_change(sample_change())
    assert seen == [True]


def test_what_was_to_follow_a_roll_back_is_forgotten(store: SqliteStore) -> None:
    ran: list[int] = []
    with suppress(ZeroDivisionError), store.transaction() as tx:
        tx.after_commit(lambda: ran.append(1))
        raise ZeroDivisionError
    assert not ran


def test_a_failure_after_the_commit_is_logged_and_does_not_look_like_a_lost_row(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[int] = []
    with store.transaction() as tx:
        tx.insert_change(sample_change())
        tx.after_commit(lambda: ran.remove(2))
        tx.after_commit(lambda: ran.append(1))
    assert ran == [1]
    assert "follow a commit failed" in caplog.text


def test_commits_are_on_the_disk_before_they_are_told(store: SqliteStore, path: Path) -> None:
    with store.transaction() as tx:
        assert number(tx, "PRAGMA synchronous") == 2  # FULL
        assert number(tx, "PRAGMA foreign_keys") == 1
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("commits", [1, 60, 300])
def test_a_kill_loses_nothing_that_was_committed(path: Path, commits: int) -> None:
    with writer(path) as process:
        told = said(process, commits)
        process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        told += [line for line in process.stdout.readlines() if line.endswith("\n")]
    with closing(SqliteStore(path)) as store, store.transaction() as tx:
        assert all(tx.change(f"c{line.strip()}") for line in told)
        changes, wakes = number(tx, "SELECT count(*) FROM changes"), len(tx.wakes())
    with AuditFile(path).open() as log:
        rows = list(log.rows())
    assert changes == wakes == len(rows) >= len(told)
    assert first_break(rows) is None


def test_a_second_process_is_refused_with_a_sentence_until_the_first_is_dead(path: Path) -> None:
    with writer(path) as process:
        said(process, 1)
        with pytest.raises(InUse, match=rf"process {process.pid}\b.*Stop that one first"):
            SqliteStore(path)
        process.send_signal(signal.SIGKILL)
    SqliteStore(path).close()


def test_a_closed_store_can_be_opened_again_with_its_rows(path: Path) -> None:
    with closing(SqliteStore(path)) as store, store.transaction() as tx:
        tx.insert_change(sample_change())
    with closing(SqliteStore(path)) as store, store.transaction() as tx:
        assert tx.change("c1") == sample_change()


def test_it_tells_whether_it_can_be_used(path: Path) -> None:
    store = SqliteStore(path)
    assert store.problem() is None
    store.close()
    assert "look at my log" in str(store.problem())


@pytest.mark.parametrize("trigger", ["audit_keeps", "audit_stays", "audit_continues"])
def test_without_a_trigger_on_the_audit_log_it_does_not_start(path: Path, trigger: str) -> None:
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"DROP TRIGGER {trigger}")
        other.commit()
    with pytest.raises(AuditUnprotected, match=trigger):
        SqliteStore(path)


def test_what_is_looked_for_often_does_not_read_twenty_thousand_old_rows(path: Path) -> None:
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tx = SqliteTx(Database(connection))
        tx.insert_change(sample_change("c0", state=State.SUCCEEDED, started_at=NOON, finished_at=after(1)))
        _copy_rows(connection)
        work: list[int] = []
        connection.set_progress_handler(lambda: work.append(1), 1000)
        assert not tx.running_changes()
        assert tx.running_change("shop", "prod") is None
        assert tx.usual_duration("shop", "prod") is not None
        assert not tx.unsent_postings()
        assert not tx.unfinished_requests()
        assert len(work) < 3


def _copy_rows(connection: sqlite3.Connection) -> None:
    names = [row["name"] for row in connection.execute("PRAGMA table_info(changes)")]
    copied = ", ".join("'c' || n" if name == "id" else name for name in names)
    numbers = "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 20000)"
    connection.execute(f"INSERT INTO changes {numbers} SELECT {copied} FROM changes, count WHERE id = 'c0'")
    connection.execute(
        f"INSERT INTO postings {numbers} SELECT n, 'p' || n, 'C0', '', 1, 1, '{{}}', 1, '1.1', NULL, 1, NULL, NULL, '' "
        "FROM count"
    )
    connection.execute(
        f"INSERT INTO requests {numbers} SELECT 'r' || n, '2026', 'T', 'U', 'command', 'done', '', '{{}}', '{{}}' "
        "FROM count"
    )
