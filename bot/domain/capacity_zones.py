"""Where the next tasks of a service go that spreads over zones, and whether they are even then."""

from collections import Counter
from collections.abc import Iterable, Mapping

from bot.domain.ecs import Service, Task

ZONE = "attribute:ecs.availability-zone"


def spreads_zones(service: Service) -> bool:
    """Whether its placement strategy spreads tasks over availability zones."""
    return ("spread", ZONE) in service.placement_strategies


def zones_of(tasks: Iterable[Task]) -> Mapping[str, int]:
    """Zone → tasks that should run there."""
    return Counter(one.zone for one in tasks if one.zone and one.desired_status != "STOPPED")


def spread_after(now: Mapping[str, int], room: Mapping[str, int], n: int) -> Mapping[str, int]:
    """Zone → tasks once `n` more are placed, each in the zone with the fewest that has room; those that find none are
    left out. Zones with room for none count too."""
    counts, left = {zone: now.get(zone, 0) for zone in sorted({*now, *room})}, dict(room)
    for _ in range(n):
        open_to = [zone for zone in counts if left.get(zone, 0) > 0]
        if not open_to:
            break
        emptiest = min(open_to, key=lambda zone: counts[zone])
        counts[emptiest] += 1
        left[emptiest] -= 1
    return counts


def uneven(counts: Mapping[str, int]) -> bool:
    """As ECS sees it: two zones differ by more than one task (ECS developer guide, Availability Zone rebalancing)."""
    return bool(counts) and max(counts.values()) - min(counts.values()) > 1
