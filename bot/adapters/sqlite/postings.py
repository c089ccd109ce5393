"""Messages on their way to Slack."""

import json
import sqlite3

from bot.adapters.sqlite.base import Rows, at_or_none, time_or_none
from bot.domain.audit import canonical
from bot.engine.ports import Posting

_TIMES = ("intent_at", "not_before", "sent_at")


class PostingRows(Rows):
    """Table `postings`."""

    def put_posting(self, posting: Posting) -> None:
        """A new one is stored. Of one that is there, only a card or a lock's announcement follows: its body is replaced
        where it differs (`version` grows), and while unsent it is as urgent as the more urgent of both. Delivery fields
        stay."""
        if not self._insert(posting) and posting.id.startswith(("card:", "lock:")):
            self._follow(posting)

    def posting(self, posting_id: str) -> Posting | None:
        """As last saved."""
        row = self._one("SELECT * FROM postings WHERE id = :id", id=posting_id)
        return None if row is None else _value(row)

    def save_posting(self, posting: Posting) -> None:
        """Writes back delivery fields only."""
        self._change(
            "UPDATE postings SET ts = :ts, sent_version = :sent_version, intent_at = :intent_at, attempts = :attempts, "
            "not_before = :not_before, sent_at = :sent_at, problem = :problem WHERE id = :id",
            id=posting.id,
            ts=posting.ts,
            sent_version=posting.sent_version,
            attempts=posting.attempts,
            problem=posting.problem,
            **{name: time_or_none(getattr(posting, name)) for name in _TIMES},
        )

    def unsent_postings(self) -> tuple[Posting, ...]:
        """Those with something to send, most urgent first, then oldest first."""
        rows = self._all("SELECT * FROM postings WHERE sent_version < version ORDER BY urgency, number")
        return tuple(_value(row) for row in rows)

    def _insert(self, posting: Posting) -> int:
        return self._change(
            "INSERT INTO postings (id, channel_id, thread_of, urgency, version, body, sent_version, ts, intent_at, "
            "attempts, not_before, sent_at, problem) VALUES (:id, :channel_id, :thread_of, :urgency, :version, :body, "
            ":sent_version, :ts, :intent_at, :attempts, :not_before, :sent_at, :problem) ON CONFLICT (id) DO NOTHING",
            id=posting.id,
            channel_id=posting.channel_id,
            thread_of=posting.thread_of,
            urgency=posting.urgency,
            version=posting.version,
            body=canonical(posting.body),
            sent_version=posting.sent_version,
            ts=posting.ts,
            attempts=posting.attempts,
            problem=posting.problem,
            **{name: time_or_none(getattr(posting, name)) for name in _TIMES},
        )

    def _follow(self, posting: Posting) -> None:
        self._change(
            "UPDATE postings SET body = :body, version = version + (body <> :body), urgency = "
            "CASE WHEN sent_version < version THEN min(urgency, :urgency) ELSE :urgency END "
            "WHERE id = :id AND (body <> :body OR sent_version < version)",
            id=posting.id,
            body=canonical(posting.body),
            urgency=posting.urgency,
        )


def _value(row: sqlite3.Row) -> Posting:
    values = {name: row[name] for name in row.keys() if name != "number"}  # noqa: SIM118 (sqlite3.Row iterates values)
    values["order"] = row["number"]
    times = {name: at_or_none(values[name]) for name in _TIMES}
    return Posting(**values | times | {"body": json.loads(values["body"])})
