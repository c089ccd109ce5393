"""Where a task goes: the zone with the fewest tasks of the service, there the instance with the most memory free."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.ecs.model import Cluster, Definition, Instance


@dataclass(frozen=True)
class Need:
    """CPU units, MiB and fixed host ports of one task (ECS facts 3.1)."""

    cpu: int
    memory: int
    ports: frozenset[int]


def need_of(definition: Definition) -> Need:
    containers = definition.containers
    cpu = int(definition.body.get("cpu") or sum(container.get("cpu", 0) for container in containers))
    reserved = sum(container.get("memoryReservation") or container.get("memory", 0) for container in containers)
    mappings = [mapping for container in containers for mapping in container.get("portMappings", [])]
    ports = frozenset(mapping["hostPort"] for mapping in mappings if mapping.get("hostPort"))
    awsvpc = definition.body.get("networkMode") == "awsvpc"
    return Need(cpu, int(definition.body.get("memory") or reserved), frozenset() if awsvpc else ports)


def left_on(cluster: Cluster, instance: Instance) -> Need:
    """What remains of an instance: CPU, memory, and the ports that are taken. A task holds its share until STOPPED."""
    tasks = [task for task in cluster.tasks.values() if task.instance is instance and task.last_status != "STOPPED"]
    needs = [need_of(task.definition) for task in tasks]
    taken = frozenset(port for need in needs for port in need.ports)
    cpu, memory = sum(need.cpu for need in needs), sum(need.memory for need in needs)
    return Need(instance.cpu - cpu, instance.memory - memory, taken)


def obstacle(need: Need, left: Need) -> str | None:
    """Why a task does not fit, in ECS's words; None when it does."""
    if left.cpu < need.cpu:
        return "has insufficient CPU units available"
    if left.memory < need.memory:
        return "has insufficient memory available"
    if left.ports & need.ports:
        return "is already using a port required by your task"
    return None


def usable(cluster: Cluster) -> list[Instance]:
    return [one for one in cluster.instances.values() if one.status == "ACTIVE" and one.agent_connected]


def place(cluster: Cluster, service: str, need: Need) -> Instance | None:
    lefts = {one.id: left_on(cluster, one) for one in usable(cluster)}
    fitting = [one for one in usable(cluster) if obstacle(need, lefts[one.id]) is None]
    zones = [task.zone for task in cluster.tasks_of(service) if task.placed]
    return min(fitting, key=lambda one: (zones.count(one.zone), -lefts[one.id].memory, one.id), default=None)


def closest_matching(cluster: Cluster, need: Need) -> str:
    """The second half of the placement event: the fullest fit and what it lacks (ECS facts 1.6)."""
    candidates = usable(cluster)
    if not candidates:
        return ""
    best = max(candidates, key=lambda one: left_on(cluster, one).memory)
    why = obstacle(need, left_on(cluster, best)) or "has insufficient memory available"
    return f" The closest matching (container-instance {best.id}) {why}."
