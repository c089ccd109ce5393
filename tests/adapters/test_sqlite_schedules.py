"""Schedules and their fires on a real file: a time comes once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.sqlite import SqliteStore
from bot.adapters.sqlite.store import SqliteTx
from bot.domain.changes import Approval
from bot.domain.people import Person
from bot.domain.schedules import Fire, Schedule, fire_key
from bot.domain.timetables import Timetable
from tests.adapters.samples import ANA, NOON

CY = Person("T0ACME", "U0CY", "cy")
HOUR = timedelta(hours=1)
TABLE = Timetable("scale", "--tasks 2", "30 2 * * *", None, "Europe/Berlin", times=(NOON, NOON + HOUR))


def schedule(schedule_id: str = "s1", **changed: Any) -> Schedule:
    approvals = (Approval(CY, NOON, "release (S0REL)"),)
    made = Schedule(schedule_id, "shop", "prod", TABLE, ANA, "sleep", "C0PROD", NOON, NOON + HOUR, approvals)
    return replace(made, **changed)


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[SqliteTx]:
    store = SqliteStore(tmp_path / "bot.db")
    with store.transaction() as tx:
        yield tx
    store.close()


def test_a_schedule_comes_back_as_it_went_in_and_as_it_was_saved(tx: SqliteTx) -> None:
    once = schedule("s2", timetable=replace(TABLE, cron="", at=NOON + HOUR))
    for one in (schedule(), once):
        tx.insert_schedule(one)
        assert tx.schedule(one.id) == one
    over = replace(once, next_at=None, removed=True, last_key="sched:s2:x", last_outcome="missed")
    tx.save_schedule(over)
    assert tx.schedule("s2") == over
    assert tx.schedule("s3") is None


def test_what_comes_is_listed_soonest_first_by_stack_and_stage(tx: SqliteTx) -> None:
    tx.insert_schedule(schedule("late", next_at=NOON + 2 * HOUR))
    tx.insert_schedule(schedule("soon", stage="staging"))
    tx.insert_schedule(schedule("other", stack="web", next_at=NOON + 3 * HOUR))
    tx.insert_schedule(schedule("over", next_at=None))
    assert [one.id for one in tx.schedules()] == ["soon", "late", "other"]
    assert [one.id for one in tx.schedules(most=2)] == ["soon", "late"]
    assert [one.id for one in tx.schedules("shop")] == ["soon", "late"]
    assert [one.id for one in tx.schedules("shop", "prod")] == ["late"]


def test_a_schedule_is_found_by_the_beginning_of_its_id_and_by_no_pattern(tx: SqliteTx) -> None:
    for one in ("abc1", "abc2", "abc3", "xyz"):
        tx.insert_schedule(schedule(one, next_at=None))
    assert [one.id for one in tx.schedules_like("x")] == ["xyz"]
    assert len(tx.schedules_like("abc")) == 2
    assert tx.schedules_like("%") == tx.schedules_like("_") == tx.schedules_like("A") == ()


def test_the_second_half_past_two_of_an_autumn_night_is_refused(tx: SqliteTx) -> None:
    tx.insert_schedule(schedule())
    first = (NOON.replace(month=10, day=25, hour=0, minute=30, second=0), "c1")
    second = (first[0] + HOUR, "c2")
    fires = [Fire(fire_key(schedule(), due_at), "s1", change_id, due_at) for due_at, change_id in (first, second)]
    assert [tx.insert_fire(one) for one in fires] == [True, False]
    assert tx.fire(fires[1].key) == fires[0]


def test_a_fire_is_open_until_it_has_an_outcome_and_gets_one_only(tx: SqliteTx) -> None:
    tx.insert_schedule(schedule())
    tx.insert_fire(Fire("b", "s1", "c2", NOON + HOUR))
    tx.insert_fire(Fire("a", "s1", "c1", NOON))
    tx.insert_fire(Fire("c", "s1", "c3", NOON, "missed"))
    assert tx.finish_fire("a", "started")
    assert not tx.finish_fire("a", "refused")
    assert not tx.finish_fire("c", "started")
    found = [tx.fire(key) for key in ("a", "b", "c", "d")]
    assert [one and one.outcome for one in found] == ["started", "", "missed", None]


def test_old_fires_are_dropped_unless_they_are_open(tx: SqliteTx) -> None:
    tx.insert_schedule(schedule())
    tx.insert_fire(Fire("old", "s1", "c1", NOON - HOUR, "started"))
    tx.insert_fire(Fire("open", "s1", "c2", NOON - HOUR))
    tx.insert_fire(Fire("new", "s1", "c3", NOON, "started"))
    assert tx.drop_fires(NOON) == 1
    assert [tx.insert_fire(Fire(key, "s1", "c", NOON)) for key in ("old", "open", "new")] == [True, False, False]
