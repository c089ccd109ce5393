"""Step `abort:<change id>`: the rollout is asked to go back.

StopServiceDeployment(ROLLBACK) first: ECS's own way, breaker or not. Where that cannot be done (no such API, right or
deployment any more) the service is updated to the revision before."""

import logging
from collections.abc import Callable

from bot.domain.changes import Change, State
from bot.domain.deploys import plan_abort, plan_back
from bot.domain.errors import Refusal, Unavailable
from bot.domain.stacks import Stage
from bot.engine.calls import Calls, Waiting
from bot.engine.changes import ABORT, LOOK, tell
from bot.engine.commands import House

_log = logging.getLogger(__name__)

_STOP, _BACK = 100, 101
"""Numbers of these calls among the change's: behind every step of a plan."""


class Abort:
    """The way back of a running rollout."""

    def __init__(self, house: House, stage_of: Callable[[Change], Stage]) -> None:
        self._house, self._ports, self._stage_of = house, house.ports, stage_of
        self._calls = Calls(house)

    def step(self, change_id: str) -> None:
        """Does one of the two, once; the watch sees what comes of it."""
        with self._ports.store.transaction() as tx:
            change = tx.change(change_id)
        if change is None or change.state is not State.ROLLING_OUT:
            return
        try:
            self._stop(change)
        except Waiting as waiting:
            with self._ports.store.transaction() as tx:
                self._ports.wakes.wake_at(tx, f"{ABORT}:{change.id}", waiting.until)

    def _stop(self, change: Change) -> None:
        try:
            self._once(change)
        except Unavailable as error:
            raise self._calls.later(change, error) from error
        except Refusal as error:
            _log.warning("abort_refused change=%s: %s", change.id, error)
            text = f"I could not bring it back: {error}"
        else:
            text = ""
        with self._ports.store.transaction() as tx:
            if text:
                tell(self._house, tx, change, "abort-refused", text)
            self._ports.wakes.wake_at(tx, f"{LOOK}:{change.place.key}", self._ports.now())

    def _once(self, change: Change) -> None:
        if change.service_deployment_arn:
            try:
                self._calls.once(change, _STOP, plan_abort(change.service_deployment_arn))
                return
            except Unavailable:
                raise
            except Refusal as error:
                _log.warning("stop_refused change=%s: %s", change.id, error)
        self._calls.once(change, _BACK, plan_back(self._stage_of(change), change.plan.previous_task_definition_arn))
