"""The half of FakeEcs that is about what services run on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.ecs import ContainerInstance
from bot.domain.errors import NotFound
from bot.domain.groups import CapacityProvider
from bot.domain.people import OnBehalf
from bot.domain.stacks import Place
from bot.engine.ports import Json
from tests.fakes.ecs_story import START, EcsStory
from tests.fakes.faults import Recorded


class FakeFleet(EcsStory):
    """Instances are in any status; an expression matches what the test says it does, by default everything."""

    def __init__(self, clock: Callable[[], datetime] = lambda: START) -> None:
        super().__init__(clock)
        self.providers: dict[tuple[str, str], CapacityProvider] = {}
        self.default_providers: dict[tuple[str, str], list[str]] = {}
        self.matching: dict[tuple[str, str, str], frozenset[str]] = {}

    def has_capacity_provider(self, place: Place, provider: CapacityProvider, *, default: bool = False) -> None:
        """The region has it; `default`: it is in the cluster's default strategy too."""
        self.providers[place.region, provider.name] = provider
        if default:
            self.default_providers.setdefault((place.region, place.cluster), []).append(provider.name)

    def matches(self, place: Place, expression: str, *arns: str) -> None:
        """Of these instances AWS says that the expression is true."""
        self.matching[place.region, place.cluster, expression] = frozenset(arns)

    def instance_is(self, place: Place, arn: str, **fields: object) -> ContainerInstance:
        """That instance with these fields of ContainerInstance changed."""
        instances = self.instances[place.region, place.cluster]
        changed = {one.arn: replace(one, **fields) if one.arn == arn else one for one in instances}  # type: ignore[arg-type]
        self.instances[place.region, place.cluster] = tuple(changed.values())
        return changed[arn]

    def instance_joins(self, place: Place, one: ContainerInstance) -> None:
        """It registered with the cluster."""
        key = (place.region, place.cluster)
        self.instances[key] = (*self.instances.get(key, ()), one)

    def instance_leaves(self, place: Place, ec2_id: str) -> None:
        """It is gone, its tasks are not looked at."""
        key = (place.region, place.cluster)
        self.instances[key] = tuple(one for one in self.instances.get(key, ()) if one.ec2_instance_id != ec2_id)

    def describe_container_instances(
        self, place: Place, arns: Sequence[str] | None = None
    ) -> tuple[ContainerInstance, ...]:
        with self.calling(Recorded("DescribeContainerInstances", place, {}, None)):
            here = self._instances(place)
            return tuple(one for one in here if (one.status == "ACTIVE" if arns is None else one.arn in arns))

    def matching_instances(self, place: Place, expression: str) -> frozenset[str]:
        with self.calling(Recorded("ListContainerInstances", place, {"filter": expression}, None)):
            everything = frozenset(one.arn for one in self._instances(place))
            return self.matching.get((place.region, place.cluster, expression), everything)

    def cluster_capacity_providers(self, place: Place) -> tuple[str, ...]:
        with self.calling(Recorded("DescribeClusters", place, {"clusters": [place.cluster]}, None)):
            self._instances(place)
            return tuple(self.default_providers.get((place.region, place.cluster), ()))

    def describe_capacity_providers(self, place: Place, names: Sequence[str]) -> Mapping[str, CapacityProvider]:
        with self.calling(Recorded("DescribeCapacityProviders", place, {"capacityProviders": list(names)}, None)):
            found = {name: self.providers.get((place.region, name)) for name in names}
            return {name: one for name, one in found.items() if one}

    def update_container_instances_state(self, place: Place, request: Json, who: OnBehalf) -> None:
        with self.calling(Recorded("UpdateContainerInstancesState", place, request, who)):
            known = {one.arn for one in self._instances(place)}
            for arn in request["containerInstances"]:
                if arn in known:
                    self.instance_is(place, arn, status=request["status"])

    def _instances(self, place: Place) -> tuple[ContainerInstance, ...]:
        if (place.region, place.cluster) not in self.instances:
            raise NotFound("cluster", place.cluster, place.region)
        return self.instances[place.region, place.cluster]
