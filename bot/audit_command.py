"""`python -m bot audit verify` and `audit export` (contract section 1)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TextIO

from bot import audit_words as words
from bot.adapters.sqlite import AuditFile, NoDatabase, database_path
from bot.adapters.sqlite.reading import AuditReading, Unreadable
from bot.audit_words import Noted
from bot.domain.audit import COLUMNS, Row
from bot.domain.chain import Head, examine
from bot.domain.csv_text import csv_lines

FORMATS = ("jsonl", "csv")
_TOLD_EVERY = 50_000


def verify(database_url: str, out: TextIO, noted: Noted | None = None, progress: TextIO | None = None) -> int:
    """Checks the whole chain, what stands beside it and whether it goes through a head noted elsewhere; says what is
    wrong. 0: all is well, 1: it is not, 2: there is nothing to check. `progress`: where to tell how far it is."""
    try:
        with AuditFile(database_path(database_url)).open() as log:
            right, wrong = _verified(log, noted, progress)
    except NoDatabase as error:
        out.write(f"{error}\n")
        return 2
    out.writelines([*right, *wrong])
    return int(bool(wrong))


def _verified(log: AuditReading, noted: Noted | None, progress: TextIO | None) -> tuple[list[str], list[str]]:
    """What is well, and what is not."""
    beside, seen = log.beside(), _Seen(log.rows(), noted, progress)
    try:
        found = examine(seen, beside)
    except Unreadable as error:
        return [], [words.unreadable(seen.count + 1, str(error))]
    finally:
        seen.done()
    wrong = [words.broken(found)] if found else []
    wrong += [words.unnoted()] if beside.head is None else []
    missing = log.unprotected()
    wrong += [words.unprotected(missing)] if missing else []
    right = [] if wrong else [words.intact(seen.last)]
    if seen.noted and not found:
        (right if seen.noted.there else wrong).append(words.compared(seen.noted, Head(seen.count)))
    return right, wrong


def export(database_url: str, form: str, out: TextIO) -> int:
    """Prints the log, oldest first, as one of FORMATS. 0: done, 1: it cannot be read to its end, 2: there is nothing
    to print."""
    lines = csv_lines if form == "csv" else _json_lines
    try:
        with AuditFile(database_path(database_url)).open() as log:
            out.writelines(lines(log.rows()))
    except NoDatabase as error:
        out.write(f"{error}\n")
        return 2
    except Unreadable:
        return 1
    return 0


class _Seen:
    """Rows on their way through: counts them, remembers the last, looks for the noted head, tells how far it is."""

    def __init__(self, rows: Iterable[Row], noted: Noted | None, progress: TextIO | None) -> None:
        self._rows, self._progress = rows, progress
        self.noted, self.count = noted, 0
        self.last: Row | None = None

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.last = row
            self.count += 1
            if self.noted and row.hash == self.noted.hash:
                self.noted = replace(self.noted, found=(*self.noted.found, row.id))
            if self._progress and self.count % _TOLD_EVERY == 0:
                self._progress.write(f"\r{self.count:,} entries …")
                self._progress.flush()
            yield row

    def done(self) -> None:
        """Wipes the line of progress."""
        if self._progress and self.count >= _TOLD_EVERY:
            self._progress.write("\r" + " " * 40 + "\r")


def _json_lines(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        values = {name: getattr(row, name) for name in COLUMNS}
        yield json.dumps(values | {"detail": _object(row.detail)}, default=str) + "\n"


def _object(detail: str) -> Any:
    try:
        return json.loads(detail)
    except (TypeError, ValueError):
        return detail
