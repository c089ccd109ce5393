"""The Ecs port on botocore: one method for one call, batched and paged to the API's limits (ECS facts 1.9)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.adapters.aws import services, tasks
from bot.adapters.aws.calling import batches
from bot.adapters.aws.clusters import Clusters, only_missing
from bot.domain.ecs import Service, ServiceDeployment, ServiceRevision, Task, TaskDefinition
from bot.domain.people import OnBehalf
from bot.domain.stacks import Place
from bot.engine.ports import Json

MOST_STOPPED = 300
LONG_AGO = datetime.min.replace(tzinfo=UTC)
OVER = frozenset({"DEPROVISIONING", "STOPPED", "DELETED"})
"""Statuses of a stopped task whose exit codes are known; before them a task is still on its way (ECS facts 2)."""


class AwsEcs(Clusters):
    """ECS as one AWS account and region tells it, for any stage's role."""

    def describe_services(self, place: Place, names: Sequence[str]) -> Mapping[str, Service]:
        """Raises NotPossible when ECS fails for a name in another way than that it is MISSING."""
        found: dict[str, Service] = {}
        for some in batches(names, 10):
            with self.reading("DescribeServices", place) as client:
                answer = client.describe_services(cluster=place.cluster, services=some)
                only_missing("DescribeServices", answer["failures"])
                found |= {one.name: one for one in map(services.service, answer["services"])}
        return found

    def describe_service_deployments(self, place: Place, arns: Sequence[str]) -> Mapping[str, ServiceDeployment]:
        """Raises NotPossible when ECS fails for an ARN in another way than that it is MISSING."""
        found: dict[str, ServiceDeployment] = {}
        for some in batches(arns, 20):
            with self.reading("DescribeServiceDeployments", place) as client:
                answer = client.describe_service_deployments(serviceDeploymentArns=some)
                only_missing("DescribeServiceDeployments", answer["failures"])
                found |= {one.arn: one for one in map(services.service_deployment, answer["serviceDeployments"])}
        return found

    def list_service_deployments(self, place: Place, service: str, most: int) -> tuple[ServiceDeployment, ...]:
        """There is no paginator for this call, and less in its answer: no breaker count."""
        found: list[ServiceDeployment] = []
        page: dict[str, Any] = {}
        while len(found) < most:
            size = min(100, most - len(found))
            with self.reading("ListServiceDeployments", place, {"service": service}) as client:
                answer = client.list_service_deployments(
                    service=service, cluster=place.cluster, maxResults=size, **page
                )
                found += map(services.service_deployment, answer["serviceDeployments"])
            page = {"nextToken": answer.get("nextToken")}
            if not page["nextToken"]:
                break
        return tuple(sorted(found, key=lambda one: one.created_at, reverse=True)[:most])

    def describe_service_revisions(self, place: Place, arns: Sequence[str]) -> Mapping[str, ServiceRevision]:
        """Raises NotPossible when ECS fails for an ARN in another way than that it is MISSING."""
        found: dict[str, ServiceRevision] = {}
        for some in batches(arns, 20):
            with self.reading("DescribeServiceRevisions", place) as client:
                answer = client.describe_service_revisions(serviceRevisionArns=some)
                only_missing("DescribeServiceRevisions", answer["failures"])
                found |= {one.arn: one for one in map(services.service_revision, answer["serviceRevisions"])}
        return found

    def describe_task_definition(self, place: Place, arn: str) -> TaskDefinition:
        """See the port."""
        with self.reading("DescribeTaskDefinition", place, {"task definition": arn}) as client:
            answer = client.describe_task_definition(taskDefinition=arn, include=["TAGS"])
            return tasks.task_definition(answer["taskDefinition"], answer.get("tags", ()))

    def list_task_definitions(self, place: Place, family: str, most: int) -> tuple[str, ...]:
        """`familyPrefix` is the whole family's name for ECS."""
        asked = {"familyPrefix": family, "status": "ACTIVE", "sort": "DESC"}
        return self.pages("ListTaskDefinitions", place, asked, most)

    def stopped_tasks(self, place: Place, service: str, deployment_id: str | None) -> tuple[Task, ...]:
        """Newest first of the first MOST_STOPPED that ECS lists, and only tasks whose exit codes are known by now.

        A crash loop leaves thousands behind within the hour; ECS promises no order in listing them."""
        found = self._tasks(place, {"serviceName": service, "desiredStatus": "STOPPED"}, MOST_STOPPED)
        mine = [one for one in found if deployment_id in (None, one.started_by) and one.last_status in OVER]
        return tuple(sorted(mine, key=lambda one: one.stopped_at or LONG_AGO, reverse=True))

    def live_tasks(self, place: Place, service: str, deployment_id: str | None) -> tuple[Task, ...]:
        """See the port."""
        found = self._tasks(place, {"serviceName": service, "desiredStatus": "RUNNING"})
        return tuple(one for one in found if deployment_id in (None, one.started_by))

    def tasks_on(self, place: Place, container_instance_arn: str) -> tuple[Task, ...]:
        """See the port."""
        return tuple(self._tasks(place, {"containerInstance": container_instance_arn, "desiredStatus": "RUNNING"}))

    def cluster_tasks(self, place: Place, *, stopping: bool, most: int) -> tuple[Task, ...] | None:
        """See the port. Two calls for each hundred; one where there are too many."""
        asked = {"cluster": place.cluster, "desiredStatus": "STOPPED" if stopping else "RUNNING"}
        listed = self.pages("ListTasks", place, asked, most)
        if len(listed) >= most:
            return None
        return tuple(one for one in self._described(place, listed) if one.last_status != "STOPPED")

    def describe_tasks(self, place: Place, ids: Sequence[str]) -> Mapping[str, Task]:
        """See the port."""
        found: dict[str, Task] = {}
        for some in batches(ids, 100):
            with self.reading("DescribeTasks", place) as client:
                answer = client.describe_tasks(cluster=place.cluster, tasks=some)
                only_missing("DescribeTasks", answer.get("failures", ()))
                found |= {one.id: one for one in map(tasks.task, answer["tasks"])}
        return found

    def register_task_definition(self, place: Place, request: Json, who: OnBehalf) -> str:
        """See the port."""
        with self.writing("RegisterTaskDefinition", place, request, who) as send:
            return str(send(**request)["taskDefinition"]["taskDefinitionArn"])

    def update_service(self, place: Place, request: Json, who: OnBehalf) -> Service:
        """See the port."""
        with self.writing("UpdateService", place, request, who) as send:
            return services.service(send(**request)["service"])

    def stop_task(self, place: Place, request: Json, who: OnBehalf) -> Task:
        """See the port."""
        with self.writing("StopTask", place, request, who) as send:
            return tasks.task(send(**request)["task"])

    def stop_service_deployment(self, place: Place, request: Json, who: OnBehalf) -> None:
        """See the port."""
        with self.writing("StopServiceDeployment", place, request, who) as send:
            send(**request)

    def _tasks(self, place: Place, asked: Mapping[str, str], most: int | None = None) -> list[Task]:
        return self._described(place, self.pages("ListTasks", place, {"cluster": place.cluster, **asked}, most))

    def _described(self, place: Place, arns: Sequence[str]) -> list[Task]:
        found: list[Task] = []
        for some in batches(arns, 100):
            with self.reading("DescribeTasks", place) as client:
                found += map(tasks.task, client.describe_tasks(cluster=place.cluster, tasks=some)["tasks"])
        return found
