"""The audit log read in pages: without reading more than is shown, and without keeping a writer waiting."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.adapters.sqlite import AuditFile, AuditUnprotected, SqliteStore
from bot.adapters.sqlite.migrations import schema
from bot.domain.audit import GENESIS, sealed
from bot.domain.chain import Head, examine
from bot.domain.log_filter import Filter, Page
from tests.adapters.samples import ENTRY, NOON, after


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditFile]:
    """Sixty entries of two people on two stages of two stacks, some ten minutes apart, one clock jump among them."""
    path = tmp_path_factory.mktemp("log") / "bot.db"
    with closing(SqliteStore(path)) as store:
        with store.transaction() as tx:
            for number in range(60):
                user, stack, stage = f"U{number % 2}", f"s{number % 3 % 2}", f"g{number % 5 % 2}"
                at = after(number * 10 - (45 if number > 30 else 0))
                tx.append_audit(replace(ENTRY, at=at, user_id=user, user_name=f"Name{user}", stack=stack, stage=stage))
        yield AuditFile(path)


FILTERS = st.builds(
    Filter,
    user_id=st.sampled_from(["", "U0", "U1", "U9"]),
    stack=st.sampled_from(["", "s0", "s1", "s9"]),
    stage=st.sampled_from(["", "g0", "g1"]),
    since=st.none() | st.integers(-10, 700).map(after),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(wanted=FILTERS, most=st.integers(1, 7))
@example(wanted=Filter(since=after(290)), most=5)
def test_pages_together_are_what_fits_newest_first(log: AuditFile, wanted: Filter, most: int) -> None:
    with log.open() as reading:
        rows = list(reading.rows())
    fits = [
        row.id
        for row in reversed(rows)
        if wanted.user_id in ("", row.user_id)
        and wanted.stack in ("", row.stack)
        and wanted.stage in ("", row.stage)
        and (wanted.since is None or row.at >= wanted.since.isoformat(timespec="microseconds"))
    ]
    assert [row.id for row in log.newest_first(wanted)] == fits
    assert log.count(wanted) == len(fits)
    down, page = [], Page()
    while found := log.page(wanted, page, most):
        down += [row.id for row in found]
        page = Page(before=found[-1].id)
    assert down == fits
    up, page = [], Page(after=0)
    while found := log.page(wanted, page, most):
        up += [row.id for row in reversed(found)]
        page = Page(after=found[0].id)
    assert up == fits[::-1]


def test_who_acted_under_a_name_is_known_by_id(log: AuditFile) -> None:
    assert log.user_ids("nameu1") == ("U1",)
    assert log.user_ids("nobody") == ()


def test_one_entry_is_found_by_its_id(log: AuditFile) -> None:
    found = log.entry(7)
    assert found is not None
    assert (found.id, log.entry(99), log.entry(-1)) == (7, None, None)


@pytest.mark.parametrize("names", [one for one in product(("", "U0"), ("", "s0"), ("", "g0")) if one[1] or not one[2]])
@pytest.mark.parametrize("page", [Page(), Page(before=30), Page(after=30)])
def test_a_page_goes_straight_to_its_rows(log: AuditFile, names: tuple[str, str, str], page: Page) -> None:
    with log.open() as reading:
        where, values = reading._where(Filter(*names))
        edge = "id < 30" if page.before else "id > 30" if page.after else "1"
        sql = f"EXPLAIN QUERY PLAN SELECT * FROM audit WHERE {where} AND {edge} ORDER BY id DESC LIMIT 20"
        plan = [row[3] for row in reading._connection.execute(sql, values)]
    assert len(plan) == 1, "no sorting"
    names_in_plan = [name for name, value in zip(("user_id", "stack", "stage"), names, strict=True) if value]
    assert all(f"{name}=?" in plan[0] for name in names_in_plan)
    assert not names_in_plan or "USING INDEX" in plan[0]


def test_a_reader_keeps_no_writer_waiting_and_sees_one_moment(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with closing(SqliteStore(path)) as store:
        for _ in range(3):
            with store.transaction() as tx:
                tx.append_audit(ENTRY)
        reading = AuditFile(path).newest_first(Filter())
        assert next(reading).id == 3
        with store.transaction() as tx:
            tx.append_audit(ENTRY)
        assert [row.id for row in reading] == [2, 1]
        assert next(AuditFile(path).newest_first(Filter())).id == 4


def test_a_log_of_an_older_version_gets_its_end_noted(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with closing(sqlite3.connect(path)) as connection:
        schema.apply(Database(connection), stop_before="m008_audit_head")
        row = sealed(ENTRY, GENESIS, 1)
        columns = ", ".join(row.__dataclass_fields__)
        values = [getattr(row, name) for name in row.__dataclass_fields__]
        connection.execute(f"INSERT INTO audit ({columns}) VALUES ({', '.join('?' * len(values))})", values)
        connection.commit()
    with closing(SqliteStore(path)) as store, store.transaction() as tx:
        assert tx.audit_head() == Head(1, row.hash)
        tx.append_audit(replace(ENTRY, at=NOON + timedelta(days=1)))
    with AuditFile(path).open() as log:
        assert examine(log.rows(), log.beside()) is None


@pytest.mark.parametrize(
    "tampering", ["DELETE FROM audit_head", "UPDATE audit_head SET entries = 9", "UPDATE audit_head SET hash = 'x'"]
)
def test_a_bot_whose_log_does_not_end_where_it_ended_it_does_not_start(tmp_path: Path, tampering: str) -> None:
    path = tmp_path / "bot.db"
    with closing(SqliteStore(path)) as store, store.transaction() as tx:
        tx.append_audit(ENTRY)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(tampering)
        connection.commit()
    with pytest.raises(AuditUnprotected, match="audit verify"):
        SqliteStore(path)
