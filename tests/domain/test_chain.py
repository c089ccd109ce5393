"""Whatever one hand does to one entry, the chain names that entry and what was done."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import COLUMNS, GENESIS, Entry, Row, digest, id_that_fits, sealed
from bot.domain.chain import Beside, Break, Head, Wrong, examine

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEXTS = st.text(max_size=8)
ENTRIES = st.builds(lambda name, reason: Entry(AT, "T0", "U0", name, "deploy", "asked", reason=reason), TEXTS, TEXTS)


def chain(entries: list[Entry]) -> list[Row]:
    rows: list[Row] = []
    for entry in entries:
        rows.append(sealed(entry, rows[-1].hash if rows else GENESIS, len(rows) + 1))
    return rows


LOGS = st.lists(ENTRIES, min_size=2, max_size=8).map(chain)


def found(rows: list[Row], was: list[Row], *, told: bool = True) -> Break | None:
    """What is found in `rows` of the log `was`; `told`: its end is noted beside it."""
    head = Head(was[-1].id, was[-1].hash) if told and was else None
    named = {row.prev_hash for row in rows}
    return examine(sorted(rows, key=lambda row: row.id), Beside(head, len(was) if told else 0, named.__contains__))


def at(broken: Break | None) -> tuple[int, Wrong] | None:
    return (broken.entry, broken.wrong) if broken else None


@given(LOGS)
def test_a_log_nobody_touched_is_intact(rows: list[Row]) -> None:
    assert found(rows, rows) is None
    assert found(rows, rows, told=False) is None


@given(LOGS, st.data())
def test_a_changed_column_is_a_changed_entry(rows: list[Row], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(rows) - 1))
    name = data.draw(st.sampled_from([name for name in COLUMNS if name != "id"]))
    other: Any = data.draw(st.text().filter(lambda text: text != getattr(rows[index], name)))
    changed = replace(rows[index], **{name: other})
    assert at(found([*rows[:index], changed, *rows[index + 1 :]], rows)) == (index + 1, Wrong.CHANGED)


@given(LOGS, st.data())
def test_a_changed_entry_whose_hash_was_made_anew_is_named_by_the_one_after_it_or_the_head(
    rows: list[Row], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(rows) - 1))
    forged = replace(rows[index], reason=rows[index].reason + "!")
    forged = replace(forged, hash=digest(forged))
    assert at(found([*rows[:index], forged, *rows[index + 1 :]], rows)) == (index + 1, Wrong.CHANGED)


@given(LOGS, st.data())
def test_a_removed_entry_is_a_removed_one_or_the_end_cut_off(rows: list[Row], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(rows) - 1))
    wrong = Wrong.CUT_OFF if index == len(rows) - 1 else Wrong.REMOVED
    assert at(found([*rows[:index], *rows[index + 1 :]], rows)) == (index + 1, wrong)


@given(LOGS.filter(lambda rows: len(rows) > 2), st.data())
def test_numbering_the_rest_anew_does_not_hide_a_removed_entry(rows: list[Row], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(rows) - 2))
    rest = [replace(row, id=row.id - 1) for row in rows[index + 1 :]]
    assert at(found([*rows[:index], *rest], rows)) == (index + 1, Wrong.REMOVED)


@given(LOGS, ENTRIES, st.data())
def test_an_inserted_entry_that_pushes_the_others_down_is_named(
    rows: list[Row], entry: Entry, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(rows)))
    row = sealed(entry, rows[index - 1].hash if index else GENESIS, index + 1)
    if not data.draw(st.booleans()):
        row = replace(row, hash="0" * 63 + "1")
    rest = [replace(one, id=one.id + 1) for one in rows[index:]]
    assert at(found([*rows[:index], row, *rest], rows)) == (index + 1, Wrong.INSERTED)


@given(LOGS)
def test_an_entry_before_the_first_is_an_inserted_one(rows: list[Row]) -> None:
    assert at(found([replace(rows[0], id=-3), *rows], rows)) == (-3, Wrong.INSERTED)


@given(LOGS, st.data())
def test_two_entries_that_changed_places_are_reordered_from_the_first_on(rows: list[Row], data: st.DataObject) -> None:
    one, other = sorted(data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True)))
    swapped = list(rows)
    swapped[one], swapped[other] = replace(rows[other], id=one + 1), replace(rows[one], id=other + 1)
    assert at(found(swapped, rows)) == (one + 1, Wrong.REORDERED)


@given(LOGS.filter(lambda rows: len(rows) > 2), st.data())
def test_an_entry_that_was_moved_to_the_end_is_reordered(rows: list[Row], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(rows) - 2))
    moved = replace(rows[index], id=99)
    assert at(found([*rows[:index], *rows[index + 1 :], moved], rows)) == (index + 1, Wrong.REORDERED)


@given(LOGS.filter(lambda rows: len(rows) > 3))
def test_of_two_entries_the_one_that_is_gone_is_removed_and_the_moved_one_is_not_taken_for_it(rows: list[Row]) -> None:
    assert at(found([rows[0], *rows[3:], replace(rows[2], id=99)], rows)) == (2, Wrong.REMOVED)
    assert at(found([rows[0], *rows[3:], replace(rows[1], id=99)], rows)) == (2, Wrong.REORDERED)


@given(LOGS, st.data())
def test_a_log_written_anew_differs_from_the_head_noted_beside_it(rows: list[Row], data: st.DataObject) -> None:
    anew = chain([Entry(AT, "T0", "U0", f"somebody {row.id}", "deploy", "asked") for row in rows])
    broken = found(anew, rows)
    assert at(broken) == (len(rows), Wrong.CHANGED)
    assert found(anew, rows, told=False) is None, "nothing in the chain itself shows it"
    more = chain(
        [Entry(AT, "T0", "U0", "x", "deploy", "asked") for _ in range(len(rows) + data.draw(st.integers(1, 3)))]
    )
    assert at(found(more, rows)) == (len(rows) + 1, Wrong.INSERTED)


@pytest.mark.parametrize("value", [None, b"\xff\x00", 1.5, 7, b""])
@pytest.mark.parametrize("column", COLUMNS)
def test_what_is_no_text_is_named_and_never_stops_the_check(column: str, value: Any) -> None:
    rows = chain([Entry(AT, "T0", "U0", "ana", "deploy", "asked") for _ in range(3)])
    if column == "id" and value == 7:
        return
    strange = replace(rows[1], **{column: value})
    broken = examine([rows[0], strange, rows[2]], Beside(Head(3, rows[2].hash), 3))
    assert at(broken) == (2, Wrong.CHANGED)
    assert broken is not None
    assert column in broken.fact


def test_an_entry_knows_under_which_id_it_was_written() -> None:
    rows = chain([Entry(AT, "T0", "U0", "ana", "deploy", "asked") for _ in range(12)])
    assert id_that_fits(replace(rows[10], id=2), 12) == 11
    assert id_that_fits(replace(rows[10], id=2), 10) is None
