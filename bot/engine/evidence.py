"""What killed a rollout's tasks, gathered while ECS and the logs still remember it."""

import logging
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.changes import Change
from bot.domain.diagnosis import Failure, failures
from bot.domain.ecs import Deployment, Service, Task, TaskDefinition
from bot.domain.errors import Refusal
from bot.domain.masking import masked
from bot.domain.stacks import Place
from bot.engine.ports import Ports

_log = logging.getLogger(__name__)

_EVERY = timedelta(seconds=10)
_LINES = 5
_DEFINITIONS = 64


class Evidence:
    """Reads stopped tasks and log lines. Task definitions never change, so the last few are kept."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._definitions: OrderedDict[str, TaskDefinition] = OrderedDict()

    def gathered(self, change: Change, service: Service | None, now: datetime) -> Change:
        """The change with every failure known so far. Unreadable evidence is no reason to stop looking."""
        deployment = service.deployment(change.deployment_id) if service else None
        if not _worth_reading(change, service, deployment, now):
            return change
        try:
            definition = self._definition(change)
            stopped = self._ports.ecs.stopped_tasks(change.place, change.service, change.deployment_id)
        except Refusal as error:
            _log.warning("evidence_unread change=%s: %s", change.id, error)
            return change
        known = {failure.key: failure for failure in change.failures}
        for failure in failures(stopped, change.deployment_id, definition):
            known[failure.key] = with_logs(self._ports, change.place, definition, failure, known.get(failure.key))
        return replace(change, failures=_newest_first(known), evidence_at=now)

    def live_tasks(self, change: Change, service: Service | None) -> tuple[Task, ...] | None:
        """The deployment's tasks where ECS tells their health; None where it does not, or nothing is there to read."""
        deployment = service.deployment(change.deployment_id) if service else None
        if not deployment or deployment.running == 0:
            return None
        try:
            if not any(container.has_health_check for container in self._definition(change).containers):
                return None
            return self._ports.ecs.live_tasks(change.place, change.service, change.deployment_id)
        except Refusal as error:
            _log.warning("tasks_unread change=%s: %s", change.id, error)
            return None

    def _definition(self, change: Change) -> TaskDefinition:
        arn = change.registered_arn
        found = self._definitions.get(arn) or self._ports.ecs.describe_task_definition(change.place, arn)
        self._definitions[arn] = found
        if len(self._definitions) > _DEFINITIONS:
            self._definitions.popitem(last=False)
        return found


def with_logs(
    ports: Ports, place: Place, definition: TaskDefinition, failure: Failure, before: Failure | None
) -> Failure:
    """The log lines of a task that died so. They may come late (ECS facts 2): while there are none, the next reading
    asks again. `before`: the same kind as it was known so far."""
    failure = replace(failure, count=max(failure.count, before.count if before else 0))
    if before and before.log_lines:
        return replace(failure, log_lines=before.log_lines)
    container = definition.container(failure.container)
    if container is None or container.logs is None:
        driver = container.log_driver if container else None
        missing = f"the log driver is {driver}, which I cannot read" if driver else "no log driver is set"
        return replace(failure, logs_missing=missing)
    try:
        lines = ports.logs.tail(place, container.logs, container.name, failure.task_ids[0], _LINES)
    except Refusal as error:
        return replace(failure, logs_missing=str(error))
    return replace(failure, log_lines=masked(lines, ports.secrets.find))


def _worth_reading(change: Change, service: Service | None, deployment: Deployment | None, now: datetime) -> bool:
    """When a task failed, the rollout ended, or it is not up yet and the last reading is a while ago: failedTasks
    starts again at 0 whenever a task runs (ECS facts 1.1), so it alone would miss a task that runs and then dies."""
    if service is None:
        return False
    if deployment is None or deployment.rollout_state == "FAILED":
        return change.evidence_at is None or abs(now - change.evidence_at) >= timedelta(seconds=3)
    seen = change.progress.failed_tasks if change.progress else 0
    if deployment.failed_tasks > seen:
        return True
    still = deployment.running < deployment.desired or deployment.rollout_state != "COMPLETED"
    last = change.evidence_at or change.started_at or now
    return still and abs(now - last) >= _EVERY


def _newest_first(known: dict[str, Failure]) -> tuple[Failure, ...]:
    return tuple(sorted(known.values(), key=lambda f: f.last_at.timestamp() if f.last_at else 0.0, reverse=True))
