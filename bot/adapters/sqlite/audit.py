"""The end of the audit chain."""

from bot.adapters.sqlite.base import Rows
from bot.domain.audit import COLUMNS, GENESIS, Entry, sealed

_INSERT = f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + name for name in COLUMNS)})"


class AuditRows(Rows):
    """Table `audit`."""

    def append_audit(self, entry: Entry) -> None:
        """At the end of the chain."""
        last = self._one("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")
        row_id, previous = (1, GENESIS) if last is None else (last["id"] + 1, last["hash"])
        row = sealed(entry, previous, row_id)
        self._change(_INSERT, **{name: getattr(row, name) for name in COLUMNS})
