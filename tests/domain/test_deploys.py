"""The plan of a deploy: what is called, from what to what, and when there is none."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deploys import plan_abort, plan_back, plan_deploy
from bot.domain.errors import NotPossible
from bot.domain.images import Reference, parse_reference
from bot.domain.plans import REGISTERED, Difference, Operation, Side, Step
from bot.domain.targets import Target, last_good, repository_of, target_container
from tests.domain.deploy_cases import (
    ARN,
    ECR,
    IMAGE,
    NEW,
    NOW,
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

V43 = Reference(tag="v43")


def running(image: str) -> dict[str, Any]:
    return document({"name": "app", "image": image})


def test_a_deploy_registers_the_image_by_digest_then_updates_the_service_to_it() -> None:
    plan = plan_deploy(stage(), target(), IMAGE, V43, "c1")
    register, update = plan.steps
    assert register.operation is Operation.REGISTER_TASK_DEFINITION
    assert register.request["containerDefinitions"] == [{"name": "app", "image": f"{ECR}@{NEW}"}]
    assert update == Step(
        Operation.UPDATE_SERVICE, {"cluster": "prod", "service": "shop", "taskDefinition": REGISTERED}
    )
    assert (plan.before, plan.after) == (
        Side("shop:7", f"{ECR}@{OLD}", "", OLD),
        Side("shop:new", f"{ECR}@{NEW}", "v43", NEW),
    )
    assert plan.differences == (Difference("containers.app.image", f"{ECR}@{OLD}", f"{ECR}@{NEW}"),)
    assert (plan.account, plan.container) == ("111122223333", "app")
    assert plan.previous_task_definition_arn == f"{ARN}:task-definition/shop:7"


@PROPERTY
@given(documents(), st.integers(0, 3))
def test_no_plan_ever_sets_a_desired_count_or_touches_another_container(described: dict[str, Any], at: int) -> None:
    containers = described["containerDefinitions"]
    name = containers[at % len(containers)]["name"]
    plan = plan_deploy(stage(container=name), Target(service(), definition(described)), IMAGE, V43, "c1")
    assert "desiredCount" not in plan.steps[1].request
    assert [d.path for d in plan.differences] == [f"containers.{name}.image"]


@pytest.mark.parametrize(
    ("typed", "image", "after"),
    [
        ("v43", IMAGE, Side("shop:new", f"{ECR}@{NEW}", "v43", NEW)),
        (NEW, IMAGE, Side("shop:new", f"{ECR}@{NEW}", "v43", NEW)),
        (NEW, replace(IMAGE, tags=()), Side("shop:new", f"{ECR}@{NEW}", "", NEW)),
        (f"shop:v9@{NEW}", IMAGE, Side("shop:new", f"{ECR}@{NEW}", "v43", NEW)),
        ("nginx:1.27", None, Side("shop:new", "nginx:1.27", "1.27", "")),
        (f"nginx@{NEW}", None, Side("shop:new", f"nginx@{NEW}", "", NEW)),
        ("v43", None, Side("shop:new", f"{ECR}:v43", "v43", "")),
    ],
)
def test_the_image_is_pinned_where_the_registry_is_known_else_taken_as_written(
    typed: str, image: Any, after: Side
) -> None:
    assert plan_deploy(stage(), target(), image, parse_reference(typed), "c1").after == after


def test_the_running_image_is_shown_by_the_tag_that_the_registry_knows() -> None:
    known = replace(target(), image=replace(IMAGE, digest=OLD, tags=("v42",)))
    assert plan_deploy(stage(), known, IMAGE, V43, "c1").before.tag == "v42"
    other = replace(target(), image=replace(IMAGE, tags=("v42",)))
    assert plan_deploy(stage(), other, IMAGE, V43, "c1").before.tag == ""
    assert plan_deploy(stage(), target(running("shop:v41")), IMAGE, V43, "c1").before.tag == "v41"


@pytest.mark.parametrize(
    ("image_now", "image", "typed"),
    [
        (f"{ECR}@{NEW}", IMAGE, "v43"),
        (f"{ECR}:v43@{NEW}", IMAGE, "v43"),
        ("nginx:1.27", None, "nginx:1.27"),
    ],
)
def test_deploying_what_runs_already_is_refused(image_now: str, image: Any, typed: str) -> None:
    with pytest.raises(NotPossible, match="already runs"):
        plan_deploy(stage(), target(running(image_now)), image, parse_reference(typed), "c1")


@pytest.mark.parametrize("rollout_state", ["FAILED", "IN_PROGRESS"])
def test_the_same_image_may_be_deployed_again_while_its_rollout_did_not_complete(rollout_state: str) -> None:
    unsettled = target(running(f"{ECR}@{NEW}"), deployments=(deployment(rollout_state=rollout_state),))
    assert plan_deploy(stage(), unsettled, IMAGE, V43, "c1").after.digest == NEW


def test_the_same_digest_in_another_repository_is_another_image() -> None:
    plan = plan_deploy(stage(), target(running(f"mirror/shop@{NEW}")), IMAGE, V43, "c1")
    assert plan.after.image == f"{ECR}@{NEW}"


def test_a_tag_that_runs_unpinned_may_have_moved_so_it_is_deployed_by_digest() -> None:
    plan = plan_deploy(stage(), target(running(f"{ECR}:v43")), IMAGE, V43, "c1")
    assert plan.after.image == f"{ECR}@{NEW}"


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"status": "INACTIVE"}, "Service shop is INACTIVE"),
        ({"status": "DRAINING"}, "Service shop is DRAINING"),
        ({"controller": "CODE_DEPLOY"}, "is deployed by CODE_DEPLOY"),
        ({"controller": "EXTERNAL"}, "is deployed by EXTERNAL"),
    ],
)
def test_a_service_that_cannot_be_deployed_to_is_refused(parts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(NotPossible, match=sentence):
        plan_deploy(stage(), target(**parts), IMAGE, V43, "c1")


def test_a_daemon_service_is_deployed_like_any_other() -> None:
    assert plan_deploy(stage(), target(scheduling_strategy="DAEMON"), IMAGE, V43, "c1").steps


@pytest.mark.parametrize(
    ("parts", "images", "container"),
    [
        ({}, {"app": "x:1"}, "app"),
        ({"container": "envoy"}, {"app": "x:1", "envoy": "y:1"}, "envoy"),
        ({"repository": ECR}, {"envoy": "y:1", "app": f"{ECR}:v1"}, "app"),
        ({"repository": ECR}, {"a": f"{ECR}:v1", "b": f"{ECR}:v2"}, None),
        ({}, {"a": "x:1", "b": "y:1"}, None),
        ({"container": "App"}, {"app": "x:1"}, None),
        ({}, {}, None),
    ],
)
def test_the_container_is_named_or_plain_to_see_or_asked_for(
    parts: dict[str, Any], images: dict[str, str], container: str | None
) -> None:
    described = {"containerDefinitions": [{"name": name, "image": image} for name, image in images.items()]}
    if container is None:
        with pytest.raises(NotPossible, match=r"Set container: to one of them .* tinystacks\.yml"):
            target_container(stage(**parts), definition(described))
    else:
        assert target_container(stage(**parts), definition(described)) == container


@pytest.mark.parametrize(
    ("parts", "typed", "repository"),
    [
        ({}, "v43", ECR),
        ({"repository": "other/repo"}, "v43", "other/repo"),
        ({}, "nginx:1", "nginx"),
        ({}, "shop:v43", ECR),
        ({}, "hop:v43", "hop"),
    ],
)
def test_the_repository_is_the_one_typed_or_the_stages_own(parts: dict[str, Any], typed: str, repository: str) -> None:
    assert repository_of(stage(**parts), target(), parse_reference(typed)) == repository


def test_the_way_back_asks_ecs_to_roll_back_or_updates_to_the_revision_before() -> None:
    assert plan_abort("arn:sd").request == {"serviceDeploymentArn": "arn:sd", "stopType": "ROLLBACK"}
    assert plan_back(stage(), "arn:td/6").request == {
        "cluster": "prod",
        "service": "shop",
        "taskDefinition": "arn:td/6",
    }


@pytest.mark.parametrize(
    ("state", "older", "good"),
    [("COMPLETED", "COMPLETED", "shop:7"), ("FAILED", "COMPLETED", "shop:6"), ("FAILED", "FAILED", "shop:7")],
)
def test_the_revision_to_go_back_to_is_the_last_that_completed(state: str, older: str, good: str) -> None:
    other = deployment(
        id="ecs-svc/0", status="ACTIVE", task_definition_arn="shop:6", rollout_state=older, created_at=NOW
    )
    seen = service(deployments=(deployment(rollout_state=state), other), task_definition_arn="shop:7")
    assert last_good(seen) == good
