"""The calls of a change: intent before, outcome after (durability facts 4.1)."""

from datetime import datetime

from bot.adapters.sqlite.base import Rows
from bot.domain.audit import timestamp
from bot.engine.ports import Call


class CallRows(Rows):
    """Table `calls`."""

    def call(self, change_id: str, number: int) -> Call | None:
        """The step's call as last written."""
        row = self._one(
            "SELECT * FROM calls WHERE change_id = :change_id AND number = :number", change_id=change_id, number=number
        )
        if row is None:
            return None
        values = dict(row)
        return Call(**values | {"intent_at": datetime.fromisoformat(values["intent_at"])})

    def claim_call(self, call: Call) -> None:
        """Writes the intent, in place of an earlier one."""
        self._change(
            "INSERT INTO calls (change_id, number, operation, claim, intent_at, attempts, outcome) VALUES "
            "(:change_id, :number, :operation, :claim, :intent_at, :attempts, :outcome) "
            "ON CONFLICT (change_id, number) DO UPDATE SET operation = excluded.operation, claim = excluded.claim, "
            "intent_at = excluded.intent_at, attempts = excluded.attempts, outcome = excluded.outcome",
            change_id=call.change_id,
            number=call.number,
            operation=call.operation,
            claim=call.claim,
            intent_at=timestamp(call.intent_at),
            attempts=call.attempts,
            outcome=call.outcome,
        )

    def finish_call(self, change_id: str, number: int, claim: str, outcome: str) -> bool:
        """Writes the outcome if `claim` is still the call's; False: it is not."""
        written = self._change(
            "UPDATE calls SET outcome = :outcome WHERE change_id = :change_id AND number = :number AND claim = :claim",
            change_id=change_id,
            number=number,
            claim=claim,
            outcome=outcome,
        )
        return written == 1
