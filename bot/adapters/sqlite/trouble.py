"""What keeps SQLite from writing, in the domain's words (https://www.sqlite.org/rescode.html)."""

import sqlite3

from bot.domain.errors import Unrecorded

_THEN = "; I go on by myself then"
_HELD = ("another program holds it locked", f"end whatever else has that file open{_THEN}")
_BROKEN = ("its file is damaged", "stop me and put back a backup of it")
_LOCKED_AWAY = (
    "its file may not be written",
    f"let me write that file and its directory again (owner, rights, mount){_THEN}",
)

_TROUBLES = {
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_FULL: ("there is no room left for it", f"free some space on its disk{_THEN}"),
    sqlite3.SQLITE_NOMEM: ("there is no memory left for it", f"give me more memory{_THEN}"),
    sqlite3.SQLITE_IOERR: (
        "its disk does not take what I write",
        f"look at that disk, its room and its limits{_THEN}",
    ),
    sqlite3.SQLITE_PERM: _LOCKED_AWAY,
    sqlite3.SQLITE_READONLY: _LOCKED_AWAY,
    sqlite3.SQLITE_CANTOPEN: _LOCKED_AWAY,
    sqlite3.SQLITE_PROTOCOL: _HELD,
    sqlite3.SQLITE_CORRUPT: _BROKEN,
    sqlite3.SQLITE_NOTADB: _BROKEN,
}


def trouble_of(error: sqlite3.Error) -> Unrecorded | None:
    """The trouble of the file or its disk that an error tells of; None where it tells of a mistake of ours."""
    told = _TROUBLES.get(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF)
    return Unrecorded(*told) if told else None
