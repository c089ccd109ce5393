"""What a task takes of an instance, what the tasks on it have left of it, and why one more does not fit there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.ecs.machines import task_interfaces
from sandbox.ecs.model import Cluster, Definition, Instance, Task

RESERVED_PORTS = (22, 2375, 2376, 51678, 51679)


@dataclass(frozen=True)
class Need:
    """CPU units, MiB, fixed host ports, GPUs and network interfaces of one task (ECS facts 3.1), or what is left of an
    instance: its ports are then those that are taken."""

    cpu: int
    memory: int
    ports: frozenset[int]
    ports_udp: frozenset[int] = frozenset()
    gpus: int = 0
    interfaces: int = 0


def need_of(definition: Definition) -> Need:
    body, containers = definition.body, definition.containers
    cpu = int(body.get("cpu") or sum(container.get("cpu", 0) for container in containers))
    reserved = sum(container.get("memoryReservation") or container.get("memory", 0) for container in containers)
    asked = [one for container in containers for one in container.get("resourceRequirements", [])]
    return Need(
        cpu,
        int(body.get("memory") or reserved),
        _ports(definition, "tcp"),
        _ports(definition, "udp"),
        sum(int(one["value"]) for one in asked if one["type"] == "GPU"),
        int(body.get("networkMode") == "awsvpc"),
    )


def _ports(definition: Definition, protocol: str) -> frozenset[int]:
    mode = definition.body.get("networkMode", "bridge")
    found: set[int] = set()
    for container in definition.containers if mode != "awsvpc" else []:
        for mapping in container.get("portMappings", []):
            port = mapping.get("hostPort") or (mapping["containerPort"] if mode == "host" else 0)
            if port and mapping.get("protocol", "tcp") == protocol:
                found.add(port)
    return frozenset(found)


def left_on(cluster: Cluster, instance: Instance) -> Need:
    """What remains of one instance."""
    return lefts(cluster, [instance])[instance.id]


def lefts(cluster: Cluster, instances: Iterable[Instance]) -> dict[str, Need]:
    """What remains of instances, by id: a task holds its share until STOPPED."""
    listed = list(instances)
    on_each: dict[str, list[Task]] = {one.id: [] for one in listed}
    for task in cluster.tasks.values():
        if task.instance and task.last_status != "STOPPED" and task.instance.id in on_each:
            on_each[task.instance.id].append(task)
    return {one.id: _left(one, [need_of(task.definition) for task in on_each[one.id]]) for one in listed}


def _left(instance: Instance, taken: list[Need]) -> Need:
    return Need(
        instance.cpu - sum(one.cpu for one in taken),
        instance.memory - sum(one.memory for one in taken),
        frozenset(RESERVED_PORTS).union(*(one.ports for one in taken)),
        frozenset[int]().union(*(one.ports_udp for one in taken)),
        instance.gpus - sum(one.gpus for one in taken),
        task_interfaces(instance) - sum(one.interfaces for one in taken),
    )


def obstacle(need: Need, left: Need) -> str | None:
    """Why a task does not fit, in ECS's words; None when it does (ECS facts 1.6; GPU and ENI as RunTask names them)."""
    if left.cpu < need.cpu:
        return "has insufficient CPU units available"
    if left.memory < need.memory:
        return "has insufficient memory available"
    if left.ports & need.ports or left.ports_udp & need.ports_udp:
        return "is already using a port required by your task"
    if left.gpus < need.gpus:
        return 'encountered error "RESOURCE:GPU"'
    return 'encountered error "RESOURCE:ENI"' if left.interfaces < need.interfaces else None
