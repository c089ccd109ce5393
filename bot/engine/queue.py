"""One change at a time: who comes second may wait. When its turn comes, everything is looked at anew, from the rights
of whoever asked to the last check."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.changes import Change, State
from bot.domain.errors import NotPossible, Refusal, Unavailable, UnknownName
from bot.domain.names import find_stage
from bot.domain.people import Person
from bot.domain.plans import Check, Level, Plan
from bot.domain.stacks import Stage
from bot.engine.audit import BOT_ITSELF, note_change
from bot.engine.cards import put_card, put_news
from bot.engine.changes import (
    ON_PREVIEW,
    StageTaken,
    actions_of,
    begin,
    waiting_preview,
)
from bot.engine.commands import Ask, House, Wish
from bot.engine.expiry import EXPIRE, lives_until
from bot.engine.ports import Moved, Tx
from bot.engine.rights import still_may
from bot.messages.queue import its_turn, not_run, queued

TURN = "turn"
_AGAIN = timedelta(seconds=30)
"""Looks at the queue at least this often; the end of a change wakes it at once."""


def wait_for_it(ask: Ask, change_id: str) -> Change:
    """Queues one's own preview behind what has the stage. Raises as `confirm`."""
    house, now = ask.house, ask.house.ports.now()
    with house.ports.store.transaction() as tx:
        change = waiting_preview(house, tx, change_id, ask.person, now)
        change = queue_up(house, tx, change, ask.person, now)
        tx.use_tokens(change.id, actions_of(change, ON_PREVIEW[::2]), now)
        tx.finish_request(ask.request.key)
    return change


def queue_up(house: House, tx: Tx, change: Change, who: Person, now: datetime) -> Change:
    """A preview waits behind what has its stage; `who` says so."""
    holder = tx.running_change(change.stack, change.stage)
    change = tx.save_change(replace(change, queued_at=now, updated_at=now))
    note_change(tx, now, who, "wait", change, behind=holder.id if holder else "")
    put_card(house, tx, change, now)
    put_news(house, tx, change, "queued", queued(holder))
    house.ports.wakes.wake_at(tx, f"{EXPIRE}:{change.id}", lives_until(house, change))
    wake_queue(house, tx, change)
    return change


def wake_queue(house: House, tx: Tx, change: Change) -> None:
    """Whoever waits for the change's stage is looked at now."""
    house.ports.wakes.wake_at(tx, f"{TURN}:{change.stack}/{change.stage}", house.ports.now())


class Queue:
    """Step `turn:<stack>/<stage>`."""

    def __init__(self, house: House) -> None:
        self._house, self._ports = house, house.ports

    def step(self, place: str) -> None:
        """Begins the first that waits if the stage is free, and wakes itself while anybody waits. Whose time is over
        does not begin, even where the step that says so comes later."""
        stack, _, stage = place.partition("/")
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            waiting = tx.waiting_changes(stack, stage)
            queued = [one for one in waiting if one.state is State.PROPOSED and one.queued_at]
            holder = tx.running_change(stack, stage)
            if queued:
                self._ports.wakes.wake_at(tx, f"{TURN}:{place}", now + _AGAIN)
        alive = [one for one in queued if now < lives_until(self._house, one)]
        first = min(alive, key=lambda one: (one.queued_at, one.id), default=None)
        if first and holder is None and not _asked_before(first, waiting):
            self._turn(first)

    def _turn(self, change: Change) -> None:
        try:
            plan = self._planned(change)
            if plan.blocked:
                raise stands_in_the_way(plan)
            self._begin(replace(change, plan=plan), find_stage(self._house.config, change.stack, change.stage))
        except (Unavailable, StageTaken, Moved):
            # Nobody answers, somebody was quicker, or it was cancelled meanwhile: the next look decides.
            return
        except Refusal as error:
            self._not_run(change, str(error))

    def _planned(self, change: Change) -> Plan:
        stage = find_stage(self._house.config, change.stack, change.stage)
        if (change.place, change.service) != (stage.place, stage.service):
            fact = f"tinystacks.yml names another service for {stage.stack} {stage.name} by now."
            raise NotPossible(fact, "Ask again.")
        still_may(self._house, change.requester, "emergency" if change.emergency else change.verb, stage)
        command = self._house.commands.get(change.verb)
        if command is None or command.plan is None:
            raise UnknownName("verb", change.verb, tuple(self._house.commands))
        wish = Wish(stage, change.asked, change.requester, change.id, change.emergency)
        return command.plan(self._house, wish)

    def _begin(self, change: Change, stage: Stage) -> None:
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            change = begin(self._house, tx, change, stage, now)
            put_news(self._house, tx, change, "turn", its_turn(change))
            tx.use_tokens(change.id, actions_of(change, ON_PREVIEW), now)

    def _not_run(self, change: Change, problem: str) -> None:
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            current = tx.change(change.id)
            if current is None or current.state is not State.PROPOSED:
                return
            change = tx.save_change(replace(current.become(State.OUTDATED, now), problem=problem))
            note_change(tx, now, BOT_ITSELF, "outdated", change, problem=problem[:500])
            put_card(self._house, tx, change, now, urgency=0)
            put_news(self._house, tx, change, "ended", not_run(change), urgency=0)


def _asked_before(first: Change, waiting: Sequence[Change]) -> bool:
    """Whether the same was asked for already and waits for approval: one open request a stage and verb."""
    asked = any(one.state is State.AWAITING_APPROVAL and one.verb == first.verb for one in waiting)
    return asked and not first.emergency


def stands_in_the_way(plan: Plan) -> NotPossible:
    """The first checks that do, as a refusal."""
    bad: list[Check] = [check for check in plan.checks if check.level is Level.BAD]
    return NotPossible(" ".join(check.sentence for check in bad[:2]), "Ask again when that is mended.")
