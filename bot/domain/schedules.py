"""Schedules: what is to be done to a stage, when, on whose behalf; and their fires, each known by the time on the wall
at which it was due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.changes import Approval
from bot.domain.people import Person
from bot.domain.timetables import Following, Timetable, wall
from bot.domain.words import words

VERBS = ("scale", "deploy")
"""What can be scheduled."""

SHORT = 8
"""Digits of an id that are shown, and are enough to name it."""

_OPTIONS = ("--cron", "--at", "--tz", "--grace")


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule. `id`: that of the change that made it. `approvals`: what was said yes to when it was made; its
    fires start with them where the stage's rule says so. `next_at`: None when it never comes again, `removed` or over.
    `last_key`, `last_outcome`, `last_change_id`: of its last fire; the id is empty where nothing was started."""

    id: str
    stack: str
    stage: str
    timetable: Timetable
    creator: Person
    reason: str
    channel_id: str
    created_at: datetime
    next_at: datetime | None
    approvals: tuple[Approval, ...] = ()
    last_key: str = ""
    last_outcome: str = ""
    last_change_id: str = ""
    removed: bool = False

    @property
    def short(self) -> str:
        """Its id as it is shown."""
        return self.id[:SHORT]


@dataclass(frozen=True, slots=True)
class Fire:
    """One time of a schedule. `key` is unique, so that it comes once; `change_id`: of the change that it makes, given
    before there is one. `outcome`: what came of it; empty: it is still to be done."""

    key: str
    schedule_id: str
    change_id: str
    due_at: datetime
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, nothing of it read yet: `asked` are the words of the `verb` itself."""

    verb: str
    asked: str
    cron: str = ""
    at: str = ""
    tz: str = ""
    grace: str = ""

    def __str__(self) -> str:
        values = zip(_OPTIONS, (self.cron, self.at, self.tz, self.grace), strict=True)
        options = [f'{name} "{_bare(value)}"' for name, value in values if _bare(value)]
        return " ".join(part for part in (self.verb, self.asked, *options) if part)


def typed_of(text: str) -> Typed:
    """What `str(Typed)` made."""
    verb, *rest = words(text) or ("",)
    asked: list[str] = []
    given = dict.fromkeys(_OPTIONS, "")
    left = iter(rest)
    for word in left:
        if word in given:
            given[word] = next(left, "")
        else:
            asked.append(word)
    return Typed(verb, in_one(asked), *given.values())


def in_one(parts: Sequence[str]) -> str:
    """Words as one text that `words` takes apart again."""
    bare = [_bare(one) for one in parts]
    return " ".join(f'"{one}"' if " " in one else one for one in bare if one)


def fire_key(schedule: Schedule, at: datetime) -> str:
    """`sched:<id>:<what the wall shows>`."""
    return f"sched:{schedule.id}:{wall(at, schedule.timetable.zone)}"


def coming_at(schedule: Schedule, times: Following, now: datetime) -> datetime | None:
    """Its next time. Where the machine's clock was ahead for a while, that which is noted lies behind others: then the
    first that is not too late for its grace, and not before it was made, unless that too was ahead."""
    soonest = times(now)
    if schedule.next_at is None or soonest is None or schedule.next_at <= soonest:
        return schedule.next_at
    return times(max(now - schedule.timetable.grace, min(now, schedule.created_at)))


def _bare(text: str) -> str:
    return " ".join(text.replace('"', " ").split())
