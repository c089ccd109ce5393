"""The chain: whatever is done to a row is found."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import COLUMNS, GENESIS, Entry, Row, canonical, digest, first_break, sealed, timestamp

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIRST, LAST = datetime(1, 1, 3), datetime(9999, 12, 29)  # noqa: DTZ001
TIMES = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
ENTRIES = st.builds(Entry, at=TIMES, detail=st.dictionaries(st.text(), JSON, max_size=3))
ANY_TEXT = st.text(alphabet=st.characters(categories=("Cs", "L", "Cc")), max_size=20)


def chain(entries: list[Entry]) -> list[Row]:
    """The entries as rows."""
    rows: list[Row] = []
    for entry in entries:
        rows.append(sealed(entry, rows[-1].hash if rows else GENESIS, len(rows) + 1))
    return rows


CHAINS = st.lists(ENTRIES, min_size=1, max_size=6).map(chain)


@given(CHAINS)
def test_a_chain_nobody_touched_is_intact(rows: list[Row]) -> None:
    assert first_break(rows, last_id=len(rows)) is None


def test_no_rows_are_intact() -> None:
    assert first_break([]) is None


@given(CHAINS, st.data())
def test_a_changed_field_of_any_row_is_found_at_that_row(rows: list[Row], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    name = data.draw(st.sampled_from(COLUMNS))
    before = getattr(rows[at], name)
    kind = st.integers() if name == "id" else st.text()
    other: Any = data.draw(kind.filter(lambda value: value != before))
    changed = replace(rows[at], **{name: other})
    assert first_break([*rows[:at], changed, *rows[at + 1 :]]) == at + 1


@given(CHAINS, st.data())
def test_a_changed_row_with_its_hash_made_anew_is_found_at_the_next(rows: list[Row], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    forged = replace(rows[at], reason=rows[at].reason + "!")
    forged = replace(forged, hash=digest(forged))
    found = first_break([*rows[:at], forged, *rows[at + 1 :]])
    assert found == (at + 2 if at + 1 < len(rows) else None)


@given(CHAINS, st.data())
def test_a_removed_row_is_found(rows: list[Row], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    assert first_break([*rows[:at], *rows[at + 1 :]], last_id=len(rows)) == at + 1


@given(CHAINS.filter(lambda rows: len(rows) > 1), st.data())
def test_two_rows_that_changed_places_are_found(rows: list[Row], data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True))
    swapped = list(rows)
    swapped[one], swapped[other] = rows[other], rows[one]
    assert first_break(swapped) == min(one, other) + 1


@given(CHAINS, ENTRIES)
def test_an_added_row_is_found(rows: list[Row], entry: Entry) -> None:
    added = sealed(entry, GENESIS, len(rows) + 1)
    assert first_break([*rows, added]) == len(rows) + 1


@given(CHAINS)
def test_anybody_can_check_a_hash_from_the_exported_object_alone(rows: list[Row]) -> None:
    row = rows[-1]
    exported = {column.name: getattr(row, column.name) for column in fields(row)}
    exported["detail"] = json.loads(row.detail)
    claimed = exported.pop("hash")
    text = json.dumps(exported, sort_keys=True, separators=(",", ":"))
    assert sha256(text.encode()).hexdigest() == claimed


@given(ANY_TEXT, ANY_TEXT)
def test_text_that_is_no_unicode_is_sealed_as_it_can_be_stored(name: str, reason: str) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    row = sealed(Entry(at, "T0ACME", "U0ANA", name, "deploy", "asked", reason=reason), GENESIS, 1)
    assert (row.user_name + row.reason).encode().decode() == row.user_name + row.reason
    assert first_break([row]) is None


@given(TIMES, TIMES, st.integers(-23, 23))
def test_times_are_text_that_sorts_as_they_do(one: datetime, other: datetime, hours: int) -> None:
    elsewhere = one.astimezone(timezone(timedelta(hours=hours)))
    assert timestamp(elsewhere) == timestamp(one)
    assert (timestamp(one) < timestamp(other)) == (one < other)
    assert len(timestamp(one)) == 32
    assert datetime.fromisoformat(timestamp(one)) == one


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        timestamp(datetime(2026, 11, 23))  # noqa: DTZ001


def test_equal_values_have_equal_text() -> None:
    assert canonical({"b": 1, "a": "ü"}) == canonical({"a": "ü", "b": 1}) == '{"a":"\\u00fc","b":1}'
