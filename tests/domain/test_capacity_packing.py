"""A forecast against trying every way to place the tasks, on small clusters: what fits, what binds, what helps."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.capacity import Forecast, Need, Strategy, forecast, need_of
from bot.domain.ecs import ContainerDefinition, ContainerInstance, PortMapping, TaskDefinition

ZONES, TYPES, DISKS = ("a", "b"), ("m5.large", "c5.large"), ("fast", "slow")
INTERFACES = {"m5.large": 3, "c5.large": 2}


@dataclass(frozen=True)
class Case:
    """A cluster, what is to be placed on it and how."""

    instances: tuple[ContainerInstance, ...]
    definition: TaskDefinition
    strategy: Strategy
    n: int

    def told(self) -> Forecast:
        return forecast(self.instances, self.definition, self.strategy, self.n)


@st.composite
def instance(draw: st.DrawFn, number: int) -> ContainerInstance:
    cpu, memory = draw(st.integers(-2, 12)), draw(st.integers(-2, 12))
    attributes = {"ecs.instance-type": draw(st.sampled_from(TYPES)), "disk": draw(st.sampled_from(DISKS))}
    return ContainerInstance(
        f"arn:{number}",
        f"i-{number}",
        draw(st.sampled_from(("ACTIVE",) * 5 + ("DRAINING",))),
        draw(st.sampled_from((True,) * 6 + (False,))),
        cpu,
        memory,
        draw(st.frozensets(st.sampled_from((80, 81)), max_size=1)),
        draw(st.frozensets(st.sampled_from((80, 81)), max_size=1)),
        draw(st.sampled_from(ZONES)),
        attributes | {"ecs.cpu-architecture": draw(st.sampled_from(("x86_64", "x86_64", "arm64")))},
        gpus=draw(st.integers(0, 2)),
        registered_gpus=2,
        registered_cpu=max(cpu, 12),
        registered_memory=max(memory, 12),
        running_tasks=draw(st.integers(0, 2)),
        health=draw(st.sampled_from(("", "OK", "OK", "IMPAIRED"))),
    )


@st.composite
def definition(draw: st.DrawFn) -> TaskDefinition:
    mappings = draw(st.sampled_from(((), (), (PortMapping(80, 80),), (PortMapping(81, 81, "udp"),))))
    container = ContainerDefinition("app", "a", cpu=draw(st.integers(0, 4)), memory=draw(st.integers(1, 4)))
    platform = draw(st.sampled_from(({}, {}, {"runtimePlatform": {"cpuArchitecture": "ARM64"}})))
    return TaskDefinition(
        "arn:td",
        "shop",
        1,
        "ACTIVE",
        (replace(container, ports=mappings),),
        platform,
        network_mode=draw(st.sampled_from(("bridge", "host", "awsvpc"))),
        gpus=draw(st.sampled_from((0, 0, 0, 1))),
        requires_attributes=draw(st.sampled_from(({}, {}, {"disk": "fast"}, {"disk": ""}))),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """At most 4 instances and 6 tasks."""
    instances = tuple(draw(instance(number)) for number in range(draw(st.integers(0, 4))))
    arns = [one.arn for one in instances]
    task = draw(definition())
    some = st.frozensets(st.sampled_from(arns)) if arns else st.just(frozenset[str]())
    strategy = Strategy(
        distinct=draw(st.sampled_from((False, False, True))),
        occupied=draw(some),
        allowed=draw(st.one_of(st.none(), st.none(), some)),
        addresses=dict.fromkeys(ZONES[: draw(st.integers(1, 2))], draw(st.sampled_from((1, 9))))
        if task.network_mode == "awsvpc"
        else None,
        interfaces=INTERFACES,
        attached={arn: draw(st.integers(0, 2)) for arn in arns},
    )
    return Case(instances, task, strategy, draw(st.integers(0, 6)))


def most_placed(case: Case) -> int:
    """The most of the tasks that any way of spreading them over the instances places."""
    ways = product(range(case.n + 1), repeat=len(case.instances))
    return max(sum(way) for way in ways if sum(way) <= case.n and _possible(case, way))


def _possible(case: Case, way: Sequence[int]) -> bool:
    shares = list(zip(case.instances, way, strict=True))
    if any(count and not _holds(case, one, count) for one, count in shares):
        return False
    free = case.strategy.addresses
    in_zone = {zone: sum(count for one, count in shares if one.zone == zone) for zone in ZONES}
    return free is None or all(count <= free.get(zone, 0) for zone, count in in_zone.items())


def _holds(case: Case, one: ContainerInstance, count: int) -> bool:
    return all(_fair(one, need_of(case.definition), case.strategy, count))


def _fair(one: ContainerInstance, need: Need, how: Strategy, count: int) -> Iterator[bool]:
    """Rule by rule, as ECS has them (ECS facts 3.1)."""
    yield one.status == "ACTIVE" and one.agent_connected and one.health != "IMPAIRED"
    yield how.allowed is None or one.arn in how.allowed
    yield all(value in ("", one.attributes.get(name)) for name, value in need.attributes.items())
    yield need.architecture.lower() in ("", one.attributes["ecs.cpu-architecture"])
    yield not how.distinct or (count == 1 and one.arn not in how.occupied)
    yield not (need.ports & one.ports or need.ports_udp & one.ports_udp)
    yield count == 1 or not (need.ports or need.ports_udp)
    yield need.cpu == 0 or one.cpu >= count * need.cpu
    yield one.memory >= count * need.memory
    yield one.gpus >= count * need.gpus
    taken = 1 + (how.attached or {}).get(one.arn, 0)
    yield not need.interface or INTERFACES[one.instance_type] >= taken + count


@given(cases())
def test_as_many_fit_as_the_best_of_all_ways_places(case: Case) -> None:
    told = case.told()
    assert told.fits == most_placed(case)
    assert bool(told.limiting) == (told.fits < case.n)
    assert told.on == len(told.where) <= told.instances <= len(case.instances)
    assert not told.unknown


PLENTY = 10**6


def relieved(case: Case) -> Case:
    """The same with what limits it out of the way."""
    for factor in case.told().limiting:
        case = _without(case, factor)
    return case


def _without(case: Case, factor: str) -> Case:
    task, how = case.definition, case.strategy
    if factor in ("CPU", "MEMORY", "GPU"):
        return replace(case, instances=tuple(_roomy(one, factor) for one in case.instances))
    if factor in ("PORTS", "ARCHITECTURE", "ATTRIBUTES"):
        container = replace(task.containers[0], ports=() if factor == "PORTS" else task.containers[0].ports)
        document = {} if factor == "ARCHITECTURE" else task.document
        required = {} if factor == "ATTRIBUTES" else task.requires_attributes
        task = replace(task, containers=(container,), document=document, requires_attributes=required)
        return replace(case, definition=task)
    changed: dict[str, dict[str, Any]] = {
        "ENI": {"interfaces": dict.fromkeys(TYPES, PLENTY)},
        "DISTINCT": {"distinct": False},
        "CONSTRAINT": {"allowed": None},
        "ZONE": {"addresses": dict.fromkeys(ZONES, PLENTY)},
        "ADDRESSES": {"addresses": dict.fromkeys(how.addresses or {}, PLENTY)},
    }
    return replace(case, strategy=replace(how, **changed[factor]))


def _roomy(one: ContainerInstance, factor: str) -> ContainerInstance:
    return replace(
        one,
        cpu=PLENTY if factor == "CPU" else one.cpu,
        memory=PLENTY if factor == "MEMORY" else one.memory,
        gpus=PLENTY if factor == "GPU" else one.gpus,
    )


@given(cases())
def test_what_is_limiting_is_what_binds(case: Case) -> None:
    told = case.told()
    if told.limiting and told.limiting != ("INSTANCES",):
        assert relieved(case).told().fits > told.fits


@given(cases(), st.integers(0, 2))
def test_as_many_more_instances_as_are_named_let_all_fit(case: Case, ahead: int) -> None:
    told = forecast(case.instances, case.definition, case.strategy, case.n, ahead)
    helps = [found for one in told.helps if (found := re.fullmatch(r"(\d+) more (\S+)", one))]
    for count, kind in (found.groups() for found in helps):
        alike = [one for one in case.instances if one.instance_type == kind and one.arn in _open_to(case)]
        empty = replace(
            alike[0], cpu=alike[0].registered_cpu, memory=alike[0].registered_memory, ports=frozenset(), running_tasks=0
        )
        empty = replace(empty, ports_udp=frozenset(), gpus=2)
        new = tuple(replace(empty, arn=f"arn:new{number}") for number in range(int(count)))
        allowed = case.strategy.allowed
        how = replace(case.strategy, allowed=allowed and allowed | {one.arn for one in new})
        how = replace(how, addresses=how.addresses and dict.fromkeys(how.addresses, PLENTY))
        assert forecast((*case.instances, *new), case.definition, how, case.n, ahead).fits == case.n


def _open_to(case: Case) -> set[str]:
    """Instances that may take such tasks once they are empty."""
    need, zones = need_of(case.definition), case.strategy.addresses
    firm = {one.arn: list(_fair(one, need, case.strategy, 1))[:4] for one in case.instances}
    return {one.arn for one in case.instances if all(firm[one.arn]) and (zones is None or one.zone in zones)}


@given(cases(), st.integers(0, 8))
def test_more_room_or_more_tasks_never_fit_less(case: Case, more: int) -> None:
    fits = case.told().fits
    roomier = tuple(replace(one, cpu=one.cpu + more, memory=one.memory + more) for one in case.instances)
    assert replace(case, instances=roomier).told().fits >= fits
    assert replace(case, n=case.n + 1).told().fits >= fits


@given(cases(), st.integers(0, 4))
def test_tasks_that_come_first_take_their_room_first(case: Case, ahead: int) -> None:
    told = forecast(case.instances, case.definition, case.strategy, case.n, ahead)
    together = replace(case, n=case.n + ahead).told().fits
    assert told.fits == max(0, min(case.n, together - ahead))
