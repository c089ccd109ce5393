"""What a hostile reader tried on scalings: each of these once went wrong, or could have."""

from dataclasses import replace

import pytest

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, NotPossible, Throttled
from bot.domain.scaling import ScalingBounds
from bot.engine.dispatch import Dispatch
from tests.engine.conftest import Build
from tests.engine.fleets import DRAIN, END, GROUP, arn_of, asked, on_instances, writes
from tests.engine.house import CY, STAGING, World, config, words_of
from tests.engine.scaling import (
    SUSPEND,
    SUSPENDED,
    TWO_TO_EIGHT,
    limits,
    newest,
    rule,
    scales,
    scales_itself,
    settles,
    takes,
    undoes,
)
from tests.engine.test_scaling_form import sends

UNABLE = "(service shop) was unable to place a task because no container instance met all of its requirements."


def scaled_by_instances(world: World, words: str) -> None:
    world.types(f"scale shop staging {words} --yes")
    world.runs()
    world.groups.settles(STAGING, GROUP)
    world.advances(10)
    assert newest(world).state is State.SUCCEEDED, words_of(world.card())
    world.advances(600)


def test_a_suspension_whose_successor_was_undone_still_ends(world: World) -> None:
    """The first waits for the second, the second is over since it was taken back: nobody would have ended it."""
    scales_itself(world)
    takes(world, SUSPEND)
    settles(world)
    world.advances(600)
    second = scales(world, "6 --suspend 2h")
    settles(world)
    undoes(world, second)
    assert limits(world) == SUSPENDED
    world.advances(4 * 3_600)
    assert limits(world) == TWO_TO_EIGHT
    assert world.done().count(("resume", "succeeded")) == 1


def test_an_undo_of_bounds_leaves_the_number_of_instances_alone(world: World) -> None:
    on_instances(world)
    scaled_by_instances(world, "--instances-max 12")
    change = newest(world)
    scaled_by_instances(world, "--instances 6")
    preview = words_of(world.clicks(world.card(change.id), "Undo"))
    assert "`6 instances (0 to 12)` → `6 instances (0 to 10)`" in preview


def test_a_scaling_of_another_group_is_not_taken_back_on_this_one(world: World) -> None:
    on_instances(world)
    scaled_by_instances(world, "--instances 5")
    world.groups.has_group(STAGING, "other-asg", ["i-77", "i-78"])
    world.dispatch = Dispatch(replace(world.house, config=config(auto_scaling_group="other-asg")))
    answer = words_of(world.clicks(world.card(), "Undo"))
    assert "was of group staging-asg" in answer
    assert writes(world) == ["SetDesiredCapacity"]


def test_a_reason_of_two_lines_is_no_emergency(build: Build) -> None:
    world = build(approval=rule(), emergency=("developers",))
    scales_itself(world)
    ways = sends(world, tasks="4", reason="launch day\ncustomers cannot pay")
    preview = words_of(world.clicks(ways, SUSPEND))
    assert "Emergency" not in preview
    assert "launch day customers cannot pay" in preview


def test_what_is_drained_is_not_ended_once_somebody_wants_the_group_larger(world: World) -> None:
    on_instances(world)
    world.types("scale shop staging --instances 2 --yes")
    world.runs()
    assert writes(world) == [DRAIN]
    world.groups.sets(STAGING, GROUP, desired=5)
    world.ecs.instance_is(STAGING, arn_of("i-0"), running_tasks=0)
    world.advances(10)
    assert asked(world, END) == []
    assert newest(world).state is State.SUPERSEDED
    assert "Still DRAINING: i-0. To bring back what drains" in words_of(world.card())


def test_what_is_refused_half_way_never_says_that_nothing_was_changed(world: World) -> None:
    scales_itself(world)
    world.ecs.fails("UpdateService", NotPossible("AWS says no.", "Look at it."))
    takes(world, SUSPEND)
    problem = newest(world).problem
    assert "Nothing was changed" not in problem
    assert "Done before that: RegisterScalableTarget." in problem


@pytest.mark.parametrize(
    "error",
    [
        AccessDenied("autoscaling:TerminateInstanceInAutoScalingGroup", "role"),
        NotPossible("AWS says no.", "Look."),
        Throttled("AWS", END),
    ],
)
def test_instances_that_could_not_be_ended_are_told_to_drain_still(world: World, error: Exception) -> None:
    on_instances(world)
    world.types("scale shop staging --instances 2 --yes")
    world.runs()
    world.groups.fails(END, error, 5_000)
    world.ecs.instance_is(STAGING, arn_of("i-0"), running_tasks=0)
    world.advances(60)
    assert "Nothing was changed" not in words_of(world.card())
    world.advances(3 * 3_600)
    assert newest(world).state is State.FAILED
    told = words_of(world.card())
    assert "Nothing was changed" not in told
    assert "Done before that: UpdateContainerInstancesState." in told
    assert "To take it back: /tinystacks scale shop staging --restore" in told
    world.types("scale shop staging --restore --yes")
    world.runs()
    assert world.calls(DRAIN)[-1]["status"] == "ACTIVE"


