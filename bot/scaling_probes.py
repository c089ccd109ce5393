"""Everything that is read of AWS when somebody scales a service, one question after the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ecs import Service
from bot.domain.stacks import Place, Stage
from bot.engine.ports import Ecs, Groups, Hardware, Metrics, Scaling


@dataclass(frozen=True)
class ScalingReads:
    """Reads only. Where a service has no container instances (Fargate), there is no group to read."""

    ecs: Ecs
    scaling: Scaling
    groups: Groups
    metrics: Metrics
    hardware: Hardware
    now: Callable[[], datetime]

    def __call__(self, stage: Stage, service: Service) -> Iterator[Callable[[], object]]:
        """Each raises AccessDenied where AWS does not let the bot."""
        place, now = stage.place, self.now()
        yield lambda: self.scaling.bounds(place, stage.service)
        yield lambda: self.scaling.policies(place, stage.service)
        yield lambda: self.scaling.scheduled_actions(place, stage.service)
        yield lambda: self.scaling.activities(place, stage.service, 1)
        yield lambda: self.metrics.usage(place, stage.service, now - timedelta(minutes=30), now)
        yield from self._room(place, service)
        yield from self._fleet(place)

    def _room(self, place: Place, service: Service) -> Iterator[Callable[[], object]]:
        yield lambda: self.hardware.network_interfaces(place, ("m5.large",))
        if service.subnets:
            yield lambda: self.hardware.free_addresses(place, service.subnets)
        if service.launch_type == "FARGATE":
            yield lambda: self.hardware.fargate_vcpu_quota(place, spot=False)

    def _fleet(self, place: Place) -> Iterator[Callable[[], object]]:
        names: set[str] = set()

        def read_groups() -> None:
            ids = [one.ec2_instance_id for one in self.ecs.describe_container_instances(place)]
            names.update(self.groups.group_names(place, ids[:50]).values())

        yield lambda: self.ecs.describe_capacity_providers(place, self.ecs.cluster_capacity_providers(place))
        yield read_groups
        for name in sorted(names):
            yield lambda name=name: self.groups.group(place, name)  # type: ignore[misc]
            yield lambda name=name: self.groups.activities(place, name, 1)  # type: ignore[misc]
