"""Follows a task that was stopped until it is STOPPED and ECS has as many others RUNNING as it wants.

Step `stopping:<change id>`: a look of its own, since a stop starts no deployment that `look` could follow.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.changes import Change, State
from bot.domain.errors import Refusal
from bot.domain.stacks import Stage
from bot.domain.stops import Follow, Standing, stop_standing
from bot.engine.audit import BOT_ITSELF, note_change
from bot.engine.cards import put_card, put_news
from bot.engine.changes import STOPPING
from bot.engine.commands import House
from bot.engine.endings import ended
from bot.messages.stops import stop_ending, stop_problem

_log = logging.getLogger(__name__)

_PAUSE, _UNREAD = timedelta(seconds=5), timedelta(seconds=15)
_SAY_UNREAD_AFTER = timedelta(seconds=60)
_BLIND_FOR = timedelta(hours=1)


class Stopping:
    """The look at one stop."""

    def __init__(self, house: House, stage_of: Callable[[Change], Stage]) -> None:
        self._house, self._ports, self._stage_of = house, house.ports, stage_of

    def step(self, change_id: str) -> None:
        """Looks once and wakes itself while it is under way."""
        with self._ports.store.transaction() as tx:
            change = tx.change(change_id)
        if change is None or change.state is not State.ROLLING_OUT:
            return
        try:
            standing = self._look(change)
        except Refusal as error:
            return self._unread(change, error)
        if standing.follow is Follow.UNDER_WAY:
            return self._goes_on(change)
        return self._end(change, standing)

    def _look(self, change: Change) -> Standing:
        ecs, place, id_ = self._ports.ecs, change.place, change.plan.task
        service = ecs.describe_services(place, [change.service]).get(change.service)
        task = ecs.describe_tasks(place, [id_]).get(id_)
        live = ecs.live_tasks(place, change.service, None) if service else ()
        since = self._ports.now() - (change.started_at or change.created_at)
        return stop_standing(service, task, live, since, self._stage_of(change).deadline)

    def _goes_on(self, change: Change) -> None:
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            seen = tx.change(change.id)
            if seen is None or seen.state is not State.ROLLING_OUT:
                return
            seen = tx.save_change(replace(seen, looked_at=now, problem=""))
            put_card(self._house, tx, seen, now, urgency=2)
            self._ports.wakes.wake_at(tx, f"{STOPPING}:{change.id}", now + _PAUSE)

    def _unread(self, change: Change, error: Refusal) -> None:
        """ECS goes on by itself; after a minute the card says since when nobody sees it, after an hour it ends."""
        _log.warning("stop_unread change=%s: %s", change.id, error)
        now = self._ports.now()
        since = change.looked_at or change.started_at or now
        problem = f"Not seen since {since:%H:%M:%S} UTC: {error.while_waiting()}"
        if now - since > _BLIND_FOR:
            return self._finish(change, State.FAILED, now, problem, problem)
        with self._ports.store.transaction() as tx:
            seen = tx.change(change.id)
            if seen is None or seen.state is not State.ROLLING_OUT:
                return None
            if now - since >= _SAY_UNREAD_AFTER:
                seen = tx.save_change(replace(seen, problem=problem))
                put_card(self._house, tx, seen, now)
            self._ports.wakes.wake_at(tx, f"{STOPPING}:{change.id}", now + _UNREAD)
        return None

    def _end(self, change: Change, standing: Standing) -> None:
        now = self._ports.now()
        done = standing.follow is Follow.DONE
        problem = "" if done else stop_problem(change, standing)
        self._finish(change, State.SUCCEEDED if done else State.FAILED, now, problem, standing.follow.value)

    def _finish(self, change: Change, state: State, now: datetime, problem: str, why: str) -> None:
        with self._ports.store.transaction() as tx:
            seen = tx.change(change.id)
            if seen is None or seen.state is not State.ROLLING_OUT:
                return
            seen = tx.save_change(replace(seen.become(state, now), problem=problem, looked_at=now))
            note_change(tx, now, BOT_ITSELF, "finish", seen, why=why)
            put_card(self._house, tx, seen, now, urgency=0)
            put_news(self._house, tx, seen, "end", stop_ending(seen), urgency=0)
            ended(self._house, tx, seen, now)
