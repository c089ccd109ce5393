"""Where a service's next task goes: instances that meet all its requirements, and which of them its strategy takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.models import ec2_backends

from sandbox.ecs.attributes import attributes_of
from sandbox.ecs.model import ACCOUNT, Cluster, Definition, Instance, Service
from sandbox.ecs.query import Facts, meets
from sandbox.ecs.room import Need, lefts, need_of, obstacle

ZONE = "attribute:ecs.availability-zone"
UNMET = 'encountered error "MemberOf placement constraint unsatisfied."'
NOT_DISTINCT = 'encountered error "DistinctInstance placement constraint unsatisfied."'
NO_ATTRIBUTE = "is missing an attribute required by your task"


def usable(cluster: Cluster) -> list[Instance]:
    return [
        one
        for one in cluster.instances.values()
        if one.status == "ACTIVE" and one.agent_connected and one.health != "IMPAIRED"
    ]


def place(cluster: Cluster, service: Service, definition: Definition) -> Instance | None:
    """The instance for one more task; None: none meets all requirements."""
    left, need = lefts(cluster, usable(cluster)), need_of(definition)
    barred = requirements(cluster, service, definition)
    fitting = [one for one in usable(cluster) if obstacle(need, left[one.id]) is None and not barred(one)]
    order = _order(cluster, service, left)
    return min(fitting, key=order, default=None)


def requirements(cluster: Cluster, service: Service, definition: Definition) -> Callable[[Instance], str]:
    """Why an instance takes no task of it whatever room it has, in ECS's words; empty where it may."""
    constraints = [*service.settings["placementConstraints"], *definition.body.get("placementConstraints", [])]
    expressions = [one["expression"] for one in constraints if one["type"] == "memberOf"]
    distinct = any(one["type"] == "distinctInstance" for one in constraints)
    # ECS looks at what a task is to become: one that stops is not in the way (ECS developer guide, distinctInstance).
    wanted = [one for one in cluster.tasks_of(service.name) if one.desired_status == "RUNNING"]
    held = {one.instance.id for one in wanted if one.instance}
    zones = subnet_zones(cluster.region, service) if definition.body.get("networkMode") == "awsvpc" else None

    def why(one: Instance) -> str:
        if zones is not None and one.zone not in zones:
            return NO_ATTRIBUTE
        if not _has_all(one, definition):
            return NO_ATTRIBUTE
        if not all(meets(expression, facts_of(cluster, one)) for expression in expressions):
            return UNMET
        return NOT_DISTINCT if distinct and one.id in held else ""

    return why


def _has_all(one: Instance, definition: Definition) -> bool:
    has = attributes_of(one)
    architecture = definition.body.get("runtimePlatform", {}).get("cpuArchitecture", "").lower()
    if architecture and has["ecs.cpu-architecture"] != architecture:
        return False
    wanted = definition.body.get("requiresAttributes", [])
    return all(each["name"] in has and each.get("value", has[each["name"]]) == has[each["name"]] for each in wanted)


def subnet_zones(region: str, service: Service) -> frozenset[str]:
    """Zones of the subnets that its network configuration names."""
    network: dict[str, Any] = service.settings.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    known = {str(one.id): str(one.availability_zone) for one in ec2_backends[ACCOUNT][region].describe_subnets()}
    return frozenset(known[name] for name in network.get("subnets", []) if name in known)


def facts_of(cluster: Cluster, one: Instance) -> Facts:
    """What the cluster query language knows of an instance."""
    tasks = [task for task in cluster.tasks.values() if task.instance is one and task.last_status != "STOPPED"]
    return {
        **{f"attribute:{name}": [value or ""] for name, value in attributes_of(one).items()},
        "agentConnected": [str(one.agent_connected).lower()],
        "ec2InstanceId": [one.ec2_id],
        "runningTasksCount": [str(sum(task.last_status == "RUNNING" for task in tasks))],
        "task:group": [f"service:{task.service}" for task in tasks],
    }


def _order(cluster: Cluster, service: Service, left: dict[str, Need]) -> Callable[[Instance], tuple[Any, ...]]:
    """The strategies one after the other; what is left open goes to the instance with the most memory free."""
    placed = [task for task in cluster.tasks_of(service.name) if task.placed and task.instance]
    zones = [task.zone for task in placed]
    hosts = [task.instance.id for task in placed if task.instance]

    def rank(one: Instance) -> tuple[Any, ...]:
        tried = {
            ("spread", ZONE): lambda: zones.count(one.zone),
            ("spread", "instanceId"): lambda: hosts.count(one.id),
            ("binpack", "cpu"): lambda: left[one.id].cpu,
            ("binpack", "memory"): lambda: left[one.id].memory,
        }
        named = [(each["type"], each.get("field", "")) for each in service.settings["placementStrategy"]]
        return (*(tried[each]() for each in named if each in tried), -left[one.id].memory, one.id)

    return rank


def closest_matching(cluster: Cluster, service: Service, definition: Definition) -> str:
    """The second half of the placement event: the fullest fit and what it lacks (ECS facts 1.6)."""
    candidates = usable(cluster)
    if not candidates:
        return ""
    left, barred = lefts(cluster, candidates), requirements(cluster, service, definition)
    best = max(candidates, key=lambda one: (not barred(one), left[one.id].memory))
    why = barred(best) or obstacle(need_of(definition), left[best.id]) or "has insufficient memory available"
    return f" The closest matching (container-instance {best.id}) {why}."
