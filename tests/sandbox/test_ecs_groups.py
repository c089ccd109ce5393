"""EC2 Auto Scaling groups as the sandbox lets them live, where no contract of a port looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.ecs import hardware
from tests.sandbox.ecs_kit import CLUSTER, REGION, SERVICE, Bench, bench

GROUP = f"{CLUSTER}-ecs"
HOOK = {"LifecycleHookName": "drain", "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING"}
FULL = {"maximumPercent": 100, "minimumHealthyPercent": 100}


@pytest.fixture
def aws() -> Iterator[Bench]:
    with bench() as one:
        yield one


def group(aws: Bench) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])[
        "AutoScalingGroups"
    ][0]
    return found


def states(aws: Bench) -> Counter[str]:
    return Counter(one["LifecycleState"] for one in group(aws)["Instances"])


def statuses(aws: Bench) -> list[str]:
    """Of the cluster's instances, by EC2 instance id."""
    arns = aws.ecs.list_container_instances(cluster=CLUSTER)["containerInstanceArns"]
    found = aws.ecs.describe_container_instances(cluster=CLUSTER, containerInstances=arns)["containerInstances"]
    return [one["status"] for one in sorted(found, key=lambda one: one["ec2InstanceId"])]


def resize(aws: Bench, desired: int, **bounds: int) -> None:
    aws.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=GROUP, DesiredCapacity=desired, MinSize=0, **bounds
    )


def newest(aws: Bench) -> dict[str, Any]:
    found = aws.client("autoscaling").describe_scaling_activities(AutoScalingGroupName=GROUP, MaxRecords=1)
    activity: dict[str, Any] = found["Activities"][0]
    return activity


def test_an_instance_is_pending_then_in_service_then_in_the_cluster(aws: Bench) -> None:
    resize(aws, 4)
    assert states(aws) == {"InService": 3, "Pending": 1}
    assert (newest(aws)["StatusCode"], len(statuses(aws))) == ("InProgress", 3)
    aws.world.tick(16)
    assert states(aws) == {"InService": 4}
    assert (newest(aws)["StatusCode"], len(statuses(aws))) == ("Successful", 3)
    aws.world.tick(15)
    assert statuses(aws) == ["ACTIVE"] * 4


def test_a_group_shrinks_in_its_fullest_zone_first_and_oldest_first(aws: Bench) -> None:
    resize(aws, 6)
    aws.world.tick(31)
    in_a, in_b, in_c, *others = [one["InstanceId"] for one in group(aws)["Instances"]]
    for gone in (in_c, others[0]):
        aws.client("autoscaling").terminate_instance_in_auto_scaling_group(
            InstanceId=gone, ShouldDecrementDesiredCapacity=True
        )
    aws.world.tick(6)
    resize(aws, 3)
    aws.world.tick(6)
    left = [one["InstanceId"] for one in group(aws)["Instances"]]
    assert left == [in_a, *others[1:]]
    assert in_b not in left
    assert len(statuses(aws)) == 3


def test_a_hook_holds_an_instance_back_until_its_tasks_have_moved(aws: Bench) -> None:
    aws.create(desired=3)
    aws.client("autoscaling").put_lifecycle_hook(AutoScalingGroupName=GROUP, **HOOK)
    resize(aws, 2)
    aws.world.tick(1)
    assert states(aws) == {"InService": 2, "Terminating:Wait": 1}
    assert (newest(aws)["StatusCode"], sorted(statuses(aws))) == (
        "MidLifecycleAction",
        ["ACTIVE", "ACTIVE", "DRAINING"],
    )
    aws.world.tick(60)
    assert (states(aws), newest(aws)["StatusCode"], statuses(aws)) == ({"InService": 2}, "Successful", ["ACTIVE"] * 2)
    assert aws.service()["runningCount"] == 3


def test_a_drain_at_100_and_100_never_ends_and_ecs_says_why(aws: Bench) -> None:
    aws.create(desired=3, configuration=FULL)
    instance = aws.ecs.list_container_instances(cluster=CLUSTER)["containerInstanceArns"][0]
    aws.ecs.update_container_instances_state(cluster=CLUSTER, containerInstances=[instance], status="DRAINING")
    aws.world.tick(120)
    found = aws.ecs.describe_container_instances(cluster=CLUSTER, containerInstances=[instance])
    assert found["containerInstances"][0]["runningTasksCount"] == 1
    assert "service deployment configuration" in aws.messages()[0]


def test_ec2_without_machines_fails_every_launch_until_it_has_some_again(aws: Bench) -> None:
    aws.world.faults.no_ec2_capacity()
    resize(aws, 4)
    aws.world.tick(61)
    failed = aws.client("autoscaling").describe_scaling_activities(AutoScalingGroupName=GROUP)["Activities"]
    assert [one["StatusCode"] for one in failed] == ["Failed", "Failed"]
    assert failed[0]["StatusMessage"].startswith("We currently do not have sufficient m5.large capacity")
    assert aws.world.faults.standing() == {"no_ec2_capacity": True}
    aws.world.faults.clear()
    aws.world.tick(61)
    assert states(aws)["Pending"] + states(aws)["InService"] == 4


def test_what_is_wholly_protected_is_not_shrunk_and_the_group_says_so(aws: Bench) -> None:
    ids = [one["InstanceId"] for one in group(aws)["Instances"]]
    aws.client("autoscaling").set_instance_protection(
        AutoScalingGroupName=GROUP, InstanceIds=ids, ProtectedFromScaleIn=True
    )
    resize(aws, 1)
    aws.world.tick(10)
    assert states(aws) == {"InService": 3}
    assert "protected from scale-in" in newest(aws)["Description"]


def test_a_group_with_suspended_launches_stays_as_it_is(aws: Bench) -> None:
    aws.client("autoscaling").suspend_processes(AutoScalingGroupName=GROUP, ScalingProcesses=["Launch"])
    resize(aws, 4)
    aws.world.tick(20)
    assert states(aws) == {"InService": 3}


@pytest.mark.parametrize("most", [6, 4])
def test_managed_scaling_brings_instances_for_tasks_that_wait_but_never_more_than_allowed(
    aws: Bench, most: int
) -> None:
    cluster = aws.world.state.cluster(REGION, CLUSTER)
    hardware.add_capacity_provider(cluster, scaling=True, draining=True, default=True)
    resize(aws, 3, MaxSize=most)
    aws.create(desired=34)
    waiting = [one for one in aws.tasks() if one["lastStatus"] == "PROVISIONING"]
    room = 8 * most
    assert (len(waiting), group(aws)["DesiredCapacity"]) == (max(0, 34 - room), min(5, most))
    assert aws.service()["runningCount"] == min(34, room)
    assert "unable to place" not in "".join(aws.messages())
    assert group(aws)["Tags"][0]["Key"] == "AmazonECSManaged"
    assert all("containerInstanceArn" not in one for one in waiting)
    assert aws.ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0].get("launchType") is None
