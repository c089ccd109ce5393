"""The store: one writing connection, one transaction at a time, durable at commit (durability facts 3.1, 3.5)."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import RLock

from sqlite_utils import Database

from bot.adapters.sqlite.audit import AuditRows
from bot.adapters.sqlite.calls import CallRows
from bot.adapters.sqlite.changes import ChangeRows
from bot.adapters.sqlite.files import open_for_writing, unusable
from bot.adapters.sqlite.lock import ProcessLock
from bot.adapters.sqlite.locks import LockRows
from bot.adapters.sqlite.migrations import migrate
from bot.adapters.sqlite.postings import PostingRows
from bot.adapters.sqlite.requests import RequestRows
from bot.adapters.sqlite.schedules import ScheduleRows
from bot.adapters.sqlite.tokens import TokenRows
from bot.adapters.sqlite.wakes import WakeRows
from bot.adapters.sqlite.writing import PATIENCE, Writing
from bot.domain.errors import Unrecorded

_log = logging.getLogger(__name__)


class SqliteTx(RequestRows, ChangeRows, CallRows, PostingRows, AuditRows, WakeRows, TokenRows, LockRows, ScheduleRows):
    """One transaction: all of it, or nothing."""

    def try_room(self) -> None:
        """Writes a row of several pages and takes it back."""
        self._change(
            "INSERT INTO requests (key, at, team_id, user_id, kind, state, body, ack) "
            "VALUES ('room', '', '', '', '', 'done', printf('%9000s', ''), '')"
        )
        self._change("DELETE FROM requests WHERE key = 'room'")


class SqliteStore:
    """Rows that survive everything, in the file at `path`. `patience`: with another program that holds the file.

    Raises InUse when another process has it, NoDatabase when it cannot be used, AuditUnprotected when the audit log
    could be rewritten."""

    def __init__(self, path: Path, patience: timedelta = PATIENCE) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._process_lock = ProcessLock(path)
        except OSError as error:
            raise unusable(path, error) from error
        try:
            self._db = _opened(path)
        except BaseException:
            self._process_lock.release()
            raise
        self._lock = RLock()
        self._open = False
        self._file = Writing(self._db, patience)

    @contextmanager
    def transaction(self) -> Iterator[SqliteTx]:
        """Commits at the end, rolls back on an exception; then what was left for after the commit runs.

        Raises Unrecorded when the file or its disk takes no rows; where it still gives some, only once the transaction
        writes. Raises RuntimeError inside another transaction of the same thread."""
        tx = SqliteTx(self._db)
        with self._lock, self._begun():
            yield tx
        for act in tx.after:
            try:
                act()
            except Exception:
                # The rows are durable: who wrote them must not take them for lost.
                _log.exception("What was to follow a commit failed")

    def problem(self) -> str | None:
        """Why rows cannot be written now, found out by writing some and taking them back; None: they can."""
        try:
            with self.transaction() as tx:
                tx.try_room()
        except Unrecorded as trouble:
            return f"{trouble.reason}: {trouble.remedy}"
        except sqlite3.Error as error:
            _log.warning("The database cannot be used: %s: %s", type(error).__name__, error)
            return "no transaction can be had: look at my log"
        return None

    def close(self) -> None:
        """Waits for the running transaction, then gives the file back."""
        with self._lock:
            self._db.close()
            self._process_lock.release()

    @contextmanager
    def _begun(self) -> Iterator[None]:
        if self._open:
            raise RuntimeError("a transaction is open in this thread already")
        self._open = True
        try:
            self._file.begin()
            yield
            self._file.commit()
        except sqlite3.Error as error:
            trouble = self._file.roll_back(error)
            if trouble:
                raise trouble from error
            raise
        except BaseException:
            self._file.roll_back()
            raise
        finally:
            self._open = False


def _opened(path: Path) -> Database:
    db = open_for_writing(path)
    try:
        migrate(db)
    except sqlite3.Error as error:
        db.close()
        raise unusable(path, error) from error
    except BaseException:
        db.close()
        raise
    return db
