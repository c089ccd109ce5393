"""A confirmed change becomes AWS calls, each at most once."""

import pytest

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, NotFound, Throttled, Unanswered, Unreachable
from bot.domain.revisions import CHANGE_TAG
from tests.engine.house import REPOSITORY, STAGING, World, words_of
from tests.fakes.ecs_story import document

WRITES = ["RegisterTaskDefinition", "UpdateService"]


def confirmed(world: World) -> None:
    """A deploy of v42 to staging that is about to be applied."""
    world.types("deploy shop staging v42 --yes")
    assert world.change().state is State.APPROVED


def written(world: World) -> list[str]:
    return [one.call for one in world.ecs.writes]


def test_a_deploy_registers_one_revision_and_updates_the_service_to_it(world: World) -> None:
    world.deploys()
    assert written(world) == WRITES
    assert world.change().state is State.ROLLING_OUT
    assert world.calls("UpdateService") == [
        {"cluster": "staging", "service": "shop", "taskDefinition": world.change().registered_arn}
    ]


def test_the_desired_count_is_never_touched(world: World) -> None:
    world.deploys()
    assert all("desiredCount" not in request for request in world.calls("UpdateService"))


def test_the_calls_are_made_in_the_name_of_who_asked_and_of_the_change(world: World) -> None:
    world.deploys(user="U0BO")
    made = {
        (one.who.person.user_id, one.who.change_id, one.who.stack, one.who.stage) for one in world.ecs.writes if one.who
    }
    assert made == {("U0BO", world.change().id, "shop", "staging")}


