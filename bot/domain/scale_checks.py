"""What is looked at before a scaling of tasks is shown: each check a short sentence, ✗ and ⚠ end in what to do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot.domain.checks import WOULD_STOP_IT, Seen, hold_check, service_checks
from bot.domain.durations import spoken
from bot.domain.plans import Check, Level, Plan
from bot.domain.scale_steps import spoken_bounds
from bot.domain.scales import Axis, Scale
from bot.domain.scaling import Autoscaling
from bot.domain.stacks import Stage
from bot.domain.targets import Target

_OF_SERVICE = frozenset({"rollout", "deployment", "tasks", "channel"})
"""Of those of a deploy; the others are about what a deployment does."""


def scale_checks(
    stage: Stage,
    target: Target,
    auto: Autoscaling | None,
    plan: Plan,
    seen: Seen,
    now: datetime,
    *,
    room: Check | None = None,
    emergency: bool = False,
) -> tuple[Check, ...]:
    """All that apply, in the order in which they are shown. `room`: of a scale-out, whether it fits."""
    scale = plan.scale
    assert scale is not None
    found = [room, *_autoscaling(auto, scale), *_none_left(stage, scale)]
    if seen.running_change and seen.running_change.id == scale.restores:
        seen = replace(seen, running_change=None)
    common = common_checks(stage, target, seen, now, emergency=emergency)
    # Whoever takes a scaling back knows that its tasks do not run yet.
    known = (check for check in common if not (scale.restores and check.name == "tasks"))
    return tuple(check for check in (*found, *known) if check)


def common_checks(
    stage: Stage, target: Target, seen: Seen, now: datetime, *, emergency: bool = False
) -> tuple[Check, ...]:
    """Who holds the stage, and how its service stands, whatever is scaled."""
    of_service = (one for one in service_checks(stage, target, seen, now) if one.name in _OF_SERVICE)
    known = (_of_a_count(one) for one in of_service if not (one.name == "tasks" and target.service.desired == 0))
    return tuple(check for check in (hold_check(seen, emergency), *known) if check)


def _of_a_count(check: Check) -> Check:
    """A deployment that is under way goes on beside another count."""
    meanwhile = "It starts and stops tasks meanwhile: wait for its end, unless that is meant."
    return replace(check, sentence=check.sentence.replace(WOULD_STOP_IT, meanwhile))


def grows(scale: Scale) -> int:
    """How many more tasks it starts; 0: none."""
    floor = scale.after.bounds.least if scale.after.bounds and scale.axis is Axis.AUTOSCALING else 0
    return max(0, max(scale.after.tasks or 0, floor) - (scale.before.tasks or 0))


def _autoscaling(auto: Autoscaling | None, scale: Scale) -> Iterator[Check]:
    before, after = scale.before.bounds, scale.after.bounds
    if auto is None:
        sentence = "I may not read what scales this service by itself: it may undo this. Give me the right to look."
        yield Check("autoscaling", Level.WARNING, sentence)
        return
    if after is None:
        return
    if scale.resume_after:
        sentence = f"Autoscaling is suspended for {spoken(scale.resume_after)}, then goes on within"
        yield Check("autoscaling", Level.OK, f"{sentence} {spoken_bounds(before)} tasks; I tell when.")
    elif after.suspended:
        yield Check("autoscaling", Level.OK, "Autoscaling is suspended; until it goes on the count stays as it is set.")
    elif scale.axis is Axis.TASKS and after == before and (auto.policies or auto.scheduled) and not scale.restores:
        sentence = f"Autoscaling keeps the count within {spoken_bounds(after)} and may undo this at any time."
        yield Check("autoscaling", Level.WARNING, f"{sentence} To make it last: --suspend 2h, or other bounds.")
    elif scale.axis is Axis.AUTOSCALING and not after.least <= (scale.before.tasks or 0) <= after.most:
        sentence = f"{scale.before.tasks} tasks are wanted now: the count moves into {spoken_bounds(after)} at once."
        yield Check("autoscaling", Level.WARNING, f"{sentence} Make sure that is meant.")
    if auto.scheduled and after != before and not after.suspended:
        names = ", ".join(one.name for one in auto.scheduled[:3])
        sentence = f"AWS's own scheduled actions ({names}) set the bounds anew at their times. Change those as well."
        yield Check("scheduled actions", Level.WARNING, sentence)


def _none_left(stage: Stage, scale: Scale) -> Iterator[Check]:
    if scale.after.tasks == 0 and scale.before.tasks:
        back = f"/tinystacks scale {stage.stack} {stage.name} --restore"
        yield Check("tasks left", Level.WARNING, f"No task will run, so nothing answers. To bring it back: {back}")
