"""Follows what starts no deployment, a stop or a scaling, until AWS has done it, or shows that it will not.

Step `following:<change id>`: a look of its own, since `look` follows deployments only.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.changes import Change, State
from bot.domain.errors import Refusal, Unavailable
from bot.domain.follows import Follow, Standing
from bot.domain.scales import Axis
from bot.domain.stacks import Stage
from bot.engine.audit import BOT_ITSELF, note_change
from bot.engine.calls import Calls, Waiting
from bot.engine.cards import put_card, put_news
from bot.engine.changes import FOLLOWING
from bot.engine.commands import House
from bot.engine.endings import ended, half_done
from bot.engine.instances import look_at_instances
from bot.engine.ports import Tx
from bot.engine.scaling_look import look_at_tasks
from bot.engine.task_stop import look_at_stop
from bot.messages.card import GOES_ON
from bot.messages.following import failing, follow_ending, progress

_log = logging.getLogger(__name__)

_UNREAD = timedelta(seconds=15)
_REFUSED = timedelta(seconds=30)
_SAY_UNREAD_AFTER = timedelta(seconds=60)
_BLIND_FOR = timedelta(hours=1)
_MOST_LINES = 20
"""Replies that tell how far it is: a scaling of hundreds of tasks must not fill the thread."""

_ENDS = {
    Follow.DONE: State.SUCCEEDED,
    Follow.STUCK: State.FAILED,
    Follow.GONE: State.FAILED,
    Follow.SUPERSEDED: State.SUPERSEDED,
}


class Following:
    """The look at one change."""

    def __init__(self, house: House, stage_of: Callable[[Change], Stage]) -> None:
        self._house, self._ports, self._stage_of = house, house.ports, stage_of
        self._calls = Calls(house)

    def step(self, change_id: str) -> None:
        """Looks once, does what has waited for that, and wakes itself while it is under way."""
        with self._ports.store.transaction() as tx:
            change = tx.change(change_id)
        if change is None or change.state is not State.ROLLING_OUT:
            return
        try:
            standing = self._look(change)
        except Refusal as error:
            return self._unread(change, error)
        if standing.ready and standing.follow is not Follow.SUPERSEDED:
            return self._carry_on(change, standing)
        return self._write(change, standing)

    def _look(self, change: Change) -> Standing:
        stage, scale = self._stage_of(change), change.plan.scale
        if scale is None:
            return look_at_stop(self._ports, change, stage)
        look = look_at_instances if scale.axis is Axis.INSTANCES else look_at_tasks
        return look(self._ports, change, stage)

    def _carry_on(self, change: Change, standing: Standing) -> None:
        """The steps that waited until the instances were drained."""
        try:
            for number in range(change.plan.later, len(change.plan.steps)):
                if not self._goes_on(change):
                    return None
                self._calls.once(change, number, change.plan.steps[number])
        except Waiting as waiting:
            return self._again(change, waiting.until)
        except Unavailable as error:
            return self._unread(change, error)
        except Refusal as error:
            return self._refused(change, error)
        return self._write(change, standing)

    def _goes_on(self, change: Change) -> bool:
        """Whether nobody has taken it back since it was read."""
        with self._ports.store.transaction() as tx:
            seen = tx.change(change.id)
        return seen is not None and seen.state is State.ROLLING_OUT

    def _refused(self, change: Change, error: Refusal) -> None:
        """AWS may say no for a while, such as during another activity of the group: tried again until the deadline."""
        now = self._ports.now()
        if now - (change.started_at or change.created_at) > self._stage_of(change).deadline:
            return self._finish(change, State.FAILED, error, "refused")
        with self._ports.store.transaction() as tx:
            seen = tx.change(change.id)
            if seen is None or seen.state is not State.ROLLING_OUT:
                return None
            seen = tx.save_change(replace(seen, problem=f"{error.after_others()} {GOES_ON}", looked_at=now))
            put_card(self._house, tx, seen, now)
            self._ports.wakes.wake_at(tx, f"{FOLLOWING}:{change.id}", now + _REFUSED)
        return None

    def _write(self, seen: Change, standing: Standing) -> None:
        now, state = self._ports.now(), _ENDS.get(standing.follow)
        with self._ports.store.transaction() as tx:
            change = tx.change(seen.id)
            if change is None or change.state is not State.ROLLING_OUT:
                return
            gone_by = change.failing and _held_by_another(tx, change)
            shown = replace(
                change,
                looked_at=now,
                line=standing.line or change.line,
                failures=standing.failures or change.failures,
                failing=standing.follow is Follow.FAILING or gone_by,
                problem=standing.problem or (change.problem if gone_by else ""),
            )
            if state:
                return self._end(tx, shown, state, now, standing.follow.value)
            shown = tx.save_change(shown)
            self._tell(tx, change, shown)
            put_card(self._house, tx, shown, now, urgency=2)
            self._ports.wakes.wake_at(tx, f"{FOLLOWING}:{change.id}", now + self._house.timings.follow)

    def _tell(self, tx: Tx, before: Change, change: Change) -> None:
        """What moved since the last look."""
        if change.line != before.line and change.plan.scale and change.told < _MOST_LINES:
            change = tx.save_change(replace(change, told=change.told + 1))
            put_news(self._house, tx, change, f"line-{change.told}", progress(change))
        if change.failing and not before.failing:
            put_news(self._house, tx, change, f"failing-{change.told}", failing(change), urgency=0)

    def _again(self, change: Change, at: datetime) -> None:
        with self._ports.store.transaction() as tx:
            self._ports.wakes.wake_at(tx, f"{FOLLOWING}:{change.id}", at)

    def _unread(self, change: Change, error: Refusal) -> None:
        """AWS goes on by itself; after a minute the card says since when nobody sees it, after an hour it ends."""
        _log.warning("follow_unread change=%s: %s", change.id, error)
        now = self._ports.now()
        since = change.looked_at or change.started_at or now
        problem = f"Not seen since {since:%H:%M:%S} UTC: {error.while_waiting()}"
        if now - since > _BLIND_FOR:
            rest = f"I stop looking; AWS goes on. How it stands: /tinystacks status {change.stack} {change.stage}"
            return self._finish(change, State.FAILED, f"{problem} {rest}", problem)
        with self._ports.store.transaction() as tx:
            seen = tx.change(change.id)
            if seen is None or seen.state is not State.ROLLING_OUT:
                return None
            if now - since >= _SAY_UNREAD_AFTER:
                seen = tx.save_change(replace(seen, problem=problem))
                put_card(self._house, tx, seen, now)
            self._ports.wakes.wake_at(tx, f"{FOLLOWING}:{change.id}", now + _UNREAD)
        return None

    def _finish(self, change: Change, state: State, error: Refusal | str, why: str) -> None:
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            seen = tx.change(change.id)
            if seen is not None and seen.state is State.ROLLING_OUT:
                waits = change.plan.later < len(change.plan.steps)
                problem = half_done(tx, change, error) if waits else str(error)
                self._end(tx, replace(seen, problem=problem, looked_at=now), state, now, why)

    def _end(self, tx: Tx, change: Change, state: State, now: datetime, why: str) -> None:
        change = tx.save_change(replace(change.become(state, now), failing=False))
        note_change(tx, now, BOT_ITSELF, "finish", change, why=why)
        put_card(self._house, tx, change, now, urgency=0)
        put_news(self._house, tx, change, "end", follow_ending(change), urgency=0)
        ended(self._house, tx, change, now)


def _held_by_another(tx: Tx, change: Change) -> bool:
    """Whether the stage, which a failing change lets go, is somebody else's by now: it cannot have it back."""
    holder = tx.running_change(change.stack, change.stage)
    return holder is not None and holder.id != change.id and not holder.failing
