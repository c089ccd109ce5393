"""What became of a stage: its changes, their cards, the locks that followed."""

import sqlite3
from collections.abc import Sequence

from bot.adapters.sqlite.base import Rows, from_json
from bot.domain.changes import Change

# The first term repeats the partial index changes_of_stage word for word: SQLite uses it only then.
_IN_EARNEST = """state <> 'proposed' AND (state NOT IN ('cancelled', 'expired')
    OR json_extract(body, '$.approval') IS NOT NULL OR json_extract(body, '$.queued_at') IS NOT NULL)"""
_OF_STAGE = f"SELECT body FROM changes WHERE {_IN_EARNEST} AND stack = :stack AND stage = :stage"
_EDGE = "(SELECT created_at, id FROM changes WHERE id = :edge)"


class HistoryRows(Rows):
    """Tables `changes`, `postings` and `audit`, as the history of a stage reads them."""

    def changes_of_stage(
        self, stack: str, stage: str, most: int, *, before: str = "", after: str = ""
    ) -> tuple[Change, ...]:
        """At most `most` that were asked for in earnest, newest first: the newest of all, or those older than the
        change `before`, or the next newer than the change `after`."""
        order = "ASC" if after else "DESC"
        edge = f" AND (created_at, id) {'>' if after else '<'} {_EDGE}" if before or after else ""
        sql = f"{_OF_STAGE}{edge} ORDER BY created_at {order}, id {order} LIMIT :most"
        rows = self._all(sql, stack=stack, stage=stage, most=most, edge=after or before)
        found = tuple(from_json(Change, row["body"]) for row in rows)
        return found[::-1] if after else found

    def card_places(self, change_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Change id → channel_id and ts of its card, of those whose card was posted."""
        cards = [f"card:{change_id}" for change_id in change_ids]
        rows = self._among("SELECT id, channel_id, ts FROM postings WHERE ts <> '' AND id", cards)
        return {row["id"].removeprefix("card:"): (row["channel_id"], row["ts"]) for row in rows}

    def locked_after(self, change_ids: Sequence[str]) -> frozenset[str]:
        """Those of the changes after whose roll back the stage was locked, says the audit log."""
        rows = self._among("SELECT change_id FROM audit WHERE action = 'lock' AND change_id", change_ids)
        return frozenset(row["change_id"] for row in rows)

    def _among(self, sql: str, ids: Sequence[str]) -> list[sqlite3.Row]:
        names = {f"id{number}": one for number, one in enumerate(ids)}
        return self._all(f"{sql} IN ({', '.join(':' + name for name in names)})", **names)
