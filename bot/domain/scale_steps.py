"""From one setting to another: the AWS calls, what they change, and how that is said."""

from collections.abc import Iterator
from typing import Any

from bot.domain.durations import spoken
from bot.domain.plans import Difference, Operation, Step
from bot.domain.scales import Axis, Scale, Setting
from bot.domain.scaling import METRICS, Autoscaling, ScalingBounds
from bot.domain.stacks import Stage

_NEW_POLICY = "tinystacks-{}"
TARGETS = {"cpu": "CPU target", "memory": "memory target"}
"""A metric → what its target is called."""


def resource_id(stage: Stage) -> str:
    """Application Auto Scaling's name of the service."""
    return f"service/{stage.place.cluster}/{stage.service}"


def steps_of(stage: Stage, auto: Autoscaling | None, scale: Scale) -> tuple[Step, ...]:
    """In the order in which they are carried out; only what differs."""
    return (*_registers(stage, scale), *_policies(stage, auto, scale), *_counts(stage, scale))


def resume_step(stage: Stage, scale: Scale) -> Step:
    """Takes the suspension of `scale` back, as it was before; all of it where it was suspended before already."""
    request = {"ResourceId": resource_id(stage), "SuspendedState": _resumed(scale)}
    return Step(Operation.REGISTER_SCALABLE_TARGET, request)


def resume_command(stage: Stage, scale: Scale) -> str:
    """What a person types to do the same."""
    flags = ",".join(f"{name}={str(value).lower()}" for name, value in _resumed(scale).items())
    named = f"--service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id {resource_id(stage)}"
    region = f"--region {stage.place.region}"
    return f"Type: aws application-autoscaling register-scalable-target {region} {named} --suspended-state {flags}"


def differences_of(scale: Scale) -> tuple[Difference, ...]:
    """Name by name, from what to what."""
    before, after = _named(scale.before), _named(scale.after)
    names = dict.fromkeys([*before, *after])
    pairs = ((name, before.get(name, "none"), after.get(name, "none")) for name in names)
    return tuple(Difference(name, old, new) for name, old, new in pairs if old != new)


def words_of(scale: Scale, setting: Setting) -> str:
    """What differs, as it is in this setting: `6 tasks`, `2 to 8 tasks, CPU target 75 %`."""
    named, changed = _named(setting), {one.path for one in differences_of(scale)}
    said = [spoken_tasks(setting.tasks)] if "tasks" in changed else []
    if setting.bounds is None and changed - {"tasks"}:
        return ", ".join([*said, "no autoscaling"])
    between = f"autoscaling {spoken_bounds(setting.bounds)}" if said else f"{spoken_bounds(setting.bounds)} tasks"
    said += [between] if changed & {"minimum", "maximum"} else []
    said += [f"{name} {named.get(name, 'none')}" for name in TARGETS.values() if name in changed]
    known = scale.before.bounds is not None and "autoscaling" in changed
    lasts = f" for {spoken(scale.resume_after)}" if scale.resume_after and setting == scale.after else ""
    return ", ".join([*said, *([f"autoscaling {named['autoscaling']}{lasts}"] if known else [])])


def moved_into(bounds: ScalingBounds | None, now: Setting) -> int | None:
    """The count once these bounds are registered: AWS moves it into them at once."""
    if bounds is None or bounds == now.bounds or now.tasks is None:
        return now.tasks
    return min(max(now.tasks, bounds.least), bounds.most)


def spoken_tasks(count: int | None) -> str:
    """`1 task`, `6 tasks`."""
    return f"{count} task{'' if count == 1 else 's'}"


def spoken_bounds(bounds: ScalingBounds | None) -> str:
    """`2 to 8`, and what is suspended."""
    if bounds is None:
        return "none"
    return f"{bounds.least} to {bounds.most}"


def state_of(bounds: ScalingBounds) -> str:
    """`on`, `suspended`, or which part of it is suspended."""
    if bounds.suspended:
        return "suspended"
    parts = {
        "scale-in": bounds.scaling_in_suspended,
        "scale-out": bounds.scaling_out_suspended,
        "schedules": bounds.schedules_suspended,
    }
    off = [name for name, is_off in parts.items() if is_off]
    return f"{' and '.join(off)} suspended" if off else "on"


def _named(setting: Setting) -> dict[str, str]:
    named = {"tasks": str(setting.tasks)}
    if setting.bounds:
        named |= {"minimum": str(setting.bounds.least), "maximum": str(setting.bounds.most)}
        named["autoscaling"] = state_of(setting.bounds)
    targets = {"cpu": setting.cpu_target, "memory": setting.memory_target}
    return named | {TARGETS[key]: f"{value:g} %" for key, value in targets.items() if value is not None}


def _registers(stage: Stage, scale: Scale) -> Iterator[Step]:
    before, after = scale.before.bounds, scale.after.bounds
    if after is None or after == before:
        return
    request: dict[str, Any] = {"ResourceId": resource_id(stage)}
    if before is None or after.least != before.least:
        request["MinCapacity"] = after.least
    if before is None or after.most != before.most:
        request["MaxCapacity"] = after.most
    if _suspended(after) != _suspended(before):
        request["SuspendedState"] = _suspended(after)
    yield Step(Operation.REGISTER_SCALABLE_TARGET, request)


def _policies(stage: Stage, auto: Autoscaling | None, scale: Scale) -> Iterator[Step]:
    before, after = scale.before, scale.after
    for name, old, new in (
        ("cpu", before.cpu_target, after.cpu_target),
        ("memory", before.memory_target, after.memory_target),
    ):
        if new is not None and new != old:
            yield Step(Operation.PUT_SCALING_POLICY, _policy(stage, auto, name, new))


def _policy(stage: Stage, auto: Autoscaling | None, name: str, target: float) -> dict[str, Any]:
    """The policy that is there with another target, else a new one: putting a policy replaces all of it."""
    old = auto.tracking(name) if auto else None
    rule: dict[str, Any] = {
        "TargetValue": target,
        "PredefinedMetricSpecification": {"PredefinedMetricType": METRICS[name]},
    }
    if old:
        kept = {
            "ScaleInCooldown": old.scale_in_cooldown,
            "ScaleOutCooldown": old.scale_out_cooldown,
            "DisableScaleIn": old.scale_in_disabled or None,
        }
        rule |= {key: value for key, value in kept.items() if value is not None}
    return {
        "PolicyName": old.name if old else _NEW_POLICY.format(name),
        "PolicyType": "TargetTrackingScaling",
        "ResourceId": resource_id(stage),
        "TargetTrackingScalingPolicyConfiguration": rule,
    }


def _counts(stage: Stage, scale: Scale) -> Iterator[Step]:
    found = {scale.before.tasks, moved_into(scale.after.bounds, scale.before)}
    if scale.axis is Axis.TASKS and found != {scale.after.tasks}:
        request = {"cluster": stage.place.cluster, "service": stage.service, "desiredCount": scale.after.tasks}
        yield Step(Operation.UPDATE_SERVICE, request)


def _resumed(scale: Scale) -> dict[str, bool]:
    before = scale.before.bounds
    return _suspended(None if before is None or before.suspended else before)


def _suspended(bounds: ScalingBounds | None) -> dict[str, bool]:
    return {
        "DynamicScalingInSuspended": bool(bounds and bounds.scaling_in_suspended),
        "DynamicScalingOutSuspended": bool(bounds and bounds.scaling_out_suspended),
        "ScheduledScalingSuspended": bool(bounds and bounds.schedules_suspended),
    }
