"""Locks on a real file: one a stage, freed by id and owner, and what a damaged row does."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlite_utils import Database

from bot.adapters.sqlite import SqliteStore
from bot.adapters.sqlite.migrations import migrate
from bot.adapters.sqlite.store import SqliteTx
from bot.domain.locks import Lock, Unreadable, Why
from bot.domain.people import Person
from tests.adapters.samples import ANA, NOON

BO = Person("T0ACME", "U0BO", "bo")


def lock(lock_id: str = "l1", holder: Person = ANA, **changed: Any) -> Lock:
    made = Lock(lock_id, "shop", "prod", holder, "hotfix", NOON, NOON + timedelta(hours=2), Why.HELD, "C0PROD")
    return replace(made, **changed)


def freeze(**changed: Any) -> Lock:
    return lock("f1", stack="", stage="", why=Why.FREEZE, until=None, also=("C0DEPLOYS", "C0OTHER"), **changed)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


@pytest.fixture
def tx(store: SqliteStore) -> Iterator[SqliteTx]:
    with store.transaction() as tx:
        yield tx


def damage(path: Path, sql: str) -> None:
    """Somebody else's hand in the file."""
    with sqlite3.connect(path) as connection:
        connection.execute(sql)
    connection.close()


def test_a_lock_and_a_freeze_come_back_as_they_went_in(tx: SqliteTx) -> None:
    assert tx.take_lock(lock())
    assert tx.take_lock(freeze())
    assert tx.lock("l1") == lock()
    assert tx.lock("f1") == freeze()
    assert tx.lock("l2") is None


def test_a_stage_is_held_by_its_own_lock_and_by_the_freeze_only(tx: SqliteTx) -> None:
    for one in (lock(), lock("l2", stage="staging"), lock("l3", stack="web"), freeze()):
        assert tx.take_lock(one)
    assert [one.id for one in tx.locks_on("shop", "prod")] == ["f1", "l1"]
    assert [one.id for one in tx.locks_on("", "")] == ["f1"]
    assert [one.id for one in tx.locks_on("shop", "dev")] == ["f1"]
    assert [one.id for one in tx.locks()] == ["f1", "l1", "l2", "l3"]


def test_a_second_lock_of_a_stage_is_not_taken(tx: SqliteTx) -> None:
    assert tx.take_lock(lock())
    assert not tx.take_lock(lock("l2", BO))
    assert tx.locks_on("shop", "prod") == (lock(),)


def test_a_lock_is_freed_by_its_id_and_its_owner_together(tx: SqliteTx) -> None:
    tx.take_lock(lock())
    assert not tx.release_lock(lock("l2"))
    assert not tx.release_lock(lock(holder=BO))
    assert not tx.release_lock(lock(holder=replace(ANA, team_id="T0OTHER")))
    assert tx.lock("l1") == lock()
    assert tx.release_lock(lock())
    assert not tx.release_lock(lock())


def test_the_next_lock_of_the_same_owner_is_not_freed_with_the_one_before(tx: SqliteTx) -> None:
    """github/branch-deploy#504: two runs of one owner share a lock, and the first to finish frees it."""
    tx.take_lock(lock())
    tx.release_lock(lock())
    tx.take_lock(lock("l2"))
    assert not tx.release_lock(lock())
    assert tx.lock("l2") == lock("l2")


def test_a_lock_is_renewed_by_its_owner_only(tx: SqliteTx) -> None:
    tx.take_lock(lock())
    assert not tx.renew_lock(lock(holder=BO, reason="mine"))
    assert not tx.renew_lock(lock("l2", reason="another"))
    assert tx.renew_lock(lock(reason="still on it", until=None))
    assert tx.lock("l1") == lock(reason="still on it", until=None)


@pytest.mark.parametrize("people", [2, 20])
def test_of_many_who_lock_one_stage_at_the_same_instant_one_wins(store: SqliteStore, people: int) -> None:
    start = Barrier(people)

    def takes(number: int) -> bool:
        start.wait()
        with store.transaction() as tx:
            return tx.take_lock(lock(f"l{number}", Person("T0ACME", f"U{number}", "somebody")))

    with ThreadPoolExecutor(people) as pool:
        won = list(pool.map(takes, range(people)))
    assert won.count(True) == 1
    with store.transaction() as tx:
        assert [one.id for one in tx.locks()] == [f"l{won.index(True)}"]


def test_of_two_connections_that_lock_one_stage_one_wins(tmp_path: Path) -> None:
    """Without the store's own lock: what decides is the key of the table."""
    path, start = tmp_path / "shared.db", Barrier(2)
    migrate(Database(path))

    def takes(number: int) -> bool:
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        connection.row_factory = sqlite3.Row
        start.wait()
        won = SqliteTx(Database(connection)).take_lock(lock(f"l{number}"))
        connection.close()
        return won

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(takes, range(2))) == [False, True]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE locks SET body = 'nonsense'",
        "UPDATE locks SET body = '{}'",
        "UPDATE locks SET body = json_remove(body, '$.until')",
        "UPDATE locks SET body = json_set(body, '$.why', 'because')",
        "UPDATE locks SET body = json_set(body, '$.stage', 'staging')",
        "UPDATE locks SET body = json_set(body, '$.holder.user_id', 'U0BO')",
        "UPDATE locks SET body = CAST(x'ff00fe' AS TEXT)",
        "UPDATE locks SET owner = 'T0ACME/U0BO'",
    ],
)
def test_a_damaged_row_is_unreadable_rather_than_gone_or_somebody_elses(
    store: SqliteStore, path: Path, sql: str
) -> None:
    with store.transaction() as tx:
        tx.take_lock(lock())
    damage(path, sql)
    with store.transaction() as tx:
        found = tx.lock("l1")
        assert isinstance(found, Unreadable)
        assert (found.stack, found.stage) == ("shop", "prod")
        assert tx.locks_on("shop", "prod") == tx.locks() == (found,)
        assert not tx.take_lock(lock("l2", BO))
        assert tx.release_lock(found)
        assert tx.locks() == ()
