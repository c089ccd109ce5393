"""Schedules: made by a change of their own, listed, removed. What comes of them is in `firing`."""

from dataclasses import replace
from datetime import datetime

from bot.domain.changes import Change, State
from bot.domain.cron import cron_of
from bot.domain.errors import Already, NotAllowed, NotPossible, UnknownName
from bot.domain.fingerprints import fingerprint
from bot.domain.names import find_stage
from bot.domain.people import Person
from bot.domain.schedules import Schedule
from bot.domain.timetables import Following, Timetable
from bot.engine.audit import note, note_change
from bot.engine.cards import put_card, put_news
from bot.engine.commands import Ask, House
from bot.engine.home import stir
from bot.engine.ports import Ports, Tx
from bot.engine.rights import require
from bot.messages.schedules import let_go, removed, too_late

SCHEDULE = "schedule"
"""The verb, and the kind of the wake-up `schedule:<id>`."""

_LEAST_TYPED = 4


def following(ports: Ports, table: Timetable) -> Following:
    """The times of a timetable, one after the other."""
    once = table.at
    if once:
        return lambda after: once if after < once else None
    cron = cron_of(table.cron)
    return lambda after: ports.calendar.next_fire(cron, table.zone, after)


def enter(house: House, tx: Tx, change: Change, who: Person, action: str, now: datetime, rule: str) -> Change:
    """The schedule stands, in the transaction of the last yes; OUTDATED where its only time is over by then."""
    table = change.plan.schedule
    assert table is not None
    next_at = following(house.ports, table)(now - table.grace if table.at else now)
    if next_at is None:
        change = replace(change.become(State.OUTDATED, now), problem=too_late(table))
    else:
        schedule = _schedule(change, table, now, next_at)
        tx.insert_schedule(schedule)
        house.ports.wakes.wake_at(tx, f"{SCHEDULE}:{schedule.id}", next_at)
        change = change.become(State.APPROVED, now).become(State.APPLYING, now).become(State.SUCCEEDED, now)
    change = tx.save_change(change)
    terms = {"rule": rule} if rule else {}
    note_change(tx, now, who, action, change, fingerprint=fingerprint(change.plan.rests_on), **terms)
    put_card(house, tx, change, now)
    return change


def remove(ask: Ask, word: str) -> Schedule:
    """Ends the schedule whose id begins so; what it has begun goes on. Whoever may change the stage may; where
    tinystacks.yml has the stage no more, whoever made it. Raises UnknownName, NotAllowed, Already."""
    house, found = ask.house, _named(ask, word)
    _may_remove(ask, found)
    now = house.ports.now()
    with house.ports.store.transaction() as tx:
        schedule = tx.schedule(found.id) or found
        if schedule.next_at is None:
            over = "has been removed" if schedule.removed else "is over"
            raise Already(f"Schedule {schedule.short} {over} already.", "All that stand: /tinystacks schedule list")
        schedule = replace(schedule, next_at=None, removed=True)
        tx.save_schedule(schedule)
        note_schedule(tx, now, ask.person, "removed", schedule)
        change = tx.change(schedule.id)
        if change:
            put_news(house, tx, change, "removed", removed(schedule, ask.person), urgency=0)
        for one in tx.waiting_changes(schedule.stack, schedule.stage):
            if one.scheduled == schedule.id and one.queued_at:
                _let_go(house, tx, one, ask.person, now)
        stir(house, tx, now)
        tx.finish_request(ask.request.key)
    return schedule


def _let_go(house: House, tx: Tx, change: Change, who: Person, now: datetime) -> None:
    """What still waited for its turn goes with its schedule."""
    change = tx.save_change(replace(change.become(State.CANCELLED, now), decided_by=who))
    note_change(tx, now, who, "cancel", change)
    put_card(house, tx, change, now)
    put_news(house, tx, change, "removed", let_go(change, who), urgency=0)


def note_schedule(tx: Tx, now: datetime, who: Person, outcome: str, schedule: Schedule, **detail: str) -> None:
    """An audit entry about it."""
    table = schedule.timetable
    about = {"stack": schedule.stack, "stage": schedule.stage, "change_id": schedule.id, "reason": schedule.reason}
    told = {"schedule": schedule.short, "what": table.wish, "when": table.when, **detail}
    note(tx, now, who, SCHEDULE, outcome, detail=told, **about)


def coming(ask: Ask, stack: str, stage: str) -> tuple[tuple[Schedule, Change | None], ...]:
    """What comes, soonest first, each with the change that it made last."""
    with ask.house.ports.store.transaction() as tx:
        found = tx.schedules(stack, stage)
        return tuple((one, tx.change(one.last_change_id) if one.last_change_id else None) for one in found)


def _schedule(change: Change, table: Timetable, now: datetime, next_at: datetime) -> Schedule:
    return Schedule(
        id=change.id,
        stack=change.stack,
        stage=change.stage,
        timetable=table,
        creator=change.requester,
        reason=change.reason,
        channel_id=change.channel_id,
        created_at=now,
        next_at=next_at,
        approvals=change.approvals,
    )


def _named(ask: Ask, word: str) -> Schedule:
    with ask.house.ports.store.transaction() as tx:
        found = tx.schedules_like(word) if len(word) >= _LEAST_TYPED else ()
        known = tuple(one.short for one in tx.schedules())
    exact = [one for one in found if one.id == word]
    if len(found) > 1 and not exact:
        raise NotPossible(f"Several schedules begin with “{word[:40]}”.", "Type more of the id.")
    if not found:
        raise UnknownName("schedule", word[:40], known, "All that stand: /tinystacks schedule list")
    return (exact or list(found))[0]


def _may_remove(ask: Ask, schedule: Schedule) -> None:
    try:
        stage = find_stage(ask.house.config, schedule.stack, schedule.stage)
    except UnknownName as error:
        mine = (schedule.creator.team_id, schedule.creator.user_id) == (ask.person.team_id, ask.person.user_id)
        if not mine:
            fact = f"{error} Only {schedule.creator.name}, who made this schedule, removes it now."
            raise NotAllowed(fact, f"Ask {schedule.creator.name}.") from error
    else:
        require(ask, SCHEDULE, stage, fresh=True)
