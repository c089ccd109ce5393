"""A service that scales, and a tiny Application Auto Scaling: what a plan's calls come to (ECS facts 3.5)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain.errors import NotPossible
from bot.domain.plans import Operation, Plan, Step
from bot.domain.scale_words import Wanted
from bot.domain.scales import Setting
from bot.domain.scaling import METRICS, Autoscaling, ScalingBounds, ScalingPolicy, ScheduledAction
from bot.domain.stacks import Limits
from bot.domain.targets import Target
from tests.domain.deploy_cases import stage, target

PROD = stage()
HOURS = timedelta(hours=2)
NIGHT = ScheduledAction("night", "cron(0 22 * * ? *)", "UTC", 1, 1)
FLAGS = {
    "DynamicScalingInSuspended": "scaling_in_suspended",
    "DynamicScalingOutSuspended": "scaling_out_suspended",
    "ScheduledScalingSuspended": "schedules_suspended",
}

counts = st.integers(0, 12)
flags = st.sampled_from([(False,) * 3, (False,) * 3, (True,) * 3, (True, False, False), (True, True, False)])


@st.composite
def bounds(draw: st.DrawFn) -> ScalingBounds:
    least, most = sorted((draw(counts), draw(st.integers(1, 12))))
    return ScalingBounds(least, max(most, 1), *draw(flags))


@st.composite
def autoscalings(draw: st.DrawFn) -> Autoscaling:
    """Nothing, bounds alone, policies, scheduled actions."""
    if draw(st.integers(0, 3)) == 0:
        return Autoscaling(None)
    tracked = [name for name in METRICS if draw(st.booleans())]
    policies = tuple(policy(name, draw(st.sampled_from([40.0, 62.5]))) for name in tracked)
    return Autoscaling(draw(bounds()), policies, (NIGHT,) if draw(st.booleans()) else ())


@st.composite
def wishes(draw: st.DrawFn) -> Wanted:
    """A number and how it is meant, bounds that hold it, bounds alone, targets."""
    least, tasks, most = sorted((draw(counts), draw(counts), draw(st.integers(1, 12))))
    bound = {"least": least, "most": max(most, 1)}
    one = draw(st.sampled_from(list(bound)))
    kinds: list[dict[str, Any]] = [
        {"tasks": tasks, "anyway": True},
        {"tasks": tasks, "suspend": HOURS},
        {"tasks": tasks, **bound},
        {"tasks": tasks, one: bound[one]},
        {**bound},
        {one: bound[one]},
        {},
    ]
    kind = draw(st.sampled_from(kinds))
    if not {"suspend", "anyway"} & set(kind):
        kind["cpu_target"] = draw(st.sampled_from([None, 75, 40]))
    return Wanted(**kind)


def policy(metric: str = "cpu", at: float = 60.0, name: str = "") -> ScalingPolicy:
    return ScalingPolicy(name or f"keep-{metric}", "TargetTrackingScaling", METRICS[metric], at)


def limited(least: int, most: int) -> Any:
    return stage(limits=Limits(tasks=(least, most)))


def wants(desired: int, **parts: Any) -> Target:
    return target(desired=desired, running=desired, **parts)


def within(count: int, limits: ScalingBounds) -> int:
    return min(max(count, limits.least), limits.most)


def carried_out(start: Setting, steps: Iterable[Step]) -> Setting:
    """How it stands once AWS has done all of them."""
    for step in steps:
        start = _CALLS[step.operation](start, dict(step.request))
    return start


def attempt(plan: Callable[[], Plan]) -> Plan | NotPossible:
    """Its answer, whichever."""
    try:
        return plan()
    except NotPossible as error:
        return error


def ends(plan: Plan) -> Setting:
    assert plan.scale is not None
    return carried_out(plan.scale.before, plan.steps)


def known(setting: Setting, auto: Autoscaling) -> Autoscaling:
    """What can be read once it stands like that; other policies stay."""
    targets = {"cpu": setting.cpu_target, "memory": setting.memory_target}
    found = [policy(name, at, getattr(auto.tracking(name), "name", name)) for name, at in targets.items() if at]
    return replace(auto, bounds=setting.bounds, policies=tuple(found) if setting.bounds else ())


def _registered(start: Setting, request: dict[str, Any]) -> Setting:
    """Moves the count into the bounds at once; what is left out stays."""
    old = start.bounds
    assert old or {"MinCapacity", "MaxCapacity"} <= set(request), "AWS wants both for a new target"
    base = old or ScalingBounds(request["MinCapacity"], request["MaxCapacity"])
    sizes = {
        name: request[key] for key, name in {"MinCapacity": "least", "MaxCapacity": "most"}.items() if key in request
    }
    off = {FLAGS[key]: value for key, value in request.get("SuspendedState", {}).items()}
    new = replace(base, **sizes, **off)
    assert new.least <= new.most, "AWS refuses that"
    return replace(start, bounds=new, tasks=within(start.tasks or 0, new))


def _put(start: Setting, request: dict[str, Any]) -> Setting:
    assert start.bounds, "there is no target to put a policy on"
    rule = request["TargetTrackingScalingPolicyConfiguration"]
    metric = rule["PredefinedMetricSpecification"]["PredefinedMetricType"]
    name = next(name for name, one in METRICS.items() if one == metric)
    return replace(start, **{f"{name}_target": rule["TargetValue"]})


_CALLS: Mapping[Operation, Callable[[Setting, dict[str, Any]], Setting]] = {
    Operation.REGISTER_SCALABLE_TARGET: _registered,
    Operation.PUT_SCALING_POLICY: _put,
    Operation.UPDATE_SERVICE: lambda start, request: replace(start, tasks=request["desiredCount"]),
}
