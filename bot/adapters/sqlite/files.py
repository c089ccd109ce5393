"""Where the database is, and how it is opened: one connection that writes, others that only read."""

import os
import sqlite3
from functools import partial
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

_SCHEME = "sqlite:///"
_BUSY_SECONDS = 10.0


class NoDatabase(Exception):
    """The database cannot be opened; str() is a sentence that ends in what to do."""


def database_path(database_url: str) -> Path:
    """The file behind `sqlite:///path` (relative) or `sqlite:////path` (absolute). Raises NoDatabase for other URLs."""
    path = database_url.removeprefix(_SCHEME)
    if path == database_url or not path:
        raise NoDatabase(
            "TINYSTACKS_DATABASE names no SQLite file. Write sqlite:///tinystacks.db for a file in this directory, "
            "or sqlite:////var/lib/tinystacks.db for one elsewhere."
        )
    return Path(path)


def open_for_writing(path: Path) -> Database:
    """The one writing connection, for use from any thread under one lock (durability facts 3.1, 3.5).

    Raises NoDatabase where the file cannot be made or is no database."""
    try:
        _make_private(path)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
    except (sqlite3.Error, OSError) as error:
        raise unusable(path, error) from error
    try:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error as error:
        connection.close()
        raise unusable(path, error) from error
    connection.row_factory = sqlite3.Row
    return Database(connection, execute_plugins=False)


def readable_by_others(path: Path) -> tuple[Path, ...]:
    """Those of the database's files that more people of the machine than their owner may read or change."""
    files = (path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm"))
    return tuple(file for file in files if file.is_file() and file.stat().st_mode & 0o077)


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, beside a running bot or without one. Raises NoDatabase where there is no file."""
    if not path.is_file():
        raise NoDatabase(
            f"There is no database at {path.absolute()}. Start the bot once, or set TINYSTACKS_DATABASE to the file "
            "that it uses."
        )
    connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
    # A tampered file may hold bytes that are no text: they are to be found, not to stop the reader.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    return connection


def _make_private(path: Path) -> None:
    """SQLite would make the file as the umask says, and its -wal and -shm like the file. A change's plan holds the
    environment of a task definition, which is nobody else's to read."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def unusable(path: Path, error: Exception) -> NoDatabase:
    """The sentence for a file that SQLite or the system refuses."""
    return NoDatabase(
        f"The database {path.absolute()} cannot be used: {error}. Nothing was changed. Check that the file is the "
        "bot's own and that its directory may be written, or set TINYSTACKS_DATABASE to another file."
    )
