"""Will N more tasks fit: tables, and a comparison with placing one task after the other."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.capacity import Forecast, Need, Surge, forecast, need_of, surge_forecast, surge_of
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


_NEED = Need(256, 1024)
_SSH = Need(256, 1024, frozenset({8080}))
_ARM = {"ecs.cpu-architecture": "arm64"}
_FORECASTS = {
    "all": ([_instance(), _instance()], _NEED, 8, Forecast(8, 8, instances=2)),
    "memory": ([_instance(), _instance(cpu=0)], _NEED, 8, Forecast(4, 8, "MEMORY", 1, 2)),
    "cpu": ([_instance(cpu=300), _instance(cpu=600)], _NEED, 5, Forecast(3, 5, "CPU", 2, 2)),
    "one fixed port a host": ([_instance(), _instance()], _SSH, 3, Forecast(2, 3, "PORTS", 2, 2)),
    "port taken": ([_instance(ports=frozenset({8080}))], _SSH, 1, Forecast(0, 1, "PORTS", 1, 1)),
    "port taken for udp only": ([_instance(ports_udp=frozenset({8080}))], _SSH, 1, Forecast(1, 1, instances=1)),
    "disconnected": ([_instance(agent_connected=False)], _NEED, 1, Forecast(0, 1, "INSTANCES")),
    "draining": ([_instance(status="DRAINING")], _NEED, 1, Forecast(0, 1, "INSTANCES")),
    "architecture": (
        [_instance(attributes=_ARM)],
        replace(_NEED, architecture="X86_64"),
        1,
        Forecast(0, 1, "ARCHITECTURE", 1, 1),
    ),
    "its architecture": (
        [_instance(attributes=_ARM)],
        replace(_NEED, architecture="ARM64"),
        1,
        Forecast(1, 1, instances=1),
    ),
    "nothing asked": ([], _NEED, 0, Forecast(0, 0)),
}


@pytest.mark.parametrize("case", _FORECASTS)
def test_a_forecast_names_what_lacks(case: str) -> None:
    instances, need, n, expected = _FORECASTS[case]
    assert forecast(instances, need, n) == expected


_PORTS = st.frozensets(st.integers(1, 3), max_size=2)
_INSTANCES = st.lists(
    st.builds(
        _instance,
        st.integers(-10, 40),
        st.integers(-10, 40),
        ports=_PORTS,
        ports_udp=_PORTS,
        agent_connected=st.booleans(),
        status=st.sampled_from(["ACTIVE", "ACTIVE", "DRAINING"]),
    ),
    max_size=4,
)
_NEEDS = st.builds(Need, st.integers(0, 20), st.integers(0, 20), _PORTS, _PORTS)
_WANTED = st.integers(0, 12)


def _placed(instances: Sequence[ContainerInstance], need: Need, n: int) -> int:
    """Places one task after the other wherever it fits, as ECS would."""
    left = [one for one in instances if one.status == "ACTIVE" and one.agent_connected]
    for number in range(n):
        for index, one in enumerate(left):
            free = not (need.ports & one.ports or need.ports_udp & one.ports_udp)
            if free and (one.cpu >= need.cpu or not need.cpu) and (one.memory >= need.memory or not need.memory):
                ports, udp = one.ports | need.ports, one.ports_udp | need.ports_udp
                rest = replace(one, cpu=one.cpu - need.cpu, memory=one.memory - need.memory)
                left[index] = replace(rest, ports=ports, ports_udp=udp)
                break
        else:
            return number
    return n


@given(_INSTANCES, _NEEDS, _WANTED)
def test_a_forecast_places_as_many_as_placing_one_by_one(
    instances: list[ContainerInstance], need: Need, n: int
) -> None:
    told = forecast(instances, need, n)
    assert told.fits == _placed(instances, need, n)
    assert (told.limiting == "") == (told.fits == n)
    assert 0 <= told.on <= told.instances <= len(instances)


@given(_INSTANCES, _NEEDS, _WANTED, st.integers(0, 20))
def test_more_room_or_more_tasks_never_fit_less(
    instances: list[ContainerInstance], need: Need, n: int, more: int
) -> None:
    fits = forecast(instances, need, n).fits
    roomier = [replace(one, cpu=one.cpu + more, memory=one.memory + more) for one in instances]
    assert forecast(roomier, need, n).fits >= fits
    assert forecast(instances, need, n + 1).fits >= fits


def _definition(*containers: ContainerDefinition, **fields: Any) -> TaskDefinition:
    return replace(TaskDefinition("arn:td", "shop", 8, "ACTIVE", containers, {}), **fields)


_WEB = ContainerDefinition("app", "a", cpu=100, memory=500, memory_reservation=300, ports=(PortMapping(80, 0),))
_DNS = ContainerDefinition("dns", "d", cpu=20, memory=50, ports=(PortMapping(53, 5353, "udp"),))
_NEEDED = {
    "containers add up": (_definition(_WEB, _DNS), Need(120, 350, frozenset(), frozenset({5353}))),
    "the task's own size": (_definition(_WEB, cpu=512, memory=1024), Need(512, 1024)),
    "host mode takes the container's port": (_definition(_WEB, network_mode="host"), Need(100, 300, frozenset({80}))),
    "awsvpc takes no port of the host": (_definition(_DNS, network_mode="awsvpc"), Need(20, 50)),
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
    assert surge_forecast(service(ours(), **fields), _definition(_WEB), [_instance()]) == expected
