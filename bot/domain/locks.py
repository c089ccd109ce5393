"""Locks and freezes: who holds a stage, or everything, and what that means for whom. Rolling back stays possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.durations import spoken
from bot.domain.people import Person
from bot.domain.policy import READING_VERBS
from bot.domain.stacks import Stage
from bot.domain.windows import Window, closed_by, opens_at
from bot.domain.words import quoted

NEVER_HELD = READING_VERBS | {"rollback", "abort", "schedule"}
"""What a lock, a freeze and a closed window let through for everybody. A schedule touches nothing now; what it
does when its time comes is held like anything else."""


class Why(StrEnum):
    """What made a lock."""

    HELD = "held"
    AFTER_ROLLBACK = "after_rollback"
    FREEZE = "freeze"


@dataclass(frozen=True, slots=True)
class Lock:
    """`stack` and `stage` are empty for a freeze of everything. It ends by itself at `until` (None: when somebody frees
    it). It is announced in `channel_id`, a freeze in the channels `also` as well. `change_id`: the roll back after
    which it was made."""

    id: str
    stack: str
    stage: str
    holder: Person
    reason: str
    since: datetime
    until: datetime | None
    why: Why
    channel_id: str
    change_id: str = ""
    also: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """The holder as one word."""
        return owner_word(self.holder)

    def over(self, now: datetime) -> bool:
        """Whether its end has come, whoever has noticed."""
        return self.until is not None and self.until <= now

    def held_by(self, person: Person) -> bool:
        """Whether that person took it by hand: only such a lock lets its holder through."""
        return self.why is Why.HELD and self.owner == owner_word(person)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row where a lock should be, with what could be read of it. It holds its stage."""

    id: str
    stack: str
    stage: str
    owner: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Why something cannot be done now: `fact` is who, why, since and until when, `remedy` what frees it and who may.
    Plain text with people's words in it: escape it."""

    fact: str
    remedy: str


def owner_word(person: Person) -> str:
    """The person as one word, by identity."""
    return f"{person.team_id}/{person.user_id}"


def hold_on(stage: Stage, verb: str, person: Person, locks: Sequence[Lock | Unreadable], now: datetime) -> Hold | None:
    """What keeps `person` from doing `verb` on `stage`: a freeze, else a lock, else a closed window. `locks`: any."""
    if verb in NEVER_HELD:
        return None
    for place in (("", ""), (stage.stack, stage.name)):
        for lock in locks:
            if (lock.stack, lock.stage) == place and _holds(lock, person, now):
                return hold_of(lock, stage, now)
    window = closed_by(stage.closed, now)
    return _closed(stage, window, now) if window else None


def hold_of(lock: Lock | Unreadable, stage: Stage | None, now: datetime) -> Hold:
    """That lock, for whom it holds. `stage`: the one that is locked; None for a freeze."""
    if isinstance(lock, Unreadable):
        return _unreadable(lock, stage)
    why = f": {quoted(lock.reason, 300)}." if lock.reason else "."
    fact = f"{_what(lock)} since {_utc(lock.since, now)} ({spoken(now - lock.since)}){_end(lock, now)}{why}"
    return Hold(fact, f"To free it, {_who_may(lock, stage)} types: {command(lock)}")


def right_to_free(lock: Lock | Unreadable, person: Person) -> str:
    """The verb of policy that whoever frees it must be allowed."""
    if not lock.stack:
        return "unfreeze"
    if isinstance(lock, Lock) and (lock.held_by(person) or lock.why is Why.AFTER_ROLLBACK):
        return "unlock"
    return "take_over"


def place_of(lock: Lock | Unreadable) -> str:
    """`shop prod`, or `everything`."""
    return f"{lock.stack} {lock.stage}" if lock.stack else "everything"


def command(lock: Lock | Unreadable) -> str:
    """What to type to free it."""
    return f"/tinystacks unlock {lock.stack} {lock.stage}" if lock.stack else "/tinystacks unfreeze"


def _holds(lock: Lock | Unreadable, person: Person, now: datetime) -> bool:
    return isinstance(lock, Unreadable) or not (lock.over(now) or lock.held_by(person))


def _what(lock: Lock) -> str:
    if lock.why is Why.AFTER_ROLLBACK:
        return f"{place_of(lock)} has been locked after {lock.holder.name}'s roll back,"
    return f"{lock.holder.name} has {'frozen' if lock.why is Why.FREEZE else 'locked'} {place_of(lock)}"


def _end(lock: Lock, now: datetime) -> str:
    return f", until {_utc(lock.until, now)}" if lock.until else ""


def _who_may(lock: Lock, stage: Stage | None) -> str:
    if lock.why is Why.FREEZE:
        return "an admin of every stage"
    if lock.why is Why.AFTER_ROLLBACK:
        return f"somebody of {_groups(stage.may_change if stage else ())}"
    admins = stage.admins if stage else ()
    return f"{lock.holder.name}, or somebody of {_groups(admins)}," if admins else lock.holder.name


def _groups(names: tuple[str, ...]) -> str:
    return " or ".join(names) or "those who may change it"


def _unreadable(lock: Unreadable, stage: Stage | None) -> Hold:
    if not lock.stack:
        fact = "I cannot read the freeze in my database, so I take everything for frozen."
        return Hold(fact, f"To remove it, an admin of every stage types: {command(lock)}")
    fact = f"I cannot read the lock of {place_of(lock)} in my database, so I take the stage for locked."
    admins = f"somebody of {_groups(stage.admins)}" if stage and stage.admins else "an admin of the stage"
    return Hold(fact, f"To remove it, {admins} types: {command(lock)}")


def _closed(stage: Stage, window: Window, now: datetime) -> Hold:
    opens = opens_at(stage.closed, now)
    fact = f"{stage.stack} {stage.name} is closed now, as tinystacks.yml says: {window.text}."
    when = f"It opens at {_utc(opens, now)}, in {spoken(opens - now)}." if opens else "Its windows leave no gap."
    return Hold(fact, f"{when} Rolling back is possible all the same.")


def _utc(at: datetime, now: datetime) -> str:
    return f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at:%d %b %H:%M} UTC"
