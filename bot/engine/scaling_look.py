"""How a scaling of tasks stands: one look at its service."""

from bot.domain.changes import Change
from bot.domain.diagnosis import Failure, failures
from bot.domain.ecs import Service
from bot.domain.errors import Refusal
from bot.domain.follows import Standing
from bot.domain.scale_standing import Looked, tasks_standing
from bot.domain.stacks import Stage
from bot.engine.evidence import with_logs
from bot.engine.ports import Ports


def look_at_tasks(ports: Ports, change: Change, stage: Stage) -> Standing:
    """Raises what AWS raises."""
    scale = change.plan.scale
    assert scale is not None
    started = change.started_at or change.created_at
    service = ports.ecs.describe_services(change.place, [change.service]).get(change.service)
    died = _died(ports, change, service) if service and service.running < service.desired else ()
    looked = Looked(service, died, started, ports.now(), stage.deadline)
    return tasks_standing(scale, f"{change.stack} {change.stage}", looked)


def _died(ports: Ports, change: Change, service: Service) -> tuple[Failure, ...]:
    """What killed tasks of the service since the scaling began, with their last log lines. Unreadable evidence is no
    reason to stop looking."""
    primary, started = service.primary, change.started_at or change.created_at
    if primary is None:
        return change.failures
    try:
        stopped = ports.ecs.stopped_tasks(change.place, change.service, primary.id)
        since = [one for one in stopped if one.created_at and one.created_at >= started]
        definition = ports.ecs.describe_task_definition(change.place, service.task_definition_arn) if since else None
    except Refusal:
        return change.failures
    if definition is None:
        return ()
    known = {one.key: one for one in change.failures}
    died = failures(since, primary.id, definition)
    return tuple(with_logs(ports, change.place, definition, one, known.get(one.key)) for one in died)
