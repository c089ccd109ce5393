"""Container instances follow the Auto Scaling group of their cluster, some seconds later."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import autoscaling_backends

from sandbox.ecs import api_groups, groups, life, machines, providers
from sandbox.ecs.errors import EcsError
from sandbox.ecs.model import ACCOUNT, Cluster, Instance
from sandbox.ecs.state import State

BOOT = 30.0  # seconds from an EC2 instance in the group to a container instance in the cluster


def group_of(cluster: Cluster) -> Any:
    """moto's group that the cluster runs on; None: there is none."""
    return autoscaling_backends[ACCOUNT][cluster.region].autoscaling_groups.get(cluster.auto_scaling_group or "")


def in_group(cluster: Cluster) -> dict[str, Any]:
    """moto's members of the cluster's group by EC2 instance id."""
    group = group_of(cluster)
    return {str(member.instance_id): member for member in group.instance_states} if group else {}


def terminate(state: State, region: str, instance: str) -> None:
    """EC2 takes a machine of a group away, and its group orders another one. EcsError if no group has it."""
    for group in groups.all_of(region):
        if any(member.instance_id == instance for member in group.instance_states):
            groups.vanish(state, group, instance)
            return follow_all(state, region)
    raise EcsError("ValidationError", f"Instance Id not found - No managed instance found for {instance}")


def resize(state: State, region: str, group: str, desired: int) -> None:
    """SetDesiredCapacity by somebody. EcsError outside the group's own bounds."""
    asked = {"AutoScalingGroupName": group, "DesiredCapacity": str(desired)}
    api_groups.set_desired_capacity(state, region, asked)
    follow_all(state, region)


def follow_all(state: State, region: str) -> None:
    """At once, not at the next step: nobody may see a machine gone from its group and still in its cluster."""
    for cluster in state.clusters.values():
        if cluster.region == region:
            follow(state, cluster)


def follow(state: State, cluster: Cluster, boot: float = BOOT) -> None:
    """One step of the cluster's group and of the cluster after it."""
    group = group_of(cluster)
    if group is None:
        return
    providers.enlarge(state, cluster, group)
    groups.advance(state, group)
    there = in_group(cluster)
    known = {one.ec2_id: one for one in cluster.instances.values()}
    for ec2_id, member in there.items():
        due = cluster.joining.setdefault(ec2_id, state.clock.elapsed + boot)
        if ec2_id not in known and state.clock.elapsed >= due and member.lifecycle_state == "InService":
            _join(state, cluster, member)
        elif ec2_id in known and member.lifecycle_state == "Terminating:Wait":
            _drain(state, cluster, known[ec2_id], group, member)
    for one in [each for each in known.values() if each.ec2_id not in there]:
        _lose(state, cluster, one)


def _join(state: State, cluster: Cluster, member: Any) -> None:
    kind = cluster.kinds[len(cluster.instances) % len(cluster.kinds)]
    member.instance_type = member.instance.instance_type = kind
    one = machines.made(state.hexadecimal(), member.instance_id, member.availability_zone, kind)
    cluster.instances[one.id] = one


def _drain(state: State, cluster: Cluster, one: Instance, group: Any, member: Any) -> None:
    """What hangs on a lifecycle hook: ECS's managed draining, or somebody's function. Ends when no task is left."""
    one.status = "DRAINING"
    if not any(task.instance is one and task.last_status != "STOPPED" for task in cluster.tasks.values()):
        groups.proceed(state, group, member)


def _lose(state: State, cluster: Cluster, one: Instance) -> None:
    del cluster.instances[one.id]
    cause = ("TerminationNotice", f"Host EC2 (instance {one.ec2_id}) terminated.")
    for task in cluster.tasks.values():
        if task.instance is one and task.placed:
            life.stop(task, cause, state.clock.now(), state.clock.elapsed)
