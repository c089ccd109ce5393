"""The world at a glance, for the sandbox's page: clusters, instances by zone, tasks, services and their deployments."""

from __future__ import annotations

from collections import Counter
from typing import Any

from moto.autoscaling.models import autoscaling_backends

from sandbox.ecs.answers import counts
from sandbox.ecs.fleet import in_group
from sandbox.ecs.model import ACCOUNT, Cluster, Deployment, Instance, Service, Task
from sandbox.ecs.room import Need, need_of
from sandbox.ecs.state import State

EVENTS_SHOWN = 20
STOPPED_SHOWN = 30.0  # simulated seconds a stopped task stays in the picture


def picture(state: State) -> list[dict[str, Any]]:
    """One entry a cluster; JSON values only, times in ISO 8601. Equal as long as nothing happens."""
    return [_cluster(state, one) for one in state.clusters.values()]


def _cluster(state: State, cluster: Cluster) -> dict[str, Any]:
    taken = _taken(cluster)
    zones = [
        {"name": name, "instances": [_instance(one, taken) for one in cluster.instances.values() if one.zone == name]}
        for name in cluster.zones
    ]
    return {
        "region": cluster.region,
        "name": cluster.name,
        "group": _group(cluster),
        "zones": zones,
        "tasks": [_task(state, cluster, one) for one in cluster.tasks.values() if _recent(state, one)],
        "services": [_service(state, cluster, one) for one in cluster.services.values()],
    }


def _group(cluster: Cluster) -> dict[str, Any] | None:
    """The Auto Scaling group; `starting`: machines in it that have not joined the cluster yet."""
    found = autoscaling_backends[ACCOUNT][cluster.region].autoscaling_groups.get(cluster.auto_scaling_group or "")
    if found is None:
        return None
    joined = {one.ec2_id for one in cluster.instances.values()}
    shown = {"name": found.name, "min": found.min_size, "max": found.max_size, "desired": found.desired_capacity}
    return shown | {"starting": len(in_group(cluster).keys() - joined)}


def _recent(state: State, task: Task) -> bool:
    return task.last_status != "STOPPED" or state.clock.elapsed - task.stopped_elapsed < STOPPED_SHOWN


def _taken(cluster: Cluster) -> dict[str, Counter[str]]:
    """CPU units and MiB held on each instance, in one pass: 200 tasks are looked at once, not once an instance."""
    taken: dict[str, Counter[str]] = {one.id: Counter() for one in cluster.instances.values()}
    needs: dict[str, Need] = {}
    for task in cluster.tasks.values():
        if task.instance and task.last_status != "STOPPED" and task.instance.id in taken:
            need = needs.setdefault(task.definition.arn, need_of(task.definition))
            taken[task.instance.id].update(cpu=need.cpu, memory=need.memory)
    return taken


def _instance(one: Instance, taken: dict[str, Counter[str]]) -> dict[str, Any]:
    held = taken[one.id]
    shown = {"id": one.id, "ec2_id": one.ec2_id, "type": one.instance_type, "status": one.status}
    left = {"cpu_left": one.cpu - held["cpu"], "memory_left": one.memory - held["memory"]}
    return shown | {"cpu": one.cpu, "memory": one.memory} | left


def _task(state: State, cluster: Cluster, one: Task) -> dict[str, Any]:
    deployments = cluster.services[one.service].deployments
    return {
        "id": one.id,
        "service": one.service,
        "revision": one.definition.body["revision"],
        "tag": _tag(state, one.definition.containers[0]),
        "deployment": one.started_by,
        "current": any(each.id == one.started_by and each.status == "PRIMARY" for each in deployments),
        "zone": one.zone,
        "instance": one.instance.id if one.instance else None,
        "status": one.last_status,
        "health": one.health,
        "failed": one.failed,
        "reason": one.stopped_reason,
        "exit_code": one.exit_code,
        "created_at": one.created_at.isoformat(),
    }


def _tag(state: State, container: dict[str, Any]) -> str:
    return state.images.tag_of(container["image"])


def _service(state: State, cluster: Cluster, one: Service) -> dict[str, Any]:
    running, pending = counts(cluster, one.name)
    return {
        "name": one.name,
        "desired": one.desired,
        "running": running,
        "pending": pending,
        "fault": state.next_faults.get((cluster.name, one.name)),
        "tags": state.images.tags_beside(one.primary.definition.containers[0]["image"]),
        "minimum_percent": one.configuration.get("minimumHealthyPercent"),
        "maximum_percent": one.configuration.get("maximumPercent"),
        "deployments": [_deployment(state, cluster, one, each) for each in one.deployments],
        "events": [
            {"id": event["id"], "at": event["createdAt"].isoformat(), "message": event["message"]}
            for event in one.events[:EVENTS_SHOWN]
        ],
    }


def _deployment(state: State, cluster: Cluster, service: Service, one: Deployment) -> dict[str, Any]:
    running, pending = counts(cluster, service.name, one.id)
    return {
        "id": one.id,
        "status": one.status,
        "state": one.state,
        "reason": one.reason,
        "task_definition": one.definition.name,
        "revision": one.definition.body["revision"],
        "images": [container["image"] for container in one.definition.containers],
        "tag": _tag(state, one.definition.containers[0]),
        "running": running,
        "pending": pending,
        "failed": one.failed_tasks,
        "service_deployment": one.record.status,
        "breaker": {"state": one.record.breaker, "failures": one.breaker_failures, "threshold": one.record.threshold},
        "created_at": one.created_at.isoformat(),
    }
