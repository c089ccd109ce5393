"""The audit entry and its hash chain (contract section 5).

Each row carries the hash of the row before it, so that a changed, removed, added or moved row breaks the chain from
there on; `bot.domain.chain` says what was done to it. Rows cut off at the end leave a chain that is whole in itself:
compare with the count and head kept beside it, or with a head noted elsewhere (durability facts 3.3).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from hashlib import sha256
from operator import attrgetter
from typing import Any

GENESIS = "0" * 64
"""What the first row has in place of a previous hash."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing asked, refused, approved, denied, expired, started, called on AWS or finished. Never a secret, never
    an environment value: `detail` holds names, ids, counts and AWS's own words."""

    at: datetime
    team_id: str
    user_id: str
    user_name: str
    action: str
    outcome: str
    stack: str = ""
    stage: str = ""
    change_id: str = ""
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in the chain, column for column as it is stored. `id` counts from 1 without gaps, `at` is
    `timestamp`'s text, `detail` is canonical JSON text."""

    id: int
    at: str
    team_id: str
    user_id: str
    user_name: str
    action: str
    stack: str
    stage: str
    change_id: str
    outcome: str
    reason: str
    detail: str
    prev_hash: str
    hash: str


COLUMNS = tuple(column.name for column in fields(Row))
_BEFORE = ("action", "at", "change_id")
_AFTER = ("outcome", "prev_hash", "reason", "stack", "stage", "team_id", "user_id", "user_name")
# All columns but `hash` by name: those above, with `detail` and `id` between them. A million rows are hashed this way.
_values_before, _values_after = attrgetter(*_BEFORE), attrgetter(*_AFTER)
_BEFORE_ID = "{" + "".join(f'"{name}":%s,' for name in (*_BEFORE, "detail"))
_AFTER_ID = ",".join(f'"{name}":%s' for name in _AFTER) + "}"
_quoted: Callable[[str], str] = json.encoder.encode_basestring_ascii
_json: Callable[[Any], str] = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode


def timestamp(at: datetime) -> str:
    """`at` in UTC as ISO 8601 with microseconds: always 32 characters, so that text order is time order.

    Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces and nothing but ASCII: equal values have equal text."""
    return _json(value)


def digest(row: Row) -> str:
    """SHA-256 (hex) over the canonical JSON of all columns but `hash`, `detail` standing in it as the object it is."""
    before, after = _around_id(row)
    return sha256(f'{before}"id":{row.id},{after}'.encode(errors="replace")).hexdigest()


def id_that_fits(row: Row, most: int) -> int | None:
    """The id from 1 to `most` under which the row's hash is right, as if it stood elsewhere; None: there is none."""
    before, after = (part.encode(errors="replace") for part in _around_id(row))
    begun = sha256(before + b'"id":')
    for row_id in range(1, most + 1):
        tried = begun.copy()
        tried.update(b"%d,%b" % (row_id, after))
        if tried.hexdigest() == row.hash:
            return row_id
    return None


def follows(row: Row, row_id: int, previous_hash: str) -> bool:
    """Whether it is entry `row_id` of the chain, whole in itself and linked to the one before."""
    return row.id == row_id and row.prev_hash == previous_hash and digest(row) == row.hash


def sealed(entry: Entry, previous_hash: str, row_id: int) -> Row:
    """The entry as the row that follows the one with `previous_hash`; text that is no valid Unicode is replaced."""
    texts = {name: _storable(getattr(entry, name)) for name in _TEXTS}
    detail = canonical(entry.detail)
    row = Row(id=row_id, at=timestamp(entry.at), detail=detail, prev_hash=previous_hash, hash="", **texts)
    return _with_hash(row)


def first_break(rows: Iterable[Row], last_id: int = 0) -> int | None:
    """The id at which the chain, read from its start in order of id, stops being true; None: it is intact.

    `last_id`: the newest id that was ever given out, where that is known; fewer rows are a break as well."""
    previous, wanted = GENESIS, 1
    for row in rows:
        if not follows(row, wanted, previous):
            return wanted
        previous, wanted = row.hash, wanted + 1
    return wanted if wanted <= last_id else None


_TEXTS = ("team_id", "user_id", "user_name", "action", "outcome", "stack", "stage", "change_id", "reason")


def _around_id(row: Row) -> tuple[str, str]:
    """The canonical JSON up to the id, and from what follows it on."""
    try:
        before = _BEFORE_ID % (*map(_quoted, _values_before(row)), row.detail)
        return before, _AFTER_ID % (*map(_quoted, _values_after(row)),)
    except TypeError:
        # Somebody put what is no text into a column: it has a hash all the same, only never the one it should have.
        before = _BEFORE_ID % (*map(_json, _values_before(row)), row.detail)
        return before, _AFTER_ID % (*map(_json, _values_after(row)),)


def _storable(text: str) -> str:
    return text.encode(errors="replace").decode()


def _with_hash(row: Row) -> Row:
    values = {name: getattr(row, name) for name in COLUMNS}
    return Row(**values | {"hash": digest(row)})
