"""Schedules: columns for what is asked of them, the whole value as JSON beside. Fires: the key is what makes one time
come once."""

import sqlite3
from datetime import datetime
from typing import Any

from bot.adapters.sqlite.base import Rows, from_json, time_or_none, to_json
from bot.domain.audit import timestamp
from bot.domain.schedules import Fire, Schedule

_INSERT = """INSERT INTO schedules (id, stack, stage, next_at, body)
    VALUES (:id, :stack, :stage, :next_at, :body)"""
# The term repeats the partial index word for word: SQLite uses it only then.
_COMING = "SELECT body FROM schedules WHERE next_at IS NOT NULL"


class ScheduleRows(Rows):
    """Tables `schedules` and `fires`."""

    def insert_schedule(self, schedule: Schedule) -> None:
        """A new one."""
        self._change(_INSERT, **_columns(schedule))

    def schedule(self, schedule_id: str) -> Schedule | None:
        """As last saved, removed ones too."""
        row = self._one("SELECT body FROM schedules WHERE id = :id", id=schedule_id)
        return None if row is None else from_json(Schedule, row["body"])

    def save_schedule(self, schedule: Schedule) -> None:
        """In place of the one with its id."""
        sql = "UPDATE schedules SET stack = :stack, stage = :stage, next_at = :next_at, body = :body WHERE id = :id"
        self._change(sql, **_columns(schedule))

    def schedules(self, stack: str = "", stage: str = "", most: int = 1_000) -> tuple[Schedule, ...]:
        """At most `most` of those that come again, of that stack and stage or of all; soonest first."""
        named = {name: word for name, word in (("stack", stack), ("stage", stage)) if word}
        there = "".join(f" AND {name} = :{name}" for name in named)
        rows = self._all(f"{_COMING}{there} ORDER BY next_at, id LIMIT :most", most=most, **named)
        return tuple(from_json(Schedule, row["body"]) for row in rows)

    def schedules_like(self, start: str) -> tuple[Schedule, ...]:
        """Those whose ids begin so, removed ones too; two at the most."""
        sql = "SELECT body FROM schedules WHERE substr(id, 1, :length) = :start ORDER BY id LIMIT 2"
        rows = self._all(sql, length=len(start), start=start)
        return tuple(from_json(Schedule, row["body"]) for row in rows)

    def insert_fire(self, fire: Fire) -> bool:
        """Unless there is one with its key (False)."""
        made = self._change(
            "INSERT INTO fires (key, schedule_id, change_id, due_at, outcome) "
            "VALUES (:key, :schedule_id, :change_id, :due_at, :outcome) ON CONFLICT (key) DO NOTHING",
            key=fire.key,
            schedule_id=fire.schedule_id,
            change_id=fire.change_id,
            due_at=timestamp(fire.due_at),
            outcome=fire.outcome,
        )
        return made == 1

    def fire(self, key: str) -> Fire | None:
        """As last written."""
        row = self._one("SELECT * FROM fires WHERE key = :key", key=key)
        return None if row is None else _fire(row)

    def finish_fire(self, key: str, outcome: str) -> bool:
        """Writes its outcome; False: it has one."""
        sql = "UPDATE fires SET outcome = :outcome WHERE key = :key AND outcome = ''"
        return self._change(sql, key=key, outcome=outcome) == 1

    def drop_fires(self, before: datetime) -> int:
        """Deletes those that were due before then and have an outcome; answers how many it were."""
        return self._change("DELETE FROM fires WHERE due_at < :at AND outcome <> ''", at=timestamp(before))


def _fire(row: sqlite3.Row) -> Fire:
    due_at = datetime.fromisoformat(row["due_at"])
    return Fire(row["key"], row["schedule_id"], row["change_id"], due_at, row["outcome"])


def _columns(schedule: Schedule) -> dict[str, Any]:
    return {
        "id": schedule.id,
        "stack": schedule.stack,
        "stage": schedule.stage,
        "next_at": time_or_none(schedule.next_at),
        "body": to_json(schedule),
    }
