"""From what AWS told to a room: how the service places its tasks, which of it could not be read."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.capacity_limits import Strategy
from bot.domain.ecs import ContainerInstance, Service, Task, TaskDefinition
from bot.domain.groups import CapacityProvider, Group
from bot.domain.room_forecasts import Room


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read, each None where it may not be or was not looked at. `allowed`: ARNs that meet the memberOf
    expressions; `subnets`: id → zone and free addresses; `interfaces`: EC2 type → network interfaces it takes; `own`:
    the service's tasks that should run, `running`: the cluster's, `stopping`: those of the cluster that still stop."""

    instances: tuple[ContainerInstance, ...] | None = None
    allowed: frozenset[str] | None = None
    subnets: Mapping[str, tuple[str, int]] | None = None
    interfaces: Mapping[str, int] | None = None
    own: tuple[Task, ...] | None = None
    running: tuple[Task, ...] | None = None
    stopping: tuple[Task, ...] | None = None
    provider: CapacityProvider | None = None
    group: Group | None = None
    quota: float | None = None


def member_of(service: Service, definition: TaskDefinition) -> str:
    """The memberOf expressions of both as one, in ECS's cluster query language; empty: there is none."""
    found = [text for kind, text in _constraints(service, definition) if kind == "memberOf"]
    return found[0] if len(found) == 1 else " && ".join(f"({one})" for one in found)


def is_distinct(service: Service, definition: TaskDefinition) -> bool:
    """Whether each task wants an instance of its own."""
    return any(kind == "distinctInstance" for kind, _ in _constraints(service, definition))


def has_interface(definition: TaskDefinition) -> bool:
    """Whether each task has a network interface of its own, in a subnet of the service."""
    return definition.network_mode == "awsvpc"


def room_of(service: Service, definition: TaskDefinition, facts: Facts) -> Room:
    """All that a forecast rests on."""
    own = _own(service, facts)
    return Room(
        service,
        definition,
        facts.instances,
        _strategy(service, definition, facts, own),
        facts.stopping,
        own,
        facts.provider,
        facts.group,
        facts.subnets,
        facts.quota,
    )


def _constraints(service: Service, definition: TaskDefinition) -> tuple[tuple[str, str], ...]:
    return (*service.placement_constraints, *definition.placement_constraints)


def _own(service: Service, facts: Facts) -> tuple[Task, ...] | None:
    if facts.own is not None or facts.running is None:
        return facts.own
    return tuple(one for one in facts.running if one.group == f"service:{service.name}")


def _strategy(service: Service, definition: TaskDefinition, facts: Facts, own: tuple[Task, ...] | None) -> Strategy:
    return Strategy(
        distinct=is_distinct(service, definition),
        occupied=frozenset(one.container_instance_arn for one in own or () if one.container_instance_arn),
        allowed=facts.allowed,
        addresses=_addresses(facts) if has_interface(definition) else None,
        interfaces=facts.interfaces or {},
        attached=_attached(facts),
        unknown=tuple(_unknown(service, definition, facts, own)),
    )


def _addresses(facts: Facts) -> Mapping[str, int] | None:
    if facts.subnets is None:
        return None
    free = Counter[str]()
    for zone, count in facts.subnets.values():
        free[zone] += count
    return free


def _attached(facts: Facts) -> Mapping[str, int] | None:
    if facts.running is None:
        return None
    there = (*facts.running, *(facts.stopping or ()))
    return Counter(one.container_instance_arn for one in there if one.container_instance_arn and one.interface)


def _unknown(service: Service, definition: TaskDefinition, facts: Facts, own: tuple[Task, ...] | None) -> Iterator[str]:
    """Factors that decide and could not be read; interfaces are told by the forecast itself."""
    if member_of(service, definition) and facts.allowed is None:
        yield "CONSTRAINT"
    if has_interface(definition) and facts.subnets is None:
        yield "ZONE"
    if is_distinct(service, definition) and own is None:
        yield "DISTINCT"
