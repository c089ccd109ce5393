"""Taking a scaling of tasks back: what it changed as it was before, the rest as it is by now (ECS facts 3.5)."""

from dataclasses import replace

from bot.domain.errors import NotPossible
from bot.domain.plans import Check, Level
from bot.domain.scale_steps import TARGETS, moved_into, resource_id
from bot.domain.scales import Axis, Scale, Setting
from bot.domain.scaling import METRICS, Autoscaling, ScalingBounds
from bot.domain.stacks import Stage

LOOKING = (
    "It takes application-autoscaling:DescribeScalableTargets, DescribeScalingPolicies and DescribeScheduledActions."
)
_PARTS = ("least", "most", "scaling_in_suspended", "scaling_out_suspended", "schedules_suspended")


def restored(stage: Stage, done: Scale, now: Setting, auto: Autoscaling | None) -> Setting:
    """What undoes `done` where it stands like `now`. Raises NotPossible for what it added that I do not take away, and
    where that crosses what was set since."""
    bounds = _bounds_back(stage, done, now, auto)
    cpu, memory = (_target_back(done, now, name) for name in ("cpu", "memory"))
    tasks = done.before.tasks if done.axis is Axis.TASKS else moved_into(bounds, now)
    back = replace(now, tasks=tasks, bounds=bounds, cpu_target=cpu, memory_target=memory)
    added = next((name for name in METRICS if _is_added(done, now, name)), None)
    if back == now and added:
        raise _stays(stage, auto, added)
    return back


def moved_since(done: Scale, now: Setting, back: Setting) -> tuple[Check, ...]:
    """Whether the count that is taken back is another by now than that scaling left."""
    if done.axis is not Axis.TASKS or now.tasks in (done.after.tasks, done.before.tasks):
        return ()
    fact = f"The count is {now.tasks} by now, not {done.after.tasks}: it was changed since that scaling."
    return (Check("since then", Level.WARNING, f"{fact} Make sure that {back.tasks} is meant."),)


def _bounds_back(stage: Stage, done: Scale, now: Setting, auto: Autoscaling | None) -> ScalingBounds | None:
    was, then, stands = done.before.bounds, done.after.bounds, now.bounds
    if was == then:
        return stands
    if auto is None:
        fact = f"I may not read what scales this service by itself. {LOOKING}"
        raise NotPossible(fact, "Give me these rights (docs/getting-started.md), then ask again.")
    if was is None and stands is not None:
        fact = "Before that change nothing scaled the service by itself, and I do not take autoscaling away."
        raise NotPossible(fact, f"Type: {_command(stage, 'deregister-scalable-target')}")
    if was is None or then is None or stands is None:
        return was
    changed = {part: getattr(was, part) for part in _PARTS if getattr(was, part) != getattr(then, part)}
    back = replace(stands, **changed)
    if back.suspended and not stands.suspended:
        fact = "That would suspend autoscaling again, and without an end."
        raise NotPossible(fact, f"Type: /tinystacks scale {stage.stack} {stage.name} --tasks N --suspend 2h")
    if back.least > back.most:
        fact = f"The minimum would be {back.least} and the maximum {back.most}: the bounds were changed since."
        raise NotPossible(fact, f"Say which are meant: --min {back.most} --max {back.least}, or others.")
    return back


def _target_back(done: Scale, now: Setting, name: str) -> float | None:
    was, then, stands = (_target(one, name) for one in (done.before, done.after, now))
    return stands if was in (None, then) else was


def _is_added(done: Scale, now: Setting, name: str) -> bool:
    was, then, stands = (_target(one, name) for one in (done.before, done.after, now))
    return was is None and then is not None and stands is not None


def _target(setting: Setting, name: str) -> float | None:
    found: float | None = getattr(setting, f"{name}_target")
    return found


def _stays(stage: Stage, auto: Autoscaling | None, name: str) -> NotPossible:
    policy = auto.tracking(name) if auto else None
    fact = f"Before that change there was no {TARGETS[name]}, and I do not take one away."
    named = f" --policy-name {policy.name}" if policy else ""
    return NotPossible(fact, f"Type: {_command(stage, 'delete-scaling-policy')}{named}")


def _command(stage: Stage, verb: str) -> str:
    named = f"--service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id {resource_id(stage)}"
    return f"aws application-autoscaling {verb} --region {stage.place.region} {named}"
