"""What became of a stage: its changes, their cards, the locks that followed."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.adapters.sqlite.base import Rows, from_json
from bot.domain.audit import timestamp
from bot.domain.board import Release
from bot.domain.changes import Change, State
from bot.domain.people import Person
from bot.domain.plans import Side
from bot.domain.trends import Outcome

# The first term repeats the partial index changes_of_stage word for word: SQLite uses it only then.
_IN_EARNEST = """state <> 'proposed' AND (state NOT IN ('cancelled', 'expired')
    OR json_extract(body, '$.approval') IS NOT NULL OR json_extract(body, '$.queued_at') IS NOT NULL)"""
_OF_STAGE = f"SELECT body FROM changes WHERE {_IN_EARNEST} AND stack = :stack AND stage = :stage"
_OF_PERSON = f"SELECT body FROM changes WHERE {_IN_EARNEST} AND user_id = :user_id"
# The first term repeats the partial index changes_finished word for word.
_RELEASES = """SELECT id, verb, state, finished_at, json_extract(body, '$.requester') AS by,
    json_extract(body, '$.plan.before') AS before, json_extract(body, '$.plan.after') AS side,
    json_extract(body, '$.registered_arn') AS arn FROM changes
    WHERE state IN ('succeeded', 'failed', 'rolled_back', 'superseded') AND stack = :stack AND stage = :stage
    AND verb <> 'schedule' ORDER BY finished_at DESC, id DESC LIMIT :most"""
# Again each index (changes_finished, changes_succeeded) word for word.
_OUTCOMES = """SELECT state, finished_at FROM changes
    WHERE state IN ('succeeded', 'failed', 'rolled_back', 'superseded') AND stack = :stack AND stage = :stage
    AND finished_at >= :since AND verb = 'deploy' ORDER BY finished_at, id"""
_DURATIONS = """SELECT started_at, finished_at FROM changes WHERE state = 'succeeded' AND stack = :stack
    AND stage = :stage AND verb = 'deploy' AND started_at IS NOT NULL ORDER BY finished_at DESC LIMIT :most"""
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

    def releases(self, stack: str, stage: str, most: int) -> tuple[Release, ...]:
        """What its finished changes left behind, last finished first."""
        return tuple(_release(row) for row in self._all(_RELEASES, stack=stack, stage=stage, most=most))

    def deploy_outcomes(self, stack: str, stage: str, since: datetime) -> tuple[Outcome, ...]:
        """What became of each deploy of the stage that was over since then, oldest first."""
        rows = self._all(_OUTCOMES, stack=stack, stage=stage, since=timestamp(since))
        return tuple(Outcome(State(row["state"]), datetime.fromisoformat(row["finished_at"])) for row in rows)

    def deploy_durations(self, stack: str, stage: str, most: int) -> tuple[timedelta, ...]:
        """How long its last successful deploys took, oldest first."""
        rows = self._all(_DURATIONS, stack=stack, stage=stage, most=most)
        return tuple(_lasted(row) for row in reversed(rows))

    def changes_of_person(self, person: Person, most: int) -> tuple[Change, ...]:
        """At most `most` that this person asked for in earnest, newest first."""
        sql = f"{_OF_PERSON} ORDER BY created_at DESC, id DESC LIMIT :most"
        rows = self._all(sql, user_id=person.user_id, most=most)
        return tuple(from_json(Change, row["body"]) for row in rows)

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


def _release(row: sqlite3.Row) -> Release:
    by, at = from_json(Person, row["by"]), datetime.fromisoformat(row["finished_at"])
    before, side = from_json(Side, row["before"]), from_json(Side, row["side"])
    return Release(row["id"], row["verb"], State(row["state"]), by, at, before, side, row["arn"] or "")


def _lasted(row: sqlite3.Row) -> timedelta:
    return datetime.fromisoformat(row["finished_at"]) - datetime.fromisoformat(row["started_at"])
