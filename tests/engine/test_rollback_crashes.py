"""A roll back whose call got no answer: a revision that was there before proves nothing by itself."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.changes import State
from bot.domain.errors import Unanswered
from bot.engine.changes import APPLY
from tests.engine.going_back import TO, asked_for, succeeds
from tests.engine.house import STAGING, World, words_of


def confirmed(world: World) -> None:
    """A roll back from v43 (shop:3) to v42 (shop:2), about to be applied."""
    succeeds(world)
    succeeds(world, "deploy shop staging v43")
    world.types("rollback shop staging --yes")


def test_a_roll_back_that_landed_without_an_answer_is_found_and_not_repeated(world: World) -> None:
    confirmed(world)
    world.ecs.applies_but_does_not_answer(TO)
    world.advances(60)
    assert asked_for(world).count("shop:2") == 2
    primary = world.ecs.service(STAGING, "shop").primary
    assert primary is not None
    assert world.change().deployment_id == primary.id


def test_a_roll_back_that_did_not_land_is_repeated_once(world: World) -> None:
    confirmed(world)
    world.ecs.fails(TO, Unanswered("AWS", TO))
    world.advances(60)
    assert asked_for(world)[-2:] == ["shop:2", "shop:2"]
    assert world.change().state is State.ROLLING_OUT


def test_an_earlier_deployment_of_the_revision_is_never_taken_for_the_roll_back(world: World) -> None:
    """shop:2 was deployed seconds ago, is still being drained, and nobody knows whether the roll back to it landed."""
    succeeds(world)
    world.clock.advance(timedelta(seconds=1))
    old = world.ecs.service(STAGING, "shop").deployments[0]
    world.deploys("v43")
    world.ecs.runs(STAGING, "shop", 2)
    service = world.ecs.completes(STAGING, "shop")
    world.advances(20)
    world.ecs.sets(STAGING, "shop", deployments=(*service.deployments, replace(old, status="ACTIVE", running=1)))
    world.types("rollback shop staging --yes")
    world.ecs.fails(TO, Unanswered("AWS", TO))
    world.advances(60)
    assert world.change().deployment_id != old.id
    assert asked_for(world)[-2:] == ["shop:2", "shop:2"]


def test_what_ecs_brought_back_by_itself_meanwhile_is_not_called_ours(world: World) -> None:
    succeeds(world)
    world.deploys("v43")
    old = world.ecs.service(STAGING, "shop").deployments[1]
    for _ in range(3):
        world.ecs.task_dies(STAGING, "shop")
        world.advances(20)
    world.types("rollback shop staging --yes")
    world.ecs.meanwhile(TO, lambda: world.ecs.rolls_back(STAGING, "shop"))
    world.runs()
    change = world.change()
    assert change.state is State.FAILED
    assert change.deployment_id == ""
    assert f"ECS runs that revision already, by its deployment {old.id}" in words_of(world.card())


def test_after_a_crash_what_ecs_brought_back_by_itself_is_not_called_ours_either(world: World) -> None:
    succeeds(world)
    world.deploys("v43")
    for _ in range(3):
        world.ecs.task_dies(STAGING, "shop")
        world.advances(20)
    world.advances(60)
    world.types("rollback shop staging --yes")
    world.ecs.fails(TO, Unanswered("AWS", TO))
    world.runs()
    world.ecs.rolls_back(STAGING, "shop")
    world.wakes_for(f"{APPLY}:{world.change().id}")
    world.advances(60)
    assert world.change().state is State.FAILED
    assert "ECS runs that revision already" in words_of(world.card())


def test_nothing_ever_deregisters_a_revision(world: World) -> None:
    confirmed(world)
    world.runs()
    assert {one.call for one in world.ecs.writes} == {"RegisterTaskDefinition", TO}
    assert [one.status for one in world.ecs.definitions.values() if one.family == "shop"] == ["ACTIVE"] * 3
