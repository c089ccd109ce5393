"""What a roll back would do: one call, to a revision that exists; and when there is nothing to be done."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.diffs import MASK
from bot.domain.ecs import TaskDefinition
from bot.domain.errors import NotPossible
from bot.domain.plans import Operation, Plan
from bot.domain.rollbacks import main_container, named_revision, plan_rollback, unknown_revision
from tests.domain.deploy_cases import (
    ARN,
    ECR,
    IMAGE,
    NEW,
    OLD,
    PROPERTY,
    definition,
    deployment,
    document,
    documents,
    service,
    stage,
    target,
)

STAGE = stage()


def earlier(*containers: dict[str, Any], **parts: Any) -> TaskDefinition:
    """shop:5, which named image NEW."""
    described = document(*(containers or ({"name": "app", "image": f"{ECR}@{NEW}"},)))
    return definition(described, **{"arn": f"{ARN}:task-definition/shop:5", "revision": 5, **parts})


def planned(wanted: TaskDefinition | None = None, **parts: Any) -> Plan:
    return plan_rollback(STAGE, target(**parts), wanted or earlier(), IMAGE)


def test_a_roll_back_is_one_update_to_that_revision_and_nothing_else() -> None:
    (step,) = planned().steps
    assert step.operation is Operation.UPDATE_SERVICE
    assert step.request == {"cluster": "prod", "service": "shop", "taskDefinition": f"{ARN}:task-definition/shop:5"}


def test_it_tells_from_what_to_what_with_tag_and_digest() -> None:
    plan = planned()
    assert (plan.verb, plan.before.revision, plan.after.revision) == ("rollback", "shop:7", "shop:5")
    assert (plan.before.digest, plan.after.digest, plan.after.tag) == (OLD, NEW, "v43")


def test_beside_a_tag_the_digest_is_told_at_which_it_stands_now() -> None:
    plan = planned(earlier({"name": "app", "image": f"{ECR}:v43"}))
    assert (plan.after.tag, plan.after.digest) == ("v43", NEW)


def test_environment_values_are_masked_in_what_it_changes() -> None:
    secret = {"name": "app", "image": ECR, "environment": [{"name": "KEY", "value": "hunter2"}]}
    plan = planned(earlier(secret))
    assert "hunter2" not in str(plan)
    assert any(MASK in one.after for one in plan.differences)


def test_the_way_back_from_it_is_what_completed_last() -> None:
    plan = planned()
    assert (plan.previous_task_definition_arn, plan.previous_completed) == (f"{ARN}:task-definition/shop:7", True)


def test_a_failing_rollout_may_be_left_for_what_completed_before() -> None:
    failing = deployment(id="ecs-svc/2", rollout_state="IN_PROGRESS")
    completed = deployment(status="ACTIVE", task_definition_arn=f"{ARN}:task-definition/shop:5")
    plan = planned(deployments=(failing, completed))
    assert plan.previous_task_definition_arn == plan.steps[0].request["taskDefinition"]
    assert not planned(deployments=(failing,)).previous_completed


def test_a_revision_that_was_deregistered_is_refused() -> None:
    with pytest.raises(NotPossible, match=r"shop:5 is INACTIVE.*/tinystacks rollback shop prod REVISION"):
        planned(earlier(status="INACTIVE"))


def test_what_runs_already_is_refused() -> None:
    with pytest.raises(NotPossible, match="runs shop:7 already"):
        planned(definition())


def test_what_ecs_brings_back_by_itself_is_refused_since_nothing_would_start() -> None:
    with pytest.raises(NotPossible, match="is at shop:7 on shop prod already, and calls it IN_PROGRESS"):
        planned(definition(), deployments=(deployment(rollout_state="IN_PROGRESS"),))


def test_a_service_that_ecs_does_not_deploy_is_refused() -> None:
    with pytest.raises(NotPossible, match="CODE_DEPLOY"):
        planned(controller="CODE_DEPLOY")


def test_no_way_back_fails_because_the_container_cannot_be_told() -> None:
    two = earlier({"name": "web", "image": "a"}, {"name": "side", "image": "b"})
    assert planned(two).container == "web"
    assert main_container(stage(container="gone"), two) == "web"
    assert main_container(STAGE, definition(document() | {"containerDefinitions": []})) == ""


@PROPERTY
@given(documents(), documents())
def test_whatever_the_two_revisions_are_only_the_task_definition_is_asked_for(
    now: dict[str, Any], then: dict[str, Any]
) -> None:
    wanted = definition(then, arn=f"{ARN}:task-definition/shop:5", revision=5)
    plan = plan_rollback(STAGE, replace(target(now), service=service()), wanted, None)
    assert [set(step.request) for step in plan.steps] == [{"cluster", "service", "taskDefinition"}]
    assert plan.steps[0].request["taskDefinition"] == wanted.arn


@pytest.mark.parametrize(("word", "revision"), [("41", "shop:41"), ("shop:41", "shop:41"), ("7", "shop:7")])
def test_a_revision_is_a_number_or_its_whole_name(word: str, revision: str) -> None:
    assert named_revision(STAGE, "shop", word) == revision


@pytest.mark.parametrize("word", ["v41", "041", "0", "-1", "shop:", "41.0", "shop:v41", "latest", "", "４１"])
def test_anything_else_is_no_revision_and_the_deploy_is_named(word: str) -> None:
    with pytest.raises(NotPossible, match=r"is not a revision.*/tinystacks deploy shop prod IMAGE"):
        named_revision(STAGE, "shop", word)


def test_another_familys_revision_is_refused_by_name() -> None:
    with pytest.raises(NotPossible, match="other:41 is of another family: service shop runs revisions of shop"):
        named_revision(STAGE, "shop", "other:41")


@given(st.text())
def test_no_text_makes_a_revision_of_another_family(word: str) -> None:
    try:
        found = named_revision(STAGE, "shop", word)
    except NotPossible:
        return
    assert found in (word, f"shop:{word}")
    assert int(found.removeprefix("shop:")) > 0


def test_an_unknown_revision_is_told_with_the_nearest_that_are_there() -> None:
    arns = [f"{ARN}:task-definition/shop:{number}" for number in (98, 44, 42, 40, 3)]
    error = unknown_revision(STAGE, "shop:43", arns)
    assert error.known == ("shop:44", "shop:42", "shop:40")
    assert "no task definition “shop:43”" in str(error)
    assert "/tinystacks rollback shop prod REVISION" in str(error)
