"""Whether the tasks of instances that leave find room on those that stay."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.domain.capacity import Forecast, Strategy, forecast, surge_of
from bot.domain.capacity_limits import limits_of, state_of
from bot.domain.capacity_needs import Need, need_of
from bot.domain.ecs import ContainerInstance, Service, Task, TaskDefinition
from bot.domain.instances import Fleet, service_of
from bot.domain.room_facts import Facts, room_of
from bot.domain.rooms import Room
from bot.domain.scales import Leaver


@dataclass(frozen=True, slots=True)
class Move:
    """What `count` tasks of one service find elsewhere. `found` None: not known."""

    service: str
    count: int
    found: Forecast | None


def replica_tasks(fleet: Fleet) -> tuple[Task, ...]:
    """Those that ECS starts elsewhere: of services that keep a number of tasks. A DAEMON's end with their instance."""
    daemons = {one.name for one in fleet.services if one.scheduling_strategy == "DAEMON"}
    return tuple(one for one in fleet.tasks or () if service_of(one) and service_of(one) not in daemons)


def standalone_tasks(fleet: Fleet) -> tuple[Task, ...]:
    """Those of no service: DRAINING leaves them where they are (ECS facts 3.3)."""
    return tuple(one for one in fleet.tasks or () if not service_of(one))


def moves(fleet: Fleet, leavers: Iterable[Leaver], room: Room) -> tuple[Move, ...]:
    """Service by service, one after the other onto what the ones before left. `room`: of the stage's own service."""
    gone = {one.arn for one in leavers}
    staying = [one for one in _everywhere(fleet, room) if one.arn not in gone]
    definitions = {one.arn: one for one in fleet.definitions}
    kinds = Counter((service_of(one), one.task_definition_arn) for one in replica_tasks(fleet))
    told = []
    for (name, arn), count in sorted(kinds.items()):
        definition = definitions.get(arn)
        strategy = _strategy(fleet, name, definition, room)
        told.append(Move(name, count, forecast(staying, definition, strategy, count) if definition else None))
        staying = _filled(staying, definition, strategy, count) if definition else staying
    return tuple(told)


def cannot_move(services: Iterable[Service], names: Iterable[str]) -> tuple[Service, ...]:
    """Those of which ECS may neither start one task more nor stop one first, so that no drain of theirs ever ends."""
    wanted = set(names)
    asked = (one for one in services if one.name in wanted)
    return tuple(one for one in asked if not surge_of(one.desired, one.configuration).can_move)


def _everywhere(fleet: Fleet, room: Room) -> Sequence[ContainerInstance]:
    """The cluster's instances; the group's, where only those were read that the stage's own service may use."""
    partly = room.instances is None or room.strategy.allowed is not None
    return fleet.instances if partly else room.instances or ()


def _strategy(fleet: Fleet, name: str, definition: TaskDefinition | None, room: Room) -> Strategy:
    """Of another service only the instances were read: what else decides is unknown."""
    service = next((one for one in fleet.services if one.name == name), None)
    if name == room.service.name or service is None or definition is None:
        return room.strategy if name == room.service.name else Strategy()
    return room_of(service, definition, Facts()).strategy


def _filled(
    instances: Sequence[ContainerInstance], definition: TaskDefinition, strategy: Strategy, count: int
) -> list[ContainerInstance]:
    """The instances with that many of the tasks on them, the first ones first."""
    need, filled = need_of(definition), []
    for one in instances:
        takes = 0 if state_of(one) else min(limits_of(one, need, strategy, count).values())
        filled.append(_with(one, need, min(takes, count)))
        count -= min(takes, count)
    return filled


def _with(one: ContainerInstance, need: Need, count: int) -> ContainerInstance:
    if not count:
        return one
    return replace(
        one,
        cpu=one.cpu - count * need.cpu,
        memory=one.memory - count * need.memory,
        gpus=one.gpus - count * need.gpus,
        ports=one.ports | need.ports,
        ports_udp=one.ports_udp | need.ports_udp,
        pending_tasks=one.pending_tasks + count,
    )
