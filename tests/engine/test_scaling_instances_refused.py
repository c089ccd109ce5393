"""`scale … --instances` that cannot be: each a sentence that ends in what to do, and nothing is touched."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.errors import AccessDenied
from bot.domain.groups import CapacityProvider
from bot.domain.stacks import Limits
from tests.engine.conftest import Build
from tests.engine.fleets import GROUP, on_instances, writes
from tests.engine.house import STAGING, World, words_of

_OTHER = "other-asg"


def _provider(name: str = "main", group: str = GROUP, **parts: Any) -> CapacityProvider:
    arn = f"arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:1:autoScalingGroupName/{group}" if group else ""
    return CapacityProvider(name, arn, **parts)


def _uses(world: World, *providers: CapacityProvider, default: bool = False, launch_type: str | None = None) -> None:
    """The service by its own strategy, or by its cluster's default."""
    for one in providers:
        world.ecs.has_capacity_provider(STAGING, one, default=default)
    names = () if default else tuple(one.name for one in providers)
    world.ecs.sets(STAGING, "shop", launch_type=launch_type, capacity_providers=names)


def _two_groups(world: World) -> None:
    """Another group has the last of the instances."""
    group = world.groups.group(STAGING, GROUP)
    assert group is not None
    world.groups.sets(STAGING, GROUP, instances=group.instances[:2])
    world.groups.has_group(STAGING, _OTHER, ["i-2"])


_CASES: dict[str, tuple[Callable[[World], object], str, str]] = {
    "Fargate": (
        lambda world: world.ecs.sets(STAGING, "shop", launch_type="FARGATE"),
        "runs on Fargate, which has no EC2 instances",
        "Scale its tasks: /tinystacks scale shop staging N",
    ),
    "Fargate by its strategy": (
        lambda world: _uses(world, _provider("FARGATE_SPOT", "")),
        "runs on Fargate",
        "/tinystacks scale shop staging N",
    ),
    "Fargate by its cluster": (
        lambda world: _uses(world, _provider("FARGATE", ""), default=True),
        "runs on Fargate",
        "/tinystacks scale shop staging N",
    ),
    "at home": (
        lambda world: world.ecs.sets(STAGING, "shop", launch_type="EXTERNAL"),
        "runs on EXTERNAL",
        "/tinystacks scale shop staging N",
    ),
    "no instance": (
        lambda world: world.ecs.has_cluster(STAGING),
        "I find no Auto Scaling group behind cluster staging",
        "Set auto_scaling_group:",
    ),
    "several groups": (
        _two_groups,
        "run on several Auto Scaling groups: other-asg, staging-asg",
        "Set auto_scaling_group: to one of them for stage staging of stack shop in tinystacks.yml.",
    ),
    "several providers": (
        lambda world: _uses(world, _provider(), _provider("spot", _OTHER)),
        "run on several Auto Scaling groups: other-asg, staging-asg",
        "Set auto_scaling_group:",
    ),
    "managed scaling": (
        lambda world: _uses(world, _provider(managed_scaling=True)),
        "Capacity provider main sets the desired count of group staging-asg by managed scaling",
        "/tinystacks scale shop staging --instances-min 5",
    ),
    "managed scaling by the cluster's default": (
        lambda world: _uses(world, _provider(managed_scaling=True), default=True),
        "Capacity provider main sets",
        "--instances-min 5",
    ),
    "managed scaling of the cluster's default, whatever the service says": (
        lambda world: _uses(world, _provider(managed_scaling=True), default=True, launch_type="EC2"),
        "Capacity provider main sets",
        "--instances-min 5",
    ),
    "group at its maximum": (
        lambda world: world.groups.sets(STAGING, GROUP, most=3),
        "kept between 0 and 3 instances, and 5 is outside of that",
        "/tinystacks scale shop staging --instances 5 --instances-max 5",
    ),
    "cooldown": (
        lambda world: world.groups.did(STAGING, GROUP, "Successful", "Launching a new EC2 instance: i-2"),
        "cools down until 10:05:00 UTC",
        "Try again then.",
    ),
    "already changing": (
        lambda world: world.groups.did(STAGING, GROUP, "InProgress", "Launching a new EC2 instance: i-9"),
        "Group staging-asg is changing since 10:00 UTC: “Launching a new EC2 instance: i-9”",
        "Try again when that is over.",
    ),
    "service gone": (
        lambda world: world.ecs.sets(STAGING, "shop", status="INACTIVE"),
        "Service shop is INACTIVE",
        "name another one in tinystacks.yml",
    ),
    "not allowed to look": (
        lambda world: world.groups.fails("DescribeAutoScalingGroups", AccessDenied("autoscaling:Describe…", "bot"), 9),
        "AWS refused me autoscaling:Describe…",
        "docs/getting-started.md",
    ),
}


