"""What `audit verify` says was done to a log, and to which entry."""

import io
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.sqlite import SqliteStore
from bot.adapters.sqlite.reading import AuditFile
from bot.audit_command import _Seen, export, verify
from bot.audit_words import Noted
from bot.domain.audit import GENESIS, sealed
from bot.domain.errors import Unrecorded
from tests.adapters.samples import ENTRY
from tests.test_audit_command import path, tamper, url

__all__ = ["path"]


@pytest.mark.parametrize(
    ("tampering", "entry", "wrong"),
    [
        ("UPDATE audit SET stage = 'dev' WHERE id = 2", 2, "it was changed"),
        ("DELETE FROM audit WHERE id = 2", 2, "it was removed"),
        ("DELETE FROM audit WHERE id > 3", 4, "the log was cut off"),
        ("UPDATE audit SET id = 6 - id", 1, "it was reordered"),
        (
            "INSERT INTO audit SELECT 6, at, team_id, '', '', '', '', '', '', '', '', '{}', hash, '' FROM audit "
            "WHERE id = 5",
            6,
            "it was inserted",
        ),
        ("UPDATE audit_head SET entries = 4", 5, "it was inserted"),
        ("DELETE FROM audit WHERE id > 3; UPDATE sqlite_sequence SET seq = 3", 4, "the log was cut off"),
        ("DELETE FROM audit WHERE id > 3; UPDATE audit_head SET entries = 3", 4, "the log was cut off"),
        ("UPDATE audit_head SET hash = 'x'", 5, "it was changed"),
    ],
)
def test_what_was_done_is_told(path: Path, tampering: str, entry: int, wrong: str) -> None:
    if "6 - id" in tampering:
        tamper(path, "UPDATE audit SET id = id + 10", "UPDATE audit SET id = 16 - id")
    else:
        tamper(path, *tampering.split("; "))
    out = io.StringIO()
    assert verify(url(path), out) == 1
    assert f"broken at entry {entry}: {wrong} (" in out.getvalue()


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("DROP TABLE audit", "no such table: audit"),
        ("ALTER TABLE audit DROP COLUMN reason", "no such column: reason"),
        ("DROP TABLE audit_head", "is not noted in the file"),
        ("DELETE FROM audit_head", "is not noted in the file"),
        ("DROP TABLE tokens", "lacks the trigger audit_keeps, audit_stays, audit_continues"),
    ],
)
def test_what_is_missing_is_told(path: Path, tampering: str, told: str) -> None:
    tamper(path, tampering)
    out = io.StringIO()
    assert verify(url(path), out) == 1
    assert told in out.getvalue()


def test_a_trigger_that_lets_everything_through_protects_nothing(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER audit_keeps")
        connection.execute("CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT 1; END")
        connection.commit()
    out = io.StringIO()
    assert verify(url(path), out) == 1
    assert "lacks the trigger audit_keeps, or it says something else" in out.getvalue()


@pytest.mark.parametrize("value", ["x'ff00'", "NULL", "1.5", "CAST(x'fe' AS TEXT)"])
@pytest.mark.parametrize("column", ["at", "detail", "prev_hash", "hash", "id"])
def test_garbage_in_a_table_made_anew_is_told_without_a_traceback(path: Path, column: str, value: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"CREATE TABLE other AS SELECT * FROM audit; UPDATE other SET {column} = {value} WHERE id = 3; "
            "DROP TABLE audit; ALTER TABLE other RENAME TO audit;"
        )
    for_reading = io.StringIO()
    assert export(url(path), "jsonl", for_reading) == 0
    out = io.StringIO()
    assert verify(url(path), out) == 1
    assert "broken at entry" in out.getvalue()


def test_a_damaged_file_is_told_with_the_entry_that_can_be_read_last(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(SqliteStore(copy)) as store, store.transaction() as tx:
        for number in range(400):
            tx.append_audit(replace(ENTRY, reason=f"{number}" * 20))
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = copy.read_bytes()
    middle = whole.index(b"300" * 20) // 4096 * 4096
    copy.write_bytes(whole[:middle] + b"\xff" * 4096 + whole[middle + 4096 :])
    out = io.StringIO()
    assert verify(url(copy), out) == 1
    assert "it cannot be read (database disk image is malformed). The entries before it (1 to " in out.getvalue()


def heads(path: Path) -> list[str]:
    with AuditFile(path).open() as log:
        return [row.hash for row in log.rows()]


def test_a_head_noted_elsewhere_is_found_in_the_log(path: Path) -> None:
    for noted in (Noted(heads(path)[2]), Noted(heads(path)[2], entry=3)):
        out = io.StringIO()
        assert verify(url(path), out, noted) == 0
        assert "The head you noted is entry 3: nothing up to it was changed since, and 2 entries" in out.getvalue()
    assert verify(url(path), io.StringIO(), Noted(GENESIS)) == 0


def test_a_log_that_does_not_go_through_the_noted_head_was_written_anew(path: Path) -> None:
    out = io.StringIO()
    assert verify(url(path), out, Noted("a" * 64)) == 1
    assert "No entry has that hash" in out.getvalue()
    out = io.StringIO()
    assert verify(url(path), out, Noted(heads(path)[2], entry=4)) == 1
    assert "entry 4 has another hash. Entry 3 has that hash." in out.getvalue()


def test_a_long_check_tells_how_far_it_is_and_wipes_that_line() -> None:
    line = io.StringIO()
    seen = _Seen(iter([sealed(ENTRY, GENESIS, 1)] * 100_000), None, line)
    assert sum(1 for _ in seen) == 100_000
    seen.done()
    assert line.getvalue().startswith("\r50,000 entries …\r100,000 entries …\r ")
    assert line.getvalue().endswith("\r")


def test_the_log_does_not_go_on_behind_an_end_that_somebody_else_made(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(SqliteStore(copy)) as store:
        with store.transaction() as tx:
            assert [tx.append_audit(ENTRY) for _ in range(3)] == [1, 2, 3]
        tamper(copy, "DELETE FROM audit WHERE id = 3")
        with pytest.raises(Unrecorded, match="audit verify"), store.transaction() as tx:
            tx.append_audit(ENTRY)
        with store.transaction() as tx:
            assert tx.audit_head() is not None
    out = io.StringIO()
    assert verify(url(copy), out) == 1
    assert "broken at entry 3: the log was cut off" in out.getvalue()
