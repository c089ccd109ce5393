"""Autoscaling that a scaling suspended goes on at its time, once, whatever happened meanwhile."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, NotPossible, Throttled, Unanswered
from bot.domain.scaling import ScalingBounds
from tests.engine.house import STAGING, World, config, words_of
from tests.engine.mortal import Mortal
from tests.engine.scaling import (
    FLAGS,
    GOES_ON,
    SUSPEND,
    SUSPENDED,
    TARGET,
    TWO_TO_EIGHT,
    desired,
    limits,
    newest,
    registered,
    scales,
    scales_itself,
    settles,
    takes,
    told,
    undoes,
)


@pytest.fixture
def world(world: World) -> World:
    scales_itself(world)
    return world


def test_what_was_suspended_goes_on_at_its_time_once_and_says_so(world: World) -> None:
    change = takes(world, SUSPEND)
    assert registered(world)[0]["SuspendedState"] == dict.fromkeys(FLAGS, True)
    settles(world)
    world.advances(7_100)
    assert limits(world) == SUSPENDED
    world.advances(200)
    assert limits(world) == TWO_TO_EIGHT
    assert told(world, change.id) == [GOES_ON]
    world.wakes_for(f"resume:{change.id}")
    world.advances(90_000)
    assert (len(registered(world)), told(world, change.id)) == (2, [GOES_ON])
    assert world.done().count(("resume", "succeeded")) == 1
    assert "*tinystacks* was to let autoscaling go on" in words_of(world.types("audit shop staging"))


def test_a_bot_that_was_down_at_that_time_resumes_when_it_is_back(tmp_path: Path) -> None:
    world = Mortal(tmp_path / "bot.db", config())
    scales_itself(world)
    change = takes(world, SUSPEND)
    settles(world)
    world.restarts(timedelta(hours=40))
    world.runs()
    assert (limits(world), told(world, change.id)) == (TWO_TO_EIGHT, [GOES_ON])
    world.store.close()


def test_where_somebody_resumed_it_before_nothing_is_called_nor_told(world: World) -> None:
    change = takes(world, SUSPEND)
    world.scaling.has_bounds(STAGING, "shop", ScalingBounds(3, 9))
    world.advances(8_000)
    assert (limits(world), len(registered(world)), told(world, change.id)) == (ScalingBounds(3, 9), 1, [])


def test_who_suspends_it_after_an_undo_keeps_it_suspended(world: World) -> None:
    change = takes(world, SUSPEND)
    settles(world)
    undoes(world, change)
    world.scaling.has_bounds(STAGING, "shop", SUSPENDED)
    world.advances(8_000)
    assert (limits(world), told(world, change.id)) == (SUSPENDED, [])


def test_a_second_suspension_ends_at_its_own_time_and_then_all_goes_on(world: World) -> None:
    first = takes(world, SUSPEND)
    settles(world)
    world.advances(3_600)
    second = scales(world, "6 --suspend 2h")
    settles(world)
    world.advances(3_700)
    assert (limits(world), told(world, first.id)) == (SUSPENDED, [])
    world.advances(3_600)
    assert (limits(world), told(world, second.id)) == (TWO_TO_EIGHT, [GOES_ON])
    assert (desired(world), told(world, first.id)) == (6, [])


@pytest.mark.parametrize(
    "error", [NotPossible("AWS says no.", "Look."), AccessDenied("RegisterScalableTarget", "role")]
)
def test_where_aws_refuses_to_resume_it_is_told_once_with_what_to_type(world: World, error: Exception) -> None:
    change = takes(world, SUSPEND)
    settles(world)
    world.scaling.fails(TARGET, error)
    world.advances(20_000)
    (said,) = told(world, change.id)
    assert said.startswith("❌ <@U0ANA> Autoscaling is still suspended:")
    assert "aws application-autoscaling register-scalable-target --region us-east-1" in said
    assert "--resource-id service/staging/shop" in said
    assert "DynamicScalingInSuspended=false,DynamicScalingOutSuspended=false,ScheduledScalingSuspended=false" in said
    assert len(registered(world)) == 2


@pytest.mark.parametrize("landed", [True, False])
def test_a_resumption_that_was_not_answered_is_found_or_made_again_and_told(world: World, landed: bool) -> None:
    change = takes(world, SUSPEND)
    settles(world)
    if landed:
        world.scaling.applies_but_does_not_answer(TARGET)
    else:
        world.scaling.fails(TARGET, Unanswered("AWS", TARGET))
    world.advances(7_400)
    assert (limits(world), told(world, change.id)) == (TWO_TO_EIGHT, [GOES_ON])
    assert len(registered(world)) == (2 if landed else 3)
    assert [one for one in world.done() if one[0] == f"aws:{TARGET}"][-1][1] == ("found" if landed else "done")


def test_while_aws_is_away_it_is_tried_for_a_day_and_then_told(world: World) -> None:
    change = takes(world, SUSPEND)
    settles(world)
    world.scaling.fails("DescribeScalableTargets", Throttled("AWS", "DescribeScalableTargets"), times=5_000)
    world.advances(7_200)
    world.clock.advance(timedelta(hours=25))
    world.runs()
    (said,) = told(world, change.id)
    assert "is throttling DescribeScalableTargets" in said
    assert "Type: aws application-autoscaling register-scalable-target" in said
    assert "Try again in a minute" not in said


def test_a_scaling_that_is_being_called_for_goes_before_what_resumes(world: World) -> None:
    """It rests on the suspension that is about to end."""
    takes(world, SUSPEND)
    settles(world)
    world.advances(7_170)
    preview = world.types("scale shop staging 6 --suspend 1h")
    world.ecs.fails("UpdateService", Throttled("AWS", "UpdateService"), times=9)
    world.clicks(preview, "Scale")
    world.advances(60)
    settles(world)
    assert (newest(world).state, desired(world), limits(world)) == (State.SUCCEEDED, 6, SUSPENDED)
    world.advances(3_700)
    assert limits(world) == TWO_TO_EIGHT
