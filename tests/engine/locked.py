"""A database that another program holds, at the instant that a test wants."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.engine.house import World


class Holder:
    """The other program: a connection of its own that begins a transaction and leaves it open."""

    def __init__(self, world: World, connection: sqlite3.Connection) -> None:
        self._world, self._connection = world, connection
        self._seen, self._first, self._last = 0, 0, 0

    def takes(self) -> None:
        """From now on."""
        self._world.store._db.execute("PRAGMA busy_timeout = 0")
        self._connection.execute("BEGIN IMMEDIATE")

    def lets_go(self) -> None:
        """It is free again."""
        self._connection.execute("ROLLBACK")

    def takes_from(self, first: int, times: int) -> None:
        """Held during so many of the bot's transactions, from its `first` from now on."""
        self._seen, self._first, self._last = 0, first, first + times
        self._world.store._db.conn.set_trace_callback(self._watch)

    def _watch(self, statement: str) -> None:
        if statement != "BEGIN IMMEDIATE":
            return
        if self._seen == self._first and self._last > self._first:
            self._connection.execute("PRAGMA busy_timeout = 0")
            self._connection.execute("BEGIN IMMEDIATE")
        if self._seen == self._last and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._seen += 1


@contextmanager
def holder(world: World) -> Iterator[Holder]:
    """Somebody beside the bot who may hold its database."""
    connection = sqlite3.connect(world.path, isolation_level=None, check_same_thread=False)
    with closing(connection):
        world.store._db.execute("PRAGMA busy_timeout = 0")
        yield Holder(world, connection)
        world.store._db.conn.set_trace_callback(None)