def test_what_goes_on_is_told_with_the_bounds_that_are_there_by_then(world: World) -> None:
    scales_itself(world)
    change = takes(world, SUSPEND)
    settles(world)
    world.scaling.has_bounds(STAGING, "shop", replace(SUSPENDED, least=3, most=6))
    world.advances(7_400)
    assert limits(world) == ScalingBounds(3, 6)
    assert "▶️ <@U0ANA> Autoscaling goes on, within 3 to 6 tasks." in world.thread(change.id)


def test_where_nobody_can_see_whether_it_is_suspended_nobody_says_so(world: World) -> None:
    scales_itself(world)
    change = takes(world, SUSPEND)
    settles(world)
    world.scaling.fails("DescribeScalableTargets", AccessDenied("DescribeScalableTargets", "role"))
    world.advances(7_400)
    (told,) = [one for one in world.thread(change.id) if "Autoscaling" in one]
    assert "still suspended" not in told
    assert "may be suspended still" in told


def test_restore_takes_the_failing_scaling_back_though_another_change_has_the_stage(world: World) -> None:
    scales(world, "3")
    settles(world)
    world.advances(60)
    failing = scales(world, "8")
    world.ecs.says(STAGING, "shop", UNABLE)
    world.advances(10)
    assert world.change(failing.id).failing
    world.types("deploy shop staging v42 --yes")
    world.runs()
    preview = words_of(world.types("scale shop staging --restore"))
    assert "`8 tasks` → `3 tasks`" in preview


def test_an_undo_of_a_count_that_others_have_moved_since_says_so(world: World) -> None:
    first = scales(world, "4")
    settles(world)
    scales(world, "9")
    settles(world)
    preview = words_of(world.clicks(world.card(first.id), "Undo"))
    assert "`9 tasks` → `2 tasks`" in preview
    assert "The count is 9 by now, not 4" in preview


@pytest.mark.parametrize("call", ["DescribeScalableTargets", "DescribeScalingPolicies", "DescribeScheduledActions"])
def test_what_may_not_be_read_any_more_is_not_told_to_be_gone(world: World, call: str) -> None:
    scales_itself(world)
    preview = world.clicks(world.types("scale shop staging 4"), SUSPEND)
    world.scaling.fails(call, AccessDenied(call, "role"), 9)
    world.clicks(preview, "Scale")
    world.runs()
    assert newest(world).state is State.FAILED
    told = newest(world).problem
    assert call in told
    assert "nothing;" not in told
    assert limits(world) == TWO_TO_EIGHT


def test_what_nobody_could_see_any_more_says_that_aws_goes_on_and_where_to_look(world: World) -> None:
    scales(world, "4")
    world.ecs.fails("DescribeServices", NotPossible("AWS says no.", "Look."), 5_000)
    world.advances(3 * 3_600)
    told = newest(world).problem
    assert "Nothing was changed" not in told
    assert "I stop looking; AWS goes on. How it stands: /tinystacks status shop staging" in told


def test_what_was_taken_back_while_it_failed_ends_no_instance_any_more(world: World) -> None:
    on_instances(world)
    world.types("scale shop staging --instances 2 --yes")
    world.runs()
    first = newest(world)
    world.ecs.says(STAGING, "shop", UNABLE)
    world.advances(10)
    assert world.change(first.id).failing
    preview = world.clicks(world.card(first.id), "Undo")
    world.groups.fails("DescribeAutoScalingGroups", Throttled("AWS", "DescribeAutoScalingGroups"))
    world.clicks(preview, "Scale")
    world.ecs.instance_is(STAGING, arn_of("i-0"), running_tasks=0)
    world.advances(60)
    assert asked(world, END) == []
    assert world.change(first.id).state is State.SUPERSEDED
    assert world.calls(DRAIN)[-1]["status"] == "ACTIVE"
    assert newest(world).state is State.SUCCEEDED


def test_a_group_that_drains_its_instances_no_more_is_not_made_smaller(build: Build) -> None:
    """Approved was that the group's hook empties an instance before it goes."""
    world = on_instances(build(approval=rule()), terminating_hooks=("drain",))
    world.types("scale shop staging --instances 2 --yes")
    world.runs()
    card = world.card()
    world.groups.sets(STAGING, GROUP, terminating_hooks=())
    world.clicks(card, "Approve", CY)
    world.runs()
    assert newest(world).state is State.OUTDATED
    assert "instances are drained by" in newest(world).problem
    assert writes(world) == []


def test_a_policy_whose_pace_was_changed_since_is_not_put_back(build: Build) -> None:
    world = build(approval=rule())
    scales_itself(world)
    world.types("scale shop staging --min 2 --max 8 --cpu-target 50 --yes")
    world.runs()
    card = world.card()
    (policy,) = world.scaling.policies(STAGING, "shop")
    world.scaling.has_policy(STAGING, "shop", replace(policy, scale_out_cooldown=600))
    world.clicks(card, "Approve", CY)
    world.runs()
    assert newest(world).state is State.OUTDATED
    assert world.scaling.asked("PutScalingPolicy") == []
