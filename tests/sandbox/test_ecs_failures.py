"""What the simulated ECS tells of rollouts that go wrong, seen through boto3."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.ecs_kit import CLUSTER, SERVICE, Bench, bench


@pytest.fixture
def aws() -> Iterator[Bench]:
    with bench() as one:
        yield one


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [
        ("oom", "EssentialContainerExited", "Essential container in task exited"),
        ("health", "ServiceSchedulerInitiated", "Task failed container health checks"),
        ("pull", "TaskFailedToStart", "CannotPullContainerError: pull image manifest has been retried 5 time(s): "),
    ],
)
def test_each_failure_has_the_words_of_ecs(aws: Bench, kind: str, code: str, text: str) -> None:
    aws.create()
    aws.world.faults.next_deployment(CLUSTER, SERVICE, kind)
    deployment_id = aws.deploy("v42")
    aws.world.tick(60)
    failed = [task for task in aws.tasks("STOPPED") if task["startedBy"] == deployment_id]
    assert {task["stopCode"] for task in failed} == {code}
    assert all(task["stoppedReason"].startswith(text) for task in failed)
    assert all(("exitCode" in task["containers"][0]) == (kind != "pull") for task in failed)


def test_out_of_memory_is_told_by_the_container_only(aws: Bench) -> None:
    aws.create()
    aws.deploy("v45")
    aws.world.tick(45)
    container = aws.tasks("STOPPED")[0]["containers"][0]
    assert container["exitCode"] == 137
    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"


def test_unhealthy_targets_are_told_by_events(aws: Bench) -> None:
    balancer = {"targetGroupArn": "arn:aws:elasticloadbalancing:…:targetgroup/shop/1", "containerName": "app"}
    aws.create(loadBalancers=[balancer | {"containerPort": 8080}])
    aws.world.faults.next_deployment(CLUSTER, SERVICE, "elb_unhealthy")
    aws.deploy("v42")
    aws.world.tick(45)
    assert any("is unhealthy in (target-group" in message for message in aws.messages())
    assert "Task failed ELB health checks in (target-group arn" in aws.tasks("STOPPED")[0]["stoppedReason"]


def test_an_image_for_another_architecture_cannot_be_pulled(aws: Bench) -> None:
    aws.create()
    aws.deploy("v47")
    aws.world.tick(40)
    assert "no matching manifest for linux/amd64" in aws.tasks("STOPPED")[0]["containers"][0]["reason"]


def test_no_capacity_is_told_once_and_nothing_starts(aws: Bench) -> None:
    aws.create()
    aws.world.faults.next_deployment(CLUSTER, SERVICE, "no_capacity")
    aws.deploy("v42")
    aws.world.tick(200)
    told = [message for message in aws.messages() if "unable to place a task" in message]
    assert len(told) == 1
    assert "because no container instance met all of its requirements." in told[0]
    assert aws.primary()["runningCount"] + aws.primary()["pendingCount"] == 0


def test_more_tasks_than_fit_run_as_far_as_there_is_room(aws: Bench) -> None:
    aws.create()
    aws.ecs.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=60)
    aws.world.tick(60)
    assert aws.service()["runningCount"] == 24
    assert "has insufficient CPU units available." in "".join(aws.messages())


def test_percentages_that_cannot_move_are_told_and_the_rollout_stays_in_progress(aws: Bench) -> None:
    aws.create(desired=1, configuration={"maximumPercent": 125, "minimumHealthyPercent": 100})
    aws.deploy("v42")
    aws.world.tick(300)
    told = [message for message in aws.messages() if "because of the service deployment configuration" in message]
    assert len(told) == 1
    assert aws.primary()["rolloutState"] == "IN_PROGRESS"
