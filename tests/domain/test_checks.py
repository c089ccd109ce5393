"""What is looked at before a deploy: one table for each thing that can be in the way."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.changes import Change, State
from bot.domain.checks import deploy_checks
from bot.domain.deploys import plan_deploy
from bot.domain.ecs import DeploymentConfiguration, Image
from bot.domain.images import Reference, parse_reference
from bot.domain.plans import Check, Level
from bot.domain.rollouts import Progress
from bot.domain.stacks import OnFailure
from bot.domain.targets import Target
from tests.domain.check_cases import BAD, OK, V43, WARNING, checked, instance, seen
from tests.domain.deploy_cases import (
    ANA,
    ECR,
    IMAGE,
    NEW,
    NOW,
    deployment,
    service,
    stage,
    target,
)

BREAKER = DeploymentConfiguration(breaker=True, breaker_rollback=True)


def change(**parts: Any) -> Change:
    plan = plan_deploy(stage(), target(), IMAGE, V43, "c1")
    return Change(
        **{
            "id": "c1",
            "verb": "deploy",
            "stack": "shop",
            "stage": "prod",
            "place": stage().place,
            "service": "shop",
            "channel_id": "C0",
            "state": State.ROLLING_OUT,
            "plan": plan,
            "requester": ANA,
            "reason": "",
            "asked_in": "C0",
            "created_at": NOW,
            "updated_at": NOW,
            "deployment_id": "ecs-svc/2",
            **parts,
        }
    )


def test_a_quiet_service_and_a_known_image_have_nothing_in_the_way() -> None:
    quiet = target(configuration=BREAKER)
    checks = deploy_checks(stage(), quiet, seen(instances=(instance(),), bot_in_channel=True), NOW)
    assert {check.level for check in checks} == {OK}
    assert checks[0] == Check("image", OK, "v43 is b2b2b2b2b2b2, pushed 3 days ago.")


@pytest.mark.parametrize(
    ("image", "typed", "level", "sentence"),
    [
        (IMAGE, "v43", OK, "v43 is b2b2b2b2b2b2, pushed 3 days ago."),
        (replace(IMAGE, pushed_at=NOW - timedelta(minutes=60)), NEW, OK, "v43 is b2b2b2b2b2b2, pushed 1 hour ago."),
        (
            replace(IMAGE, pushed_at=NOW + timedelta(9), tags=()),
            NEW,
            OK,
            "untagged image is b2b2b2b2b2b2, pushed 0 sec",
        ),
        (replace(IMAGE, pushed_at=None), "v43", OK, "v43 is b2b2b2b2b2b2."),
        (IMAGE, f"{ECR}:v9@{NEW}", WARNING, "Tag v9 does not stand at b2b2b2b2b2b2"),
        (None, "nginx:1.27", WARNING, "nginx:1.27; it is taken as written, and a tag can move. Make sure it exists."),
        (None, f"nginx@{NEW}", WARNING, f"nginx@{NEW}; it is taken as written. Make sure it exists."),
    ],
)
def test_the_image_is_known_or_taken_as_written(image: Image | None, typed: str, level: Level, sentence: str) -> None:
    check = checked("image", what=seen(image=image, reference=parse_reference(typed)))
    assert check is not None
    assert check.level is level
    assert sentence in check.sentence


def test_an_image_from_elsewhere_is_pointed_out() -> None:
    check = checked("repository", what=seen(image=None, reference=Reference("evil/shop", "v43")))
    assert check is not None
    assert (
        check.sentence
        == f"The image comes from evil/shop; so far this stage ran images of {ECR}. Make sure that is meant."
    )
    assert checked("repository") is None
    assert checked("repository", repository="other/repo") is None


@pytest.mark.parametrize(
    ("parts", "level", "sentence"),
    [
        ({}, OK, "Service shop is ACTIVE and deployed by ECS."),
        ({"status": "DRAINING"}, BAD, "name another one in tinystacks.yml."),
        ({"controller": "CODE_DEPLOY"}, BAD, "Deploy it through CODE_DEPLOY"),
    ],
)
def test_only_an_active_service_that_ecs_deploys_will_do(parts: dict[str, Any], level: Level, sentence: str) -> None:
    check = checked("service", target(**parts))
    assert check is not None
    assert (check.level, sentence in check.sentence) == (level, True)


@pytest.mark.parametrize(
    ("parts", "level", "sentence"),
    [
        (
            {"progress": Progress(4, 2, 1, 2)},
            BAD,
            "ana's deploy of v43 is rolling out (2 of 4 up). Wait for it or press Abort on its card.",
        ),
        (
            {"state": State.APPLYING, "deployment_id": ""},
            BAD,
            "ana's deploy of v43 is about to start; its card tells. Try again in a moment.",
        ),
        ({"aborted_at": NOW}, BAD, "ana's deploy of v43 is being rolled back. Wait for its end."),
        (
            {"failing": True},
            WARNING,
            "ana's deploy of v43 is failing; this will replace it. See its card first.",
        ),
    ],
)
def test_our_own_rollout_holds_the_stage_unless_it_is_failing(
    parts: dict[str, Any], level: Level, sentence: str
) -> None:
    assert checked("rollout", what=seen(running_change=change(**parts))) == Check("rollout", level, sentence)


@pytest.mark.parametrize(
    ("parts", "running", "sentence"),
    [
        (
            {"rollout_state": "IN_PROGRESS"},
            None,
            "Deployment ecs-svc/1, which I did not start, is under way since 11:57 UTC (3 minutes). "
            "Yours would stop it: wait, unless that is meant.",
        ),
        ({"rollout_state": "IN_PROGRESS"}, change(deployment_id="ecs-svc/1"), None),
        ({"rollout_state": "IN_PROGRESS"}, change(deployment_id=""), None),
        ({"rollout_state": "IN_PROGRESS"}, change(deployment_id="ecs-svc/9", failing=True), "which I did not start"),
        ({"rollout_state": "FAILED", "rollout_state_reason": "tasks failed to start."}, None, "tasks failed to start."),
        ({"rollout_state": "FAILED"}, None, "ECS does not say why. Look at its tasks"),
        ({"rollout_state": None}, None, None),
        ({}, None, None),
    ],
)
def test_a_deployment_of_somebody_else_is_pointed_out(
    parts: dict[str, Any], running: Change | None, sentence: str | None
) -> None:
    check = checked("deployment", target(deployments=(deployment(**parts),)), seen(running_change=running))
    if sentence is None:
        assert check is None
    else:
        assert check is not None
        assert (check.level, sentence in check.sentence) == (WARNING, True), check


@pytest.mark.parametrize(
    ("desired", "running", "level", "sentence"),
    [
        (4, 4, OK, "4 of 4 tasks running."),
        (
            4,
            1,
            WARNING,
            "already short of tasks: 1 of 4 running. Look first: aws ecs describe-services --region us-east-1",
        ),
        (
            0,
            0,
            WARNING,
            "First: aws ecs update-service --region us-east-1 --cluster prod --service shop --desired-count 1",
        ),
        (2, 5, OK, "5 of 2 tasks running."),
    ],
)
def test_the_service_should_be_whole_before(desired: int, running: int, level: Level, sentence: str) -> None:
    check = checked("tasks", target(desired=desired, running=running))
    assert check is not None
    assert (check.level, sentence in check.sentence) == (level, True)


@pytest.mark.parametrize(
    ("configuration", "level", "sentence"),
    [
        (BREAKER, OK, "The circuit breaker is on and rolls back by itself."),
        (DeploymentConfiguration(breaker=True), OK, "The circuit breaker is on without rolling back."),
        (
            DeploymentConfiguration(150, 50),
            WARNING,
            "The circuit breaker is off: ECS would retry a failing deployment for ever. I tell you within a minute; "
            "Abort brings back what ran before.",
        ),
    ],
)
def test_the_circuit_breaker_is_told(configuration: DeploymentConfiguration, level: Level, sentence: str) -> None:
    assert checked("circuit breaker", target(configuration=configuration)) == Check("circuit breaker", level, sentence)


@pytest.mark.parametrize(
    ("on_failure", "then"), [(OnFailure.OFFER, "go on looking"), (OnFailure.ROLLBACK, "roll it back")]
)
def test_a_strategy_that_may_take_hours_is_pointed_out(on_failure: OnFailure, then: str) -> None:
    slow = target(configuration=DeploymentConfiguration(strategy="BLUE_GREEN"))
    check = checked("strategy", slow, on_failure=on_failure)
    assert check is not None
    assert check.level is WARNING
    assert (
        f"BLUE_GREEN: bake times and hooks may take hours; I call it stuck after 20 minutes and {then}."
        in check.sentence
    )
    assert checked("strategy") is None


def test_a_strategy_without_a_breaker_is_not_asked_for_one() -> None:
    assert checked("circuit breaker", target(configuration=DeploymentConfiguration(strategy="CANARY"))) is None


@pytest.mark.parametrize(("member", "bad"), [(True, False), (None, False), (False, True)])
def test_a_channel_without_the_bot_is_in_the_way(member: bool | None, bad: bool) -> None:
    check = checked("channel", what=seen(bot_in_channel=member))
    assert (check is not None) is bad
    if check:
        assert (check.level, check.sentence[-26:]) == (BAD, "there: /invite @tinystacks")


def test_a_service_without_deployments_can_still_be_checked() -> None:
    assert checked("deployment", Target(service(deployments=()), target().definition)) is None


def test_an_image_that_runs_already_by_its_tag_is_told() -> None:
    by_tag = replace(target(), image=IMAGE)
    found = checked("same image", by_tag)
    assert found is not None
    assert found.level is WARNING
    assert checked("same image", replace(target(), image=replace(IMAGE, digest="sha256:" + "0" * 64))) is None
