"""What every group of rows is built of: statements on the open transaction, values as columns and as JSON."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlite_utils import Database

from bot.domain.audit import timestamp

T = TypeVar("T")


class Rows:
    """A transaction's access to the tables; the store opens and ends it."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.after: list[Callable[[], None]] = []

    def after_commit(self, act: Callable[[], None]) -> None:
        """Runs `act` once the rows are durable."""
        self.after.append(act)

    def _all(self, sql: str, **values: Any) -> list[sqlite3.Row]:
        rows: list[sqlite3.Row] = self._db.execute(sql, values).fetchall()
        return rows

    def _one(self, sql: str, **values: Any) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def _change(self, sql: str, **values: Any) -> int:
        """Runs a statement that writes; answers how many rows it touched."""
        count: int = self._db.execute(sql, values).rowcount
        return count


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Built when first needed: a Change's takes as long as some hundred transactions."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_json(value: Any, without: frozenset[str] = frozenset()) -> str:
    """A domain value as JSON text; `without` names fields that are not stored."""
    return _adapter(type(value)).dump_json(value, exclude=set(without)).decode()


def from_json(kind: type[T], text: str) -> T:
    """The domain value of `to_json`."""
    value: T = _adapter(kind).validate_json(text)
    return value


def time_or_none(at: datetime | None) -> str | None:
    """An optional time as its column."""
    return None if at is None else timestamp(at)


def at_or_none(text: str | None) -> datetime | None:
    """The optional time of a column."""
    return None if text is None else datetime.fromisoformat(text)
