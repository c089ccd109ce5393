"""Step `abort:<change id>`: the rollout is asked to go back.

StopServiceDeployment(ROLLBACK) first: ECS's own way, breaker or not. Where that cannot be done (no such API, right or
deployment any more) the service is updated to the revision before."""

import logging
from collections.abc import Callable
from dataclasses import replace

from bot.domain.changes import Change, State
from bot.domain.deploys import plan_abort, plan_back
from bot.domain.ecs import Service
from bot.domain.errors import NotPossible, Refusal, Unavailable
from bot.domain.plans import Step
from bot.domain.stacks import Stage
from bot.engine.calls import Calls, Waiting
from bot.engine.cards import tell
from bot.engine.changes import ABORT, LOOK
from bot.engine.commands import House
from bot.messages.verdicts import back, goes_back_to

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
        if change is None:
            return
        try:
            if change.state is State.ROLLING_OUT:
                self._bring_back(change)
            else:
                self._close(change)
        except Waiting as waiting:
            with self._ports.store.transaction() as tx:
                self._ports.wakes.wake_at(tx, f"{ABORT}:{change.id}", waiting.until)

    def _bring_back(self, change: Change) -> None:
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
        if self._calls.begun(change, _BACK):
            self._back(change)
            return
        if not self._calls.begun(change, _STOP):
            change = self._with_arn(change)
        if self._stopped(change):
            return
        if self._standing(change):
            self._back(change)

    def _stopped(self, change: Change) -> bool:
        """Whether ECS was asked; False where it cannot be asked."""
        if not change.service_deployment_arn:
            return False
        try:
            self._calls.once(change, _STOP, plan_abort(change.service_deployment_arn))
        except Unavailable:
            raise
        except Refusal as error:
            _log.warning("stop_refused change=%s: %s", change.id, error)
            return False
        return True

    def _back(self, change: Change) -> None:
        self._calls.once(change, _BACK, self._way_back(change))

    def _way_back(self, change: Change) -> Step:
        return plan_back(self._stage_of(change), change.plan.previous_task_definition_arn)

    def _with_arn(self, change: Change) -> Change:
        """With our service deployment's ARN, if it can be told; written down before it is used."""
        service = self._standing(change)
        if service is None or not service.service_deployment_arn or change.service_deployment_arn:
            return change
        with self._ports.store.transaction() as tx:
            fresh = tx.change(change.id) or change
            return tx.save_change(replace(fresh, service_deployment_arn=service.service_deployment_arn))

    def _standing(self, change: Change) -> Service | None:
        """The service while our deployment is its PRIMARY: whoever came after us is not to be brought back.

        Raises NotPossible when ECS has completed it."""
        service = self._ports.ecs.describe_services(change.place, [change.service]).get(change.service)
        primary = service.primary if service else None
        if primary is None or primary.id != change.deployment_id:
            return None
        if primary.rollout_state == "COMPLETED":
            raise NotPossible("ECS has completed this rollout already.", _before(change))
        return service

    def _close(self, change: Change) -> None:
        """The rollout ended while a call of ours was under way."""
        try:
            self._calls.close(change, _STOP, plan_abort(change.service_deployment_arn))
            self._calls.close(change, _BACK, self._way_back(change))
        except Unavailable as error:
            raise self._calls.later(change, error) from error
        except Refusal as error:
            _log.warning("abort_not_closed change=%s: %s", change.id, error)


def _before(change: Change) -> str:
    return f"To bring back what ran before: {back(change)} {goes_back_to(change)}".rstrip()
