"""What was read of the room that a service has for more tasks, and how many of them fit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.capacity import Forecast, Strategy, forecast, zone_room
from bot.domain.capacity_fargate import forecast_fargate
from bot.domain.capacity_stopping import once_stopped
from bot.domain.capacity_zones import spread_after, spreads_zones, zones_of
from bot.domain.ecs import ContainerInstance, Service, Task, TaskDefinition
from bot.domain.groups import CapacityProvider, Group
from bot.domain.prerequisites import on_fargate


@dataclass(frozen=True, slots=True)
class Room:
    """All that the forecast for one service rests on. `instances`: of its cluster, in every status (only those that
    meet its memberOf expressions); None: they may not be read, or its tasks run on Fargate. `stopping`: tasks of the
    cluster that were told to stop and hold their room still; `tasks`: its own that should run; None: not looked at.
    `provider` with its `group`: what the service gets instances from. `addresses`, `quota`: of Fargate
    (`capacity_fargate`)."""

    service: Service
    definition: TaskDefinition
    instances: tuple[ContainerInstance, ...] | None = None
    strategy: Strategy = field(default_factory=Strategy)
    stopping: tuple[Task, ...] | None = None
    tasks: tuple[Task, ...] | None = None
    provider: CapacityProvider | None = None
    group: Group | None = None
    addresses: Mapping[str, tuple[str, int]] | None = None
    quota: float | None = None

    @property
    def active(self) -> tuple[ContainerInstance, ...] | None:
        """Those of `instances` that are ACTIVE."""
        return None if self.instances is None else tuple(one for one in self.instances if one.status == "ACTIVE")

    @property
    def ahead(self) -> int:
        """Its tasks that ECS has yet to find room for, a rollout's too: they come first."""
        primary = self.service.primary
        missing = max(0, primary.desired - primary.running - primary.pending) if primary else 0
        return missing + sum(one.container_instance_arn is None for one in self.tasks or ())


def forecast_of(room: Room, n: int) -> Forecast | None:
    """What fits of `n` more tasks. None: nothing is known of it."""
    if on_fargate(room.service):
        return forecast_fargate(room.definition, room.addresses, room.quota, room.service.running, n)
    if room.instances is None:
        return None
    return forecast(room.instances, room.definition, room.strategy, n, room.ahead)


def fits_now(room: Room, most: int) -> int | None:
    """How many more tasks fit now, at most `most`. None: not known, wholly or in part."""
    found = forecast_of(room, most)
    return None if found is None or found.unknown else found.fits


def fits_later(room: Room, n: int) -> int | None:
    """How many of `n` more tasks fit once all that is stopping has stopped, at least. None: not known."""
    if room.instances is None or room.stopping is None:
        return None
    instances, strategy = once_stopped(room.instances, room.strategy, room.definition, room.stopping)
    return forecast(instances, room.definition, strategy, n, room.ahead).fits


def zones_after(room: Room, n: int) -> Mapping[str, int]:
    """Zone → its tasks once `n` more are placed, where it spreads over zones. Empty: it does not, or nobody knows."""
    if room.instances is None or room.tasks is None or not spreads_zones(room.service):
        return {}
    there = zone_room(room.instances, room.definition, room.strategy, n)
    return spread_after(zones_of(room.tasks), there, n)
