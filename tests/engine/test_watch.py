"""Card and thread follow what AWS says, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.changes import State
from bot.domain.ecs import Breaker, ServiceDeployment
from bot.domain.errors import AccessDenied, Throttled, Unreachable
from tests.engine.conftest import Build
from tests.engine.house import CY, REPOSITORY, STAGING, World, words_of
from tests.engine.rolling import dies, rolling
from tests.fakes.ecs_story import document


def test_the_card_counts_what_runs(world: World) -> None:
    rolling(world)
    world.ecs.runs(STAGING, "shop", 1, pending=1)
    world.advances(10)
    assert "new 1 running · 1 starting" in words_of(world.card())


def test_a_success_is_told_with_its_milestones_in_order(world: World) -> None:
    rolling(world)
    world.ecs.runs(STAGING, "shop", 1)
    world.advances(10)
    world.ecs.completes(STAGING, "shop")
    world.advances(10)
    assert world.change().state is State.SUCCEEDED
    assert [told.split()[0] for told in world.thread()] == ["Started", "First", "✅"]
    assert words_of(world.card()).startswith("✅")


def test_after_the_end_nothing_is_looked_at_and_nothing_waits(world: World) -> None:
    rolling(world)
    world.ecs.completes(STAGING, "shop")
    world.advances(20)
    looks = len(world.calls("DescribeServices"))
    world.runs_until_quiet()
    assert len(world.calls("DescribeServices")) == looks
    assert world.postings() == ()


def test_running_tasks_alone_are_no_success(world: World) -> None:
    rolling(world)
    world.ecs.runs(STAGING, "shop", 2)
    world.advances(600)
    assert world.change().state is State.ROLLING_OUT


def test_unreadable_aws_is_said_with_since_when_and_forgotten_once_it_answers(world: World) -> None:
    rolling(world)
    world.ecs.fails("DescribeServices", Unreachable("AWS", "DescribeServices"), times=8)
    world.advances(50)
    assert world.change().problem == ""
    world.advances(30)
    assert "Not seen since 10:00:10 UTC" in world.change().problem
    assert world.change().state is State.ROLLING_OUT
    world.advances(120)
    assert world.change().problem == ""


def test_the_card_shows_that_nobody_can_see_the_rollout(world: World) -> None:
    rolling(world)
    world.ecs.fails("DescribeServices", Throttled("AWS", "DescribeServices"), times=8)
    world.advances(90)
    assert "Not seen since" in words_of(world.card())


def test_without_the_right_to_read_service_deployments_events_decide(world: World) -> None:
    world.ecs.fails("DescribeServiceDeployments", AccessDenied("ecs:DescribeServiceDeployments", "bot"), times=999)
    rolling(world)
    world.ecs.completes(STAGING, "shop")
    world.advances(20)
    assert world.change().state is State.SUCCEEDED


def test_a_foreign_deployment_supersedes_ours(world: World) -> None:
    rolling(world)
    other = world.ecs.has_task_definition(STAGING, document("shop", f"{REPOSITORY}:v43"))
    world.ecs.somebody_deploys(STAGING, "shop", other.arn)
    world.advances(40)
    assert world.change().state is State.SUPERSEDED
    assert "another deployment took its place" in words_of(world.card())
    assert "`shop:3`" in words_of(world.card())


def test_a_breakers_roll_back_is_never_a_success(world: World) -> None:
    world.ecs.has_breaker(STAGING, "shop")
    rolling(world)
    dies(world)
    world.ecs.rolls_back(STAGING, "shop", "Service deployment rolled back because the circuit breaker threshold")
    world.advances(20)
    assert world.change().state is State.ROLLING_OUT
    world.ecs.completes(STAGING, "shop")
    world.advances(20)
    assert world.change().state is State.ROLLED_BACK
    assert "circuit breaker" in words_of(world.card())
    assert "exit code *1*" in words_of(world.card())


def test_the_breakers_count_is_told_as_it_grows(world: World) -> None:
    world.ecs.has_breaker(STAGING, "shop")
    rolling(world)
    arn = world.change().service_deployment_arn
    for number in (1, 2):
        world.ecs.service_deployments[arn] = _counted(world, arn, number)
        world.advances(10)
    assert [one for one in world.thread() if "Circuit breaker" in one] == [
        f"⚠️ Circuit breaker: {number} of 3 failures" for number in (1, 2)
    ]


def _counted(world: World, arn: str, failures: int) -> ServiceDeployment:
    return replace(world.ecs.service_deployments[arn], breaker=Breaker("MONITORING", failures, 3))


def test_a_breaker_without_roll_back_is_a_failure(world: World) -> None:
    world.ecs.has_breaker(STAGING, "shop", rollback=False)
    rolling(world)
    dies(world)
    world.ecs.breaks(STAGING, "shop")
    world.advances(20)
    assert world.change().state is State.FAILED


def test_past_its_deadline_a_rollout_is_called_stuck_and_may_still_succeed(build: Build) -> None:
    world = build(deadline=timedelta(minutes=5))
    rolling(world)
    world.advances(1_000)
    assert world.change().state is State.ROLLING_OUT
    assert "Abort" in words_of(world.card())
    assert len([one for one in world.thread() if "its deadline passed" in one]) == 1
    world.ecs.completes(STAGING, "shop")
    world.advances(40)
    assert world.change().state is State.SUCCEEDED


def test_after_a_day_nobody_looks_any_longer(build: Build) -> None:
    world = build(deadline=timedelta(minutes=5))
    rolling(world)
    world.advances(600)
    world.clock.advance(timedelta(hours=23, minutes=40))
    world.advances(300)
    assert world.change().state is State.ROLLING_OUT
    world.advances(600)
    assert world.change().state is State.FAILED
    assert "its deadline passed" in words_of(world.card())


def test_a_service_deleted_in_the_middle_is_a_failure(world: World) -> None:
    rolling(world)
    world.advances(60)
    world.ecs.loses_service(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.FAILED
    assert "the service is gone" in words_of(world.card())


def test_one_look_serves_every_rollout_of_a_cluster(world: World) -> None:
    first = rolling(world)
    second = _neighbour(world, first)
    world.ecs.calls.clear()
    world.advances(30)
    asked = world.calls("DescribeServices")
    assert all(request["services"] == ["cart", "shop"] for request in asked)
    assert len(asked) <= 7
    world.ecs.completes(STAGING, "shop")
    world.ecs.completes(STAGING, "cart")
    world.advances(20)
    assert (world.change(first).state, world.change(second).state) == (State.SUCCEEDED, State.SUCCEEDED)


def _neighbour(world: World, change_id: str) -> str:
    """Another service of the cluster, rolling out as well."""
    world.ecs.has_service(STAGING, "cart", "cart:v1")
    deployed = world.ecs.has_task_definition(STAGING, document("cart", "cart:v2"))
    service = world.ecs.somebody_deploys(STAGING, "cart", deployed.arn)
    assert service.primary is not None
    other = replace(
        world.change(change_id),
        id="neighbour",
        stack="cart",
        service="cart",
        registered_arn=deployed.arn,
        deployment_id=service.primary.id,
        service_deployment_arn="",
        started_at=world.clock.now(),
        version=0,
    )
    with world.store.transaction() as tx:
        tx.insert_change(other)
    return other.id


def test_who_asked_is_mentioned_once_at_the_end(world: World) -> None:
    world.deploys(stage="prod", user=CY)
    change = world.change()
    world.ecs.completes(change.place, "shop-prod")
    world.advances(20)
    assert sum("<@U0CY>" in told for told in world.thread()) == 1


@pytest.mark.parametrize("times", [1, 3])
def test_a_step_that_breaks_is_tried_again_and_the_rollout_ends_right(world: World, times: int) -> None:
    rolling(world)
    world.ecs.fails("DescribeServices", RuntimeError("a fault of ours"), times=times)
    world.advances(60)
    world.ecs.completes(STAGING, "shop")
    world.advances(120)
    assert world.change().state is State.SUCCEEDED


def test_every_end_is_audited_once_with_its_why(world: World) -> None:
    rolling(world)
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    [row] = [row for row in world.audit() if row.action == "finish"]
    assert (row.outcome, row.change_id) == ("succeeded", world.change().id)
    assert '"why":"completed"' in row.detail
