"""Container instances follow the auto scaling group (moto's) of their cluster, some seconds later."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import autoscaling_backends

from sandbox.ecs import life, machines
from sandbox.ecs.errors import EcsError
from sandbox.ecs.model import ACCOUNT, Cluster, Instance
from sandbox.ecs.state import State

BOOT = 30.0  # seconds from an EC2 instance in the group to a container instance in the cluster


def in_group(cluster: Cluster) -> dict[str, Any]:
    """moto's members of the cluster's group by EC2 instance id."""
    groups: dict[str, Any] = autoscaling_backends[ACCOUNT][cluster.region].autoscaling_groups
    group = groups.get(cluster.auto_scaling_group or "")
    return {str(member.instance_id): member for member in group.instance_states} if group else {}


def terminate(state: State, region: str, instance: str) -> None:
    """EC2 takes a machine of a group away, and its group orders another one. EcsError if no group has it."""
    groups: dict[str, Any] = autoscaling_backends[ACCOUNT][region].autoscaling_groups
    if not any(member.instance_id == instance for group in groups.values() for member in group.instance_states):
        raise EcsError("ValidationError", f"Instance Id not found - No managed instance found for {instance}")
    autoscaling_backends[ACCOUNT][region].terminate_instance(instance, False)
    _follow_all(state, region)


def resize(state: State, region: str, group: str, desired: int) -> None:
    """SetDesiredCapacity with AWS's own bounds, which moto leaves out."""
    backend = autoscaling_backends[ACCOUNT][region]
    found: Any = backend.autoscaling_groups.get(group)
    if found is None:
        raise EcsError("ValidationError", "AutoScalingGroup name not found - null")
    if not found.min_size <= desired <= found.max_size:
        side, bound = ("below min", found.min_size) if desired < found.min_size else ("above max", found.max_size)
        told = f"New SetDesiredCapacity value {desired} is {side} value {bound} for the AutoScalingGroup."
        raise EcsError("ValidationError", told)
    backend.set_desired_capacity(group, desired)
    _follow_all(state, region)


def _follow_all(state: State, region: str) -> None:
    """At once, not at the next step: nobody may see a machine gone from its group and still in its cluster."""
    for cluster in state.clusters.values():
        if cluster.region == region:
            follow(state, cluster)


def _even_zone(cluster: Cluster) -> str:
    """moto starts what is missing in one zone at random; AWS balances."""
    zones = [one.zone for one in cluster.instances.values()]
    return min(cluster.zones, key=lambda zone: (zones.count(zone), zone))


def follow(state: State, cluster: Cluster, boot: float = BOOT) -> None:
    if cluster.auto_scaling_group is None:
        return
    there = in_group(cluster)
    known = {one.ec2_id for one in cluster.instances.values()}
    for ec2_id, member in there.items():
        due = cluster.joining.setdefault(ec2_id, state.clock.elapsed + boot)
        if ec2_id not in known and state.clock.elapsed >= due:
            member.availability_zone = member.instance.placement.zone = _even_zone(cluster)
            kind = cluster.kinds[len(cluster.instances) % len(cluster.kinds)]
            one = machines.made(state.hexadecimal(), ec2_id, member.availability_zone, kind)
            cluster.instances[one.id] = one
    for one in [each for each in cluster.instances.values() if each.ec2_id not in there]:
        _lose(state, cluster, one)


def _lose(state: State, cluster: Cluster, one: Instance) -> None:
    del cluster.instances[one.id]
    cause = ("TerminationNotice", f"Host EC2 (instance {one.ec2_id}) terminated.")
    for task in cluster.tasks.values():
        if task.instance is one and task.placed:
            life.stop(task, cause, state.clock.now(), state.clock.elapsed)
