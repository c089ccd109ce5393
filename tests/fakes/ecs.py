"""FakeEcs: the Ecs port on a story in memory. It passes the contract suite that the real adapter passes.

ecs = FakeEcs()
ecs.has_service(place, "shop", "…/shop:v41")
ecs.fails("UpdateService", Throttled("AWS", "UpdateService"))
…
ecs.task_dies(place, "shop", exit_code=137, reason="OutOfMemoryError: Container killed due to memory usage")
ecs.rolls_back(place, "shop")
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.ecs import Service, ServiceDeployment, ServiceRevision, Task, TaskDefinition
from bot.domain.errors import NotFound, NotPossible
from bot.domain.people import OnBehalf
from bot.domain.stacks import Place
from bot.engine.ports import Json
from tests.fakes.ecs_fleet import FakeFleet
from tests.fakes.faults import Recorded


class FakeEcs(FakeFleet):
    """Every call is in `calls`; those that change something are in `writes` too."""

    @property
    def writes(self) -> list[Recorded]:
        """Calls made in somebody's name, oldest first."""
        return [one for one in self.calls if one.who is not None]

    def scales(self, place: Place, name: str, desired: int) -> Service:
        """Its desired count is another one, whoever set it; no task starts or stops by that."""
        deployments = tuple(
            replace(one, desired=desired) if one.status == "PRIMARY" else one
            for one in self.service(place, name).deployments
        )
        return self.sets(place, name, desired=desired, deployments=deployments)

    def task_stops(self, place: Place, task_id: str, reason: str) -> Task:
        """It is on its way to STOPPED for that reason, or still for an earlier one."""
        for (region, cluster, name), tasks in self.tasks.items():
            mine = next((one for one in tasks if one.id == task_id), None)
            if mine and (region, cluster) == (place.region, place.cluster):
                if mine.desired_status == "STOPPED":
                    return mine
                told = {"stop_code": "UserInitiated", "stopped_reason": reason, "desired_status": "STOPPED"}
                return self.task_is(place, name, task_id, last_status="DEACTIVATING", **told)
        raise NotPossible("AWS refused StopTask: “The referenced task was not found.”.", "Look at the tasks.")

    def describe_services(self, place: Place, names: Sequence[str]) -> Mapping[str, Service]:
        with self.calling(Recorded("DescribeServices", place, {"services": list(names)}, None)):
            self._cluster(place)
            return {name: self.service(place, name) for name in names if self._key(place, name) in self._services}

    def describe_service_deployments(self, place: Place, arns: Sequence[str]) -> Mapping[str, ServiceDeployment]:
        with self.calling(Recorded("DescribeServiceDeployments", place, {"serviceDeploymentArns": list(arns)}, None)):
            return {arn: self.service_deployments[arn] for arn in arns if arn in self.service_deployments}

    def list_service_deployments(self, place: Place, service: str, most: int) -> tuple[ServiceDeployment, ...]:
        with self.calling(Recorded("ListServiceDeployments", place, {"service": service}, None)):
            arn = self._service(place, service).arn.replace(":service/", ":service-deployment/")
            found = [one for one in self.service_deployments.values() if one.arn.startswith(arn + "/")]
            return tuple(reversed(found))[:most]

    def describe_service_revisions(self, place: Place, arns: Sequence[str]) -> Mapping[str, ServiceRevision]:
        with self.calling(Recorded("DescribeServiceRevisions", place, {"serviceRevisionArns": list(arns)}, None)):
            return {arn: self.service_revisions[arn] for arn in arns if arn in self.service_revisions}

    def describe_task_definition(self, place: Place, arn: str) -> TaskDefinition:
        with self.calling(Recorded("DescribeTaskDefinition", place, {"taskDefinition": arn}, None)):
            return self._definition(place, arn)

    def list_task_definitions(self, place: Place, family: str, most: int) -> tuple[str, ...]:
        with self.calling(Recorded("ListTaskDefinitions", place, {"familyPrefix": family}, None)):
            found = [one.arn for one in self.definitions.values() if one.family == family and one.status == "ACTIVE"]
            return tuple(reversed(found))[:most]

    def stopped_tasks(self, place: Place, service: str, deployment_id: str | None) -> tuple[Task, ...]:
        with self.calling(Recorded("ListTasks", place, {"serviceName": service, "desiredStatus": "STOPPED"}, None)):
            found = [one for one in self._tasks(place, service, "STOPPED") if deployment_id in (None, one.started_by)]
            return tuple(reversed(found))

    def live_tasks(self, place: Place, service: str, deployment_id: str | None) -> tuple[Task, ...]:
        with self.calling(Recorded("ListTasks", place, {"serviceName": service, "desiredStatus": "RUNNING"}, None)):
            found = self._tasks(place, service, "RUNNING")
            return tuple(one for one in found if deployment_id in (None, one.started_by))

    def tasks_on(self, place: Place, container_instance_arn: str) -> tuple[Task, ...]:
        with self.calling(Recorded("ListTasks", place, {"containerInstance": container_instance_arn}, None)):
            mine = [one for one in self._here(place) if one.container_instance_arn == container_instance_arn]
            return tuple(one for one in mine if one.desired_status == "RUNNING")

    def cluster_tasks(self, place: Place, *, stopping: bool, most: int) -> tuple[Task, ...] | None:
        status = "STOPPED" if stopping else "RUNNING"
        with self.calling(Recorded("ListTasks", place, {"desiredStatus": status}, None)):
            listed = [one for one in self._here(place) if one.desired_status == status]
            return tuple(one for one in listed if one.last_status != "STOPPED") if len(listed) < most else None

    def describe_tasks(self, place: Place, ids: Sequence[str]) -> Mapping[str, Task]:
        with self.calling(Recorded("DescribeTasks", place, {"tasks": list(ids)}, None)):
            return {one.id: one for one in self._here(place) if one.id in ids}

    def register_task_definition(self, place: Place, request: Json, who: OnBehalf) -> str:
        with self.calling(Recorded("RegisterTaskDefinition", place, request, who)):
            return self.has_task_definition(place, request).arn

    def update_service(self, place: Place, request: Json, who: OnBehalf) -> Service:
        with self.calling(Recorded("UpdateService", place, request, who)):
            before = self._service(place, request["service"])
            wanted = self._definition(place, request.get("taskDefinition", before.task_definition_arn)).arn
            if "desiredCount" in request:
                self.scales(place, before.name, request["desiredCount"])
            if wanted != before.task_definition_arn or request.get("forceNewDeployment"):
                self.somebody_deploys(place, before.name, wanted)
            return self.service(place, before.name)

    def stop_task(self, place: Place, request: Json, who: OnBehalf) -> Task:
        with self.calling(Recorded("StopTask", place, request, who)):
            self._cluster(place)
            return self.task_stops(place, request["task"], request["reason"])

    def stop_service_deployment(self, place: Place, request: Json, who: OnBehalf) -> None:
        with self.calling(Recorded("StopServiceDeployment", place, request, who)):
            arn = request["serviceDeploymentArn"]
            if arn not in self.service_deployments:
                raise NotFound("service deployment", arn, place.region)
            if self.service_deployments[arn].finished_at is not None:
                raise NotPossible("The deployment is over.", "Deploy an earlier revision instead.")
            self.service_deployments[arn] = replace(self.service_deployments[arn], status="ROLLBACK_REQUESTED")

    def _here(self, place: Place) -> list[Task]:
        self._cluster(place)
        mine = [tasks for key, tasks in self.tasks.items() if key[:2] == (place.region, place.cluster)]
        return [one for tasks in mine for one in tasks]

    def _cluster(self, place: Place) -> None:
        if (place.region, place.cluster) not in self.instances:
            raise NotFound("cluster", place.cluster, place.region)

    def _service(self, place: Place, name: str) -> Service:
        self._cluster(place)
        if self._key(place, name) not in self._services:
            raise NotFound("service", name, f"cluster {place.cluster}, {place.region}")
        return self.service(place, name)

    def _definition(self, place: Place, name: str) -> TaskDefinition:
        """By ARN or as `family:revision`."""
        for one in self.definitions.values():
            if name in (one.arn, f"{one.family}:{one.revision}"):
                return one
        raise NotFound("task definition", name, place.region)

    def _tasks(self, place: Place, service: str, status: str) -> list[Task]:
        self._service(place, service)
        return [one for one in self.tasks.get(self._key(place, service), []) if one.desired_status == status]
