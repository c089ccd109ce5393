"""Locks: columns for what decides who holds what, the whole value as JSON beside."""

import sqlite3

from bot.adapters.sqlite.base import Rows, from_json, to_json
from bot.domain.locks import Lock, Unreadable

# A damaged text must come back as bytes: sqlite3 raises on one that is no UTF-8.
_ROW = "SELECT id, stack, stage, owner, CAST(body AS BLOB) AS body FROM locks"


class LockRows(Rows):
    """Table `locks`."""

    def locks(self) -> tuple[Lock | Unreadable, ...]:
        """All of them, by stack and stage."""
        return tuple(_value(row) for row in self._all(f"{_ROW} ORDER BY stack, stage"))

    def locks_on(self, stack: str, stage: str) -> tuple[Lock | Unreadable, ...]:
        """The freeze and the stage's own one."""
        where = "WHERE (stack = '' AND stage = '') OR (stack = :stack AND stage = :stage)"
        return tuple(_value(row) for row in self._all(f"{_ROW} {where} ORDER BY stack", stack=stack, stage=stage))

    def lock(self, lock_id: str) -> Lock | Unreadable | None:
        """By its id."""
        row = self._one(f"{_ROW} WHERE id = :id", id=lock_id)
        return None if row is None else _value(row)

    def take_lock(self, lock: Lock) -> bool:
        """Writes it unless the stage has one (False)."""
        taken = self._change(
            "INSERT INTO locks (stack, stage, id, owner, body) VALUES (:stack, :stage, :id, :owner, :body) "
            "ON CONFLICT (stack, stage) DO NOTHING",
            stack=lock.stack,
            stage=lock.stage,
            id=lock.id,
            owner=lock.owner,
            body=to_json(lock),
        )
        return taken == 1

    def renew_lock(self, lock: Lock) -> bool:
        """Writes it in place of the one with its id and its owner; False: there is none."""
        sql = "UPDATE locks SET body = :body WHERE id = :id AND owner = :owner"
        return self._change(sql, id=lock.id, owner=lock.owner, body=to_json(lock)) == 1

    def release_lock(self, lock: Lock | Unreadable) -> bool:
        """Deletes the one with its id and its owner; False: there is none any more."""
        sql = "DELETE FROM locks WHERE id = :id AND owner = :owner"
        return self._change(sql, id=lock.id, owner=lock.owner) == 1


def _value(row: sqlite3.Row) -> Lock | Unreadable:
    columns = (row["id"], row["stack"], row["stage"], row["owner"])
    try:
        lock = from_json(Lock, row["body"])
    except ValueError:
        return Unreadable(*columns)
    same = (lock.id, lock.stack, lock.stage, lock.owner) == columns
    return lock if same else Unreadable(*columns)
