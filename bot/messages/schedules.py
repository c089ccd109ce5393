"""What is told of schedules: the list, what comes next, what was missed or not run."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.changes import Change
from bot.domain.people import Person
from bot.domain.schedules import Fire, Schedule
from bot.domain.timetables import Timetable, Turn
from bot.messages.kit import (
    Block,
    Message,
    actions,
    button,
    code,
    context,
    escape,
    mention,
    message,
    section,
    spoken,
    verbatim,
)

_MOST = 12
"""Four blocks each: a message has 50 at the most."""

EXAMPLES = (
    '/tinystacks schedule scale shop prod --tasks 2 --cron "0 20 * * mon-fri" --tz Europe/Berlin',
    '/tinystacks schedule deploy shop prod v42 --at "2026-12-01 09:00"',
)
"""As they are typed."""


def schedule_list(coming: Sequence[tuple[Schedule, Change | None]], place: str) -> Message:
    """Next time first, each with who made it, what came of it last, and the button that removes it. `place`: the stack
    and stage that were named; empty: all."""
    named = f" for {escape(place)}" if place else ""
    if not coming:
        return _with_examples(f"Nothing is scheduled{named}.")
    title = f"{len(coming)} schedule{'' if len(coming) == 1 else 's'}{named}"
    blocks = [block for one, last in coming[:_MOST] for block in _entry(one, last)]
    more = len(coming) - _MOST
    left = [context(f"… and {more} more: name the stack and the stage to see them.")] if more > 0 else []
    return message(title, section(f"*{title}* · next one first"), *blocks, *left)


def how_to() -> Message:
    """For whom left out what is to be done, or where."""
    return _with_examples("Say what is to be done, on which stack and stage, and when. Nothing was changed.")


def is_removed(schedule: Schedule) -> Message:
    """The answer to who removed it."""
    return _said(f"🗑️ Removed: {_what(schedule)}. What it has started already goes on.")


def removed(schedule: Schedule, by: Person) -> Message:
    """The reply under its card."""
    return _said(f"🗑️ {mention(by.user_id)} removed this schedule (`{schedule.short}`). It will not come again.")


def let_go(change: Change, by: Person) -> Message:
    """A reply under the card of what waited for its turn."""
    who = mention(change.requester.user_id)
    return _said(
        f"⚪ {who} {mention(by.user_id)} removed the schedule of this, so it does not run. Nothing was touched."
    )


def missed(schedule: Schedule, due: Turn, why: str, now: datetime) -> Message:
    """A message of its own: nothing was done, and when the next is."""
    also = " Earlier times have passed as well." if due.others else ""
    text = f"⏰ {mention(schedule.creator.user_id)} Missed: {_what(schedule)}"
    how = f"It was due {local(due.at, schedule.timetable.zone)}, {spoken(now - due.at)} ago, and {escape(why)}."
    grace = f"It may start up to {spoken(schedule.timetable.grace)} late, so nothing was touched.{also}"
    return _said(f"{text}\n{how} {grace}\n{_next(schedule)}")


def not_run(schedule: Schedule, fire: Fire, sentence: str) -> Message:
    """A message of its own: why not."""
    text = f"⚪ {mention(schedule.creator.user_id)} Not run: {_what(schedule)}"
    due = f"due {local(fire.due_at, schedule.timetable.zone)}"
    return _said(f"{text}, {due}\n{escape(sentence, 1_500)}\n{_next(schedule)}")


def overtaken(change: Change) -> Message:
    """A reply under the card of what waited for its turn."""
    return _said(f"⌛ {mention(change.requester.user_id)} The next time of its schedule has come, so this one is over.")


def late(schedule: Schedule, fire: Fire, now: datetime) -> Message:
    """A reply under the card of what it started."""
    due = local(fire.due_at, schedule.timetable.zone)
    return _said(f"⏰ It was due {due} and comes {spoken(now - fire.due_at)} late, within its grace.")


def too_late(table: Timetable) -> str:
    """Why a schedule was not made after all; plain text."""
    return f"Its only time was {table.when}, and that is over. Nothing was scheduled."


def coming_line(schedule: Schedule) -> str:
    """`🗓️ scale shop → prod --tasks 2 · Mon 23 Nov 20:00 (19:00 UTC) · by ana`, for the App Home."""
    return f"🗓️ {_what(schedule)} · {_when_next(schedule)} · by {escape(schedule.creator.name, 40)}"


def next_schedule(schedules: Sequence[Schedule]) -> list[str]:
    """A line about a stage, if anything comes: `🗓️ next schedule: deploy v42 Mon 23 Nov 20:00 UTC`."""
    more = f", and {len(schedules) - 1} more" if len(schedules) > 1 else ""
    next_one = [f"{code(one.timetable.wish, 80)} {_when_next(one)}" for one in schedules[:1]]
    return [f"🗓️ next schedule: {one}{more}" for one in next_one]


def comes_line(table: Timetable) -> str:
    """`deploy v42` weekdays at 20:00 Europe/Berlin."""
    return f"{code(table.wish)} {_when(table)}"


def comes(table: Timetable) -> str:
    """What comes when, and the next times in its own zone and in UTC."""
    next_ones = [f"next: {' · '.join(local(at, table.zone) for at in table.times)}"] if table.cron else []
    anew = "each time" if table.cron else "then"
    rest = f"Planned anew {anew}. If I am down at its time, it starts up to {spoken(table.grace)} late."
    return "\n".join([comes_line(table), *next_ones, rest])


def local(at: datetime, zone: str) -> str:
    """`Mon 23 Nov 20:00 (19:00 UTC)`: for everybody the same, whatever their own zone is."""
    there = at.astimezone(ZoneInfo(zone))
    shown = f"{there:%a} {there.day} {there:%b %H:%M}"
    if there.utcoffset() == at.utcoffset():
        return f"{shown} UTC"
    day = "" if there.date() == at.date() else f"{at:%a} "
    return f"{shown} ({day}{at:%H:%M} UTC)"


def _entry(schedule: Schedule, last: Change | None) -> list[Block]:
    table = schedule.timetable
    next_one = [f"next {_when_next(schedule)}"] if table.cron else []
    lines = [f"{_what(schedule)} · {_when(table)}", *next_one]
    by = f"by {escape(schedule.creator.name, 40)}, `{schedule.short}`"
    remove = button("Remove", "schedule:remove", schedule.id, spoken_as=f"Remove {table.wish} of {schedule.stage}")
    facts = context(" · ".join([by, *([f"last: {_last(schedule, last)}"] if schedule.last_key else [])]))
    why = [context("Reason", verbatim(schedule.reason, 300))] if schedule.reason else []
    return [section("\n".join(lines)), facts, *why, actions(remove)]


def _last(schedule: Schedule, change: Change | None) -> str:
    wall = schedule.last_key.rpartition(":")[0].rpartition(":")[2] + ":" + schedule.last_key.rpartition(":")[2]
    state = change.state.value.replace("_", " ") if change else schedule.last_outcome
    word = "waiting for its turn" if state == "proposed" else state
    return f"{word} ({wall.replace('T', ' ')})"


def _when(table: Timetable) -> str:
    if table.cron and table.cron in table.when:
        return f"by cron {code(table.cron)} {escape(table.zone)}"
    in_utc = f" ({table.at:%H:%M} UTC)" if table.at and table.zone != "UTC" else ""
    return escape(table.when) + in_utc


def _what(schedule: Schedule) -> str:
    table = schedule.timetable
    asked = f" {code(table.asked, 120)}" if table.asked else ""
    return f"*{escape(table.verb)} {escape(schedule.stack)} → {escape(schedule.stage)}*{asked}"


def _next(schedule: Schedule) -> str:
    """When it comes again, and how not to wait for that."""
    comes_again = f"Next time: {_when_next(schedule)}." if schedule.next_at else "It does not come again."
    table = schedule.timetable
    now = f"/tinystacks {table.verb} {schedule.stack} {schedule.stage} {table.asked}".rstrip()
    return f"{comes_again} To do it now: {code(now)}"


def _when_next(schedule: Schedule) -> str:
    return local(schedule.next_at, schedule.timetable.zone) if schedule.next_at else "never"


def _with_examples(text: str) -> Message:
    return message(text, section("\n".join([f"{text} For example:", *map(code, EXAMPLES)])))


def _said(text: str) -> Message:
    return message(text, section(text))
