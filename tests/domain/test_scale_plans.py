"""A planned scaling, carried out call by call, ends where its preview says; and its undo where it began."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.domain.errors import NotPossible
from bot.domain.fingerprints import fingerprint, moved
from bot.domain.plans import Operation, Plan
from bot.domain.scale_plans import Undone, plan_restore, plan_scale, scale_footing, setting_of
from bot.domain.scale_steps import resume_command, resume_step
from bot.domain.scale_words import Wanted, checked
from bot.domain.scales import Axis, Scale, Setting
from bot.domain.scaling import Autoscaling, ScalingBounds
from tests.domain.scale_cases import (
    HOURS,
    NIGHT,
    PROD,
    attempt,
    autoscalings,
    bounds,
    carried_out,
    counts,
    ends,
    known,
    limited,
    policy,
    wants,
    wishes,
    within,
)

TWO_TO_EIGHT = ScalingBounds(2, 8)
SCALED = Autoscaling(TWO_TO_EIGHT, (policy(),))
PLAIN = Autoscaling(None)


def planned(desired: int, auto: Autoscaling | None, wanted: Wanted) -> Plan:
    """Raises for examples that are refused for a reason of their own."""
    try:
        return plan_scale(PROD, wants(desired), auto, checked(wanted))
    except NotPossible:
        assume(False)
        raise


def scale_of(plan: Plan) -> Scale:
    assert plan.scale is not None
    return plan.scale


def refusal(desired: int, auto: Autoscaling | None, wanted: Wanted, where: object = PROD) -> str:
    with pytest.raises(NotPossible) as caught:
        plan_scale(where, wants(desired), auto, checked(wanted))  # type: ignore[arg-type]
    return str(caught.value)


@given(counts, autoscalings(), wishes())
@example(6, Autoscaling(TWO_TO_EIGHT), Wanted(most=4))
@example(12, SCALED, Wanted(tasks=5, suspend=HOURS))
@example(2, Autoscaling(ScalingBounds(0, 1)), Wanted(tasks=2, suspend=HOURS))
def test_the_calls_end_in_exactly_what_the_preview_says(desired: int, auto: Autoscaling, wanted: Wanted) -> None:
    plan = planned(desired, auto, wanted)
    scale = scale_of(plan)
    assert scale.before == setting_of(wants(desired), auto)
    assert ends(plan) == scale.after
    assert scale.before != scale.after
    assert plan.before.words != plan.after.words
    for name in ("tasks", "cpu_target", "memory_target"):
        asked = getattr(wanted, name)
        assert asked in (None, getattr(scale.after, name)), name
    assert [wanted.least, wanted.most] == [
        asked and getattr(scale.after.bounds, name) if asked else asked
        for name, asked in (("least", wanted.least), ("most", wanted.most))
    ]


@given(counts, autoscalings(), wishes())
@example(4, Autoscaling(ScalingBounds(2, 8, True)), Wanted(tasks=0, suspend=HOURS))
@example(12, SCALED, Wanted(tasks=5, least=1))
def test_an_undo_ends_where_it_began(desired: int, auto: Autoscaling, wanted: Wanted) -> None:
    done = scale_of(planned(desired, auto, wanted))
    now = known(done.after, auto)
    back = attempt(lambda: plan_restore(PROD, wants(done.after.tasks or 0), now, done, "c1"))
    if isinstance(back, NotPossible):
        added = [name for name in ("bounds", "cpu_target", "memory_target") if getattr(done.before, name) is None]
        assert any(getattr(done.after, name) is not None for name in added), back
        return
    scale = scale_of(back)
    assert scale.restores == "c1"
    assert ends(back) == scale.after
    if done.axis is Axis.TASKS:
        assert scale.after.tasks == done.before.tasks
    assert scale.after.bounds == done.before.bounds
    for name in ("cpu_target", "memory_target"):
        assert getattr(done.before, name) in (None, getattr(scale.after, name))


@given(counts, autoscalings(), wishes(), st.integers(0, 4), st.integers(5, 9))
def test_the_limits_of_a_stage_are_never_left(
    desired: int, auto: Autoscaling, wanted: Wanted, least: int, most: int
) -> None:
    asked = [one for one in (wanted.tasks, wanted.least, wanted.most) if one is not None]
    inside = all(least <= one <= most for one in asked)
    try:
        done = scale_of(plan_scale(limited(least, most), wants(desired), auto, checked(wanted)))
    except NotPossible:
        return
    assert inside
    try:
        back = plan_restore(limited(least, most), wants(done.after.tasks or 0), known(done.after, auto), done, "c1")
    except NotPossible:
        return
    if done.axis is Axis.TASKS:
        assert least <= (scale_of(back).after.tasks or 0) <= most


@given(counts, autoscalings(), counts)
@example(4, Autoscaling(TWO_TO_EIGHT), 6)
@example(4, Autoscaling(TWO_TO_EIGHT), 9)
def test_a_plain_number_is_refused_exactly_where_something_would_move_it(
    desired: int, auto: Autoscaling, tasks: int
) -> None:
    assume(tasks != desired)
    limits = auto.bounds
    moves = limits is not None and (auto.policies or auto.scheduled or within(tasks, limits) != tasks)
    undone = bool(moves and limits and not limits.suspended)
    found = attempt(lambda: plan_scale(PROD, wants(desired), auto, Wanted(tasks=tasks)))
    if isinstance(found, NotPossible):
        assert undone
        assert isinstance(found, Undone)
        assert (found.desired, "would not last" in found.fact) == (desired, True)
    else:
        assert not undone
        assert [one.operation for one in found.steps] == [Operation.UPDATE_SERVICE]


@given(counts, autoscalings(), counts)
@example(0, SCALED, 1)
@example(4, SCALED, 0)
@example(12, SCALED, 14)
@example(12, SCALED, 10)
def test_each_way_that_is_offered_is_taken_and_ends_with_that_many_tasks(
    desired: int, auto: Autoscaling, tasks: int
) -> None:
    found = attempt(lambda: plan_scale(PROD, wants(desired), auto, Wanted(tasks=tasks)))
    if not isinstance(found, Undone):
        return
    plans = [plan_scale(PROD, wants(desired), auto, checked(way)) for way in found.ways]
    assert [ends(plan).tasks for plan in plans] == [tasks] * 3
    held, suspended, anyway = (ends(plan).bounds for plan in plans)
    assert held
    assert within(tasks, held) == tasks
    assert suspended
    assert suspended.suspended
    assert auto.bounds
    assert (suspended.least, suspended.most) == (auto.bounds.least, auto.bounds.most)
    assert anyway == auto.bounds


@given(counts, bounds())
def test_what_was_suspended_goes_on_as_it_was_whoever_had_suspended_it(tasks: int, limits: ScalingBounds) -> None:
    plan = planned(4, Autoscaling(limits), Wanted(tasks=tasks, suspend=HOURS))
    scale = scale_of(plan)
    assert scale.resume_after == HOURS
    resumed = carried_out(ends(plan), [resume_step(PROD, scale)])
    assert resumed.bounds
    assert not resumed.bounds.suspended
    if not limits.suspended:
        assert resumed.bounds == limits
    assert resumed.tasks == within(tasks, limits)
    assert f"ScheduledScalingSuspended={str(resumed.bounds.schedules_suspended).lower()}" in resume_command(PROD, scale)


def test_nothing_is_planned_where_nothing_differs() -> None:
    assert "has 4 tasks already" in refusal(4, PLAIN, Wanted(tasks=4))
    assert "has those bounds and targets already" in refusal(4, SCALED, Wanted(least=2, cpu_target=60))
    assert "has 4 tasks already" in refusal(4, SCALED, Wanted(tasks=4))


def test_without_a_number_there_is_nothing_to_set_anyway() -> None:
    assert "--anyway goes with a number of tasks" in refusal(4, SCALED, Wanted(anyway=True))


def test_what_scales_by_itself_gets_both_bounds_at_first() -> None:
    assert "give both bounds" in refusal(4, PLAIN, Wanted(least=2))
    assert "Nothing scales shop prod by itself yet" in refusal(4, PLAIN, Wanted(tasks=6, suspend=HOURS))
    plan = plan_scale(PROD, wants(1), PLAIN, Wanted(least=2, most=5, cpu_target=75))
    assert ends(plan) == Setting(2, ScalingBounds(2, 5), 75.0)
    assert plan.before.words == "1 task, no autoscaling"
    assert plan.after.words == "2 tasks, autoscaling 2 to 5, CPU target 75 %"


def test_bounds_cross_neither_each_other_nor_the_number() -> None:
    told = refusal(4, SCALED, Wanted(least=9))
    assert "--min 9 is above the maximum, which is 8." in told
    assert told.endswith("--min 9 --max 9")
    assert "--max 1 is below the minimum, which is 2." in refusal(4, SCALED, Wanted(most=1))
    assert "12 tasks is outside the bounds asked for: 2 to 10" in refusal(4, SCALED, Wanted(tasks=12, most=10))


@pytest.mark.parametrize("wanted", [Wanted(tasks=12), Wanted(least=1), Wanted(most=11), Wanted(tasks=0, anyway=True)])
def test_what_is_beyond_the_limits_says_which(wanted: Wanted) -> None:
    told = refusal(4, SCALED, wanted, limited(2, 10))
    assert "is outside the limits of shop prod: 2 to 10 tasks" in told


def test_what_may_not_be_read_is_neither_overwritten_nor_called_nothing() -> None:
    assert "--anyway" in refusal(4, None, Wanted(tasks=6))
    assert ends(plan_scale(PROD, wants(4), None, Wanted(tasks=6, anyway=True))).tasks == 6
    for wanted in (Wanted(least=2, most=5), Wanted(tasks=6, suspend=HOURS), Wanted(cpu_target=50)):
        assert "application-autoscaling:DescribeScalableTargets" in refusal(4, None, wanted)
    done = scale_of(plan_scale(PROD, wants(4), SCALED, Wanted(tasks=6, least=6)))
    with pytest.raises(NotPossible, match="DescribeScalableTargets"):
        plan_restore(PROD, wants(6), None, done, "c1")


def test_a_restore_brings_back_what_that_scaling_changed_and_leaves_the_rest() -> None:
    done = scale_of(plan_scale(PROD, wants(4), SCALED, Wanted(tasks=6, least=6)))
    now = Autoscaling(ScalingBounds(6, 20), (policy(at=70.0),))
    after = scale_of(plan_restore(PROD, wants(9), now, done, "c1")).after
    assert after == Setting(4, ScalingBounds(2, 20), 70.0)
    plain = scale_of(plan_scale(PROD, wants(4), PLAIN, Wanted(tasks=6)))
    assert scale_of(plan_restore(PROD, wants(6), SCALED, plain, "c1")).after == Setting(4, TWO_TO_EIGHT, 60.0)


def test_a_restore_leaves_neither_the_limits_nor_crosses_bounds_that_moved() -> None:
    done = scale_of(plan_scale(PROD, wants(12), PLAIN, Wanted(tasks=6)))
    with pytest.raises(NotPossible, match="12 tasks is outside the limits"):
        plan_restore(limited(1, 10), wants(6), PLAIN, done, "c1")
    raised = scale_of(plan_scale(PROD, wants(4), SCALED, Wanted(most=20)))
    with pytest.raises(NotPossible, match="minimum would be 10 and the maximum 8"):
        plan_restore(PROD, wants(12), Autoscaling(ScalingBounds(10, 20)), raised, "c1")


def test_no_suspension_without_an_end_comes_back_by_undoing_its_undo() -> None:
    plan = plan_scale(PROD, wants(4), SCALED, Wanted(tasks=6, suspend=HOURS))
    assert plan.after.words == "6 tasks, autoscaling suspended for 2h"
    suspended = scale_of(plan)
    undone = scale_of(plan_restore(PROD, wants(6), known(suspended.after, SCALED), suspended, "c1"))
    with pytest.raises(NotPossible, match="suspend autoscaling again, and without an end"):
        plan_restore(PROD, wants(4), SCALED, undone, "c2")


def test_what_cannot_be_taken_away_again_is_said() -> None:
    done = scale_of(plan_scale(PROD, wants(4), PLAIN, Wanted(least=2, most=5)))
    with pytest.raises(NotPossible, match="aws application-autoscaling deregister-scalable-target --region us-east-1"):
        plan_restore(PROD, wants(4), Autoscaling(ScalingBounds(2, 5)), done, "c1")
    target = scale_of(plan_scale(PROD, wants(4), SCALED, Wanted(memory_target=70)))
    now = known(target.after, SCALED)
    with pytest.raises(NotPossible, match=r"aws application-autoscaling delete-scaling-policy .*--policy-name memory"):
        plan_restore(PROD, wants(4), now, target, "c1")


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"status": "INACTIVE"}, "is INACTIVE"),
        ({"status": "DRAINING"}, "is DRAINING"),
        ({"scheduling_strategy": "DAEMON"}, "--instances N"),
        ({"controller": "CODE_DEPLOY"}, "aws ecs update-service"),
        ({"controller": "EXTERNAL"}, "deployed by EXTERNAL"),
    ],
)
def test_what_has_no_count_of_its_own_is_refused(fields: dict[str, str], word: str) -> None:
    done = Scale(Axis.TASKS, Setting(2), Setting(4))
    with pytest.raises(NotPossible, match=word):
        plan_scale(PROD, wants(4, **fields), PLAIN, Wanted(tasks=6))
    with pytest.raises(NotPossible, match=word):
        plan_restore(PROD, wants(4, **fields), PLAIN, done, "c1")


@given(counts, counts, autoscalings(), autoscalings(), st.sampled_from([Axis.TASKS, Axis.AUTOSCALING]))
@example(4, 4, Autoscaling(TWO_TO_EIGHT), Autoscaling(ScalingBounds(2, 8, True, True, True)), Axis.TASKS)
@example(4, 4, Autoscaling(TWO_TO_EIGHT), Autoscaling(TWO_TO_EIGHT, (), (NIGHT,)), Axis.TASKS)
def test_whatever_scales_differently_by_now_is_told(
    was: int, stands: int, before: Autoscaling, now: Autoscaling, axis: Axis
) -> None:
    first, second = (scale_footing(PROD, wants(n), one, axis) for n, one in ((was, before), (stands, now)))
    same = before == now and (
        was == stands or (axis is Axis.AUTOSCALING and before.bounds and not before.bounds.suspended)
    )
    assert (fingerprint(first) == fingerprint(second)) == bool(same)
    if was != stands and axis is Axis.TASKS:
        assert ("desired count", str(was), str(stands)) in [(d.path, d.before, d.after) for d in moved(first, second)]
    assert fingerprint(scale_footing(PROD, wants(was), None, axis)) != fingerprint(first)
