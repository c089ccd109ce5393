"""Entries for the audit log, written in the transaction of what they tell."""

from datetime import datetime
from typing import Any

from bot.domain.audit import Entry
from bot.domain.changes import Change
from bot.domain.people import Person
from bot.engine.ports import Tx

BOT_ITSELF = Person(team_id="", user_id="", name="tinystacks")
"""Who acts when nobody clicked: looks, deadlines, a configured roll back."""


def note(tx: Tx, at: datetime, who: Person, action: str, outcome: str, **rest: Any) -> int:
    """One entry, and its id; `rest` are further fields of Entry."""
    return tx.append_audit(
        Entry(
            at=at, team_id=who.team_id, user_id=who.user_id, user_name=who.name, action=action, outcome=outcome, **rest
        )
    )


def note_change(tx: Tx, at: datetime, who: Person, action: str, change: Change, **detail: Any) -> None:
    """One entry about a change, as it is now."""
    note(
        tx,
        at,
        who,
        action,
        change.state.value,
        stack=change.stack,
        stage=change.stage,
        change_id=change.id,
        reason=change.reason,
        detail=detail,
    )
