"""The way back: to what worked last, whoever brought it, and never to what was left."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, Throttled, Unanswered
from bot.engine.changes import APPLY
from tests.engine.house import BO, CY, REPOSITORY, STAGING, World, buttons, config, words_of
from tests.fakes.ecs_story import document

TO = "UpdateService"


def succeeds(world: World, words: str = "deploy shop staging v42") -> str:
    """That change, to its good end; its card's id."""
    world.types(f"{words} --yes")
    world.runs()
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.SUCCEEDED, world.change()
    return world.change().id


def runs(world: World) -> str:
    """`shop:N`, what ECS is at."""
    return world.ecs.service(STAGING, "shop").task_definition_arn.rsplit("/", 1)[-1]


def asked_for(world: World) -> list[str]:
    return [str(one["taskDefinition"]).rsplit("/", 1)[-1] for one in world.calls(TO)]


def somebody_deploys(world: World, image: str) -> None:
    """Past the bot, to a good end."""
    other = world.ecs.has_task_definition(STAGING, document("shop", f"{REPOSITORY}:{image}"))
    world.ecs.somebody_deploys(STAGING, "shop", other.arn)
    world.ecs.completes(STAGING, "shop")
    world.advances(60)


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


def test_it_is_possible_while_somebody_holds_the_stage(world: World) -> None:
    succeeds(world)
    world.types("lock shop staging mine", BO)
    assert "Deploy" not in buttons(world.types("deploy shop staging v43") or world.card())
    succeeds(world, "rollback shop staging")
    assert runs(world) == "shop:1"


def test_the_revision_that_was_shown_is_kept_when_it_is_asked_for_again(world: World) -> None:
    succeeds(world)
    preview = world.types("rollback shop staging")
    somebody_deploys(world, "v44")
    world.clicks(preview, "Roll back")
    world.runs()
    assert world.change().state is State.OUTDATED
    again = words_of(world.clicks(world.card(), "Ask again"))
    assert "shop:1 worked here" in again


def test_the_button_of_a_good_deploy_takes_it_back(world: World) -> None:
    succeeds(world)
    preview = world.clicks(world.card(), "Roll back")
    assert preview is not None
    assert "v41" in words_of(preview)
    world.clicks(preview, "Roll back", channel_id=world.last.channel_id)
    world.runs()
    assert runs(world) == "shop:1"


def test_the_button_of_a_failed_deploy_that_still_runs_takes_it_back(world: World) -> None:
    world.deploys()
    world.ecs.breaks(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.FAILED
    assert "v41" in words_of(world.clicks(world.card(), "Roll back"))


def test_the_button_works_for_seven_days(world: World) -> None:
    succeeds(world)
    card = world.card()
    world.clock.advance(timedelta(days=7) - timedelta(minutes=2))
    assert "Roll back shop → staging?" in words_of(world.clicks(card, "Roll back"))
    world.clock.advance(timedelta(minutes=2))
    answer = words_of(world.clicks(card, "Roll back"))
    assert "older than seven days" in answer
    assert "/tinystacks rollback shop staging" in answer


def test_the_button_of_what_no_longer_runs_says_what_does(world: World) -> None:
    card = world.card(succeeds(world))
    succeeds(world, "deploy shop staging v43")
    answer = words_of(world.clicks(card, "Roll back"))
    assert "runs shop:3 by now" in answer
    assert "brought shop:2" in answer


def test_a_click_by_somebody_without_the_right_is_refused(world: World) -> None:
    succeeds(world)
    before = len(world.ecs.calls)
    assert "Nothing was changed" in words_of(world.clicks(world.card(), "Roll back", CY))
    assert len(world.ecs.calls) == before


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
