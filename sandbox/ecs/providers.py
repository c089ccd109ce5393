"""Capacity providers with managed scaling: tasks without room wait in PROVISIONING, and the group grows for them."""

from __future__ import annotations

from math import ceil
from typing import Any

from sandbox.ecs import groups
from sandbox.ecs.machines import KINDS
from sandbox.ecs.model import Cluster, Params, Service, Task
from sandbox.ecs.room import need_of
from sandbox.ecs.state import State

PATIENCE = 10.0  # seconds that tasks wait before the group is told
AT_FIRST = 2  # instances that a group of none starts with (ECS facts 3.2)
ALARM = "a monitor alarm TargetTracking-AlarmHigh in state ALARM triggered policy ECSManagedAutoScalingPolicy"


def provider_of(cluster: Cluster, service: Service) -> Params | None:
    """The provider of the service's strategy that sizes the cluster's group by itself."""
    wanted = [one["capacityProvider"] for one in service.settings.get("capacityProviderStrategy", [])]
    return next((one for one in cluster.capacity_providers if one["name"] in wanted and manages(one)), None)


def manages(provider: Params) -> bool:
    status = provider.get("autoScalingGroupProvider", {}).get("managedScaling", {}).get("status")
    return bool(status == "ENABLED")


def enlarge(state: State, cluster: Cluster, group: Any) -> None:
    """As many instances as the waiting tasks need, on top of those that are on their way; never beyond the maximum."""
    waiting = [one for one in cluster.tasks.values() if one.waiting and one.placed]
    if not waiting or not any(manages(one) for one in cluster.capacity_providers):
        return
    if state.clock.elapsed < min(one.waiting_since for one in waiting) + PATIENCE:
        return
    joined = len({one.ec2_id for one in cluster.instances.values()})
    wanted = max(AT_FIRST if not joined else 0, joined + ceil(len(waiting) / _on_an_empty_one(cluster, waiting[0])))
    desired = min(wanted, int(group.max_size))
    if desired > (group.desired_capacity or 0):
        groups.aim(state, group, desired, ALARM)


def _on_an_empty_one(cluster: Cluster, task: Task) -> int:
    kind, need = KINDS[cluster.kinds[0]], need_of(task.definition)
    return max(1, min(kind.cpu // max(1, need.cpu), kind.memory // max(1, need.memory)))
