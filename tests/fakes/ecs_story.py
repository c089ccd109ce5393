"""A small ECS in memory, and the verbs with which a test tells what happens in it. Nothing moves by itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from bot.adapters.aws.tasks import task_definition
from bot.domain.ecs import (
    Container,
    ContainerInstance,
    Deployment,
    DeploymentConfiguration,
    ManagedAgent,
    Service,
    ServiceDeployment,
    ServiceEvent,
    ServiceRevision,
    Task,
    TaskDefinition,
)
from bot.domain.stacks import Place
from tests.fakes.documents import document
from tests.fakes.faults import Faults

__all__ = ["ACCOUNT", "START", "EcsStory", "document"]

ACCOUNT = "111122223333"
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class EcsStory(Faults):
    """`clock` gives the times of whatever is created. Services are found by (place, name); the place's role is
    ignored."""

    def __init__(self, clock: Callable[[], datetime] = lambda: START) -> None:
        super().__init__()
        self.clock = clock
        self.definitions: dict[str, TaskDefinition] = {}
        self.service_deployments: dict[str, ServiceDeployment] = {}
        self.service_revisions: dict[str, ServiceRevision] = {}
        self.instances: dict[tuple[str, str], tuple[ContainerInstance, ...]] = {}
        self.tasks: dict[tuple[str, str, str], list[Task]] = {}
        self._services: dict[tuple[str, str, str], Service] = {}
        self._numbers = count(1)

    def has_cluster(self, place: Place, *instances: ContainerInstance) -> None:
        """The cluster exists, with these container instances."""
        self.instances[place.region, place.cluster] = instances

    def has_task_definition(self, place: Place, document: Mapping[str, Any]) -> TaskDefinition:
        """One more revision of the document's family; `document` is RegisterTaskDefinition's request."""
        family = str(document["family"])
        revision = 1 + sum(one.family == family for one in self.definitions.values())
        arn = f"arn:aws:ecs:{place.region}:{ACCOUNT}:task-definition/{family}:{revision}"
        added = {
            "taskDefinitionArn": arn,
            "revision": revision,
            "status": "ACTIVE",
            "compatibilities": ["EC2"],
            "registeredAt": self.clock(),
            "registeredBy": f"arn:aws:iam::{ACCOUNT}:user/somebody",
        }
        kept = {key: value for key, value in document.items() if key != "tags"}
        self.definitions[arn] = task_definition({**kept, **added}, document.get("tags", ()))
        return self.definitions[arn]

    def has_service(self, place: Place, name: str, image: str, desired: int = 2, **more: Any) -> Service:
        """A steady service on a new revision of family `name` whose only container `app` runs `image`; `more` are
        fields of Service."""
        if (place.region, place.cluster) not in self.instances:
            self.has_cluster(place)
        definition = self.has_task_definition(place, document(name, image))
        prefix = f"arn:aws:ecs:{place.region}:{ACCOUNT}"
        self._services[self._key(place, name)] = Service(
            arn=f"{prefix}:service/{place.cluster}/{name}",
            name=name,
            cluster_arn=f"{prefix}:cluster/{place.cluster}",
            status="ACTIVE",
            desired=desired,
            running=0,
            pending=0,
            task_definition_arn=definition.arn,
            deployments=(),
            **{"launch_type": "EC2", **more},
        )
        self.somebody_deploys(place, name, definition.arn)
        return self.completes(place, name)

    def service(self, place: Place, name: str) -> Service:
        """As it is now."""
        return self._services[self._key(place, name)]

    def sets(self, place: Place, name: str, **fields: Any) -> Service:
        """The service with these fields of Service changed, whatever they are."""
        service = replace(self.service(place, name), **fields)
        self._services[self._key(place, name)] = service
        return service

    def has_breaker(self, place: Place, name: str, *, rollback: bool = True) -> None:
        """The circuit breaker is on."""
        self.sets(place, name, configuration=DeploymentConfiguration(breaker=True, breaker_rollback=rollback))

    def loses_service(self, place: Place, name: str) -> None:
        """Somebody deleted it."""
        del self._services[self._key(place, name)]

    def says(self, place: Place, name: str, message: str) -> None:
        """One more event, the newest."""
        event = ServiceEvent(f"event-{next(self._numbers)}", self.clock(), message)
        self.sets(place, name, events=(event, *self.service(place, name).events)[:100])

    def somebody_deploys(self, place: Place, name: str, task_definition_arn: str) -> Service:
        """A new PRIMARY, IN_PROGRESS; what was PRIMARY is ACTIVE, and its service deployment STOPPED if it ran."""
        service = self.service(place, name)
        number = next(self._numbers)
        reason = f"ECS deployment ecs-svc/{number} in progress."
        counts = (service.desired, 0, 0, 0)
        made = Deployment(
            f"ecs-svc/{number}", "PRIMARY", task_definition_arn, *counts, self.clock(), "IN_PROGRESS", reason
        )
        older = tuple(replace(one, status="ACTIVE") for one in service.deployments)
        self._ends(service.service_deployment_arn, "STOPPED")
        arn = f"{service.arn.replace(':service/', ':service-deployment/')}/{number:020x}"
        revision = ServiceRevision(arn.replace(":service-deployment/", ":service-revision/"), task_definition_arn)
        self.service_revisions[revision.arn] = revision
        self.service_deployments[arn] = ServiceDeployment(
            arn, "IN_PROGRESS", self.clock(), target_revision_arn=revision.arn
        )
        return self.sets(
            place,
            name,
            task_definition_arn=task_definition_arn,
            deployments=(made, *older),
            service_deployment_arn=arn,
        )

    def runs(self, place: Place, name: str, running: int, pending: int = 0) -> Service:
        """PRIMARY has so many tasks RUNNING and so many on their way; the tasks can be read as well."""
        primary = self._primary(place, name)
        tasks = self.tasks.setdefault(self._key(place, name), [])
        mine = [one for one in tasks if one.started_by == primary.id and one.last_status == "RUNNING"]
        tasks.extend(self._task(place, name, primary) for _ in range(running - len(mine)))
        service = self._replace_primary(place, name, replace(primary, running=running, pending=pending))
        deployments = service.deployments
        counts = {"running": sum(d.running for d in deployments), "pending": sum(d.pending for d in deployments)}
        return self.sets(place, name, **counts)

    def completes(self, place: Place, name: str) -> Service:
        """PRIMARY is COMPLETED and alone; its service deployment is SUCCESSFUL (or its roll back is)."""
        service = self.service(place, name)
        self.runs(place, name, service.desired)
        primary = self._primary(place, name)
        key = self._key(place, name)
        self.tasks[key] = [one for one in self.tasks[key] if one.started_by == primary.id]
        reason = f"ECS deployment {primary.id} completed."
        done = replace(primary, rollout_state="COMPLETED", rollout_state_reason=reason)
        self.sets(place, name, deployments=(done,), running=service.desired, pending=0)
        status = self.service_deployments[service.service_deployment_arn or ""].status
        self._ends(service.service_deployment_arn, "ROLLBACK_SUCCESSFUL" if "ROLLBACK" in status else "SUCCESSFUL")
        self.says(place, name, f"(service {name}) has reached a steady state.")
        return self.service(place, name)

    def task_dies(self, place: Place, name: str, exit_code: int | None = 1, **more: Any) -> Task:
        """A task of PRIMARY stopped; `more` are fields of Task, `reason` is its container's."""
        primary = self._primary(place, name)
        container = Container("app", "STOPPED", exit_code=exit_code, reason=more.pop("reason", ""))
        told = {"stop_code": "EssentialContainerExited", "stopped_reason": "Essential container in task exited", **more}
        task = replace(
            self._task(place, name, primary),
            last_status="STOPPED",
            desired_status="STOPPED",
            containers=(container,),
            stopped_at=self.clock(),
            **told,
        )
        self.tasks.setdefault(self._key(place, name), []).append(task)
        self._replace_primary(place, name, replace(primary, failed_tasks=primary.failed_tasks + 1))
        return task

    def task_is(self, place: Place, name: str, task_id: str, **fields: Any) -> Task:
        """That task with these fields of Task changed."""
        tasks = self.tasks[self._key(place, name)]
        number = next(number for number, one in enumerate(tasks) if one.id == task_id)
        tasks[number] = replace(tasks[number], **fields)
        return tasks[number]

    def breaks(self, place: Place, name: str) -> Service:
        """The breaker fired and may not roll back: PRIMARY is FAILED."""
        reason = "ECS deployment circuit breaker: tasks failed to start."
        self._ends(self.service(place, name).service_deployment_arn, "STOPPED", reason)
        failed = replace(self._primary(place, name), rollout_state="FAILED", rollout_state_reason=reason)
        return self._replace_primary(place, name, failed)

    def rolls_back(self, place: Place, name: str, why: str = "Service deployment rolled back.") -> Service:
        """The deployment before PRIMARY is PRIMARY again, IN_PROGRESS; `completes` ends it."""
        service = self.service(place, name)
        failed, back = service.deployments[:2]
        reason = f"ECS deployment circuit breaker: rolling back to deploymentId {back.id}."
        back = replace(back, status="PRIMARY", rollout_state="IN_PROGRESS", rollout_state_reason=reason)
        arn = service.service_deployment_arn or ""
        self.service_deployments[arn] = replace(
            self.service_deployments[arn], status="ROLLBACK_IN_PROGRESS", status_reason=why, rollback_reason=why
        )
        gone = replace(failed, status="ACTIVE", rollout_state="FAILED")
        return self.sets(place, name, deployments=(back, gone), task_definition_arn=back.task_definition_arn)

    def _ends(self, arn: str | None, status: str, reason: str = "") -> None:
        running = self.service_deployments.get(arn or "")
        if running is not None and running.finished_at is None:
            ended = replace(running, status=status, status_reason=reason, finished_at=self.clock())
            self.service_deployments[running.arn] = ended

    def _primary(self, place: Place, name: str) -> Deployment:
        primary = self.service(place, name).primary
        assert primary is not None, "the service has no PRIMARY deployment"
        return primary

    def _replace_primary(self, place: Place, name: str, primary: Deployment) -> Service:
        others = tuple(one for one in self.service(place, name).deployments if one.id != primary.id)
        return self.sets(place, name, deployments=(primary, *others))

    def _task(self, place: Place, name: str, deployment: Deployment) -> Task:
        number, service = next(self._numbers), self.service(place, name)
        agent = ManagedAgent("RUNNING", started_at=self.clock()) if service.enable_execute_command else None
        image = self.definitions[deployment.task_definition_arn].containers[0].image
        instances = self.instances[place.region, place.cluster]
        return Task(
            f"arn:aws:ecs:{place.region}:{ACCOUNT}:task/{place.cluster}/{number:032x}",
            deployment.task_definition_arn,
            "RUNNING",
            "RUNNING",
            (Container("app", "RUNNING", image, exec_agent=agent),),
            deployment.id,
            created_at=self.clock(),
            started_at=self.clock(),
            zone=f"{place.region}{'abc'[number % 3]}",
            launch_type=service.launch_type or "",
            container_instance_arn=instances[number % len(instances)].arn if instances else None,
            group=f"service:{name}",
            cpu=256,
            memory=512,
            enable_execute_command=service.enable_execute_command,
        )

    def _key(self, place: Place, name: str) -> tuple[str, str, str]:
        return (place.region, place.cluster, name)
