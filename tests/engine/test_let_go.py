"""What must not be held for ever, and what must not be kept once a change is over."""

from dataclasses import replace

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, NotFound, NotPossible, Unanswered
from bot.domain.stacks import ApprovalRule, OnFailure, Place
from bot.engine.commands import House
from bot.engine.steps import step_of
from tests.engine.conftest import Build
from tests.engine.house import STAGING, World, config, words_of
from tests.engine.rolling import dies, rolling

ELSEWHERE = Place("eu-west-1", "elsewhere")


def reconfigured(world: World, **staging: object) -> None:
    """Starts the bot anew with another tinystacks.yml."""
    world.house = House(config(**staging), world.house.ports, world.house.timings, world.house.commands)
    world.dispatch = type(world.dispatch)(world.house)
    world.wakes.start(step_of(world.house))


def test_a_failure_that_ecs_leaves_standing_is_brought_back_where_the_config_says_so(build: Build) -> None:
    world = build(on_failure=OnFailure.ROLLBACK)
    world.ecs.has_breaker(STAGING, "shop", rollback=False)
    rolling(world)
    dies(world)
    world.ecs.breaks(STAGING, "shop")
    world.advances(60)
    assert len(world.calls("StopServiceDeployment")) + len(world.calls("UpdateService")) >= 2
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.ROLLED_BACK


def test_a_stage_whose_rollout_nobody_can_see_is_let_go_after_ten_minutes(world: World) -> None:
    rolling(world)
    world.ecs.fails("DescribeServices", AccessDenied("ecs:DescribeServices", "role bot"), times=10_000)
    world.advances(500)
    assert not world.change().failing
    world.advances(200)
    assert world.change().failing
    assert world.change().state is State.ROLLING_OUT


def test_a_rollout_in_a_cluster_that_is_gone_ends(world: World) -> None:
    rolling(world)
    world.ecs.fails("DescribeServices", NotFound("cluster", "staging", "us-east-1"), times=10_000)
    world.advances(90)
    assert world.change().state is State.FAILED
    assert "Not seen since" in words_of(world.card())


def test_a_stage_that_moved_in_the_config_is_not_what_an_abort_touches(world: World) -> None:
    rolling(world)
    reconfigured(world, place=ELSEWHERE, service="other")
    world.ecs.fails("StopServiceDeployment", NotPossible("It cannot be stopped.", "Look."), times=5)
    world.clicks(world.card(), "Abort")
    world.advances(60)
    asked = world.calls("UpdateService")[-1]
    assert (asked["cluster"], asked["service"]) == ("staging", "shop")


def test_a_preview_of_a_stage_that_moved_since_is_refused(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    reconfigured(world, service="other")
    assert "changed this stage" in words_of(world.clicks(preview, "Deploy"))


def test_an_approval_rule_that_came_after_the_preview_counts(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    rule = ApprovalRule(("deploy",), ("release",), 1, world.house.timings.proposal_lives)
    reconfigured(world, approval=rule)
    assert "changed this stage since the preview (approval)" in words_of(world.clicks(preview, "Deploy"))
    assert world.change().state is State.PROPOSED


def test_what_may_not_be_looked_at_is_never_called_untouched(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    world.ecs.fails("UpdateService", Unanswered("AWS", "UpdateService"))
    world.clicks(preview, "Deploy")
    world.advances(5)
    world.ecs.fails("DescribeServices", AccessDenied("ecs:DescribeServices", "role bot"), times=50)
    world.advances(120)
    assert world.change().state is State.FAILED
    assert "not touched" not in world.change().problem
    assert "may not look" in world.change().problem


def test_a_change_that_is_over_keeps_no_task_definition(world: World) -> None:
    rolling(world)
    assert "containerDefinitions" in world.change().plan.steps[0].request
    world.ecs.completes(STAGING, "shop")
    world.advances(30)
    assert world.change().state is State.SUCCEEDED
    assert all("containerDefinitions" not in step.request for step in world.change().plan.steps)
    assert world.change().plan.after.tag == "v42"


def test_a_refused_click_leaves_the_preview_as_it_is(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert preview is not None
    before = replace(preview)
    world.clicks(preview, "Deploy", "U0GUEST")
    assert preview.blocks == before.blocks


def test_a_refusal_names_its_stage_in_the_audit_log(world: World) -> None:
    world.types("deploy shop staging v42", "U0CY")
    [refused] = [row for row in world.audit() if row.outcome == "refused"]
    assert (refused.stack, refused.stage) == ("shop", "staging")
