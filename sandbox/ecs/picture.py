"""The world at a glance, for the sandbox's page: clusters, instances by zone, tasks, services and their deployments."""

from __future__ import annotations

from typing import Any

from sandbox.ecs.answers import counts
from sandbox.ecs.model import Cluster, Deployment, Instance, Service, Task
from sandbox.ecs.placement import left_on
from sandbox.ecs.state import State

EVENTS_SHOWN = 20
STOPPED_SHOWN = 30.0  # simulated seconds a stopped task stays in the picture


def picture(state: State) -> list[dict[str, Any]]:
    """One entry a cluster; JSON values only, times in ISO 8601."""
    return [_cluster(state, one) for one in state.clusters.values()]


def _cluster(state: State, cluster: Cluster) -> dict[str, Any]:
    zones = [_zone(cluster, name) for name in cluster.zones]
    return {
        "region": cluster.region,
        "name": cluster.name,
        "zones": zones,
        "tasks": [_task(cluster, one) for one in cluster.tasks.values() if _recent(state, one)],
        "services": [_service(cluster, one) for one in cluster.services.values()],
    }


def _recent(state: State, task: Task) -> bool:
    return task.last_status != "STOPPED" or state.clock.elapsed - task.stopped_elapsed < STOPPED_SHOWN


def _zone(cluster: Cluster, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "instances": [_instance(cluster, one) for one in cluster.instances.values() if one.zone == name],
    }


def _instance(cluster: Cluster, one: Instance) -> dict[str, Any]:
    left = left_on(cluster, one)
    shown = {"id": one.id, "ec2_id": one.ec2_id, "type": one.instance_type, "status": one.status}
    return shown | {"cpu": one.cpu, "cpu_left": left.cpu, "memory": one.memory, "memory_left": left.memory}


def _task(cluster: Cluster, one: Task) -> dict[str, Any]:
    deployments = cluster.services[one.service].deployments
    return {
        "id": one.id,
        "service": one.service,
        "revision": one.definition.body["revision"],
        "deployment": one.started_by,
        "current": any(each.id == one.started_by and each.status == "PRIMARY" for each in deployments),
        "zone": one.zone,
        "instance": one.instance.id if one.instance else None,
        "status": one.last_status,
        "health": one.health,
        "failed": one.failed,
        "reason": one.stopped_reason,
    }


def _service(cluster: Cluster, one: Service) -> dict[str, Any]:
    running, pending = counts(cluster, one.name)
    return {
        "name": one.name,
        "desired": one.desired,
        "running": running,
        "pending": pending,
        "deployments": [_deployment(cluster, one, each) for each in one.deployments],
        "events": [
            {"at": event["createdAt"].isoformat(), "message": event["message"]} for event in one.events[:EVENTS_SHOWN]
        ],
    }


def _deployment(cluster: Cluster, service: Service, one: Deployment) -> dict[str, Any]:
    running, pending = counts(cluster, service.name, one.id)
    images = [container["image"] for container in one.definition.containers]
    return {
        "id": one.id,
        "status": one.status,
        "state": one.state,
        "reason": one.reason,
        "task_definition": one.definition.name,
        "images": images,
        "running": running,
        "pending": pending,
        "failed": one.failed_tasks,
        "service_deployment": one.record.status,
    }