@pytest.mark.parametrize("case", _CASES)
def test_what_cannot_be_is_told_with_what_to_do_and_nothing_is_touched(world: World, case: str) -> None:
    happens, fact, remedy = _CASES[case]
    on_instances(world)
    happens(world)
    told = words_of(world.types("scale shop staging --instances 5 --yes"))
    world.runs()
    assert fact in told
    assert remedy in told
    assert writes(world) == []


@pytest.mark.parametrize(
    ("typed", "fact"),
    [
        ("1.5", "“1.5” is not a whole number of instances"),
        ("-1", "-1 instances is out of range"),
        ("1000000000", "1,000,000,000 instances is out of range"),
        ("many", "“many” is not a whole number of instances"),
        ("3", "has 3 instances wanted, between 0 and 10, already"),
        ("9", "may have 1 to 8 instances, and 9 is outside of that"),
        ("0 --instances-min 0", "may have 1 to 8 instances, and 0 is outside of that"),
        ("5 --instances-min 7", "kept between 7 and 10 instances, and 5 is outside"),
        ("5 --instances-min 7 --instances-max 6", "--instances-min 7 is above --instances-max 6"),
        ("5 --tasks 3", "one after the other"),
    ],
)
def test_a_number_that_cannot_be_is_told_and_nothing_is_touched(build: Build, typed: str, fact: str) -> None:
    world = on_instances(build(limits=Limits(instances=(1, 8))))
    told = words_of(world.types(f"scale shop staging --instances {typed} --yes"))
    world.runs()
    assert fact in told
    assert writes(world) == []


def test_the_configured_group_counts_before_all_others(build: Build) -> None:
    world = on_instances(build(auto_scaling_group=_OTHER))
    assert "AWS has no Auto Scaling group “other-asg”" in words_of(world.types("scale shop staging --instances 5"))
    world.groups.has_group(STAGING, _OTHER, ["i-2"])
    assert "`1 instance` → `5 instances" in words_of(world.types("scale shop staging --instances 5"))


def test_the_services_own_provider_counts_and_not_its_clusters_default(world: World) -> None:
    on_instances(world)
    _uses(world, _provider("spot", _OTHER, managed_scaling=True), default=True)
    _uses(world, _provider())
    assert "`3 instances` → `5 instances" in words_of(world.types("scale shop staging --instances 5"))


def test_a_service_of_launch_type_ec2_is_on_its_clusters_machines_whatever_the_default(world: World) -> None:
    on_instances(world)
    _uses(world, _provider("FARGATE", ""), default=True, launch_type="EC2")
    assert "`3 instances` → `5 instances" in words_of(world.types("scale shop staging --instances 5"))


def test_what_aws_refuses_at_last_is_told_in_its_words(world: World) -> None:
    on_instances(world)
    preview = world.types("scale shop staging --instances 5")
    world.groups.did(STAGING, GROUP, "InProgress", "Launching a new EC2 instance: i-9")
    world.clicks(preview, "Scale")
    world.runs()
    assert "ScalingActivityInProgress" in words_of(world.card())
    assert writes(world) == []
