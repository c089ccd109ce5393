"""The calls of a scaling: carried out, and recognised by whoever does not know any more whether they were.

All of them set absolute values, so that what is found as it was asked for is as good as done.
"""

from collections.abc import Callable, Mapping

from bot.domain.changes import Change
from bot.domain.errors import NotFound, Unclear
from bot.domain.people import OnBehalf
from bot.domain.plans import Operation, Step
from bot.domain.scale_steps import moved_into
from bot.domain.scales import Setting
from bot.domain.scaling import METRICS, ScalingBounds
from bot.engine.ports import Ports


def act(ports: Ports, change: Change, step: Step, who: OnBehalf) -> str:
    """Carries the step out; the answer says what was done. Raises as the port does."""
    _ACTS[step.operation](ports, change, step, who)
    return _done(step)


def trace(ports: Ports, change: Change, step: Step) -> str | None:
    """What an earlier attempt did, if it shows. Raises Unclear where something else was set meanwhile: whether ours
    was carried out in between nobody can tell, and it must not be set over that."""
    return _done(step) if _LOOKS[step.operation](ports, change, step) else None


def is_scaling(step: Step) -> bool:
    """Whether the step is one of these: an UpdateService with a new revision is not."""
    if step.operation is Operation.UPDATE_SERVICE:
        return "desiredCount" in step.request
    return step.operation in _ACTS


def _done(step: Step) -> str:
    names = ("desiredCount", "DesiredCapacity", "InstanceId", "PolicyName")
    told = next((f"{name} {step.request[name]}" for name in names if name in step.request), "")
    return told or "done"


def _update_service(ports: Ports, change: Change, step: Step, who: OnBehalf) -> None:
    ports.ecs.update_service(change.place, step.request, who)


_ACTS: Mapping[Operation, Callable[[Ports, Change, Step, OnBehalf], object]] = {
    Operation.UPDATE_SERVICE: _update_service,
    Operation.REGISTER_SCALABLE_TARGET: lambda ports, change, step, who: ports.scaling.register_scalable_target(
        change.place, step.request, who
    ),
    Operation.PUT_SCALING_POLICY: lambda ports, change, step, who: ports.scaling.put_scaling_policy(
        change.place, step.request, who
    ),
    Operation.SET_DESIRED_CAPACITY: lambda ports, change, step, who: ports.groups.set_desired_capacity(
        change.place, step.request, who
    ),
    Operation.UPDATE_AUTO_SCALING_GROUP: lambda ports, change, step, who: ports.groups.update_auto_scaling_group(
        change.place, step.request, who
    ),
    Operation.UPDATE_CONTAINER_INSTANCES_STATE: lambda ports, change, step, who: (
        ports.ecs.update_container_instances_state(change.place, step.request, who)
    ),
    Operation.TERMINATE_INSTANCE: lambda ports, change, step, who: ports.groups.terminate_instance(
        change.place, step.request, who
    ),
}


def _count_is(ports: Ports, change: Change, step: Step) -> bool:
    service = ports.ecs.describe_services(change.place, [change.service]).get(change.service)
    if service is None:
        raise NotFound("service", change.service, f"cluster {change.place.cluster}")
    scale = change.plan.scale
    before = scale.before if scale else Setting()
    moved = moved_into(scale.after.bounds, before) if scale else None
    return _is("desired count", service.desired, step.request["desiredCount"], before.tasks, moved)


def _target_is(ports: Ports, change: Change, step: Step) -> bool:
    scale, stands = change.plan.scale, _told(ports.scaling.bounds(change.place, change.service))
    asked = {name: value for name, value in step.request.items() if name != "ResourceId"}
    if stands and all(stands[name] == value for name, value in asked.items()):
        return True
    known = [_told(one.bounds) for one in (scale.before, scale.after)] if scale else []
    if any(stands.get(name) not in [one.get(name) for one in known] for name in asked):
        raise _unclear("autoscaling bounds are others by now, neither as before nor as asked for")
    return False


def _policy_is(ports: Ports, change: Change, step: Step) -> bool:
    rule = step.request["TargetTrackingScalingPolicyConfiguration"]
    metric = rule["PredefinedMetricSpecification"]["PredefinedMetricType"]
    assert metric in METRICS.values()
    policies = ports.scaling.policies(change.place, change.service)
    return any(one.metric == metric and one.target == rule["TargetValue"] for one in policies)


def _capacity_is(ports: Ports, change: Change, step: Step) -> bool:
    group = ports.groups.group(change.place, str(step.request["AutoScalingGroupName"]))
    before = change.plan.scale.before.instances if change.plan.scale else None
    return group is not None and _is("desired capacity", group.desired, step.request["DesiredCapacity"], before)


def _group_is(ports: Ports, change: Change, step: Step) -> bool:
    group = ports.groups.group(change.place, str(step.request["AutoScalingGroupName"]))
    stands = {"MinSize": group.least, "MaxSize": group.most, "DesiredCapacity": group.desired} if group else {}
    asked = {name: value for name, value in step.request.items() if name != "AutoScalingGroupName"}
    return bool(stands) and all(stands.get(name) == value for name, value in asked.items())


def _drains(ports: Ports, change: Change, step: Step) -> bool:
    asked = list(step.request["containerInstances"])
    found = ports.ecs.describe_container_instances(change.place, asked)
    return all(one.status == step.request["status"] for one in found)


def _goes(ports: Ports, change: Change, step: Step) -> bool:
    """Gone from the group, or on its way."""
    group = ports.groups.group(change.place, change.plan.scale.group if change.plan.scale else "")
    mine = [one for one in group.instances if one.id == step.request["InstanceId"]] if group else []
    return all(one.lifecycle_state.startswith("Terminat") for one in mine)


_LOOKS: Mapping[Operation, Callable[[Ports, Change, Step], bool]] = {
    Operation.UPDATE_SERVICE: _count_is,
    Operation.REGISTER_SCALABLE_TARGET: _target_is,
    Operation.PUT_SCALING_POLICY: _policy_is,
    Operation.SET_DESIRED_CAPACITY: _capacity_is,
    Operation.UPDATE_AUTO_SCALING_GROUP: _group_is,
    Operation.UPDATE_CONTAINER_INSTANCES_STATE: _drains,
    Operation.TERMINATE_INSTANCE: _goes,
}


def _told(bounds: ScalingBounds | None) -> Mapping[str, object]:
    """In the words of RegisterScalableTarget."""
    if bounds is None:
        return {}
    suspended = {
        "DynamicScalingInSuspended": bounds.scaling_in_suspended,
        "DynamicScalingOutSuspended": bounds.scaling_out_suspended,
        "ScheduledScalingSuspended": bounds.schedules_suspended,
    }
    return {"MinCapacity": bounds.least, "MaxCapacity": bounds.most, "SuspendedState": suspended}


def _is(what: str, stands: int, wanted: object, *before: int | None) -> bool:
    if stands not in (wanted, *before):
        raise _unclear(f"{what} is {stands} by now, neither {before[0]} as before nor {wanted}")
    return stands == wanted


def _unclear(what: str) -> Unclear:
    return Unclear(
        f"AWS did not answer, and the {what}: whether mine was set in between I cannot tell. "
        "See how it stands, then ask again."
    )
