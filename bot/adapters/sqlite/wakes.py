"""Wake-ups: when which key is due."""

import sqlite3
from datetime import datetime

from bot.adapters.sqlite.base import Rows
from bot.domain.audit import timestamp
from bot.engine.ports import Wake


class WakeRows(Rows):
    """Table `wakes`."""

    def put_wake(self, key: str, at: datetime, taken: int | None = None) -> datetime:
        """One wake-up per key; an earlier one that is due sooner stays, unless its version is `taken`. Answers when
        the key is due."""
        row = self._one(
            "INSERT INTO wakes (key, at, version) VALUES (:key, :at, 1) ON CONFLICT (key) DO UPDATE SET "
            "at = CASE WHEN version = :taken THEN excluded.at ELSE min(at, excluded.at) END, version = version + 1 "
            "RETURNING at",
            key=key,
            at=timestamp(at),
            taken=taken,
        )
        assert row is not None
        return datetime.fromisoformat(row["at"])

    def wake(self, key: str) -> Wake | None:
        """As last written."""
        row = self._one("SELECT * FROM wakes WHERE key = :key", key=key)
        return None if row is None else _value(row)

    def wakes(self) -> tuple[Wake, ...]:
        """All of them, soonest first."""
        return tuple(_value(row) for row in self._all("SELECT * FROM wakes ORDER BY at, key"))

    def last_written(self) -> datetime | None:
        """When the newest audit entry was made, by the clock of then; None: there is none."""
        row = self._one("SELECT at FROM audit ORDER BY id DESC LIMIT 1")
        return None if row is None else datetime.fromisoformat(row["at"])

    def drop_wake(self, wake: Wake) -> bool:
        """Removes it, unless it was renewed since (False)."""
        dropped = self._change(
            "DELETE FROM wakes WHERE key = :key AND version = :version", key=wake.key, version=wake.version
        )
        return dropped == 1


def _value(row: sqlite3.Row) -> Wake:
    return Wake(row["key"], datetime.fromisoformat(row["at"]), row["version"])
