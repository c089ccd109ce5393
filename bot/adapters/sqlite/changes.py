"""Changes: columns for what is asked of them, the whole value as JSON beside."""

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from bot.adapters.sqlite.base import Rows, from_json, time_or_none, to_json
from bot.domain.audit import timestamp
from bot.domain.changes import Change
from bot.domain.people import Person
from bot.domain.requests import Request
from bot.domain.stacks import Place
from bot.engine.ports import Moved, Taken

# The terms below repeat the partial indexes word for word: SQLite uses those only then.
_RUNNING = "state IN ('approved', 'applying', 'rolling_out')"
_WAITING = "state IN ('proposed', 'awaiting_approval')"
_KEYS = ("id", "stack", "stage", "region", "cluster", "role_arn", "verb", "user_id", "state", "failing", "version")
_COLUMNS = (*_KEYS, "created_at", "updated_at", "started_at", "finished_at", "body")
_INSERT = f"INSERT INTO changes ({', '.join(_COLUMNS)}) VALUES ({', '.join(':' + name for name in _COLUMNS)})"
_UPDATE = (
    f"UPDATE changes SET {', '.join(f'{name} = :{name}' for name in _COLUMNS[1:])} "
    "WHERE id = :id AND version = :version - 1"
)
_FINISHED = "state IN ('succeeded', 'failed', 'rolled_back', 'superseded')"
_LEAST_SUCCESSES = 3


class ChangeRows(Rows):
    """Table `changes`."""

    def insert_change(self, change: Change) -> None:
        """A new one. Raises Taken when it would be the second running change of its stage."""
        self._write(_INSERT, change)

    def change(self, change_id: str) -> Change | None:
        """As last saved."""
        row = self._one("SELECT body FROM changes WHERE id = :id", id=change_id)
        return None if row is None else _value(row)

    def save_change(self, change: Change) -> Change:
        """Compare-and-set on `version`; answers the saved one. Raises Moved or Taken."""
        saved = replace(change, version=change.version + 1)
        if not self._write(_UPDATE, saved):
            raise Moved(f"change {change.id} is no longer at version {change.version}")
        return saved

    def running_changes(self, place: Place | None = None) -> tuple[Change, ...]:
        """APPROVED, APPLYING and ROLLING_OUT ones, oldest first."""
        rows = self._all(f"SELECT body FROM changes WHERE {_RUNNING} ORDER BY created_at, id")
        changes = (_value(row) for row in rows)
        return tuple(change for change in changes if place is None or change.place == place)

    def running_change(self, stack: str, stage: str) -> Change | None:
        """The one that holds the stage, else the newest failing one that still rolls out."""
        row = self._one(
            f"SELECT body FROM changes WHERE {_RUNNING} AND stack = :stack AND stage = :stage "
            "ORDER BY (state = 'rolling_out' AND failing), created_at DESC, id DESC LIMIT 1",
            stack=stack,
            stage=stage,
        )
        return None if row is None else _value(row)

    def waiting_changes(self, stack: str = "", stage: str = "") -> tuple[Change, ...]:
        """PROPOSED and AWAITING_APPROVAL ones of that stage, or of all, oldest first."""
        there = " AND stack = :stack AND stage = :stage" if stack else ""
        rows = self._all(
            f"SELECT body FROM changes WHERE {_WAITING}{there} ORDER BY created_at, id",
            **({"stack": stack, "stage": stage} if stack else {}),
        )
        return tuple(_value(row) for row in rows)

    def count_changes(self, person: Person, since: datetime) -> int:
        """How many that person has asked for since then."""
        row = self._one(
            "SELECT count(*) FROM changes WHERE user_id = :user_id AND created_at >= :since",
            user_id=person.user_id,
            since=timestamp(since),
        )
        return int(row[0]) if row else 0

    def changes_of_request(self, request: Request) -> tuple[Change, ...]:
        """Those that this request proposed."""
        rows = self._all(
            "SELECT body FROM changes WHERE created_at >= :at AND json_extract(body, '$.request_key') = :key",
            at=timestamp(request.at),
            key=request.key,
        )
        return tuple(_value(row) for row in rows)

    def finished_changes(self, stack: str, stage: str, most: int) -> tuple[Change, ...]:
        """SUCCEEDED, FAILED, ROLLED_BACK and SUPERSEDED ones, last finished first."""
        rows = self._all(
            f"SELECT body FROM changes WHERE {_FINISHED} AND stack = :stack AND stage = :stage "
            "AND verb <> 'schedule' ORDER BY finished_at DESC, id DESC LIMIT :most",
            stack=stack,
            stage=stage,
            most=most,
        )
        return tuple(_value(row) for row in rows)

    def usual_duration(self, stack: str, stage: str) -> timedelta | None:
        """Median of the last 20 rollouts of the stage that succeeded; None below 3."""
        rows = self._all(
            "SELECT started_at, finished_at FROM changes WHERE state = 'succeeded' AND stack = :stack "
            "AND stage = :stage AND started_at IS NOT NULL AND verb NOT IN ('stop', 'scale', 'schedule') "
            "ORDER BY finished_at DESC LIMIT 20",
            stack=stack,
            stage=stage,
        )
        lasted = [_seconds(row["started_at"], row["finished_at"]) for row in rows]
        return timedelta(seconds=median(lasted)) if len(lasted) >= _LEAST_SUCCESSES else None

    def _write(self, sql: str, change: Change) -> int:
        try:
            return self._change(sql, **_columns(change))
        except sqlite3.IntegrityError as error:
            holder = self.running_change(change.stack, change.stage)
            if holder is None or holder.id == change.id:
                raise
            raise Taken(holder) from error


def _value(row: sqlite3.Row) -> Change:
    return from_json(Change, row["body"])


def _columns(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "stack": change.stack,
        "stage": change.stage,
        "region": change.place.region,
        "cluster": change.place.cluster,
        "role_arn": change.place.role_arn or "",
        "verb": change.verb,
        "user_id": change.requester.user_id,
        "state": change.state.value,
        "failing": int(change.failing),
        "version": change.version,
        "created_at": timestamp(change.created_at),
        "updated_at": timestamp(change.updated_at),
        "started_at": time_or_none(change.started_at),
        "finished_at": time_or_none(change.finished_at),
        "body": to_json(change),
    }


def _seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
