"""Requests under their de-duplication keys."""

from datetime import datetime

from bot.adapters.sqlite.base import Rows, from_json, to_json
from bot.domain.audit import timestamp
from bot.domain.requests import Ack, Request

_NEVER_STORED = frozenset({"trigger_id", "response_url"})


class RequestRows(Rows):
    """Table `requests`."""

    def insert_request(self, request: Request, ack: Ack) -> Ack | None:
        """Stores it and answers None; if its key is there already, the ack of then."""
        stored = self._change(
            "INSERT INTO requests (key, at, team_id, user_id, kind, state, body, ack) VALUES "
            "(:key, :at, :team_id, :user_id, :kind, 'received', :body, :ack) ON CONFLICT (key) DO NOTHING",
            key=request.key,
            at=timestamp(request.at),
            team_id=request.team_id,
            user_id=request.user_id,
            kind=request.kind.value,
            body=to_json(request, _NEVER_STORED),
            ack=to_json(ack),
        )
        return None if stored else self._ack(request.key)

    def finish_request(self, key: str) -> None:
        """Marks it as done."""
        self._change("UPDATE requests SET state = 'done' WHERE key = :key", key=key)

    def unfinished_requests(self) -> tuple[Request, ...]:
        """Oldest first; without trigger_id and response_url."""
        rows = self._all("SELECT body FROM requests WHERE state = 'received' ORDER BY at")
        return tuple(from_json(Request, row["body"]) for row in rows)

    def prune(self, before: datetime) -> int:
        """Deletes requests from before then; answers how many it were."""
        return self._change("DELETE FROM requests WHERE at < :before", before=timestamp(before))

    def _ack(self, key: str) -> Ack | None:
        row = self._one("SELECT ack FROM requests WHERE key = :key", key=key)
        return None if row is None else from_json(Ack, row["ack"])
