"""What is left after a story: the bot's own rows, what ECS was asked and what Slack shows."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.adapters.sqlite.base import from_json
from bot.domain.changes import Change, State
from bot.domain.revisions import CHANGE_TAG
from sandbox.slack.messages import Message
from sandbox.whole import Sandbox

Row = dict[str, Any]


def rows(database: Path, sql: str) -> list[Row]:
    """What the bot's database answers, beside a running bot too."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


def is_calm(database: Path) -> bool:
    """Nothing is under way, nothing waits to be sent, nothing will wake."""
    busy = (
        "SELECT 1 FROM changes WHERE state IN ('proposed', 'approved', 'applying', 'rolling_out') UNION ALL "
        "SELECT 1 FROM postings WHERE sent_version < version UNION ALL "
        "SELECT 1 FROM wakes WHERE key <> 'prune' UNION ALL "
        "SELECT 1 FROM requests WHERE state = 'received'"
    )
    return not rows(database, busy)


def struck(database: Path) -> bool:
    """Whether a change succeeded, and a kill struck a call."""
    found = "EXISTS (SELECT 1 FROM audit WHERE outcome = 'found')"
    return bool(rows(database, f"SELECT 1 FROM changes WHERE state = 'succeeded' AND {found} LIMIT 1"))


class Ledger:
    """Read once, when all is at rest."""

    def __init__(self, box: Sandbox) -> None:
        self._box, self.database = box, box.database
        found = self.rows("SELECT body FROM changes ORDER BY created_at")
        self.changes = [from_json(Change, row["body"]) for row in found]
        self.audit = self.rows("SELECT * FROM audit ORDER BY id")
        self.calls = self.rows("SELECT * FROM calls ORDER BY change_id, number")
        self.postings = self.rows("SELECT * FROM postings ORDER BY number")

    def rows(self, sql: str) -> list[Row]:
        return rows(self.database, sql)

    @property
    def confirmed(self) -> list[Change]:
        """The changes that were set going: confirmed, and approved where that was asked for."""
        ids = {row["change_id"] for row in self.audit if row["outcome"] == State.APPROVED.value}
        return [change for change in self.changes if change.id in ids]

    @property
    def registered(self) -> Counter[str]:
        """Change id → how many revisions were registered for it."""
        done = [call for call in self._box.world.calls.of("RegisterTaskDefinition") if not call.error]
        tags = [tag for call in done for tag in call.params.get("tags", [])]
        return Counter(tag["value"] for tag in tags if tag["key"] == CHANGE_TAG)

    @property
    def updated(self) -> Counter[str]:
        """Task definition ARN → how often a service was updated to it by the bot."""
        done = [call for call in self._box.world.calls.of("UpdateService") if not call.error]
        return Counter(call.params["taskDefinition"] for call in done)

    def messages(self) -> dict[str, list[Message]]:
        """Posting id → the messages in Slack that carry it."""
        found: dict[str, list[Message]] = {}
        for channel in self._box.slack.state.messages.channels.values():
            for message in channel.values():
                if message.metadata:
                    found.setdefault(message.metadata["event_payload"]["id"], []).append(message)
        return found

    def ecs_says(self, change: Change) -> str:
        """The status of the service deployment that brought the change's revision first."""
        for _, service in self._box.world.state.services():
            for record in reversed(service.records):
                if service.revisions[record.target]["taskDefinition"] == change.registered_arn:
                    return record.status
        return "NONE"

    def answers_to(self, user_id: str, channel_id: str) -> list[Row]:
        """For each command that person typed there, in order: was the first answer replaced by the real one."""
        state = self._box.slack.state
        mine = [one for one in state.tickets.response_urls.values() if one.is_command and one.user_id == user_id]
        found = []
        for where in (one for one in mine if one.channel_id == channel_id):
            message = state.messages.find(channel_id, where.source_ts) if where.source_ts else None
            found.append({"answered": bool(message and message.edited_ts), "shown": message is not None})
        return found

    def told_of_restart(self, mark: str) -> int:
        """How often somebody was told that the command with this mark was lost."""
        messages = [one for channel in self._box.slack.state.messages.channels.values() for one in channel.values()]
        words = [json.dumps(one.blocks) for one in messages if one.ephemeral_to and "restarted" in one.text]
        return sum(f"{mark}`" in text or f"{mark} " in text for text in words)


# An unanswered update whose deployment ECS has rolled back and forgotten by the time of the look is a failure as well.
ECS_AGREES = {
    State.SUCCEEDED: {"SUCCESSFUL"},
    State.ROLLED_BACK: {"ROLLBACK_SUCCESSFUL"},
    State.SUPERSEDED: {"STOPPED"},
    State.FAILED: {"ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED", "STOPPED"},
}
