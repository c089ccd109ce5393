"""Application Auto Scaling and CloudWatch in the sandbox, where no contract of a port looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.ecs_kit import CLUSTER, REGION, SERVICE, Bench, bench

TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{CLUSTER}/{SERVICE}",
    "ScalableDimension": "ecs:service:DesiredCount",
}
CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}, "TargetValue": 50}


@pytest.fixture
def aws() -> Iterator[Bench]:
    with bench() as one:
        one.create(desired=2)
        yield one


def tracks(aws: Bench, most: int = 6, **state: bool) -> Any:
    """Between one and `most` tasks, at half of their CPU; `state` is what is suspended."""
    scaling = aws.client("application-autoscaling")
    scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=most, SuspendedState=state)
    scaling.put_scaling_policy(
        **TARGET, PolicyName="cpu", PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=CPU
    )
    return scaling


def busy(aws: Bench, tasks: float) -> None:
    aws.world.act.busy(REGION, CLUSTER, SERVICE, tasks)


def causes(scaling: Any, **more: Any) -> list[tuple[str, str]]:
    found = scaling.describe_scaling_activities(ServiceNamespace="ecs", ResourceId=TARGET["ResourceId"], **more)
    return [(one["StatusCode"], one["Description"]) for one in found["ScalingActivities"]]


def cpu(aws: Bench) -> list[float]:
    dimensions = [{"Name": "ClusterName", "Value": CLUSTER}, {"Name": "ServiceName", "Value": SERVICE}]
    metric = {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Dimensions": dimensions}
    answer = aws.client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "cpu", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}}],
        StartTime=aws.world.now() - timedelta(minutes=10),
        EndTime=aws.world.now(),
    )
    values: list[float] = answer["MetricDataResults"][0]["Values"]
    return values


def test_a_busy_service_grows_after_three_minutes_and_not_at_once(aws: Bench) -> None:
    scaling = tracks(aws)
    busy(aws, 2.0)
    aws.world.tick(110)
    assert aws.service()["desiredCount"] == 2
    aws.world.tick(80)
    assert aws.service()["desiredCount"] == 4
    assert causes(scaling) == [("Successful", "Setting desired count to 4.")]


def test_an_idle_service_shrinks_after_a_quarter_of_an_hour(aws: Bench) -> None:
    tracks(aws)
    busy(aws, 0.1)
    aws.world.tick(800)
    assert aws.service()["desiredCount"] == 2
    aws.world.tick(120)
    assert aws.service()["desiredCount"] == 1


@pytest.mark.parametrize(("flag", "work"), [("DynamicScalingOutSuspended", 2.0), ("DynamicScalingInSuspended", 0.1)])
def test_what_is_suspended_does_not_scale(aws: Bench, flag: str, work: float) -> None:
    scaling = tracks(aws, **{flag: True})
    busy(aws, work)
    aws.world.tick(1_000 if work < 1 else 200)
    assert aws.service()["desiredCount"] == 2
    assert causes(scaling) == []


def test_a_service_at_its_maximum_tries_and_says_so_only_to_those_who_ask(aws: Bench) -> None:
    scaling = tracks(aws, most=2)
    busy(aws, 2.0)
    aws.world.tick(300)
    assert causes(scaling) == []
    assert causes(scaling, IncludeNotScaledActivities=True) == [
        ("Failed", "Attempting to scale due to alarm triggered")
    ]


def test_a_service_without_a_policy_is_left_alone(aws: Bench) -> None:
    aws.client("application-autoscaling").register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=6)
    busy(aws, 2.0)
    aws.world.tick(300)
    assert aws.service()["desiredCount"] == 2


def test_twice_the_tasks_are_half_as_busy(aws: Bench) -> None:
    busy(aws, 1.0)
    aws.world.tick(120)
    before = cpu(aws)[-1]
    aws.world.act.scale(REGION, CLUSTER, SERVICE, 4)
    aws.world.tick(180)
    assert (before, cpu(aws)[-1]) == (50.0, 25.0)


def test_the_same_minute_is_always_the_same(aws: Bench) -> None:
    aws.world.tick(120)
    assert cpu(aws) == cpu(aws) != []


def test_aws_denies_throttles_and_delays_these_calls_like_any_other(aws: Bench) -> None:
    aws.world.faults.throttle("GetMetricData", 1)
    with pytest.raises(Exception, match="ThrottlingException"):
        cpu(aws)
    aws.world.faults.deny("SetDesiredCapacity")
    with pytest.raises(Exception, match="AccessDenied"):
        aws.client("autoscaling").set_desired_capacity(AutoScalingGroupName=f"{CLUSTER}-ecs", DesiredCapacity=3)
