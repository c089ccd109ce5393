"""Will N more tasks fit: tables. That they really fit is tried in `test_capacity_packing`."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.capacity import Forecast, Need, Strategy, Surge, forecast, need_of, surge_forecast, surge_of
from bot.domain.ecs import ContainerDefinition, ContainerInstance, DeploymentConfiguration, PortMapping, TaskDefinition
from tests.domain.rollout_cases import ours, service

_SURGES = {
    (4, 200, 100): Surge(4, 0, True),
    (4, 150, 100): Surge(2, 0, True),
    (3, 150, 100): Surge(1, 0, True),
    (4, 100, 50): Surge(0, 2, True),
    (3, 100, 50): Surge(0, 1, True),
    (1, 100, 50): Surge(0, 0, False),
    (1, 125, 100): Surge(0, 0, False),
    (3, 125, 100): Surge(0, 0, False),
    (2, 100, 0): Surge(0, 2, True),
    (0, 200, 100): Surge(0, 0, True),
}


@pytest.mark.parametrize("case", _SURGES)
def test_the_surge_is_rounded_as_ecs_rounds(case: tuple[int, int, int]) -> None:
    desired, maximum, minimum = case
    assert surge_of(desired, DeploymentConfiguration(maximum, minimum)) == _SURGES[case]


def test_blue_green_starts_a_whole_second_set() -> None:
    assert surge_of(3, DeploymentConfiguration(100, 100, strategy="BLUE_GREEN")) == Surge(3, 0, True)


@given(st.integers(0, 500), st.integers(0, 400), st.integers(0, 100))
def test_a_surge_keeps_within_its_percentages(desired: int, maximum: int, minimum: int) -> None:
    surge = surge_of(desired, DeploymentConfiguration(maximum, minimum))
    assert surge.extra >= 0
    assert surge.must_stop_first >= 0
    assert surge.extra == 0 or (desired + surge.extra) * 100 <= desired * maximum
    assert surge.must_stop_first == 0 or (desired - surge.must_stop_first) * 100 >= desired * minimum


def _instance(cpu: int = 2048, memory: int = 4096, **fields: Any) -> ContainerInstance:
    return replace(ContainerInstance("arn:i", "i-1", "ACTIVE", True, cpu, memory), **fields)


def _definition(*containers: ContainerDefinition, **fields: Any) -> TaskDefinition:
    return replace(TaskDefinition("arn:td", "shop", 8, "ACTIVE", containers, {}), **fields)


def _task(*ports: int, cpu: int = 256, memory: int = 1024, **fields: Any) -> TaskDefinition:
    mappings = tuple(PortMapping(port, port) for port in ports)
    return _definition(ContainerDefinition("app", "a", cpu=cpu, memory=memory, ports=mappings), **fields)


_NEED, _SSH, _ANY = _task(), _task(8080), Strategy()
_X86 = _task(document={"runtimePlatform": {"cpuArchitecture": "X86_64"}})
_ARM = {"ecs.cpu-architecture": "arm64"}
_M5 = {"ecs.instance-type": "m5.large"}
_GPU, _WAN = _task(gpus=1), _task(network_mode="awsvpc")
_ONE_EACH = Strategy(distinct=True, occupied=frozenset({"arn:i"}))
_THREE = Strategy(interfaces={"m5.large": 3})
_Case = tuple[list[ContainerInstance], TaskDefinition, Strategy, int, tuple[Any, ...]]
_FORECASTS: dict[str, _Case] = {
    "all": ([_instance(), _instance()], _NEED, _ANY, 8, (8, (), 0, 2)),
    "memory": ([_instance(), _instance(), _instance(cpu=0)], _NEED, _ANY, 9, (8, ("MEMORY",), 2, 3)),
    "cpu": ([_instance(cpu=300), _instance(cpu=600)], _NEED, _ANY, 5, (3, ("CPU",), 2, 2)),
    "both at once": ([_instance(256, 1024)], _NEED, _ANY, 2, (1, ("MEMORY", "CPU"), 1, 1)),
    "one fixed port a host": ([_instance(), _instance()], _SSH, _ANY, 3, (2, ("PORTS",), 2, 2)),
    "port taken": ([_instance(ports=frozenset({8080}))], _SSH, _ANY, 1, (0, ("PORTS",), 1, 1)),
    "port taken for udp only": ([_instance(ports_udp=frozenset({8080}))], _SSH, _ANY, 1, (1, (), 0, 1)),
    "disconnected": ([_instance(agent_connected=False)], _NEED, _ANY, 1, (0, ("INSTANCES",), 0, 0)),
    "draining": ([_instance(status="DRAINING")], _NEED, _ANY, 1, (0, ("INSTANCES",), 0, 0)),
    "impaired": ([_instance(health="IMPAIRED"), _instance()], _NEED, _ANY, 5, (4, ("MEMORY",), 1, 1)),
    "architecture": ([_instance(attributes=_ARM)], _X86, _ANY, 1, (0, ("ARCHITECTURE",), 1, 1)),
    "its architecture": ([_instance(attributes={"ecs.cpu-architecture": "x86_64"})], _X86, _ANY, 1, (1, (), 0, 1)),
    "a GPU each": ([_instance(gpus=2)], _GPU, _ANY, 3, (2, ("GPU",), 1, 1)),
    "an instance each, and it has one": ([_instance()], _NEED, _ONE_EACH, 1, (0, ("DISTINCT",), 1, 1)),
    "interfaces": ([_instance(attributes=_M5, running_tasks=1)], _WAN, _THREE, 2, (1, ("ENI",), 1, 1)),
    "interfaces of no other": (
        [_instance(attributes=_M5, running_tasks=1)],
        _WAN,
        replace(_THREE, attached={}),
        2,
        (2, (), 0, 1),
    ),
    "an interface that is a trunk": (
        [_instance(attributes=_M5 | {"ecs.awsvpc-trunk-id": "eni-1"}, running_tasks=7)],
        _WAN,
        _THREE,
        4,
        (3, ("ENI",), 1, 1),
    ),
    "no such attribute": (
        [_instance()],
        _task(requires_attributes={"ecs.capability.task-eni": ""}),
        _ANY,
        1,
        (0, ("ATTRIBUTES",), 1, 1),
    ),
    "another value of it": (
        [_instance(attributes={"disk": "slow"})],
        _task(requires_attributes={"disk": "fast"}),
        _ANY,
        1,
        (0, ("ATTRIBUTES",), 1, 1),
    ),
    "no instance that its expression lets": (
        [_instance()],
        _NEED,
        Strategy(allowed=frozenset()),
        1,
        (0, ("CONSTRAINT",), 1, 1),
    ),
    "a zone without a subnet": (
        [_instance(zone="a"), _instance(zone="b")],
        _NEED,
        Strategy(addresses={"a": 9}),
        5,
        (4, ("MEMORY",), 1, 1),
    ),
    "nothing asked": ([], _NEED, _ANY, 0, (0, (), 0, 0)),
}


@pytest.mark.parametrize("case", _FORECASTS)
def test_a_forecast_names_what_lacks(case: str) -> None:
    instances, definition, strategy, n, expected = _FORECASTS[case]
    told = forecast(instances, definition, strategy, n)
    assert (told.fits, told.limiting, told.on, told.instances) == expected


_WEB = ContainerDefinition("app", "a", cpu=100, memory=500, memory_reservation=300, ports=(PortMapping(80, 0),))
_DNS = ContainerDefinition("dns", "d", cpu=20, memory=50, ports=(PortMapping(53, 5353, "udp"),))
_NEEDED = {
    "containers add up": (_definition(_WEB, _DNS), Need(120, 350, frozenset(), frozenset({5353}))),
    "the task's own size": (_definition(_WEB, cpu=512, memory=1024), Need(512, 1024)),
    "host mode takes the container's port": (_definition(_WEB, network_mode="host"), Need(100, 300, frozenset({80}))),
    "awsvpc takes no port of the host": (_definition(_DNS, network_mode="awsvpc"), Need(20, 50, interface=True)),
    "GPUs, attributes": (_definition(_WEB, gpus=2, requires_attributes=_M5), Need(100, 300, gpus=2, attributes=_M5)),
    "the platform": (
        _definition(_WEB, document={"runtimePlatform": {"cpuArchitecture": "ARM64"}}),
        Need(100, 300, architecture="ARM64"),
    ),
}


@pytest.mark.parametrize("case", _NEEDED)
def test_the_need_of_a_task_is_what_ecs_reserves(case: str) -> None:
    definition, need = _NEEDED[case]
    assert need_of(definition) == need


_HOSTS: dict[str, tuple[dict[str, Any], Forecast | None]] = {
    "EC2": ({"launch_type": "EC2"}, Forecast(2, 2, instances=1)),
    "a capacity provider": ({"capacity_providers": ("asg",)}, Forecast(2, 2, instances=1)),
    "Fargate": ({"launch_type": "FARGATE"}, None),
    "Fargate Spot": ({"capacity_providers": ("FARGATE_SPOT",)}, None),
    "unknown": ({}, None),
    "a daemon": ({"launch_type": "EC2", "scheduling_strategy": "DAEMON"}, None),
}


@pytest.mark.parametrize("case", _HOSTS)
def test_room_is_only_known_where_tasks_go_to_instances(case: str) -> None:
    fields, expected = _HOSTS[case]
    assert surge_forecast(service(ours(), **fields), _definition(_WEB), [_instance()], _ANY) == expected
