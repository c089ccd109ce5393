"""Target tracking that really scales, slowly as AWS's: three minutes to scale out, fifteen to scale in."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends

from sandbox.ecs.metrics import Load, load_of
from sandbox.ecs.model import ACCOUNT, Params, Service
from sandbox.ecs.scaling import DIMENSION, happened, resource_of, tried
from sandbox.ecs.state import State

EVERY = 60.0  # simulated seconds
HIGH, LOW = 3, 15  # minutes above the target, and below nine tenths of it
COOLDOWN = 300
METRICS = {"ECSServiceAverageCPUUtilization": "cpu_at", "ECSServiceAverageMemoryUtilization": "memory_at"}
FLAGS = {"out": "DynamicScalingOutSuspended", "in": "DynamicScalingInSuspended"}


@dataclass
class Tracker:
    """Of one service: minutes in a row that each policy's alarm has been high or low, when it last scaled."""

    high: dict[str, int] = field(default_factory=dict)
    low: dict[str, int] = field(default_factory=dict)
    next: float = 0.0
    scaled: dict[str, float] = field(default_factory=dict)


def step(state: State, service: Service) -> None:
    """One minute of the policies of a service, where it has a target and policies that track."""
    backend: Any = applicationautoscaling_backends[ACCOUNT][service.region]
    target = backend.targets.get(DIMENSION, {}).get(resource_of(service))
    if target is None:
        return
    tracker: Tracker = state.trackers.setdefault(service.arn, Tracker())
    if state.clock.elapsed < tracker.next:
        return
    tracker.next = state.clock.elapsed + EVERY
    policies = [one for one in backend.policies.values() if _tracks(one, service)]
    wanted = [(one, _wanted(state, service, tracker, one)) for one in policies]
    _scale(state, service, target, tracker, wanted)


def _tracks(policy: Any, service: Service) -> bool:
    return bool(policy.resource_id == resource_of(service) and policy.target_tracking_scaling_policy_configuration)


def _wanted(state: State, service: Service, tracker: Tracker, policy: Any) -> int | None:
    """The tasks that would bring the metric to its target, once it has been off for long enough."""
    told: Params = policy.target_tracking_scaling_policy_configuration
    load: Load = load_of(state, service)
    kind = told.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType", "")
    value = getattr(load, METRICS[kind])(state.clock.now()) if kind in METRICS else None
    if value is None:
        return None
    name, target = policy.policy_name, float(told["TargetValue"])
    tracker.high[name] = tracker.high.get(name, 0) + 1 if value > target else 0
    tracker.low[name] = tracker.low.get(name, 0) + 1 if value < 0.9 * target else 0
    off = tracker.high[name] >= HIGH or (tracker.low[name] >= LOW and not told.get("DisableScaleIn"))
    return ceil(load.tasks_at(state.clock.now()) * value / target) if off else None


def _scale(state: State, service: Service, target: Any, tracker: Tracker, wanted: list[tuple[Any, int | None]]) -> None:
    """The most that any policy wants; fewer only where all of them want fewer, and never during a deployment."""
    most = max((count for _, count in wanted if count is not None), default=None)
    if most is None:
        return
    policy = next(one for one, count in wanted if count == most)
    if most > service.desired:
        _out(state, service, target, tracker, policy, most)
    elif all(count is not None for _, count in wanted) and service.primary.state == "COMPLETED":
        desired = max(most, int(target.min_capacity or 0))
        if desired < service.desired and _may(state, target, tracker, policy, "in"):
            _set(state, service, tracker, policy, ("in", desired))


def _out(state: State, service: Service, target: Any, tracker: Tracker, policy: Any, most: int) -> None:
    desired = min(most, int(target.max_capacity))
    if not _may(state, target, tracker, policy, "out"):
        return
    if desired > service.desired:
        _set(state, service, tracker, policy, ("out", desired))
    else:
        reason = {"Code": "AlreadyAtMaxCapacity", "MaxCapacity": int(target.max_capacity)}
        tried(state, service, _cause(policy, "High"), reason)


def _may(state: State, target: Any, tracker: Tracker, policy: Any, way: str) -> bool:
    told: Params = policy.target_tracking_scaling_policy_configuration
    cooldown = told.get("ScaleOutCooldown" if way == "out" else "ScaleInCooldown", COOLDOWN)
    since = state.clock.elapsed - tracker.scaled.get(way, float("-inf"))
    return not (target.suspended_state or {}).get(FLAGS[way]) and since >= float(cooldown)


def _set(state: State, service: Service, tracker: Tracker, policy: Any, move: tuple[str, int]) -> None:
    way, desired = move
    tracker.scaled[way] = state.clock.elapsed
    service.desired = desired
    happened(state, service, _cause(policy, "High" if way == "out" else "Low"))


def _cause(policy: Any, kind: str) -> str:
    alarm = next((one.name for one in policy.alarms if f"Alarm{kind}" in one.name), f"Alarm{kind}")
    return f"monitor alarm {alarm} in state ALARM triggered policy {policy.policy_name}"
