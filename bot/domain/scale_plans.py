"""Planning a scaling of a service's tasks: how many, between which bounds, by which targets (ECS facts 3.5).

Counts are absolute, so that a call may be repeated. What autoscaling would undo is not asked for as if it would last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.deploys import before_side
from bot.domain.ecs import Service
from bot.domain.errors import NothingToDo, NotPossible
from bot.domain.fingerprints import Footing, footing
from bot.domain.plans import Plan
from bot.domain.rollbacks import main_container
from bot.domain.scale_back import LOOKING, moved_since, restored
from bot.domain.scale_steps import differences_of, moved_into, spoken_bounds, spoken_tasks, state_of, steps_of, words_of
from bot.domain.scale_words import SUSPENDED_FOR, Wanted
from bot.domain.scales import Axis, Scale, Setting
from bot.domain.scaling import METRICS, Autoscaling, ScalingBounds, ScalingPolicy
from bot.domain.stacks import Stage
from bot.domain.targets import Target

AUTOSCALING, UNREAD = "autoscaling", "not to be read"
"""Name and value in a footing where AWS does not tell."""


@dataclass(eq=False)
class Undone(NotPossible):
    """Autoscaling would undo a plain number. `ways`: what can be asked for instead; `auto`: what scales it; `desired`:
    the count as it is."""

    auto: Autoscaling
    desired: int
    ways: tuple[Wanted, ...]


def plan_scale(stage: Stage, target: Target, auto: Autoscaling | None, wanted: Wanted) -> Plan:
    """Bounds and targets first, then the count: registering a target moves the count into its bounds at once.

    `auto` None: it may not be read. Raises NotPossible where the service or the limits do not allow it, Undone where
    autoscaling would undo it."""
    refuse_unscalable(stage, target.service)
    if auto is None and (wanted.of_autoscaling or wanted.suspend):
        raise unread("Nothing is set where I could not bring back what was before.")
    before = setting_of(target, auto)
    goal = _goal(stage, before, wanted)
    _refuse_beyond(stage, {"tasks": wanted.tasks, "--min": wanted.least, "--max": wanted.most})
    _refuse_outside(goal, wanted)
    if wanted.tasks is not None and not wanted.anyway:
        _refuse_undone(stage, target, auto, goal, wanted)
    axis = Axis.TASKS if wanted.tasks is not None else Axis.AUTOSCALING
    return _plan(stage, target, auto, Scale(axis, before, goal, wanted.suspend))


def plan_restore(stage: Stage, target: Target, auto: Autoscaling | None, done: Scale, change_id: str) -> Plan:
    """Back to what was before the scaling `done` of that change, in what it changed; the rest stays as it is. Raises
    NotPossible as above, and where it added what cannot be taken away."""
    refuse_unscalable(stage, target.service)
    before = setting_of(target, auto)
    back = restored(stage, done, before, auto)
    scale = Scale(done.axis, before, back, restores=change_id)
    asked = {"tasks": back.tasks if done.axis is Axis.TASKS else None}
    if back.bounds and back.bounds != before.bounds:
        asked |= {"--min": back.bounds.least, "--max": back.bounds.most}
    _refuse_beyond(stage, asked)
    return replace(_plan(stage, target, auto, scale), checks=moved_since(done, before, back))


def setting_of(target: Target, auto: Autoscaling | None) -> Setting:
    """How it stands now."""
    known = auto or Autoscaling(None)
    return Setting(target.service.desired, known.bounds, known.target("cpu"), known.target("memory"))


def scale_footing(stage: Stage, target: Target, auto: Autoscaling | None, axis: Axis) -> Footing:
    """What a deploy rests on and, by its own name each, all that scales. The count belongs to it where a number is set,
    since autoscaling may have moved it between request and approval."""
    setting = setting_of(target, auto)
    bounds = setting.bounds
    seen = dict(footing(stage, replace(target, bounds=bounds)))
    seen |= {"desired count": str(setting.tasks)} if axis is Axis.TASKS else {}
    if auto is None:
        return (*seen.items(), (AUTOSCALING, UNREAD))
    seen[AUTOSCALING] = state_of(bounds) if bounds else "none"
    seen |= {f"{name} target": str(auto.target(name)) for name in METRICS if auto.target(name)}
    seen["scaling policies"] = ", ".join(map(_policy, auto.policies)) or "none"
    seen["scheduled actions"] = ", ".join(one.name for one in auto.scheduled) or "none"
    return tuple(seen.items())


def _policy(one: ScalingPolicy) -> str:
    """With all that putting it anew would set."""
    pace = (
        f"{name} {wait}s" for name, wait in (("in", one.scale_in_cooldown), ("out", one.scale_out_cooldown)) if wait
    )
    told = [*pace, *(["never in"] if one.scale_in_disabled else [])]
    return f"{one.name} ({', '.join(told)})" if told else one.name


def refuse_unscalable(stage: Stage, service: Service) -> None:
    """Raises NotPossible for what has no desired count that could be set here (ECS facts 1.1)."""
    if service.status != "ACTIVE":
        fact = f"Service {service.name} is {service.status}, so it cannot be scaled."
        raise NotPossible(fact, "Create the service again, or name another one in tinystacks.yml.")
    if service.scheduling_strategy == "DAEMON":
        fact = f"Service {service.name} is a DAEMON: it runs one task on each instance, and has no count of its own."
        raise NotPossible(fact, f"Scale the instances: /tinystacks scale {stage.stack} {stage.name} --instances N")
    if service.controller != "ECS":
        named = f"--region {stage.place.region} --cluster {stage.place.cluster} --service {service.name}"
        fact = f"Service {service.name} is deployed by {service.controller}, whose task sets I do not follow."
        raise NotPossible(fact, f"Type: aws ecs update-service {named} --desired-count N")


def _goal(stage: Stage, before: Setting, wanted: Wanted) -> Setting:
    bounds = _bounds(stage, before.bounds, wanted)
    return replace(
        before,
        tasks=moved_into(bounds, before) if wanted.tasks is None else wanted.tasks,
        bounds=bounds,
        cpu_target=before.cpu_target if wanted.cpu_target is None else float(wanted.cpu_target),
        memory_target=before.memory_target if wanted.memory_target is None else float(wanted.memory_target),
    )


def _bounds(stage: Stage, bounds: ScalingBounds | None, wanted: Wanted) -> ScalingBounds | None:
    if bounds is None:
        return _new_bounds(stage, wanted)
    least = bounds.least if wanted.least is None else wanted.least
    most = bounds.most if wanted.most is None else wanted.most
    if least > most:
        over = f"--min {least} is above the maximum, which is {most}."
        under = f"--max {most} is below the minimum, which is {least}."
        meant = least if wanted.most is None else most
        raise NotPossible(over if wanted.most is None else under, f"Give both, such as --min {meant} --max {meant}")
    if wanted.suspend:
        return ScalingBounds(least, most, True, True, True)
    return replace(bounds, least=least, most=most)


def _new_bounds(stage: Stage, wanted: Wanted) -> ScalingBounds | None:
    if not wanted.of_autoscaling and not wanted.suspend:
        return None
    if wanted.suspend or wanted.least is None or wanted.most is None:
        fact = f"Nothing scales {stage.stack} {stage.name} by itself yet."
        example = f"/tinystacks scale {stage.stack} {stage.name} --min 2 --max 5 --cpu-target 75"
        plain = f"Type the number alone: /tinystacks scale {stage.stack} {stage.name} {wanted.tasks}"
        raise NotPossible(fact, plain if wanted.suspend else f"To let it, give both bounds, for example: {example}")
    return ScalingBounds(wanted.least, wanted.most)


def _refuse_beyond(stage: Stage, asked: Mapping[str, int | None]) -> None:
    if stage.limits.tasks is None:
        return
    least, most = stage.limits.tasks
    beyond = next(((name, n) for name, n in asked.items() if n is not None and not least <= n <= most), None)
    if beyond:
        name, n = beyond
        said = f"{n} {name}" if name == "tasks" else f"{name} {n}"
        fact = f"{said} is outside the limits of {stage.stack} {stage.name}: {least} to {most} tasks."
        raise NotPossible(fact, "Choose a number within, or have “limits” in tinystacks.yml changed.")


def _refuse_outside(goal: Setting, wanted: Wanted) -> None:
    if wanted.tasks is not None and wanted.of_autoscaling and not _within(goal):
        fact = f"{wanted.tasks} tasks is outside the bounds asked for: {spoken_bounds(goal.bounds)}."
        raise NotPossible(fact, "Make the bounds hold that number.")


def _within(goal: Setting) -> bool:
    return goal.bounds is None or goal.tasks is None or goal.bounds.least <= goal.tasks <= goal.bounds.most


def _refuse_undone(stage: Stage, target: Target, auto: Autoscaling | None, goal: Setting, wanted: Wanted) -> None:
    """Raises Undone while something would move the count away from what was asked for."""
    if auto is None:
        raise unread("Or add --anyway, knowing that autoscaling may undo it.")
    bounds, before = goal.bounds, setting_of(target, auto)
    if bounds is None or bounds.suspended or wanted.of_autoscaling or wanted.tasks in (None, before.tasks):
        return
    if not (auto.policies or auto.scheduled) and _within(goal):
        return
    found = ways(before, wanted.tasks or 0)
    fact = f"{stage.stack} {stage.name} scales by itself between {bounds.least} and {bounds.most} tasks"
    remedy = f"Say how it is meant: {'; or '.join(way.words for way in found)}"
    raise Undone(f"{fact}, so a plain {wanted.tasks} would not last.", remedy, auto, target.service.desired, found)


def unread(remedy: str) -> NotPossible:
    """Where AWS refuses to tell what scales the service by itself."""
    fact = f"I may not read what scales this service by itself. {LOOKING}"
    return NotPossible(fact, f"Give me these rights (docs/getting-started.md). {remedy}")


def ways(before: Setting, tasks: int) -> tuple[Wanted, ...]:
    """The three honest ones: bounds that hold it, suspended for a while, set and possibly undone (ECS facts 3.5)."""
    bounds = before.bounds or ScalingBounds(0, 0)
    if tasks == 0:
        held = Wanted(tasks=0, least=0)
    elif tasks > (before.tasks or 0):
        held = Wanted(tasks=tasks, least=tasks, most=tasks if tasks > bounds.most else None)
    else:
        held = Wanted(tasks=tasks, least=tasks if tasks < bounds.least else None, most=tasks)
    return (held, Wanted(tasks=tasks, suspend=SUSPENDED_FOR), Wanted(tasks=tasks, anyway=True))


def _plan(stage: Stage, target: Target, auto: Autoscaling | None, scale: Scale) -> Plan:
    differences = differences_of(scale)
    if not differences:
        what = spoken_tasks(scale.before.tasks) if scale.axis is Axis.TASKS else "those bounds and targets"
        raise NothingToDo(
            f"{stage.stack} {stage.name} has {what} already.",
            f"See how it stands: /tinystacks status {stage.stack} {stage.name}",
        )
    side = before_side(target, main_container(stage, target.definition))
    return Plan(
        verb="scale",
        before=replace(side, words=words_of(scale, scale.before)),
        after=replace(side, words=words_of(scale, scale.after)),
        account=target.service.account,
        steps=steps_of(stage, auto, scale),
        rests_on=scale_footing(stage, target, auto, scale.axis),
        differences=differences if len(differences) > 1 else (),
        scale=scale,
    )
