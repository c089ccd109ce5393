"""One process per database: a lock that the kernel gives back however the process ends (durability facts 3.5)."""

import fcntl
import os
from pathlib import Path


class InUse(Exception):
    """Another process has the database; str() is a sentence that ends in what to do."""


class ProcessLock:
    """Holds `<database>.lock` from creation to `release`. Raises InUse when another process has it."""

    def __init__(self, database: Path) -> None:
        path = database.with_name(database.name + ".lock")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._file, 20).decode(errors="replace").strip() or "unknown"
            os.close(self._file)
            raise InUse(_sentence(database, holder)) from error
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Gives the database back. The file stays: removing it could let two processes in."""
        os.close(self._file)


def _sentence(database: Path, holder: str) -> str:
    return (
        f"Another bot (process {holder}) uses the database {database.absolute()}. Stop that one first, or set "
        "TINYSTACKS_DATABASE to another file for this one."
    )
