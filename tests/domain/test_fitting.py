"""Whether the cluster can run the new tasks."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.ecs import ContainerDefinition, DeploymentConfiguration
from bot.domain.plans import Level
from tests.domain.check_cases import BAD, OK, WARNING, checked, instance, seen
from tests.domain.deploy_cases import ECR, IMAGE, document, target

ARM = document({"name": "app", "image": f"{ECR}:v1"}, runtimePlatform={"cpuArchitecture": "ARM64"})


@pytest.mark.parametrize(
    ("built", "instances", "described", "parts", "level", "sentence"),
    [
        (("amd64",), ["x86_64"], None, {}, OK, "Built for X86_64, which is what runs here."),
        (("amd64", "arm64"), ["x86_64"], None, {}, OK, "Built for ARM64 and X86_64"),
        (("arm64",), ["x86_64"], None, {}, BAD, "Build it for X86_64: docker buildx build --platform linux/amd64"),
        (("amd64",), ["x86_64", "arm64"], None, {}, WARNING, "the cluster also has ARM64 instances"),
        (("arm64",), ["arm64"], None, {}, OK, "Built for ARM64"),
        (("amd64",), ["arm64"], ARM, {}, BAD, "but the tasks run on ARM64"),
        (("arm64",), None, ARM, {}, OK, "Built for ARM64"),
        (("arm64",), ["x86_64", "arm64"], ARM, {}, OK, "Built for ARM64"),
        (("arm64",), None, None, {"launch_type": "FARGATE"}, BAD, "but the tasks run on X86_64"),
        (("arm64",), ["arm64"], None, {"capacity_providers": ("FARGATE_SPOT",)}, BAD, "but the tasks run on X86_64"),
        (("amd64",), [None], None, {}, OK, "Built for X86_64"),
        (("s390x",), ["x86_64"], None, {}, BAD, "is built for s390x"),
    ],
)
def test_the_image_must_be_built_for_what_will_run_it(
    built: tuple[str, ...],
    instances: list[str | None] | None,
    described: dict[str, Any] | None,
    parts: dict[str, Any],
    level: Level,
    sentence: str,
) -> None:
    where = target(described, **parts)
    where = replace(where, definition=replace(where.definition, architecture="ARM64" if described else "X86_64"))
    cluster = None if instances is None else tuple(instance(each) for each in instances)
    check = checked("architecture", where, seen(image=replace(IMAGE, architectures=built), instances=cluster))
    assert check is not None
    assert (check.level, sentence in check.sentence) == (level, True), check


def test_a_draining_instance_does_not_count() -> None:
    cluster = (instance("arm64", status="DRAINING"), instance())
    check = checked("architecture", what=seen(instances=cluster))
    assert check is not None
    assert check.level is OK


def test_where_the_architecture_is_not_known_nothing_is_said_about_it() -> None:
    assert checked("architecture", what=seen(image=None)) is None
    assert checked("architecture", what=seen(image=replace(IMAGE, architectures=()))) is None


def rolling(most: int, least: int) -> DeploymentConfiguration:
    return DeploymentConfiguration(most, least)


@pytest.mark.parametrize(
    ("parts", "memory", "level", "sentence"),
    [
        ({}, [4096], OK, "Room for 4 more tasks beside the old ones."),
        ({"desired": 1}, [4096], OK, "Room for 1 more task beside the old ones."),
        ({}, [1024, 2048], WARNING, "Room for 3 of the 4 more tasks that ECS may start: MEMORY is short on 2 of 2"),
        ({}, [512], WARNING, "ECS waits until there is; add an instance first, or lower minimumHealthyPercent."),
        ({"launch_type": None, "capacity_providers": ("asg",)}, [512], WARNING, "its capacity provider has added"),
        ({}, [], WARNING, "Room for 0 of the 4 more tasks that ECS may start: the cluster has no usable instance."),
        ({"configuration": rolling(100, 50)}, [512], OK, "ECS may stop 2 of 4 old tasks first"),
        ({"configuration": rolling(200, 50)}, [512], OK, "ECS may stop 2 of 4 old tasks first"),
        ({"configuration": rolling(200, 50)}, [1024], WARNING, "add instances if it has to be quick."),
        ({"configuration": rolling(100, 100)}, [4096], BAD, "no rollout ever moves. Raise the first: aws ecs update-"),
        ({"desired": 1, "configuration": rolling(150, 100)}, None, BAD, "maximumPercent=200,minimumHealthyPercent=100"),
        ({}, None, None, ""),
        ({"launch_type": "FARGATE"}, [], None, ""),
        ({"scheduling_strategy": "DAEMON"}, [4096], None, ""),
        ({"desired": 0}, [4096], None, ""),
    ],
)
def test_the_new_tasks_have_room_beside_the_old_or_it_is_said(
    parts: dict[str, Any], memory: list[int] | None, level: Level | None, sentence: str
) -> None:
    where = target(**{"launch_type": "EC2", **parts})
    container = ContainerDefinition("app", f"{ECR}:v1", memory=1024)
    where = replace(where, definition=replace(where.definition, containers=(container,)))
    where = replace(where, definition=replace(where.definition, architecture="X86_64"))
    cluster = None if memory is None else tuple(instance("arm64", memory=each) for each in memory)
    check = checked("room", where, seen(instances=cluster))
    assert (check.level if check else None) is level
    assert check is None or sentence in check.sentence, check
