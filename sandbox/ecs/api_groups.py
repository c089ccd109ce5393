"""The calls of EC2 Auto Scaling that moto answers too kindly or not at all, in its query protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from sandbox.ecs import groups
from sandbox.ecs.errors import EcsError
from sandbox.ecs.model import Params
from sandbox.ecs.state import State

NAMESPACE = "http://autoscaling.amazonaws.com/doc/2011-01-01/"
NOT_FOUND = "Instance Id not found - No managed instance found for"


def set_desired_capacity(state: State, region: str, params: Params) -> str:
    """Refuses what is outside the group's bounds, and, where cooldown is honoured, what comes too soon."""
    group, desired = groups.find(region, params["AutoScalingGroupName"]), int(params["DesiredCapacity"])
    if not group.min_size <= desired <= group.max_size:
        side, bound = ("below min", group.min_size) if desired < group.min_size else ("above max", group.max_size)
        told = f"New SetDesiredCapacity value {desired} is {side} value {bound} for the AutoScalingGroup."
        raise EcsError("ValidationError", told)
    if params.get("HonorCooldown") == "true" and groups.cools_down(state, group):
        newest = groups.life_of(state, group).activities[0]
        told = f"Scaling activity {newest.id} is in progress and blocks this action"
        raise EcsError("ScalingActivityInProgress", told)
    groups.aim(state, group, desired, "a user request explicitly set group desired capacity")
    return ""


def update_auto_scaling_group(state: State, region: str, params: Params) -> str:
    """Of what can be updated: the three sizes, cooldown, protection of new instances, termination policies."""
    group = groups.find(region, params["AutoScalingGroupName"])
    least, most = int(params.get("MinSize", group.min_size)), int(params.get("MaxSize", group.max_size))
    if least > most:
        raise EcsError("ValidationError", f"Max bound, {most}, must be greater than or equal to min bound, {least}")
    desired = int(params.get("DesiredCapacity", min(max(group.desired_capacity, least), most)))
    if not least <= desired <= most:
        told = f"Desired capacity:{desired} must be between the specified min size:{least} and max size:{most}"
        raise EcsError("ValidationError", told)
    group.min_size, group.max_size = least, most
    group.default_cooldown = int(params.get("DefaultCooldown", group.default_cooldown))
    protected = params.get("NewInstancesProtectedFromScaleIn")
    if protected is not None:
        group.new_instances_protected_from_scale_in = protected == "true"
    if desired != group.desired_capacity:
        constraints = f"min: {least}, max: {most}, desired: {desired}"
        groups.aim(state, group, desired, f"a user request update of AutoScalingGroup constraints to {constraints}")
    return ""


def terminate_instance(state: State, region: str, params: Params) -> str:
    """One instance by id, replaced or not."""
    instance_id, fewer = params["InstanceId"], params.get("ShouldDecrementDesiredCapacity") == "true"
    group, member = _member(region, instance_id)
    if fewer and group.desired_capacity == group.min_size:
        told = (
            f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance without replacement will "
            "violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower "
            "group's min size."
        )
        raise EcsError("ValidationError", told)
    before = len(groups.staying(group))
    taken = f"instance {instance_id} was taken out of service in response to a user request"
    at = f"{state.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    groups.leave(state, group, member, f"At {at} {taken}, shrinking the capacity from {before} to {before - 1}.")
    group.desired_capacity -= fewer
    return f"<Activity>{_activity(group.name, groups.life_of(state, group).activities[0])}</Activity>"


def _member(region: str, instance_id: str) -> tuple[Any, Any]:
    for group in groups.all_of(region):
        for member in groups.staying(group):
            if member.instance_id == instance_id:
                return group, member
    raise EcsError("ValidationError", f"{NOT_FOUND} {instance_id}")


def describe_scaling_activities(state: State, region: str, params: Params) -> str:
    """Of one group, newest first."""
    group = groups.find(region, params["AutoScalingGroupName"])
    kept = groups.life_of(state, group).activities
    start, size = int(params.get("NextToken") or 0), int(params.get("MaxRecords") or 100)
    shown = "".join(f"<member>{_activity(group.name, one)}</member>" for one in kept[start : start + size])
    more = f"<NextToken>{start + size}</NextToken>" if start + size < len(kept) else ""
    return f"<Activities>{shown}</Activities>{more}"


def _activity(name: str, one: groups.Activity) -> str:
    told = {
        "ActivityId": one.id,
        "AutoScalingGroupName": name,
        "Description": one.description,
        "Cause": one.cause,
        "StartTime": one.at.isoformat(),
        "EndTime": one.ended_at.isoformat() if one.ended_at else "",
        "StatusCode": one.status,
        "StatusMessage": one.message,
        "Progress": "100" if one.ended_at else "30",
    }
    return "".join(f"<{key}>{escape(value)}</{key}>" for key, value in told.items() if value)


OPERATIONS: dict[str, Callable[[State, str, Params], str]] = {
    "SetDesiredCapacity": set_desired_capacity,
    "UpdateAutoScalingGroup": update_auto_scaling_group,
    "TerminateInstanceInAutoScalingGroup": terminate_instance,
    "DescribeScalingActivities": describe_scaling_activities,
}


def answered(state: State, region: str, operation: str, params: Params) -> str:
    """The answer's XML. Raises EcsError."""
    result = OPERATIONS[operation](state, region, params)
    return (
        f'<{operation}Response xmlns="{NAMESPACE}"><{operation}Result>{result}</{operation}Result>'
        f"</{operation}Response>"
    )
