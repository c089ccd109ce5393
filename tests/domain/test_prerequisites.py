"""What a task needs outside itself before it can start."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.images import Reference
from bot.domain.plans import Level
from bot.domain.prerequisites import on_fargate
from tests.domain.check_cases import BAD, OK, checked, seen
from tests.domain.deploy_cases import ECR, document, service, target

LOGS = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/shop"}}
FARGATE = {"launch_type": "FARGATE"}


@pytest.mark.parametrize(
    ("container", "parts", "role", "level"),
    [
        ({"secrets": [{"name": "DB", "valueFrom": "arn:x"}]}, {}, None, BAD),
        ({"secrets": [{"name": "DB", "valueFrom": "arn:x"}]}, {}, "arn:aws:iam::1:role/exec", OK),
        ({"logConfiguration": LOGS}, FARGATE, None, BAD),
        ({"logConfiguration": LOGS}, {}, None, None),
        ({}, FARGATE, None, BAD),
        ({}, {}, None, None),
    ],
)
def test_an_execution_role_is_there_where_one_is_needed(
    container: dict[str, Any], parts: dict[str, Any], role: str | None, level: Level | None
) -> None:
    where = target(document({"name": "app", "image": f"{ECR}:v1", **container}), **parts)
    where = replace(where, definition=replace(where.definition, execution_role_arn=role))
    check = checked("execution role", where)
    assert (check.level if check else None) is level
    if level is BAD and check:
        assert check.sentence.endswith("Register a revision with executionRoleArn first.")


@pytest.mark.parametrize(
    ("providers", "fargate"), [(("FARGATE", "FARGATE_SPOT"), True), (("asg", "FARGATE"), False), ((), False)]
)
def test_fargate_is_told_by_its_capacity_providers_too(providers: tuple[str, ...], fargate: bool) -> None:
    assert on_fargate(service(capacity_providers=providers)) is fargate


def test_fargate_without_a_role_can_still_run_public_images() -> None:
    where = target(document({"name": "app", "image": "nginx:1"}), **FARGATE)
    assert checked("execution role", where, seen(image=None, reference=Reference("nginx", "2"))) is None


@pytest.mark.parametrize(
    ("options", "known", "missing"),
    [
        ({}, {"/ecs/shop": False}, True),
        ({}, {"/ecs/shop": True}, False),
        ({}, {}, False),
        ({"awslogs-create-group": "true"}, {"/ecs/shop": False}, False),
    ],
)
def test_a_missing_log_group_is_said_with_the_command_that_makes_it(
    options: dict[str, str], known: dict[str, bool], missing: bool
) -> None:
    logs = {**LOGS, "options": {"awslogs-group": "/ecs/shop", **options}}
    where = target(document({"name": "app", "image": f"{ECR}:v1", "logConfiguration": logs}))
    check = checked("log group", where, seen(log_groups=known))
    assert (check is not None) is missing
    if check:
        assert check.sentence.endswith("aws logs create-log-group --region us-east-1 --log-group-name /ecs/shop")
