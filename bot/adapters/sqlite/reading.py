"""The audit log as a file to read, beside a running bot or without one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.adapters.sqlite.files import open_for_reading, unusable
from bot.domain.audit import COLUMNS, Row

_SELECT = f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY id"


class AuditFile:
    """The audit log of one database, opened for reading only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def open(self) -> Iterator["AuditReading"]:
        """One consistent view of the log. Raises NoDatabase where there is none or the file is something else."""
        with closing(open_for_reading(self._path)) as connection:
            try:
                connection.execute("BEGIN")
                yield AuditReading(connection)
            except sqlite3.Error as error:
                raise unusable(self._path, error) from error


class AuditReading:
    """Rows as they are in the file, whatever somebody did to them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self) -> Iterator[Row]:
        """From the first on."""
        for values in self._connection.execute(_SELECT):
            yield Row(*values)

    def last_id(self) -> int:
        """The newest id that was ever given out, by SQLite's own count; 0: none."""
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
        return int(row[0]) if row else 0
