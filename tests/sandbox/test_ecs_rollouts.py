"""Rollouts of the simulated ECS, seen through boto3."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.ecs_kit import CLUSTER, GUARDED, PLAIN, REGION, SERVICE, Bench, bench


@pytest.fixture
def aws() -> Iterator[Bench]:
    with bench() as one:
        yield one


def test_a_good_revision_replaces_the_old_one_and_is_completed(aws: Bench) -> None:
    aws.create()
    deployment_id = aws.deploy("v42")
    assert [one["status"] for one in aws.service()["deployments"]] == ["PRIMARY", "ACTIVE"]
    aws.world.tick(60)
    service = aws.service()
    assert [one["id"] for one in service["deployments"]] == [deployment_id]
    assert aws.primary()["rolloutState"] == "COMPLETED"
    assert aws.primary()["rolloutStateReason"] == f"ECS deployment {deployment_id} completed."
    assert (service["runningCount"], service["pendingCount"]) == (2, 0)
    assert aws.records()[0]["status"] == "SUCCESSFUL"
    assert aws.messages()[:2] == [
        "(service shop) has reached a steady state.",
        f"(service shop) (deployment {deployment_id}) deployment completed.",
    ]


def test_replaced_tasks_say_that_it_was_a_scaling_activity(aws: Bench) -> None:
    aws.create()
    deployment_id = aws.deploy("v42")
    aws.world.tick(60)
    reasons = {(task["stopCode"], task["stoppedReason"]) for task in aws.tasks("STOPPED")}
    assert reasons == {("ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {deployment_id})")}


def test_a_crash_loop_without_breaker_shows_two_crashes_within_40_seconds_and_never_ends(aws: Bench) -> None:
    aws.create(desired=1)
    deployment_id = aws.deploy("v44")
    aws.world.tick(40)
    crashed = [task for task in aws.tasks("STOPPED") if task["startedBy"] == deployment_id]
    assert len(crashed) >= 2
    assert {task["stoppedReason"] for task in crashed} == {"Essential container in task exited"}
    assert {task["containers"][0]["exitCode"] for task in crashed} == {1}
    aws.world.tick(600)
    assert aws.primary()["rolloutState"] == "IN_PROGRESS"
    assert aws.primary()["failedTasks"] > 4
    assert "(service shop) is unable to consistently start tasks successfully." in aws.messages()
    assert aws.service()["runningCount"] >= 1


def test_crashing_tasks_are_restarted_less_and_less_often(aws: Bench) -> None:
    aws.create(desired=1)
    aws.deploy("v44")
    aws.world.tick(60)
    early = aws.primary()["failedTasks"]
    aws.world.tick(300)
    later = aws.primary()["failedTasks"]
    aws.world.tick(60)
    assert early >= 3
    assert aws.primary()["failedTasks"] - later <= 1


def test_after_a_breaker_rollback_primary_is_the_old_deployment_and_completed(aws: Bench) -> None:
    aws.create(configuration=GUARDED)
    good = aws.primary()
    failed_id = aws.deploy("v44")
    aws.world.tick(20)
    record = aws.records()[0]
    assert record["deploymentCircuitBreaker"]["status"] == "MONITORING"
    assert record["deploymentCircuitBreaker"]["threshold"] == 3
    aws.world.tick(120)
    primary, record = aws.primary(), aws.records()[0]
    assert (primary["id"], primary["taskDefinition"]) == (good["id"], good["taskDefinition"])
    assert primary["rolloutState"] == "COMPLETED"
    assert record["status"] == "ROLLBACK_SUCCESSFUL"
    assert record["deploymentCircuitBreaker"]["status"] == "TRIGGERED"
    assert record["deploymentCircuitBreaker"]["failureCount"] >= 3
    assert record["statusReason"] == (
        "Service deployment rolled back because the circuit breaker threshold was exceeded."
    )
    assert record["rollback"]["serviceRevisionArn"] == aws.records()[1]["targetServiceRevision"]["arn"]
    assert f"(service shop) (deployment {failed_id}) deployment failed: tasks failed to start." in aws.messages()
    assert f"(service shop) rolling back to deployment {good['id']}." in aws.messages()


def test_a_rollback_under_way_says_so_in_both_places(aws: Bench) -> None:
    aws.create(configuration=GUARDED)
    good_id = aws.primary()["id"]
    aws.deploy("v44")
    aws.world.tick(1)
    while aws.records()[0]["status"] == "IN_PROGRESS":
        aws.world.tick(0.5)
    assert aws.records()[0]["status"] == "ROLLBACK_IN_PROGRESS"
    expected = f"ECS deployment circuit breaker: rolling back to deploymentId {good_id}."
    assert aws.primary()["rolloutStateReason"] == expected


def test_a_breaker_without_rollback_leaves_the_failed_deployment_primary(aws: Bench) -> None:
    aws.create(configuration=PLAIN | {"deploymentCircuitBreaker": {"enable": True, "rollback": False}})
    failed_id = aws.deploy("v44")
    aws.world.tick(200)
    assert (aws.primary()["id"], aws.primary()["rolloutState"]) == (failed_id, "FAILED")
    assert aws.primary()["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    attempts = len(aws.tasks("STOPPED"))
    aws.world.tick(200)
    assert len(aws.tasks("STOPPED")) == attempts
    assert aws.service()["runningCount"] == 2


def test_the_first_deployment_of_a_service_has_nothing_to_roll_back_to(aws: Bench) -> None:
    aws.create(configuration=GUARDED, tag="v44")
    aws.world.tick(120)
    assert aws.records()[0]["status"] == "ROLLBACK_FAILED"
    assert aws.records()[0]["statusReason"] == "No rollback candidate was found to run the rollback."


def test_a_superseded_deployment_is_stopped(aws: Bench) -> None:
    aws.create()
    aws.deploy("v42")
    aws.world.tick(5)
    second_id = aws.deploy("v43")
    assert [one["status"] for one in aws.records()][:2] == ["PENDING", "STOP_REQUESTED"]
    aws.world.tick(90)
    assert [one["status"] for one in aws.records()] == ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]
    assert aws.primary()["id"] == second_id


def test_failed_tasks_reset_when_a_task_runs(aws: Bench) -> None:
    aws.create(desired=1)
    aws.world.faults.next_deployment(CLUSTER, SERVICE, "flaky_once")
    aws.deploy("v42")
    aws.world.tick(14)
    assert aws.primary()["failedTasks"] == 1
    aws.world.tick(60)
    assert (aws.primary()["failedTasks"], aws.primary()["rolloutState"]) == (0, "COMPLETED")


def test_stopping_a_service_deployment_rolls_it_back_and_a_second_stop_is_a_conflict(aws: Bench) -> None:
    aws.create()
    good_id = aws.primary()["id"]
    aws.deploy("v44")
    aws.world.tick(10)
    arn = aws.service()["currentServiceDeployment"]
    aws.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
    assert aws.records()[0]["status"] == "ROLLBACK_REQUESTED"
    aws.world.tick(0.5)
    assert aws.records()[0]["status"] == "ROLLBACK_IN_PROGRESS"
    aws.world.tick(60)
    assert aws.records()[0]["status"] == "ROLLBACK_SUCCESSFUL"
    assert (aws.primary()["id"], aws.primary()["rolloutState"]) == (good_id, "COMPLETED")
    with pytest.raises(aws.ecs.exceptions.ConflictException):
        aws.ecs.stop_service_deployment(serviceDeploymentArn=arn)
    with pytest.raises(aws.ecs.exceptions.ServiceDeploymentNotFoundException):
        aws.ecs.stop_service_deployment(serviceDeploymentArn=arn + "0")


def test_scaling_starts_no_deployment(aws: Bench) -> None:
    aws.create()
    before = aws.primary()["id"]
    for desired in (5, 1, 0):
        aws.world.act.scale(REGION, CLUSTER, SERVICE, desired)
        aws.world.tick(40)
        assert aws.service()["runningCount"] == desired
    assert aws.primary()["id"] == before
    assert len(aws.records()) == 1


def test_force_new_deployment_replaces_every_task_on_the_same_revision(aws: Bench) -> None:
    aws.create()
    before = {task["taskArn"] for task in aws.tasks()}
    aws.ecs.update_service(cluster=CLUSTER, service=SERVICE, forceNewDeployment=True)
    aws.world.tick(60)
    assert before.isdisjoint({task["taskArn"] for task in aws.tasks()})
    assert len({task["taskDefinitionArn"] for task in aws.tasks()}) == 1


def test_a_stopped_task_is_replaced_and_visible_for_an_hour(aws: Bench) -> None:
    aws.create()
    task = aws.tasks()[0]["taskArn"]
    aws.world.act.stop_task(REGION, CLUSTER, task, "looked ill")
    aws.world.tick(40)
    assert aws.service()["runningCount"] == 2
    stopped = aws.tasks("STOPPED")[0]
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "looked ill")
    aws.world.tick(3600)
    assert aws.tasks("STOPPED") == []


def test_tasks_leave_a_draining_instance_without_falling_below_the_minimum(aws: Bench) -> None:
    aws.create(desired=3)
    instance = aws.tasks()[0]["containerInstanceArn"]
    aws.ecs.update_container_instances_state(cluster=CLUSTER, containerInstances=[instance], status="DRAINING")
    for _ in range(60):
        aws.world.tick(1)
        assert sum(one["lastStatus"] == "RUNNING" for one in aws.tasks()) >= 3
    assert instance not in {task["containerInstanceArn"] for task in aws.tasks()}


def test_events_are_newest_first_and_a_hundred_at_most(aws: Bench) -> None:
    aws.create()
    for round_ in range(60):
        aws.world.act.scale(REGION, CLUSTER, SERVICE, 2 + round_ % 2 * 3)
        aws.world.tick(30)
    events = aws.service()["events"]
    times = [event["createdAt"] for event in events]
    assert len(events) == 100
    assert times == sorted(times, reverse=True)
    assert len({event["id"] for event in events}) == len(events)
