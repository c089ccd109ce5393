"""The end of the audit chain, and where it ends, noted beside it."""

from bot.adapters.sqlite.history import HistoryRows
from bot.domain.audit import COLUMNS, Entry, sealed
from bot.domain.chain import Head
from bot.domain.errors import Unrecorded

_INSERT = f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + name for name in COLUMNS)})"


class AuditRows(HistoryRows):
    """Tables `audit` and `audit_head`."""

    def append_audit(self, entry: Entry) -> int:
        """At the end of the chain; answers its id. Raises Unrecorded when somebody else wrote the end."""
        last = self._one("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")
        head = self.audit_head()
        if head is None or head != (Head() if last is None else Head(last["id"], last["hash"])):
            raise Unrecorded(
                "the audit log in it does not end where I ended it, so somebody else changed the file",
                "run `python -m bot audit verify`, keep a copy of the file and put back a backup",
            )
        row = sealed(entry, head.hash, head.entries + 1)
        self._change(_INSERT, **{name: getattr(row, name) for name in COLUMNS})
        self._change("UPDATE audit_head SET entries = :entries, hash = :hash", entries=row.id, hash=row.hash)
        return row.id

    def audit_head(self) -> Head | None:
        """Where the log ends, as noted with its last entry; None: the note is gone."""
        row = self._one("SELECT entries, hash FROM audit_head")
        return None if row is None else Head(row["entries"], row["hash"])
