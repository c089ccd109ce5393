"""The way back: to what worked last, whoever brought it, and never to what was left."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, Throttled
from tests.engine.going_back import TO, runs, somebody_deploys, succeeds
from tests.engine.house import REPOSITORY, STAGING, World, buttons, config, words_of
from tests.fakes.ecs_story import document


def test_a_roll_back_goes_to_what_worked_before_and_registers_nothing(world: World) -> None:
    succeeds(world)
    registered = len(world.calls("RegisterTaskDefinition"))
    preview = world.types("rollback shop staging")
    assert preview is not None
    assert list(buttons(preview)) == ["Roll back", "Cancel"]
    assert "v42" in words_of(preview)
    assert "v41" in words_of(preview)
    world.clicks(preview, "Roll back")
    world.runs()
    assert world.calls(TO)[-1] == {
        "cluster": "staging",
        "service": "shop",
        "taskDefinition": "arn:aws:ecs:us-east-1:111122223333:task-definition/shop:1",
    }
    assert len(world.calls("RegisterTaskDefinition")) == registered
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.SUCCEEDED
    assert world.change().registered_arn.endswith(":task-definition/shop:1")


def test_rolling_back_again_goes_further_back_and_never_to_what_was_left(world: World) -> None:
    succeeds(world)
    succeeds(world, "deploy shop staging v43")
    for expected in ("shop:2", "shop:1"):
        succeeds(world, "rollback shop staging")
        assert runs(world) == expected
    answer = words_of(world.types("rollback shop staging"))
    assert "Neither my record nor ECS's" in answer
    assert "/tinystacks rollback shop staging REVISION" in answer


def test_a_failed_deploy_is_left_for_what_ran_before(world: World) -> None:
    succeeds(world)
    world.deploys("v43")
    world.ecs.task_dies(STAGING, "shop")
    world.ecs.breaks(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.FAILED
    succeeds(world, "rollback shop staging")
    assert runs(world) == "shop:2"


def test_a_failing_rollout_does_not_keep_anybody_from_rolling_back(world: World) -> None:
    succeeds(world)
    world.deploys("v43")
    failing = world.change().id
    for _ in range(3):
        world.ecs.task_dies(STAGING, "shop")
        world.advances(20)
    assert world.change(failing).failing
    preview = world.types("rollback shop staging")
    assert "is failing; this will replace it" in words_of(preview)
    world.clicks(preview, "Roll back")
    world.runs()
    assert runs(world) == "shop:2"
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.SUCCEEDED
    assert world.change(failing).state is State.SUPERSEDED


def test_a_healthy_rollout_of_ours_is_waited_for(world: World) -> None:
    succeeds(world)
    world.deploys("v43")
    preview = world.types("rollback shop staging")
    assert preview is not None
    assert "Roll back" not in buttons(preview)


def test_without_a_record_ecss_own_deployments_tell(world: World, tmp_path: Path) -> None:
    for image in ("v42", "v43"):
        somebody_deploys(world, image)
    fresh = World(tmp_path / "fresh.db", config())
    fresh.ecs.__dict__.update(world.ecs.__dict__)
    fresh.ecs.clock = fresh.clock.now
    preview = words_of(fresh.types("rollback shop staging"))
    fresh.store.close()
    assert "shop:2 worked here" in preview
    assert "says ECS" in preview


def test_what_somebody_deployed_past_us_is_gone_back_to_where_it_worked_last(world: World) -> None:
    succeeds(world)
    for image in ("v43", "v44"):
        somebody_deploys(world, image)
    succeeds(world, "rollback shop staging")
    assert runs(world) == "shop:3"


@pytest.mark.parametrize("call", ["ListServiceDeployments", "DescribeServiceRevisions"])
def test_where_ecss_record_may_not_be_read_ours_counts(world: World, call: str) -> None:
    succeeds(world)
    somebody_deploys(world, "v43")
    world.ecs.fails(call, AccessDenied(f"ecs:{call}", "the bot"), times=9)
    assert "shop:2 worked here" in words_of(world.types("rollback shop staging"))


def test_what_became_of_another_service_of_that_stages_name_is_no_way_back(world: World) -> None:
    succeeds(world)
    succeeds(world, "deploy shop staging v43")
    good = world.change()
    elsewhere = replace(good, id="elsewhere", service="other", registered_arn=good.registered_arn[:-1] + "9")
    with world.store.transaction() as tx:
        tx.insert_change(replace(elsewhere, finished_at=world.clock.now()))
    assert "shop:2 worked here" in words_of(world.types("rollback shop staging"))


def test_while_ecss_record_cannot_be_read_nothing_is_guessed(world: World) -> None:
    succeeds(world)
    somebody_deploys(world, "v43")
    world.ecs.fails("ListServiceDeployments", Throttled("AWS", "ListServiceDeployments"))
    assert "throttling ListServiceDeployments" in words_of(world.types("rollback shop staging"))


@pytest.mark.parametrize("word", ["1", "shop:1"])
def test_a_named_revision_is_gone_back_to(world: World, word: str) -> None:
    succeeds(world)
    succeeds(world, "deploy shop staging v43")
    succeeds(world, f"rollback shop staging {word}")
    assert runs(world) == "shop:1"


def test_a_revision_that_ecs_does_not_have_is_answered_with_the_nearest(world: World) -> None:
    succeeds(world)
    answer = words_of(world.types("rollback shop staging 77"))
    assert "no task definition “shop:77”" in answer
    assert "shop:2" in answer


def test_a_tag_is_no_revision(world: World) -> None:
    assert "/tinystacks deploy shop staging IMAGE" in words_of(world.types("rollback shop staging v41"))


def test_a_revision_that_was_left_is_warned_of_by_name(world: World) -> None:
    succeeds(world)
    succeeds(world, "deploy shop staging v43")
    succeeds(world, "rollback shop staging")
    assert "shop:3 was rolled back from" in words_of(world.types("rollback shop staging 3"))


def test_a_revision_nobody_saw_working_is_warned_of(world: World) -> None:
    unused = world.ecs.has_task_definition(STAGING, document("shop", f"{REPOSITORY}:v44"))
    somebody_deploys(world, "v43")
    answer = words_of(world.types(f"rollback shop staging {unused.revision}"))
    assert "neither my record nor ECS's shows that it ever worked here" in answer


def test_an_image_that_is_gone_stands_in_the_way(world: World) -> None:
    succeeds(world)
    world.images.loses(REPOSITORY, "v41")
    preview = world.types("rollback shop staging")
    assert preview is not None
    assert "is gone from the registry" in words_of(preview)
    assert list(buttons(preview)) == ["Cancel"]


def test_a_registry_that_does_not_answer_keeps_nobody_from_rolling_back(world: World) -> None:
    succeeds(world)
    world.images.fails("DescribeImages", Throttled("AWS", "DescribeImages"), times=9)
    preview = world.types("rollback shop staging")
    assert preview is not None
    assert "I cannot read the registry" in words_of(preview)
    assert "Roll back" in buttons(preview)


def test_a_deregistered_revision_is_refused(world: World) -> None:
    succeeds(world)
    arn = "arn:aws:ecs:us-east-1:111122223333:task-definition/shop:1"
    world.ecs.definitions[arn] = replace(world.ecs.definitions[arn], status="INACTIVE")
    assert "shop:1 is INACTIVE" in words_of(world.types("rollback shop staging"))


def test_the_revision_that_was_shown_is_kept_when_it_is_asked_for_again(world: World) -> None:
    succeeds(world)
    preview = world.types("rollback shop staging")
    somebody_deploys(world, "v44")
    world.clicks(preview, "Roll back")
    world.runs()
    assert world.change().state is State.OUTDATED
    again = words_of(world.clicks(world.card(), "Ask again"))
    assert "shop:1 worked here" in again
