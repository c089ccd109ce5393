"""Rooms for the tests: a service of two tasks, a task of 256 CPU units and 1,024 MiB, instances of m5.large."""

from dataclasses import replace
from typing import Any

from bot.domain.ecs import ContainerDefinition, ContainerInstance, Service, Task, TaskDefinition
from bot.domain.groups import CapacityProvider, Group
from bot.domain.rooms import Room
from tests.domain.rollout_cases import ours, service

M5 = {"ecs.instance-type": "m5.large"}
SPREADS = (("spread", "attribute:ecs.availability-zone"),)
MANAGED = CapacityProvider("asg", "arn:x:autoScalingGroupName/prod-ecs", managed_scaling=True)


def group(desired: int, most: int) -> Group:
    """The provider's."""
    return Group("prod-ecs", "arn:x:autoScalingGroupName/prod-ecs", 0, most, desired, ())


def settled(**fields: Any) -> Service:
    """On EC2, both tasks running."""
    return replace(service(ours(desired=2, running=2, pending=0), launch_type="EC2"), **fields)


def host(number: int, memory: int = 4096, **fields: Any) -> ContainerInstance:
    """`i-NUMBER` in zone a, b or c by turns."""
    made = ContainerInstance(f"arn:{number}", f"i-{number}", "ACTIVE", True, 2048, memory, zone="abc"[number % 3])
    return replace(made, **{"attributes": M5, "registered_cpu": 2048, "registered_memory": 7764, **fields})


def definition(**fields: Any) -> TaskDefinition:
    """Of one container."""
    container = ContainerDefinition("app", "a", cpu=256, memory=1024)
    return replace(TaskDefinition("arn:td", "shop", 8, "ACTIVE", (container,), {}), **fields)


def task(number: int, zone: str = "a", **fields: Any) -> Task:
    """One of the service's, on host 0."""
    made = Task(f"arn:t{number}", "arn:td", "RUNNING", "RUNNING", (), zone=zone, group="service:shop")
    return replace(made, **{"container_instance_arn": "arn:0", "cpu": 256, "memory": 1024, **fields})


def stopping(number: int, **fields: Any) -> Task:
    """One that was told to stop."""
    return task(number, desired_status="STOPPED", **fields)


def room(*instances: ContainerInstance, service: dict[str, Any] | None = None, **fields: Any) -> Room:
    """`service`: fields of it; the others are the room's."""
    made = Room(settled(**(service or {})), definition(), instances)
    return replace(made, **fields)
