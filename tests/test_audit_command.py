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
from bot.audit_command import export, verify
from bot.domain.audit import COLUMNS
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
