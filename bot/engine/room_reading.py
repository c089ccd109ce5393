"""What is read before it is told whether more tasks fit: at most MOST_CALLS calls to AWS for 500 instances."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.domain.capacity_zones import spreads_zones
from bot.domain.ecs import ContainerInstance, Service, TaskDefinition
from bot.domain.groups import CapacityProvider
from bot.domain.prerequisites import on_fargate
from bot.domain.room_facts import Facts, has_interface, is_distinct, member_of, room_of
from bot.domain.rooms import Room, fits_now, room_check
from bot.domain.stacks import Place, Stage
from bot.engine.ports import Ecs, Groups, Hardware
from bot.engine.reading import or_none

__all__ = ["MOST_CALLS", "Room", "fits_now", "read_room", "room_check"]

MOST_CALLS = 12
"""Beyond them only the instances are read: without what these have left there is no forecast."""

_PAGE = 100
"""Instances or tasks that one call lists, and that one describes."""


class Sources(Protocol):
    """The ports that a room is read through."""

    @property
    def ecs(self) -> Ecs: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def hardware(self) -> Hardware: ...


def read_room(ports: Sources, stage: Stage, service: Service, definition: TaskDefinition) -> Room:
    """All that a forecast for that service rests on, side by side where it is independent. What may not be read is
    unknown, and what there are no calls left for is not looked at; nothing is raised for either."""
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="room") as pool:
        asking = _Asking(ports, stage.place, service, definition, pool)
        return room_of(service, definition, asking.fargate() if on_fargate(service) else asking.cluster())


@dataclass(frozen=True, slots=True)
class _Read:
    """One thing to read, which becomes the fact of that name; `calls`: to AWS."""

    fact: str
    calls: int
    read: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class _Asking:
    """The questions of one reading."""

    ports: Sources
    place: Place
    service: Service
    definition: TaskDefinition
    pool: ThreadPoolExecutor

    def fargate(self) -> Facts:
        spot = self.service.capacity_providers == ("FARGATE_SPOT",)
        quota = _Read("quota", 1, lambda: self.ports.hardware.fargate_vcpu_quota(self.place, spot))
        return self._told(Facts(), [self._subnets, quota])

    def cluster(self) -> Facts:
        """The instances and where its subnets are; then the rest, as far as the calls reach."""
        first = [self._subnets] if has_interface(self.definition) else []
        begun = self._begun(first)
        found = self._instances()
        found = replace(found, **{fact: one.result() for fact, one in begun.items()})
        if found.instances is None:
            return found
        left = MOST_CALLS - 2 * _pages(len(found.instances)) - len(first)
        chosen = list(_affordable(self._second(found.instances), left))
        found = self._told(found, chosen)
        return self._with_group(found, left - sum(one.calls for one in chosen))

    def _second(self, instances: Sequence[ContainerInstance]) -> Iterator[_Read]:
        """Best first: what decides, what ECS does by itself, what will be, where tasks go."""
        distinct = is_distinct(self.service, self.definition)
        if has_interface(self.definition):
            kinds = sorted({one.instance_type for one in instances if one.instance_type})
            yield _Read("interfaces", 1, lambda: self.ports.hardware.network_interfaces(self.place, kinds))
        if distinct or self._waits:
            yield self._own
        if has_interface(self.definition):
            yield self._tasks("running", sum(one.running_tasks + one.pending_tasks for one in instances))
        if self.service.capacity_providers:
            yield _Read("provider", 1, self._provider)
        yield self._tasks("stopping", 0)
        if spreads_zones(self.service) and not (distinct or self._waits):
            yield self._own

    @property
    def _waits(self) -> bool:
        """Whether some of its tasks may be waiting for an instance: with a capacity provider they are pending then."""
        return bool(self.service.capacity_providers) and self.service.pending > 0

    @property
    def _subnets(self) -> _Read:
        return _Read("subnets", 1, lambda: self.ports.hardware.free_addresses(self.place, self.service.subnets))

    @property
    def _own(self) -> _Read:
        calls = 2 * _pages(self.service.running + self.service.pending)
        return _Read("own", calls, lambda: self.ports.ecs.live_tasks(self.place, self.service.name, None))

    def _tasks(self, fact: str, expected: int) -> _Read:
        """Of the whole cluster."""
        pages, stopping = _pages(expected + 1), fact == "stopping"
        most = pages * _PAGE
        return _Read(fact, 2 * pages, lambda: self.ports.ecs.cluster_tasks(self.place, stopping=stopping, most=most))

    def _instances(self) -> Facts:
        """In every status. With an expression only those of which AWS says that they meet it, unless that is none or
        AWS does not say."""
        expression, ecs = member_of(self.service, self.definition), self.ports.ecs
        allowed = or_none(lambda: ecs.matching_instances(self.place, expression)) if expression else None
        listed = allowed or or_none(lambda: ecs.matching_instances(self.place, ""))
        return Facts(None if listed is None else self._described(sorted(listed)), allowed)

    def _described(self, arns: Sequence[str]) -> tuple[ContainerInstance, ...] | None:
        """None: they may not be read."""
        describe = self.ports.ecs.describe_container_instances
        pages = [arns[at : at + _PAGE] for at in range(0, len(arns), _PAGE)]
        told = list(self.pool.map(lambda some: or_none(lambda: describe(self.place, some)), pages))
        return None if None in told else tuple(one for some in told for one in some)

    def _provider(self) -> CapacityProvider | None:
        names = self.service.capacity_providers
        found = self.ports.ecs.describe_capacity_providers(self.place, names)
        return next((found[name] for name in names if name in found), None)

    def _with_group(self, found: Facts, left: int) -> Facts:
        """Whether managed scaling can add instances at all: two calls."""
        provider = found.provider
        if provider is None or not provider.managed_scaling or left < 2:
            return found
        return replace(found, group=or_none(lambda: self.ports.groups.group(self.place, provider.group_name)))

    def _begun(self, reads: Sequence[_Read]) -> dict[str, Any]:
        return {one.fact: self.pool.submit(or_none, one.read) for one in reads}

    def _told(self, found: Facts, reads: Sequence[_Read]) -> Facts:
        return replace(found, **{fact: one.result() for fact, one in self._begun(reads).items()})


def _affordable(reads: Iterator[_Read], left: int) -> Iterator[_Read]:
    for one in reads:
        if one.calls <= left:
            left -= one.calls
            yield one


def _pages(count: int) -> int:
    return max(1, -(-count // _PAGE))
