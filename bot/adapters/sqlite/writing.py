"""Transactions on a file that may be locked, full, read-only or broken: what can still be read is read."""

import logging
import sqlite3
from contextlib import suppress
from datetime import timedelta

from sqlite_utils import Database

from bot.adapters.sqlite.trouble import trouble_of
from bot.domain.errors import Unrecorded

_log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=1.5)
"""How long the first waits for a file that another program holds: Slack waits 3 s for its answer."""


class Writing:
    """Begins and ends the transactions of the one writing connection, and says once when rows cannot be written, once
    when they can be again. Used under the store's lock."""

    def __init__(self, db: Database, patience: timedelta) -> None:
        self._db, self._patience = db, patience
        self._trouble: Unrecorded | None = None
        self._reading_because: sqlite3.Error | None = None
        self._written = 0
        self._wait(self._patience)

    def begin(self) -> None:
        """Begins a transaction that writes; where that cannot be had, one that reads and refuses to write."""
        self._written = self._db.conn.total_changes
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if not self._noted(error):
                raise
            self._reading_because = error
            self._db.execute("PRAGMA query_only = 1")
            self._db.execute("BEGIN")

    def commit(self) -> None:
        """Makes it durable. Rows that were written end a trouble."""
        self._db.commit()
        self._end_reading()
        if self._trouble and self._db.conn.total_changes > self._written:
            _log.warning("The database takes rows again")
            self._trouble = None
            self._wait(self._patience)

    def roll_back(self, error: sqlite3.Error | None = None) -> Unrecorded | None:
        """Undoes it; answers the trouble of the file that `error` tells of, None where it tells of none."""
        with suppress(sqlite3.Error):
            # After a full disk SQLite may have rolled back by itself.
            self._db.rollback()
        because = self._end_reading()
        return self._noted(because or error) if error else None

    def _end_reading(self) -> sqlite3.Error | None:
        because, self._reading_because = self._reading_because, None
        if because:
            self._db.execute("PRAGMA query_only = 0")
        return because

    def _noted(self, error: sqlite3.Error) -> Unrecorded | None:
        """From the first trouble on nobody waits for the file: behind whoever waits, others would queue."""
        trouble = trouble_of(error)
        if trouble and not self._trouble:
            _log.error("The database takes no rows: %s (%s: %s)", trouble.reason, type(error).__name__, error)
            self._wait(timedelta())
        self._trouble = trouble or self._trouble
        return trouble

    def _wait(self, most: timedelta) -> None:
        self._db.execute(f"PRAGMA busy_timeout = {most // timedelta(milliseconds=1)}")
