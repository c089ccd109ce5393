"""What is looked at before a scaling of tasks is shown."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotPossible
from bot.domain.locks import Hold
from bot.domain.plans import STAGE_CHECK, Check, Level, Plan
from bot.domain.scale_checks import grows, scale_checks
from bot.domain.scale_plans import plan_restore, plan_scale
from bot.domain.scale_words import Wanted
from bot.domain.scales import Axis, Scale, Setting
from bot.domain.scaling import Autoscaling, ScalingBounds
from tests.domain.check_cases import BAD, OK, WARNING, seen
from tests.domain.deploy_cases import NOW, deployment
from tests.domain.scale_cases import HOURS, NIGHT, PROD, attempt, autoscalings, bounds, counts, policy, wants, wishes

TWO_TO_EIGHT = ScalingBounds(2, 8)
SCALED = Autoscaling(TWO_TO_EIGHT, (policy(),))
PLAIN = Autoscaling(None)
ROOM = Check("room", WARNING, "Room for 0 of 2 more tasks.")


def checks(wanted: Wanted, auto: Autoscaling | None = PLAIN, desired: int = 4, **parts: object) -> dict[str, Check]:
    return checks_of(plan_scale(PROD, wants(desired), auto, wanted), auto, desired, **parts)


def checks_of(plan: Plan, auto: Autoscaling | None, desired: int = 4, **parts: object) -> dict[str, Check]:
    told = {"room": None, "emergency": False}
    known = {key: parts.pop(key, value) for key, value in told.items()}
    found = scale_checks(PROD, wants(desired), auto, plan, seen(**parts), NOW, **known)  # type: ignore[arg-type]
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


@given(counts, autoscalings(), wishes())
def test_nothing_of_a_scaling_itself_stands_in_its_way_and_every_warning_says_what_to_do(
    desired: int, auto: Autoscaling, wanted: Wanted
) -> None:
    plan = attempt(lambda: plan_scale(PROD, wants(desired), auto, wanted))
    if isinstance(plan, NotPossible):
        return
    for check in checks_of(plan, auto, desired).values():
        assert check.level is not Level.BAD
        assert check.sentence.endswith((".", "--restore", "--desired-count 1"))
        assert len(check.sentence) < 300


def test_that_autoscaling_may_undo_it_is_said_where_that_is_meant_anyway() -> None:
    found = checks(Wanted(tasks=6, anyway=True), SCALED)["autoscaling"]
    assert (found.level, "may undo this at any time" in found.sentence) == (WARNING, True)
    assert "--suspend 2h" in found.sentence
    assert checks(Wanted(tasks=6, anyway=True), None)["autoscaling"].level is WARNING
    assert "autoscaling" not in checks(Wanted(tasks=6), PLAIN)
    assert "autoscaling" not in checks(Wanted(tasks=6), Autoscaling(TWO_TO_EIGHT))
    assert "autoscaling" not in checks(Wanted(tasks=6, least=6), SCALED)


def test_a_suspension_says_for_how_long_and_what_goes_on_then() -> None:
    found = checks(Wanted(tasks=6, suspend=HOURS), SCALED)["autoscaling"]
    assert (found.level, "suspended for 2h" in found.sentence) == (OK, True)
    assert "2 to 8 tasks" in found.sentence


def test_while_all_is_suspended_a_plain_number_stays() -> None:
    off = Autoscaling(replace(TWO_TO_EIGHT, **dict.fromkeys(("scaling_in_suspended", "scaling_out_suspended"), True)))
    off = replace(off, bounds=replace(off.bounds or TWO_TO_EIGHT, schedules_suspended=True), policies=SCALED.policies)
    assert "stays as it is set" in checks(Wanted(tasks=12), off)["autoscaling"].sentence


def test_bounds_that_move_the_count_say_so() -> None:
    found = checks(Wanted(most=3), SCALED)["autoscaling"]
    assert (found.level, found.sentence.startswith("4 tasks are wanted now")) == (WARNING, True)
    assert "autoscaling" not in checks(Wanted(most=4), SCALED)


def test_scheduled_actions_of_aws_set_bounds_anew() -> None:
    night = replace(SCALED, scheduled=(NIGHT,))
    assert "(night)" in checks(Wanted(tasks=6, least=6), night)["scheduled actions"].sentence
    assert "scheduled actions" not in checks(Wanted(tasks=6, suspend=HOURS), night)
    assert "scheduled actions" not in checks(Wanted(tasks=6, anyway=True), night)


def test_to_nothing_tells_how_it_comes_back() -> None:
    found = checks(Wanted(tasks=0))["tasks left"]
    assert found.sentence.endswith("To bring it back: /tinystacks scale shop prod --restore")
    assert "tasks left" not in checks(Wanted(tasks=1))
    assert "tasks left" not in checks(Wanted(least=2, most=5, cpu_target=75), desired=0)


def test_from_nothing_it_does_not_say_how_to_start_what_is_just_being_started() -> None:
    assert "tasks" not in checks(Wanted(tasks=2), desired=0)


def test_room_holds_and_the_channel_are_told_as_for_any_change() -> None:
    hold = Hold("prod is locked by cy.", "Ask cy.")
    assert next(iter(checks(Wanted(tasks=6), room=ROOM))) == "room"
    assert checks(Wanted(tasks=6), hold=hold)["lock"].level is BAD
    assert checks(Wanted(tasks=6), hold=hold, emergency=True)["lock"].level is WARNING
    assert checks(Wanted(tasks=6), bot_in_channel=False)["channel"].level is BAD
    assert STAGE_CHECK not in checks(Wanted(tasks=6))


def test_a_deployment_that_is_under_way_is_not_said_to_be_stopped_by_another_count() -> None:
    busy = wants(4, deployments=(deployment(rollout_state="IN_PROGRESS"),))
    plan = plan_scale(PROD, busy, PLAIN, Wanted(tasks=6))
    (found,) = [one for one in scale_checks(PROD, busy, PLAIN, plan, seen(), NOW) if one.name == "deployment"]
    assert "It starts and stops tasks meanwhile: wait for its end" in found.sentence
    assert "stop it" not in found.sentence


def test_what_takes_a_scaling_back_is_not_warned_of_what_it_takes_back() -> None:
    done = Scale(Axis.TASKS, Setting(6, TWO_TO_EIGHT, 60.0), Setting(4, TWO_TO_EIGHT, 60.0))
    found = checks_of(plan_restore(PROD, wants(4), SCALED, done, "c1"), SCALED)
    assert "autoscaling" not in found
    assert "tasks" not in found


@given(counts, counts, bounds(), st.sampled_from([Axis.TASKS, Axis.AUTOSCALING]))
def test_it_grows_by_the_tasks_that_it_starts(now: int, then: int, limits: ScalingBounds, axis: Axis) -> None:
    after = then if axis is Axis.TASKS else min(max(now, limits.least), limits.most)
    assert grows(Scale(axis, Setting(now), Setting(after, limits))) == max(0, after - now)


def test_a_long_suspension_is_told_as_it_was_typed() -> None:
    assert "for 7 days" in checks(Wanted(tasks=6, suspend=timedelta(days=7)), SCALED)["autoscaling"].sentence


@pytest.mark.parametrize("auto", [PLAIN, SCALED, None])
def test_an_untouched_stage_is_told_as_it_stands(auto: Autoscaling | None) -> None:
    assert checks(Wanted(tasks=6, anyway=True), auto)["tasks"].sentence == "4 of 4 tasks running."
