"""What was done to the audit chain: which entry is the first that is not as the bot wrote it, and what is wrong there.

The chain alone shows what was changed, removed, inserted or moved inside it. That entries are missing at its end, or
that all of it was written anew, shows only in comparison with a head kept elsewhere: beside the table (which stops
whoever does not know of it), or out of reach, in Slack or a notebook (which stops everybody).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from bot.domain.audit import GENESIS, Row, digest, follows, id_that_fits


class Wrong(StrEnum):
    """What was done to an entry."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT_OFF = "cut off"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a log: how many entries it has, and the hash of the last."""

    entries: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry that is not as it was written; `fact` is a clause that says what shows it. Entries 1 to `whole`
    fit each other."""

    entry: int
    wrong: Wrong
    fact: str
    whole: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of the log beside its rows. `head`: as written with the last entry; None: not known. `given_out`:
    the newest id that was ever given out. `is_followed`: whether any row, wherever it stands, names that hash as the
    one before it."""

    head: Head | None = None
    given_out: int = 0
    is_followed: Callable[[str], bool] = lambda _: False

    @property
    def entries(self) -> int:
        """How many there should be; 0: not known."""
        return max(self.given_out, self.head.entries if self.head else 0)


def examine(rows: Iterable[Row], beside: Beside) -> Break | None:
    """The first break of the chain, its rows read from the start in order of id; None: it is intact."""
    waiting = iter(rows)
    last: Row | None = None
    for row in waiting:
        wanted, previous = (1, GENESIS) if last is None else (last.id + 1, last.hash)
        if not follows(row, wanted, previous):
            return _Place(last, row, waiting, beside).broken()
        last = row
    return _wrong_end(last, beside)


def _wrong_end(last: Row | None, beside: Beside) -> Break | None:
    there, head = (last.id if last else 0), beside.head
    if there < beside.entries:
        missing = _span(there + 1, beside.entries)
        return Break(there + 1, Wrong.CUT_OFF, f"the log ends before it, and {missing} missing", there)
    if head is None or last is None:
        return None
    if there > head.entries:
        fact = f"the bot has written {head.entries:,} entries only"
        return Break(head.entries + 1, Wrong.INSERTED, fact, head.entries)
    if last.hash != head.hash:
        fact = "its hash is not the one noted when the bot wrote it, so this entry, or all of them, were written anew"
        return Break(there, Wrong.CHANGED, fact, there)
    return None


class _Place:
    """Around the first row that does not follow: the row before it, itself, and those after."""

    def __init__(self, last: Row | None, row: Row, rest: Iterator[Row], beside: Beside) -> None:
        self.row, self.beside = row, beside
        self.next = next(rest, None)
        self.wanted, self.previous = (1, GENESIS) if last is None else (last.id + 1, last.hash)

    def broken(self) -> Break:
        """What is wrong here. What holds whatever else was done comes first."""
        strange = _strange(self.row)
        if strange:
            return self._break(Wrong.CHANGED, f"its {strange}")
        if self.row.id < self.wanted:
            return Break(self.row.id, Wrong.INSERTED, "the bot counts from 1", 0)
        if self.row.id > self.wanted:
            return self._gap()
        if digest(self.row) == self.row.hash:
            return self._unlinked()
        return self._misfit()

    def _gap(self) -> Break:
        if self.beside.is_followed(self.previous):
            return self._break(Wrong.REORDERED, "it is not in its place but somewhere else in the log")
        count = _span(self.wanted, self.row.id - 1)
        return self._break(Wrong.REMOVED, f"entry {self.row.id:,} follows at once, and {count} missing")

    def _unlinked(self) -> Break:
        """Whole in itself, but it names another entry as the one before it."""
        if self._is_vouched_for() and self.wanted > 1:
            fact = f"entry {self.wanted:,} carries another hash of it; its own hash was made anew"
            return Break(self.wanted - 1, Wrong.CHANGED, fact, self.wanted - 2)
        if self._is_new():
            return self._break(Wrong.INSERTED, "it does not continue the chain")
        return self._break(Wrong.CHANGED, "it does not continue the chain; its own hash was made anew")

    def _misfit(self) -> Break:
        """Its content does not fit its hash, as it stands here."""
        linked = self.row.prev_hash == self.previous
        from_id = None if linked else id_that_fits(self.row, self._most())
        if from_id is not None and from_id < self.wanted:
            return Break(from_id, Wrong.INSERTED, f"what was entry {from_id:,} stands further down", from_id - 1)
        if from_id is not None and self.beside.is_followed(self.previous):
            return self._break(Wrong.REORDERED, f"entry {from_id:,} stands in its place")
        if from_id is not None:
            fact = f"what was entry {from_id:,} stands in its place, and those after it were numbered anew"
            return self._break(Wrong.REMOVED, fact)
        if self._is_new() or self._pushed_down():
            return self._break(Wrong.INSERTED, "the bot's own entries go on behind it")
        return self._break(Wrong.CHANGED, "its content does not fit its hash")

    def _pushed_down(self) -> bool:
        """Whether the next row is the one that belongs here."""
        return self.next is not None and self.next.prev_hash == self.previous

    def _is_vouched_for(self) -> bool:
        """Whether something later names this row's hash."""
        if self.next is not None:
            return self.next.prev_hash == self.row.hash
        return self.beside.head == Head(self.row.id, self.row.hash)

    def _is_new(self) -> bool:
        """Whether it lies beyond what the bot has written."""
        head = self.beside.head
        return head is not None and self.wanted > head.entries

    def _most(self) -> int:
        return max(self.beside.entries, self.wanted) + 1

    def _break(self, wrong: Wrong, fact: str) -> Break:
        return Break(self.wanted, wrong, fact, self.wanted - 1)


def _strange(row: Row) -> str:
    """The first column that holds what the bot never writes; empty: none."""
    for column in fields(Row):
        value, kind = getattr(row, column.name), int if column.name == "id" else str
        if type(value) is not kind:
            return f"column {column.name} holds {'nothing' if value is None else type(value).__name__}"
    return ""


def _span(first: int, last: int) -> str:
    return f"entry {first:,} is" if first == last else f"entries {first:,} to {last:,} are"
