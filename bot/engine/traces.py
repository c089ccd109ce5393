"""What an AWS call left behind, for whoever does not know any more whether it was carried out."""

from datetime import UTC, datetime, timedelta

from bot.domain.changes import Change
from bot.domain.ecs import Deployment, Service, Task
from bot.domain.errors import NotFound, Unclear
from bot.domain.plans import Operation, Step
from bot.domain.revisions import CHANGE_TAG
from bot.domain.stops import is_by
from bot.engine.ports import Call, Ports
from bot.engine.scale_calls import is_scaling, trace

_CLOCKS_DIFFER = timedelta(seconds=60)
_EVER = datetime.min.replace(tzinfo=UTC)


class Traces:
    """Looks for them in AWS; changes nothing."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def of(self, change: Change, call: Call, step: Step) -> str | None:
        """What an earlier attempt did, if it did anything (durability facts 4.2).

        Raises what AWS raises, and Unclear."""
        if is_scaling(step):
            return trace(self._ports, change, step)
        if step.operation is Operation.REGISTER_TASK_DEFINITION:
            return self._registered(change, step)
        if step.operation is Operation.STOP_SERVICE_DEPLOYMENT:
            return self._stopping(change, step)
        if step.operation is Operation.STOP_TASK:
            return self._stopped(change)
        return self._updated(change, call, step)

    def _updated(self, change: Change, call: Call, step: Step) -> str | None:
        """The deployment that the update started, whatever became of it since."""
        found = self._ports.ecs.describe_services(change.place, [change.service])
        if change.service not in found:
            raise NotFound("service", change.service, f"cluster {change.place.cluster}")
        service = found[change.service]
        mine = (
            one for one in service.deployments if _asked_for(one, step) and one.created_at > _before(change, call, step)
        )
        primary = started(service, step, newer_than(change, step))
        return primary or next((one.id for one in mine), None) or self._come_and_gone(change, call, step)

    def _come_and_gone(self, change: Change, call: Call, step: Step) -> str | None:
        """ECS forgets a deployment that it rolled back, but not its tasks for an hour, which name it.

        Raises Unclear where ours may have come and gone without a trace."""
        before = _before(change, call, step)
        newest = self._ports.ecs.list_service_deployments(change.place, change.service, 5)
        if all(one.created_at <= before for one in newest):
            return None
        died = self._ports.ecs.stopped_tasks(change.place, change.service, None)
        mine = (one for one in died if one.created_at and one.created_at > before and _asked_for(one, step))
        by = next((one.started_by for one in mine), None)
        if by is None:
            raise Unclear(
                f"AWS did not answer UpdateService, and {change.service} has had another deployment since: whether "
                "mine was carried out in between I cannot tell. Look at its deployments in the ECS console first."
            )
        return by

    def _stopping(self, change: Change, step: Step) -> str | None:
        arn = str(step.request["serviceDeploymentArn"])
        seen = self._ports.ecs.describe_service_deployments(change.place, [arn]).get(arn)
        return "asked" if seen and seen.status.startswith("ROLLBACK_") else None

    def _stopped(self, change: Change) -> str | None:
        """Raises Unclear where ECS has forgotten the task: whoever stopped it, that is more than an hour ago."""
        task = self._ports.ecs.describe_tasks(change.place, [change.plan.task]).get(change.plan.task)
        if task is None:
            raise Unclear(
                f"AWS did not answer StopTask, and ECS has forgotten task {change.plan.task} since: it has stopped, "
                "but whether that was me I cannot tell any more."
            )
        return task.id if is_by(change.id, task) else None

    def _registered(self, change: Change, step: Step) -> str | None:
        for arn in self._ports.ecs.list_task_definitions(change.place, str(step.request["family"]), 10):
            try:
                tags = self._ports.ecs.describe_task_definition(change.place, arn).tags
            except NotFound:
                continue
            if any(tag.get("key") == CHANGE_TAG and tag.get("value") == change.id for tag in tags):
                return arn
        return None


def newer_than(change: Change, step: Step) -> datetime:
    """At or before which no deployment can be this step's though it runs its revision: where that was there before, ECS
    may still list, or bring back by itself, an old deployment of it (ECS facts 1.3). By AWS's own clock."""
    newest = change.plan.newest_deployment_at
    return newest if newest and step in change.plan.steps else _EVER


def started(service: Service, step: Step, after: datetime = _EVER) -> str | None:
    """The id of the PRIMARY deployment if it runs the revision that was asked for and was made after then."""
    primary = service.primary
    return primary.id if primary and _asked_for(primary, step) and primary.created_at > after else None


def _before(change: Change, call: Call, step: Step) -> datetime:
    """Until when AWS cannot have carried the call out, by its own clock, which need not agree with ours."""
    return max(call.intent_at - _CLOCKS_DIFFER, newer_than(change, step))


def _asked_for(one: Deployment | Task, step: Step) -> bool:
    return one.task_definition_arn == step.request.get("taskDefinition")