def test_a_tag_that_moved_since_the_preview_is_not_run_and_both_digests_are_told(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    shown = world.change().plan.after.digest
    world.images.has(REPOSITORY, "v42")
    world.clicks(preview, "Deploy")
    world.runs()
    change = world.change()
    assert change.state is State.OUTDATED
    assert [one.path for one in change.moved] == ["image v42"]
    assert shown in change.moved[0].before
    assert shown not in change.moved[0].after
    assert world.ecs.writes == []


def test_a_target_that_moved_since_the_preview_is_not_touched(world: World) -> None:
    confirmed(world)
    other = world.ecs.has_task_definition(STAGING, document("shop", f"{REPOSITORY}:v43"))
    world.ecs.somebody_deploys(STAGING, "shop", other.arn)
    world.runs()
    assert world.change().state is State.OUTDATED
    assert written(world) == []
    assert "has changed since the preview" in words_of(world.card())
    assert ("finish", "outdated") in world.done()


def test_a_service_that_is_gone_fails_the_change_and_nothing_is_called(world: World) -> None:
    confirmed(world)
    world.ecs.loses_service(STAGING, "shop")
    world.runs()
    assert (world.change().state, written(world)) == (State.FAILED, [])
    assert "“shop”" in words_of(world.card())


@pytest.mark.parametrize("call", WRITES)
def test_denied_access_fails_the_change_and_names_the_action_and_the_role(world: World, call: str) -> None:
    confirmed(world)
    world.ecs.fails(call, AccessDenied(f"ecs:{call}", "role tinystacks-bot"))
    world.runs()
    assert world.change().state is State.FAILED
    for told in (words_of(world.card()), world.thread()[-1]):
        assert f"ecs:{call}" in told
        assert "role tinystacks-bot" in told


def test_a_failure_after_registering_says_that_the_service_was_not_touched(world: World) -> None:
    confirmed(world)
    world.ecs.fails("UpdateService", AccessDenied("ecs:UpdateService", "role bot"))
    world.runs()
    assert "Revision shop:2 was registered; the service was not touched." in words_of(world.card())


def test_a_failed_change_gives_the_stage_back(world: World) -> None:
    confirmed(world)
    world.ecs.fails("RegisterTaskDefinition", AccessDenied("ecs:RegisterTaskDefinition", "role bot"))
    world.runs()
    world.deploys("v43")
    assert world.change().state is State.ROLLING_OUT


@pytest.mark.parametrize("call", ["DescribeServices", "DescribeTaskDefinition", *WRITES])
@pytest.mark.parametrize("error", [Throttled("AWS", "x"), Unreachable("AWS", "x"), Unanswered("AWS", "x")])
def test_an_aws_that_does_not_answer_is_waited_for(world: World, call: str, error: Exception) -> None:
    confirmed(world)
    world.ecs.fails(call, error, times=3)
    world.advances(300)
    assert world.change().state is State.ROLLING_OUT
    revisions = [one for one in world.ecs.definitions.values() if one.family == "shop"]
    assert len(revisions) == 2
    assert world.change().problem == ""


def test_what_was_definitely_not_carried_out_is_repeated_within_seconds(world: World) -> None:
    confirmed(world)
    world.ecs.fails("UpdateService", Throttled("AWS", "UpdateService"))
    world.advances(5)
    assert written(world) == [*WRITES, "UpdateService"]


def test_while_nobody_knows_whether_a_call_landed_the_change_does_not_fail(world: World) -> None:
    confirmed(world)
    world.ecs.applies_but_does_not_answer("UpdateService")
    world.runs()
    world.ecs.fails("DescribeServices", Unreachable("AWS", "DescribeServices"), times=140)
    world.advances(650)
    assert world.change().state is State.APPLYING
    world.advances(250)
    assert world.change().state is State.ROLLING_OUT
    assert written(world) == WRITES


def test_while_it_waits_the_card_says_for_what(world: World) -> None:
    confirmed(world)
    world.ecs.fails("UpdateService", Throttled("AWS", "UpdateService"), times=3)
    world.advances(12)
    assert "AWS is throttling UpdateService" in words_of(world.card())


@pytest.mark.parametrize("call", ["DescribeServices", *WRITES])
@pytest.mark.parametrize("error", [Throttled("AWS", "x"), Unreachable("AWS", "x")])
def test_after_ten_minutes_without_aws_the_change_fails(world: World, call: str, error: Exception) -> None:
    confirmed(world)
    world.ecs.fails(call, error, times=10_000)
    world.advances(800)
    assert world.change().state is State.FAILED
    assert str(error).split(".")[0] in words_of(world.card())
    assert world.wakes.errors == []


def test_a_registration_that_landed_without_an_answer_is_found_by_its_tag(world: World) -> None:
    confirmed(world)
    world.ecs.applies_but_does_not_answer("RegisterTaskDefinition")
    world.advances(60)
    assert written(world) == WRITES
    change = world.change()
    assert {"key": CHANGE_TAG, "value": change.id} in world.ecs.definitions[change.registered_arn].tags
    assert ("aws:RegisterTaskDefinition", "found") in world.done()


def test_a_registration_that_did_not_land_is_repeated_once(world: World) -> None:
    confirmed(world)
    world.ecs.fails("RegisterTaskDefinition", Unanswered("AWS", "RegisterTaskDefinition"))
    world.advances(60)
    assert written(world) == ["RegisterTaskDefinition", *WRITES]
    assert sum(one.family == "shop" for one in world.ecs.definitions.values()) == 2


def test_somebody_elses_newer_revision_is_not_taken_for_ours(world: World) -> None:
    confirmed(world)
    world.ecs.fails("RegisterTaskDefinition", Unanswered("AWS", "RegisterTaskDefinition"))
    world.runs()
    theirs = world.ecs.has_task_definition(STAGING, document("shop", f"{REPOSITORY}:v44"))
    world.advances(60)
    assert world.change().registered_arn not in ("", theirs.arn)


def test_an_update_that_landed_without_an_answer_is_found_in_the_service(world: World) -> None:
    confirmed(world)
    world.ecs.applies_but_does_not_answer("UpdateService")
    world.advances(60)
    assert written(world) == WRITES
    primary = world.ecs.service(STAGING, "shop").primary
    assert primary is not None
    assert world.change().deployment_id == primary.id
    assert ("aws:UpdateService", "found") in world.done()


def test_an_update_that_did_not_land_is_repeated_once(world: World) -> None:
    confirmed(world)
    world.ecs.fails("UpdateService", Unanswered("AWS", "UpdateService"))
    world.advances(60)
    assert written(world) == [*WRITES, "UpdateService"]
    assert world.change().state is State.ROLLING_OUT


def test_nothing_is_called_again_before_the_call_can_no_longer_land(world: World) -> None:
    confirmed(world)
    world.ecs.fails("UpdateService", Unanswered("AWS", "UpdateService"))
    world.advances(world.house.timings.settle.total_seconds() - 1)
    assert written(world) == WRITES


def test_running_the_step_twice_calls_once(world: World) -> None:
    world.deploys()
    for _ in range(2):
        world.wakes_for(f"apply:{world.change().id}")
    assert written(world) == WRITES


def test_a_change_that_is_gone_is_no_reason_to_fail(world: World) -> None:
    for kind in ("apply", "abort", "expire"):
        world.wakes_for(f"{kind}:nobody")
    assert world.wakes.errors == []


def test_a_cluster_that_disappears_between_the_calls_fails_the_change(world: World) -> None:
    confirmed(world)
    world.ecs.fails("UpdateService", NotFound("cluster", "staging", "us-east-1"))
    world.runs()
    assert world.change().state is State.FAILED


def test_every_call_is_in_the_audit_log_before_and_after(world: World) -> None:
    world.deploys()
    done = [entry for entry in world.done() if entry[0].startswith("aws:")]
    assert done == [(f"aws:{call}", outcome) for call in WRITES for outcome in ("intent", "done")]
