"""What an approver of a scaling wants to see first: how busy the service is, how it stands, what room there is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.capacity_zones import spreads_zones
from bot.domain.ecs import ContainerInstance, Service, Task
from bot.domain.usage import Usage

MOST_SPARE = 100
"""So far it is counted how many more tasks fit."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a service before it is scaled, `at` that time. `usage` None: it may not be read. `instances`: ACTIVE
    ones that its tasks may be on, None for Fargate; `spare`: how many more of its tasks fit, at most MOST_SPARE, None:
    not known. `spread`: zone → RUNNING tasks, by zone."""

    running: int
    desired: int
    usage: Usage | None = None
    instances: int | None = None
    spare: int | None = None
    spread: tuple[tuple[str, int], ...] = ()
    at: datetime | None = None


def spread_of(
    service: Service, tasks: Iterable[Task], instances: Iterable[ContainerInstance]
) -> tuple[tuple[str, int], ...]:
    """`Look.spread` of a REPLICA service; a DAEMON service has one task on each instance. Where ECS is to spread tasks
    over zones, which it does unless told otherwise, those in which it has instances and no task count as well."""
    running = Counter(one.zone for one in tasks if one.zone and one.last_status == "RUNNING")
    if service.scheduling_strategy != "REPLICA" or not running:
        return ()
    spreads = not service.placement_strategies or spreads_zones(service)
    open_to = {one.zone for one in instances if spreads and one.zone and one.status == "ACTIVE"}
    return tuple((zone, running[zone]) for zone in sorted(running.keys() | open_to))
