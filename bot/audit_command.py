"""`python -m bot audit verify` and `audit export` (contract section 1)."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO

from bot.adapters.sqlite import AuditFile, NoDatabase, database_path
from bot.domain.audit import COLUMNS, GENESIS, Row, first_break

FORMATS = ("jsonl", "csv")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def verify(database_url: str, out: TextIO) -> int:
    """Checks the whole chain and says so in one line. 0: intact, 1: broken, 2: there is nothing to check."""
    try:
        with AuditFile(database_path(database_url)).open() as log:
            seen = _Seen(log.rows())
            broken_at = first_break(seen, log.last_id())
    except NoDatabase as error:
        out.write(f"{error}\n")
        return 2
    out.write(_broken(broken_at) if broken_at else _intact(seen.last))
    return 1 if broken_at else 0


def export(database_url: str, form: str, out: TextIO) -> int:
    """Prints the log, oldest first, as one of FORMATS. 0: done, 2: there is nothing to print."""
    write: Callable[[Iterable[Row], TextIO], None] = _csv if form == "csv" else _jsonl
    try:
        with AuditFile(database_path(database_url)).open() as log:
            write(log.rows(), out)
    except NoDatabase as error:
        out.write(f"{error}\n")
        return 2
    return 0


class _Seen:
    """Rows on their way through, remembering the last one."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.last: Row | None = None

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.last = row
            yield row


def _intact(last: Row | None) -> str:
    if last is None:
        return f"The audit log is intact and empty. Its head is {GENESIS}.\n"
    return (
        f"The audit log is intact: {last.id} entries, the last from {last.at}. Its head is {last.hash}: keep it "
        "elsewhere to be able to show later that nothing was cut off.\n"
    )


def _broken(entry: int) -> str:
    return (
        f"The audit log is broken at entry {entry}: it was changed, removed or added by somebody else than the bot. "
        f"{_before(entry)} Keep a copy of the file and compare it with your last export.\n"
    )


def _before(entry: int) -> str:
    return "No entry can be relied on." if entry == 1 else f"The entries before it (1 to {entry - 1}) are intact."


def _jsonl(rows: Iterable[Row], out: TextIO) -> None:
    for row in rows:
        values = {name: getattr(row, name) for name in COLUMNS}
        out.write(json.dumps(values | {"detail": _object(row.detail)}, default=str) + "\n")


def _csv(rows: Iterable[Row], out: TextIO) -> None:
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    for row in rows:
        lines.writerow([_cell(getattr(row, name)) for name in COLUMNS])


def _cell(value: Any) -> Any:
    """Untrusted text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _object(detail: str) -> Any:
    try:
        return json.loads(detail)
    except (TypeError, ValueError):
        return detail
