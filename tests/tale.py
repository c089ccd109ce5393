"""Whether the audit log tells the same as the rows: each entry and its row were one transaction."""

import json
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from bot.adapters.sqlite import AuditFile
from bot.adapters.sqlite.base import from_json
from bot.domain.audit import Row
from bot.domain.changes import Change, State

STATES = frozenset(state.value for state in State)


def disagreements(database: Path) -> list[str]:
    """In words: where a change's row and its entries differ in how it stands, who approved it, or why it was urgent."""
    with AuditFile(database).open() as log:
        rows = list(log.rows())
    told: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        told[row.change_id].append(row)
    found = [words for change in _changes(database) for words in _differs(change, told.pop(change.id, []))]
    return found + [f"{change_id}: told of, but not there" for change_id in told if change_id]


def _changes(database: Path) -> list[Change]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return [from_json(Change, row[0]) for row in connection.execute("SELECT body FROM changes")]


def _differs(change: Change, told: list[Row]) -> list[str]:
    states = [row.outcome for row in told if row.outcome in STATES]
    last = states[-1] if states else "nothing"
    differs = [] if last == change.state.value else [f"{change.id} is {change.state.value}, told is {last}"]
    approved = sorted(one.person.user_id for one in change.approvals)
    said = [row.user_id for row in told if row.action == "approve" and row.outcome != "refused"]
    # What a schedule starts was said yes to when the schedule was made.
    carried = [
        one for row in told if row.action == change.verb for one in json.loads(row.detail).get("approved_by", ())
    ]
    yes = sorted([*said, *carried])
    differs += [] if approved == yes else [f"{change.id} was approved by {approved}, told are {yes}"]
    urgent = {json.loads(row.detail).get("emergency", "") for row in told if row.action == change.verb}
    differs += [] if change.emergency in urgent else [f"{change.id}: emergency {change.emergency!r}, told {urgent}"]
    return differs
