"""`audit verify` and `audit export`, on files that were and were not touched."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.sqlite import SqliteStore
from bot.adapters.sqlite.files import open_for_reading
from bot.adapters.sqlite.reading import AuditFile
from bot.audit_command import _Seen, export, verify
from bot.audit_words import Noted
from bot.domain.audit import COLUMNS, GENESIS, sealed
from bot.domain.errors import Unrecorded
from tests.adapters.samples import ENTRY


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A log of five entries that a running bot has open."""
    path = tmp_path / "bot.db"
    with closing(SqliteStore(path)) as store:
        with store.transaction() as tx:
            for number in range(5):
                tx.append_audit(replace(ENTRY, reason=f"=reason {number}", detail={"number": number}))
        yield path


def url(path: Path) -> str:
    """The file as TINYSTACKS_DATABASE names it."""
    return f"sqlite:///{path}"


def tamper(path: Path, *statements: str) -> None:
    """What somebody could do who has the file."""
    with closing(sqlite3.connect(path)) as connection:
        for trigger in ("audit_keeps", "audit_stays", "audit_continues"):
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_log_nobody_touched_is_intact_while_the_bot_runs(path: Path) -> None:
    out = io.StringIO()
    assert verify(url(path), out) == 0
    assert "intact: 5 entries" in out.getvalue()


def test_a_log_is_intact_after_the_bot_has_stopped(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "bot.db").close()
    out = io.StringIO()
    assert verify(url(tmp_path / "bot.db"), out) == 0
    assert "intact and empty" in out.getvalue()


@pytest.mark.parametrize(
    ("tampering", "entry"),
    [
        ("UPDATE audit SET user_name = 'somebody' WHERE id = 3", 3),
        ("UPDATE audit SET detail = 'no json' WHERE id = 4", 4),
        ("UPDATE audit SET reason = CAST(x'ff00fe' AS TEXT) WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 1", 1),
        ("DELETE FROM audit WHERE id = 5", 5),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET id = 99 WHERE id = 2", 2),
    ],
)
def test_tampering_is_told_with_the_entry_it_begins_at(path: Path, tampering: str, entry: int) -> None:
    tamper(path, tampering)
    out = io.StringIO()
    assert verify(url(path), out) == 1
    assert f"broken at entry {entry}:" in out.getvalue()


@pytest.mark.parametrize("wrong", ["sqlite:////nowhere/bot.db", "postgresql://db/bot"])
def test_where_there_is_no_database_it_says_what_to_do(wrong: str) -> None:
    for code in (verify(wrong, out := io.StringIO()), export(wrong, "jsonl", out)):
        assert code == 2
    assert "TINYSTACKS_DATABASE" in out.getvalue()


@pytest.mark.parametrize("content", [b"no database" * 99, b""])
def test_a_file_without_a_log_is_told_without_a_traceback(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bot.db").write_bytes(content)
    out = io.StringIO()
    assert verify(url(tmp_path / "bot.db"), out) == 2
    assert "cannot be used" in out.getvalue()


def test_looking_never_writes(path: Path, tmp_path: Path) -> None:
    before = path.read_bytes()
    verify(url(path), io.StringIO())
    export(url(path), "csv", io.StringIO())
    assert path.read_bytes() == before
    missing = tmp_path / "missing.db"
    verify(url(missing), io.StringIO())
    assert not missing.exists()


def test_a_log_opened_for_reading_cannot_be_written(path: Path) -> None:
    with closing(open_for_reading(path)) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM audit")


def test_jsonl_is_one_whole_object_a_line(path: Path) -> None:
    out = io.StringIO()
    assert export(url(path), "jsonl", out) == 0
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["id"] for line in lines] == [1, 2, 3, 4, 5]
    assert tuple(lines[0]) == COLUMNS
    assert lines[4]["detail"] == {"number": 4}
    assert lines[4]["prev_hash"] == lines[3]["hash"]


def test_csv_has_a_header_and_no_cell_that_a_spreadsheet_would_run(path: Path) -> None:
    out = io.StringIO()
    assert export(url(path), "csv", out) == 0
    lines = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert tuple(lines[0]) == COLUMNS
    assert [line["reason"] for line in lines] == [f"'=reason {number}" for number in range(5)]


def test_a_tampered_log_can_still_be_exported(path: Path) -> None:
    tamper(path, "UPDATE audit SET detail = 'no json' WHERE id = 4")
    out = io.StringIO()
    assert export(url(path), "jsonl", out) == 0
    assert json.loads(out.getvalue().splitlines()[3])["detail"] == "no json"


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
