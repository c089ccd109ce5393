"""The audit log as a file to read, beside a running bot or without one.

Every reader has a read-only connection of its own: however long it reads, it keeps no writer waiting (durability facts
3.5; measured in docs/performance.md).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.adapters.sqlite.files import open_for_reading, unusable
from bot.adapters.sqlite.migrations import unprotected
from bot.domain.audit import COLUMNS, Row, timestamp
from bot.domain.chain import Beside, Head
from bot.domain.log_filter import Filter, Page

_SELECT = f"SELECT {', '.join(COLUMNS)} FROM audit"
_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
# From one person of the index to the next, not from entry to entry.
_ACTED_AS = """WITH RECURSIVE people(user_id) AS (SELECT MIN(user_id) FROM audit WHERE user_id > '' UNION ALL
    SELECT (SELECT MIN(user_id) FROM audit WHERE user_id > people.user_id) FROM people WHERE user_id IS NOT NULL)
    SELECT user_id FROM people WHERE ? = (SELECT user_name FROM audit WHERE user_id = people.user_id
    ORDER BY id DESC LIMIT 1) COLLATE NOCASE"""
_OURS = "SELECT 1 FROM sqlite_master WHERE name IN ('_sqlite_migrations', 'audit_head', 'changes')"


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
                if connection.execute(_OURS).fetchone() is None:
                    raise sqlite3.DatabaseError("it has none of the bot's tables")
            except sqlite3.Error as error:
                raise unusable(self._path, error) from error
            yield AuditReading(connection)

    def page(self, wanted: Filter, page: Page, most: int) -> tuple[Row, ...]:
        """At most `most` entries that fit, newest first: the newest of all, or those next to `page`'s edge."""
        with self.open() as log:
            return log.page(wanted, page, most)

    def newest_first(self, wanted: Filter) -> Iterator[Row]:
        """All that fit, as they are read."""
        with self.open() as log:
            yield from log.newest_first(wanted)

    def entry(self, entry_id: int) -> Row | None:
        """One of them."""
        with self.open() as log:
            return log.entry(entry_id)

    def count(self, wanted: Filter) -> int:
        """How many fit; reads all of them."""
        with self.open() as log:
            return log.count(wanted)

    def user_ids(self, name: str) -> tuple[str, ...]:
        """Who acted under that name last, people who have left among them."""
        with self.open() as log:
            return log.user_ids(name)


class Unreadable(Exception):
    """SQLite cannot read on; str() is its reason."""


class AuditReading:
    """Rows as they are in the file, whatever somebody did to them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self) -> Iterator[Row]:
        """From the first on. Raises Unreadable where the table is gone, lacks columns or is no longer whole."""
        try:
            for values in self._connection.execute(f"{_SELECT} ORDER BY id"):
                yield Row(*values)
        except (sqlite3.Error, OverflowError) as error:
            raise Unreadable(str(error)) from error

    def beside(self) -> Beside:
        """What the file knows of the log beside its rows."""
        head = self._one("SELECT entries, hash FROM audit_head")
        known = head is not None and type(head[0]) is int and isinstance(head[1], str)
        return Beside(Head(*head) if head and known else None, self.last_id(), self._is_followed)

    def last_id(self) -> int:
        """The newest id that was ever given out, by SQLite's own count; 0: none."""
        row = self._one("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
        return row[0] if row and type(row[0]) is int else 0

    def unprotected(self) -> list[str]:
        """The triggers that should keep the log append-only and do not."""
        return unprotected(dict(self._connection.execute(_TRIGGERS)))

    def page(self, wanted: Filter, page: Page, most: int) -> tuple[Row, ...]:
        """See AuditFile."""
        where, values = self._where(wanted)
        newer = page.after is not None
        edge = "id > :edge" if newer else "id < :edge" if page.before is not None else "1"
        sql = f"{_SELECT} WHERE {where} AND {edge} ORDER BY id {'ASC' if newer else 'DESC'} LIMIT :most"
        edges = {"edge": page.after if newer else page.before, "most": most}
        found = [Row(*row) for row in self._connection.execute(sql, values | edges)]
        return tuple(reversed(found)) if newer else tuple(found)

    def newest_first(self, wanted: Filter) -> Iterator[Row]:
        """See AuditFile."""
        where, values = self._where(wanted)
        for row in self._connection.execute(f"{_SELECT} WHERE {where} ORDER BY id DESC", values):
            yield Row(*row)

    def entry(self, entry_id: int) -> Row | None:
        """See AuditFile."""
        row = self._connection.execute(f"{_SELECT} WHERE id = ?", (entry_id,)).fetchone()
        return None if row is None else Row(*row)

    def count(self, wanted: Filter) -> int:
        """See AuditFile."""
        where, values = self._where(wanted)
        counted: int = self._connection.execute(f"SELECT COUNT(*) FROM audit WHERE {where}", values).fetchone()[0]
        return counted

    def user_ids(self, name: str) -> tuple[str, ...]:
        """See AuditFile."""
        return tuple(row[0] for row in self._connection.execute(_ACTED_AS, (name,)))

    def _where(self, wanted: Filter) -> tuple[str, dict[str, Any]]:
        named = {name: getattr(wanted, name) for name in ("user_id", "stack", "stage") if getattr(wanted, name)}
        terms = [f"{name} = :{name}" for name in named]
        if wanted.since is None:
            return " AND ".join(terms) or "1", named
        # Without a first id, a person's few entries of this week would be looked for among all of theirs.
        since = {"since": timestamp(wanted.since), "first": self._first_since(wanted.since)}
        return " AND ".join([*terms, "id >= :first", "at >= :since"]), named | since

    def _first_since(self, since: datetime) -> int:
        # Left to itself, SQLite would look for the smallest id from the first entry on.
        row = self._one("SELECT MIN(id) FROM audit INDEXED BY audit_at WHERE at >= ?", timestamp(since))
        return row[0] if row and row[0] is not None else 2**62

    def _is_followed(self, hashed: str) -> bool:
        return self._one("SELECT 1 FROM audit WHERE prev_hash = ?", hashed) is not None

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """None also where there is no such table."""
        try:
            row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        except sqlite3.Error:
            return None
        return row
