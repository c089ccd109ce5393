"""`scale stack stage --instances N`, from the word to its end."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, NotPossible
from bot.domain.groups import Group
from bot.domain.stacks import ApprovalRule
from tests.engine.conftest import Build
from tests.engine.fleets import DRAIN, END, GROUP, SET, arn_of, asked, keeps, moves_to, on_instances, writes
from tests.engine.house import CY, STAGING, World, words_of

_RULE = ApprovalRule(("scale",), ("release",), 1, timedelta(minutes=30))
_NO_CAPACITY = "We currently do not have sufficient m5.large capacity in the Availability Zone you requested"


def _scales(world: World, what: str) -> None:
    world.types(f"scale shop staging {what} --yes")
    world.runs()


def _group(world: World) -> Group:
    found = world.groups.group(STAGING, GROUP)
    assert found is not None
    return found


def test_more_instances_are_followed_from_launching_to_the_cluster(world: World) -> None:
    preview = on_instances(world).types("scale shop staging --instances 5")
    assert "`3 instances` → `5 instances`" in words_of(preview)
    assert "2 more m5.large run, and cost, all day." in words_of(preview)
    assert writes(world) == []
    world.clicks(preview, "Scale")
    world.runs()
    assert asked(world, SET) == [{"AutoScalingGroupName": GROUP, "DesiredCapacity": 5, "HonorCooldown": True}]
    assert "3 → 5 instances · 2 launching" in words_of(world.card())
    world.groups.settles(STAGING, GROUP)
    world.advances(10)
    assert world.change().state is State.SUCCEEDED
    assert "3 → 5 instances · 2 registered" in world.thread()[-1]


def test_where_tasks_lack_room_it_goes_on_until_they_run(world: World) -> None:
    on_instances(world)
    world.ecs.sets(STAGING, "shop", desired=4)
    _scales(world, "--instances 5")
    world.groups.settles(STAGING, GROUP)
    world.advances(10)
    assert "3 → 5 instances · 2 registered · 2 of 4 tasks running" in words_of(world.card())
    world.ecs.runs(STAGING, "shop", 4)
    world.advances(10)
    assert world.change().state is State.SUCCEEDED


def test_instances_of_another_group_in_the_same_cluster_are_none_of_ours(world: World) -> None:
    on_instances(world)
    stranger = replace(world.ecs.instance_is(STAGING, arn_of("i-1")), arn="arn:other", ec2_instance_id="i-other")
    world.ecs.instance_joins(STAGING, replace(stranger, running_tasks=7))
    assert "tasks on these instances" not in words_of(world.types("scale shop staging --instances 5"))


def test_a_drain_is_waited_for_and_then_the_instance_is_ended(world: World) -> None:
    on_instances(world)
    preview = world.types("scale shop staging --instances 2")
    assert "2 tasks of shop move: i-0 (us-east-1a) leaves." in words_of(preview)
    assert "The instances that stay have room for 2 tasks more." in words_of(preview)
    world.clicks(preview, "Scale")
    world.runs()
    assert world.calls(DRAIN) == [{"cluster": "staging", "status": "DRAINING", "containerInstances": [arn_of("i-0")]}]
    assert "3 → 2 instances · draining 1 (2 tasks left)" in words_of(world.card())
    world.advances(60)
    assert asked(world, END) == []
    moves_to(world, "i-1")
    world.advances(30)
    assert asked(world, END) == [{"InstanceId": "i-0", "ShouldDecrementDesiredCapacity": True}]
    assert _group(world).desired == 2
    world.groups.settles(STAGING, GROUP)
    world.advances(10)
    assert world.change().state is State.SUCCEEDED
    assert writes(world) == [DRAIN, END]


def test_an_end_that_aws_refuses_for_a_while_is_asked_for_again(world: World) -> None:
    on_instances(world)
    _scales(world, "--instances 2")
    world.groups.fails(END, NotPossible("Another activity of the group is under way.", "Wait for its end."))
    world.ecs.instance_is(STAGING, arn_of("i-0"), running_tasks=0)
    world.advances(10)
    assert world.change().state is State.ROLLING_OUT
    assert "Another activity of the group is under way." in words_of(world.card())
    world.advances(60)
    assert _group(world).desired == 2
    world.groups.settles(STAGING, GROUP)
    world.advances(60)
    assert world.change().state is State.SUCCEEDED
    assert len(asked(world, END)) == 2
    assert writes(world) == [DRAIN, END]


def test_a_group_with_a_hook_drains_itself_and_only_gets_its_number(world: World) -> None:
    on_instances(world, terminating_hooks=("drain",))
    _scales(world, "--instances 2")
    assert writes(world) == [SET]
    world.groups.instance_is(STAGING, GROUP, "i-2", lifecycle_state="Terminating:Wait")
    world.ecs.instance_is(STAGING, arn_of("i-2"), status="DRAINING", running_tasks=1)
    world.advances(10)
    assert "3 → 2 instances · draining 1 (1 task left)" in words_of(world.card())
    world.groups.settles(STAGING, GROUP)
    world.advances(10)
    assert world.change().state is State.SUCCEEDED


def test_a_drain_that_could_never_end_is_not_begun(world: World) -> None:
    on_instances(world)
    keeps(world, maximum_percent=100, minimum_healthy_percent=100)
    told = words_of(world.types("scale shop staging --instances 2 --yes"))
    assert "ECS may not move tasks of shop: the drain would never end" in told
    assert "--service shop --deployment-configuration maximumPercent=200,minimumHealthyPercent=100" in told
    world.runs()
    assert writes(world) == []


def test_a_launch_that_fails_is_told_in_aws_words_and_undone_by_a_click(world: World) -> None:
    on_instances(world)
    _scales(world, "--instances 5")
    world.groups.did(STAGING, GROUP, "Failed", "Launching a new EC2 instance.", message=_NO_CAPACITY)
    world.groups.did(STAGING, GROUP, "InProgress", "Launching a new EC2 instance.")
    world.advances(10)
    first = world.change()
    assert first.failing
    assert _NO_CAPACITY in words_of(world.card())
    preview = world.clicks(world.card(), "Undo")
    assert "`5 instances` → `3 instances`" in words_of(preview)


def test_nothing_that_was_begun_is_left_draining_for_good(world: World) -> None:
    on_instances(world)
    _scales(world, "--instances 2")
    world.runs_until_quiet()
    assert world.change().state is State.FAILED
    assert "2 tasks are still on i-0." in words_of(world.card())
    assert "To go back: /tinystacks scale shop staging --instances 3" in words_of(world.card())
    _scales(world, "--instances 3")
    assert world.calls(DRAIN)[-1] == {"cluster": "staging", "status": "ACTIVE", "containerInstances": [arn_of("i-0")]}
    world.advances(10)
    assert world.change().state is State.SUCCEEDED


def test_a_group_that_somebody_else_moves_is_let_go(world: World) -> None:
    on_instances(world)
    _scales(world, "--instances 5")
    world.groups.sets(STAGING, GROUP, desired=7)
    world.advances(10)
    assert world.change().state is State.SUPERSEDED
    assert "desired count of group staging-asg is 7 now" in words_of(world.card())


def test_an_approved_number_is_not_set_once_the_group_has_moved(build: Build) -> None:
    world = on_instances(build(approval=_RULE))
    _scales(world, "--instances 5")
    card = world.card()
    world.groups.sets(STAGING, GROUP, desired=4)
    world.clicks(card, "Approve", CY)
    world.runs()
    assert world.change().state is State.OUTDATED
    assert "group's desired count" in words_of(world.card())
    assert writes(world) == []


def test_tasks_that_move_about_meanwhile_outdate_nothing(build: Build) -> None:
    world = on_instances(build(approval=_RULE))
    _scales(world, "--instances 2")
    moves_to(world, "i-2")
    world.clicks(world.card(), "Approve", CY)
    world.runs()
    assert [one["containerInstances"] for one in world.calls(DRAIN)] == [[arn_of("i-0")]]


def test_bounds_of_a_group_are_moved_alone(world: World) -> None:
    on_instances(world)
    _scales(world, "--instances-max 12")
    assert asked(world, "UpdateAutoScalingGroup") == [{"AutoScalingGroupName": GROUP, "MaxSize": 12}]
    world.advances(10)
    assert world.change().state is State.SUCCEEDED
    assert (_group(world).most, _group(world).desired) == (12, 3)


def test_undo_brings_back_number_and_bounds(world: World) -> None:
    on_instances(world)
    _scales(world, "--instances 12 --instances-max 12")
    world.groups.settles(STAGING, GROUP)
    world.advances(10)
    preview = world.clicks(world.card(), "Undo")
    assert "`12 instances (0 to 12)` → `3 instances (0 to 10)`" in words_of(preview)


def test_whose_tasks_move_is_open_where_they_may_not_be_read(world: World) -> None:
    on_instances(world)
    world.ecs.fails("ListTasks", AccessDenied("ecs:ListTasks", "role/bot"), 9)
    told = words_of(world.types("scale shop staging --instances 2"))
    assert "with 2 tasks that I did not look into" in told
