"""Steps `schedule:<id>` and `fire:<key>`: what is due becomes a change like any other, once; or the channel hears why
not.

A time is taken in one transaction (its fire, by the unique key, the next time, and the wake-ups of both), and what
comes of it is written in another, with the change itself: whoever dies in between finds the fire and goes on with it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.changes import Change, State
from bot.domain.errors import NotPossible, Refusal, Unavailable, UnknownName
from bot.domain.names import find_stage
from bot.domain.schedules import Fire, Schedule, coming_at, fire_key
from bot.domain.stacks import Approved, Stage
from bot.domain.timetables import Turn, turn_of
from bot.engine.audit import BOT_ITSELF, note_change
from bot.engine.cards import put_card, put_news
from bot.engine.changes import StageTaken, begin, insert, proposed
from bot.engine.commands import House, Wish
from bot.engine.home import stir
from bot.engine.outbox import put
from bot.engine.ports import Json, Posting, Tx
from bot.engine.queue import queue_up, stands_in_the_way
from bot.engine.rights import still_may
from bot.engine.scheduling import SCHEDULE, following, note_schedule
from bot.messages.schedules import late, missed, not_run, overtaken

FIRE = "fire"
"""The kind of the wake-up `fire:<key of the fire>`."""

MISSED, REFUSED, REMOVED, STARTED = "missed", "refused", "removed", "started"
_AGAIN = timedelta(seconds=30)
"""So soon a fire is tried again for which AWS or Slack did not answer."""

_LATE = timedelta(minutes=2)
"""Later than this is told."""


class Firing:
    """Both steps."""

    def __init__(self, house: House) -> None:
        self._house, self._ports = house, house.ports

    def due(self, schedule_id: str) -> None:
        """Step `schedule:<id>`: takes the time that is due and wakes itself for the next."""
        with self._ports.store.transaction() as tx:
            schedule = tx.schedule(schedule_id)
            if schedule is None:
                return
            schedule = self._taken(tx, schedule)
            if schedule.next_at:
                self._ports.wakes.wake_at(tx, f"{SCHEDULE}:{schedule.id}", schedule.next_at)

    def step(self, key: str) -> None:
        """Step `fire:<key>`: does what was taken, up to its grace."""
        with self._ports.store.transaction() as tx:
            fire = tx.fire(key)
            schedule = tx.schedule(fire.schedule_id) if fire else None
            over = not fire or not schedule or fire.outcome or self._is_removed(tx, schedule, fire)
        if fire and schedule and not over:
            self._fire(schedule, fire)

    def _is_removed(self, tx: Tx, schedule: Schedule, fire: Fire) -> bool:
        """Whether the schedule is gone by now: what it had not started it does not start any more."""
        now = tx.schedule(schedule.id)
        if now is None or not now.removed:
            return False
        self._finish(tx, now, fire, REMOVED)
        note_schedule(tx, self._ports.now(), BOT_ITSELF, REFUSED, now, fire=fire.key, sentence="It was removed.")
        return True

    def _taken(self, tx: Tx, schedule: Schedule) -> Schedule:
        """The schedule at its next time; the one that is due is a fire from now on."""
        now, times, grace = self._ports.now(), following(self._ports, schedule.timetable), schedule.timetable.grace
        next_at = coming_at(schedule, times, now)
        due = turn_of(next_at, grace, times, now) if next_at else None
        if due is None:
            schedule = replace(schedule, next_at=next_at)
            tx.save_schedule(schedule)
            return schedule
        schedule = replace(schedule, next_at=times(now))
        fire = Fire(fire_key(schedule, due.at), schedule.id, self._ports.new_id(), due.at, MISSED if due.missed else "")
        # Not new: the same wall time came before, and clocks were set back since.
        new = tx.insert_fire(fire)
        if new and not due.missed:
            self._ports.wakes.wake_at(tx, f"{FIRE}:{fire.key}", now)
        if not new or not due.missed:
            tx.save_schedule(schedule)
            return schedule
        return self._tell_missed(tx, schedule, fire, due, "I was not running then")

    def _fire(self, schedule: Schedule, fire: Fire) -> None:
        if self._ports.now() - fire.due_at > schedule.timetable.grace:
            return self._too_late(schedule, fire, "something kept me from it until its grace was over")
        try:
            change, stage = self._planned(schedule, fire)
            self._begin(schedule, fire, change, stage)
        except Unavailable as error:
            self._again(schedule, fire, error)
        except Refusal as error:
            self._refused(schedule, fire, str(error))

    def _again(self, schedule: Schedule, fire: Fire, error: Unavailable) -> None:
        again = self._ports.now() + _AGAIN
        if again - fire.due_at > schedule.timetable.grace:
            return self._too_late(schedule, fire, error.while_waiting().rstrip("."))
        with self._ports.store.transaction() as tx:
            self._ports.wakes.wake_at(tx, f"{FIRE}:{fire.key}", again)
        return None

    def _planned(self, schedule: Schedule, fire: Fire) -> tuple[Change, Stage]:
        """As if its creator had typed it now; with what was said yes to, where the stage's rule says so."""
        house, table, creator = self._house, schedule.timetable, schedule.creator
        stage = self._stage(schedule)
        still_may(house, creator, table.verb, stage)
        rule = stage.approval
        approvals = schedule.approvals if rule and rule.schedules is Approved.CREATED else ()
        for one in approvals:
            still_may(house, one.person, "approve", stage, creator)
        command = house.commands.get(table.verb)
        if command is None or command.plan is None:
            raise UnknownName("verb", table.verb, tuple(house.commands))
        wish = Wish(stage, table.asked, creator, fire.change_id)
        plan = command.plan(house, wish)
        if plan.blocked and not plan.waits_only:
            raise stands_in_the_way(plan)
        now, key = self._ports.now(), fire.key
        change = proposed(wish, plan, schedule.reason, now, asked_in=schedule.channel_id, key=key)
        change = replace(change, scheduled=schedule.id, waits_until=fire.due_at + table.grace)
        return replace(change, approvals=approvals, approval=rule if approvals else None), stage

    def _stage(self, schedule: Schedule) -> Stage:
        """As tinystacks.yml has it now. Raises NotPossible where that is no longer what was asked for and approved."""
        stage = find_stage(self._house.config, schedule.stack, schedule.stage)
        with self._ports.store.transaction() as tx:
            made = tx.change(schedule.id)
        if made and (made.place, made.service) != (stage.place, stage.service):
            fact = f"{stage.stack} {stage.name} was another service when this was scheduled: {made.service}."
            raise NotPossible(fact, f"Schedule it anew, and type: /tinystacks schedule remove {schedule.short}")
        return stage

    def _begin(self, schedule: Schedule, fire: Fire, change: Change, stage: Stage) -> None:
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            if self._is_removed(tx, schedule, fire):
                return
            self._overtakes(tx, schedule, now)
            by = [one.person.user_id for one in change.approvals]
            insert(self._house, tx, change, BOT_ITSELF, now, scheduled=fire.key, approved_by=by)
            try:
                change = self._waits(tx, change, now) or begin(self._house, tx, change, stage, now)
            except StageTaken:
                change = queue_up(self._house, tx, change, BOT_ITSELF, now)
            if now - fire.due_at > _LATE:
                put_news(self._house, tx, change, "late", late(schedule, fire, now))
            self._finish(tx, schedule, fire, STARTED, change.id)

    def _overtakes(self, tx: Tx, schedule: Schedule, now: datetime) -> None:
        """What an earlier time of it still waits for: the last one counts."""
        for one in tx.waiting_changes(schedule.stack, schedule.stage):
            if one.scheduled == schedule.id and one.queued_at:
                over = tx.save_change(one.become(State.EXPIRED, now))
                note_change(tx, now, BOT_ITSELF, "expire", over)
                put_card(self._house, tx, over, now)
                put_news(self._house, tx, over, "expired", overtaken(over), urgency=0)

    def _waits(self, tx: Tx, change: Change, now: datetime) -> Change | None:
        return queue_up(self._house, tx, change, BOT_ITSELF, now) if change.plan.waits_only else None

    def _refused(self, schedule: Schedule, fire: Fire, sentence: str) -> None:
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            schedule = self._finish(tx, schedule, fire, REFUSED)
            note_schedule(tx, now, BOT_ITSELF, REFUSED, schedule, fire=fire.key, sentence=sentence[:500])
            self._tell(tx, schedule, fire, not_run(schedule, fire, sentence), now)

    def _too_late(self, schedule: Schedule, fire: Fire, why: str) -> None:
        with self._ports.store.transaction() as tx:
            schedule = self._finish(tx, schedule, fire, MISSED)
            self._tell_missed(tx, schedule, fire, Turn(fire.due_at, True, False), why)

    def _tell_missed(self, tx: Tx, schedule: Schedule, fire: Fire, due: Turn, why: str) -> Schedule:
        now = self._ports.now()
        schedule = replace(schedule, last_key=fire.key, last_outcome=MISSED, last_change_id="")
        tx.save_schedule(schedule)
        note_schedule(tx, now, BOT_ITSELF, MISSED, schedule, fire=fire.key, why=why)
        self._tell(tx, schedule, fire, missed(schedule, due, why, now), now)
        return schedule

    def _finish(self, tx: Tx, schedule: Schedule, fire: Fire, outcome: str, change_id: str = "") -> Schedule:
        """Writes what came of it, on the row as it is by now: it may have been removed meanwhile."""
        finished = tx.finish_fire(fire.key, outcome)
        assert finished, "never two steps of one schedule at a time"
        schedule = tx.schedule(schedule.id) or schedule
        schedule = replace(schedule, last_key=fire.key, last_outcome=outcome, last_change_id=change_id)
        tx.save_schedule(schedule)
        return schedule

    def _tell(self, tx: Tx, schedule: Schedule, fire: Fire, body: Json, now: datetime) -> None:
        """A message of its own in the channel, once a fire."""
        stir(self._house, tx, now)
        put(self._ports, tx, Posting(f"news:{fire.key}", self._channel_of(schedule), body, urgency=0), now)

    def _channel_of(self, schedule: Schedule) -> str:
        """The stage's by now; where there is no such stage any more, that of then."""
        try:
            return find_stage(self._house.config, schedule.stack, schedule.stage).channel_id
        except UnknownName:
            return schedule.channel_id
