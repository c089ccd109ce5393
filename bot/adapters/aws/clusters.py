"""What a cluster's services run on: container instances, capacity providers (ECS facts 3.1 to 3.3)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from botocore import xform_name

from bot.adapters.aws import fleet
from bot.adapters.aws.calling import Calling, batches
from bot.domain.ecs import ContainerInstance
from bot.domain.errors import NotFound, NotPossible
from bot.domain.groups import CapacityProvider
from bot.domain.people import OnBehalf
from bot.domain.stacks import Place
from bot.engine.ports import Json

if TYPE_CHECKING:
    from types_boto3_ecs import ECSClient  # noqa: F401 named in a string

PAGED = {
    "ListTaskDefinitions": "taskDefinitionArns[]",
    "ListContainerInstances": "containerInstanceArns[]",
    "ListTasks": "taskArns[]",
}
NAMED = {"service": "service", "task definition": "taskDefinition", "service deployment": "serviceDeploymentArn"}


class Clusters(Calling["ECSClient"]):
    """The half of the Ecs port that is about clusters."""

    service = "ecs"
    named = MappingProxyType(NAMED)

    def describe_container_instances(
        self, place: Place, arns: Sequence[str] | None = None
    ) -> tuple[ContainerInstance, ...]:
        """See the port."""
        asked = {"cluster": place.cluster, "status": "ACTIVE"}
        wanted = self.pages("ListContainerInstances", place, asked) if arns is None else arns
        found: list[ContainerInstance] = []
        for some in batches(wanted, 100):
            with self.reading("DescribeContainerInstances", place) as client:
                answer = client.describe_container_instances(
                    cluster=place.cluster, containerInstances=some, include=["CONTAINER_INSTANCE_HEALTH"]
                )
                found += map(fleet.container_instance, answer["containerInstances"])
        return tuple(found)

    def matching_instances(self, place: Place, expression: str) -> frozenset[str]:
        """See the port."""
        asked = {"cluster": place.cluster, **({"filter": expression} if expression else {})}
        return frozenset(self.pages("ListContainerInstances", place, asked))

    def cluster_capacity_providers(self, place: Place) -> tuple[str, ...]:
        """See the port."""
        with self.reading("DescribeClusters", place) as client:
            found = client.describe_clusters(clusters=[place.cluster])["clusters"]
            if not found:
                raise NotFound("cluster", place.cluster, place.region)
            return tuple(one["capacityProvider"] for one in found[0].get("defaultCapacityProviderStrategy", ()))

    def describe_capacity_providers(self, place: Place, names: Sequence[str]) -> Mapping[str, CapacityProvider]:
        """See the port."""
        found: dict[str, CapacityProvider] = {}
        for some in batches(names, 10):
            with self.reading("DescribeCapacityProviders", place) as client:
                answer = client.describe_capacity_providers(capacityProviders=some)
                found |= {one.name: one for one in map(fleet.capacity_provider, answer["capacityProviders"])}
        return found

    def update_container_instances_state(self, place: Place, request: Json, who: OnBehalf) -> None:
        """Raises NotPossible when ECS fails for an instance in another way than that it is MISSING."""
        with self.writing("UpdateContainerInstancesState", place, request, who) as send:
            only_missing("UpdateContainerInstancesState", send(**request).get("failures", ()))

    def pages(self, call: str, place: Place, asked: Mapping[str, str], most: int | None = None) -> tuple[str, ...]:
        """The ARNs of all pages, or of as many as give `most`."""
        limits = {"MaxItems": most, "PageSize": min(most or 100, 100)}
        with self.reading(call, place, {"service": asked.get("serviceName", "")}) as client:
            paginator: Any = client.get_paginator(cast(Any, xform_name(call)))
            return tuple(paginator.paginate(**asked, PaginationConfig=limits).search(PAGED[call]))


def only_missing(call: str, failures: Sequence[Mapping[str, Any]]) -> None:
    """Raises NotPossible for a failure that does not simply mean that the thing is not there."""
    for failure in failures:
        if failure.get("reason") != "MISSING":
            told = f"{failure.get('arn', '')} {failure.get('reason', '')} {failure.get('detail', '')}".strip()
            raise NotPossible(f"ECS could not answer {call}: “{told[:500]}”.", "Look at it in the ECS console.")
