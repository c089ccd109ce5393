"""AWS's answers about what scales, field by field, as frozen values."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.aws import fleet, groups, services, tasks
from bot.adapters.aws.usage import PERIOD, aligned, series
from bot.domain.groups import CapacityProvider

ARN = "arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:1:autoScalingGroupName/g"
PERCENT = st.floats(0, 100)
GROUP: dict[str, Any] = {
    "AutoScalingGroupName": "g",
    "AutoScalingGroupARN": ARN,
    "MinSize": 1,
    "MaxSize": 5,
    "DesiredCapacity": 2,
}


def instance(**more: Any) -> dict[str, Any]:
    return {"containerInstanceArn": "ci", "ec2InstanceId": "i-1", "status": "ACTIVE", "agentConnected": True, **more}


def test_an_instance_tells_its_free_gpus_its_tasks_and_its_health() -> None:
    answer = instance(
        remainingResources=[{"name": "GPU", "type": "STRINGSET", "stringSetValue": ["GPU-1", "GPU-2"]}],
        registeredResources=[
            {"name": "CPU", "type": "INTEGER", "integerValue": 4096},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 15704},
        ],
        runningTasksCount=3,
        pendingTasksCount=1,
        healthStatus={"overallStatus": "IMPAIRED", "details": []},
        attributes=[{"name": "ecs.instance-type", "value": "g4dn.xlarge"}, {"name": "ecs.awsvpc-trunk-id"}],
    )
    told = fleet.container_instance(answer)
    assert (told.gpus, told.registered_cpu, told.registered_memory) == (2, 4096, 15704)
    assert (told.running_tasks, told.pending_tasks, told.health) == (3, 1, "IMPAIRED")
    assert (told.instance_type, told.trunk) == ("g4dn.xlarge", True)
    bare = fleet.container_instance(instance())
    assert (bare.gpus, bare.health, bare.instance_type, bare.trunk) == (0, "", "", False)


def test_a_capacity_provider_tells_who_sizes_and_empties_its_group() -> None:
    provider = {"autoScalingGroupArn": ARN, "managedDraining": "ENABLED", "managedTerminationProtection": "ENABLED"}
    scaling = {"managedScaling": {"status": "ENABLED", "targetCapacity": 90}}
    told = fleet.capacity_provider({"name": "cp", "autoScalingGroupProvider": {**provider, **scaling}})
    assert told == CapacityProvider("cp", ARN, True, True, True, 90)
    assert told.group_name == "g"
    assert fleet.capacity_provider({"name": "FARGATE"}) == CapacityProvider("FARGATE")


def test_a_service_tells_where_its_tasks_may_go() -> None:
    answer = {
        "serviceArn": "a",
        "serviceName": "shop",
        "clusterArn": "c",
        "status": "ACTIVE",
        "placementConstraints": [{"type": "distinctInstance"}, {"type": "memberOf", "expression": "attribute:x"}],
        "placementStrategy": [{"type": "spread", "field": "attribute:ecs.availability-zone"}, {"type": "random"}],
        "capacityProviderStrategy": [
            {"capacityProvider": "cp", "weight": 2, "base": 1},
            {"capacityProvider": "FARGATE"},
        ],
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1", "subnet-2"]}},
        "availabilityZoneRebalancing": "ENABLED",
    }
    told = services.service(answer)
    assert told.placement_constraints == (("distinctInstance", ""), ("memberOf", "attribute:x"))
    assert told.placement_strategies == (("spread", "attribute:ecs.availability-zone"), ("random", ""))
    assert told.capacity_strategy == (("cp", 2, 1), ("FARGATE", 0, 0))
    assert (told.subnets, told.zone_rebalancing) == (("subnet-1", "subnet-2"), True)


def test_a_task_definition_tells_what_it_requires_of_an_instance() -> None:
    gpu = [{"type": "GPU", "value": "2"}, {"type": "InferenceAccelerator", "value": "7"}]
    answer = {
        "taskDefinitionArn": "d",
        "family": "shop",
        "revision": 1,
        "containerDefinitions": [
            {"name": "app", "image": "i", "resourceRequirements": gpu},
            {"name": "side", "image": "i", "resourceRequirements": [{"type": "GPU", "value": "1"}]},
        ],
        "requiresAttributes": [{"name": "ecs.capability.task-eni"}, {"name": "stack", "value": "blue"}],
        "placementConstraints": [{"type": "memberOf", "expression": "attribute:x"}],
    }
    told = tasks.task_definition(answer, ())
    assert told.requires_attributes == {"ecs.capability.task-eni": "", "stack": "blue"}
    assert (told.placement_constraints, told.gpus) == ((("memberOf", "attribute:x"),), 3)


@pytest.mark.parametrize(
    ("answer", "source"),
    [
        ({"LaunchTemplate": {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "n", "Version": "3"}}, "lt-1:3"),
        ({"LaunchTemplate": {"LaunchTemplateName": "n"}}, "n:$Default"),
        (
            {
                "MixedInstancesPolicy": {
                    "LaunchTemplate": {
                        "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-2", "Version": "$Latest"}
                    }
                }
            },
            "lt-2:$Latest",
        ),
        ({"LaunchConfigurationName": "old"}, "old"),
        ({}, ""),
    ],
)
def test_a_group_tells_what_it_launches_from(answer: dict[str, Any], source: str) -> None:
    assert groups.group({**GROUP, **answer}).launch_template == source


def test_a_group_tells_its_hooks_at_the_end_its_owner_and_what_is_suspended() -> None:
    hooks = [
        {"LifecycleHookName": "drain", "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING"},
        {"LifecycleHookName": "warm", "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"},
    ]
    more = {
        "Tags": [{"Key": "AmazonECSManaged", "Value": ""}],
        "SuspendedProcesses": [{"ProcessName": "Launch"}],
        "DefaultCooldown": 60,
        "TerminationPolicies": ["OldestInstance"],
        "AvailabilityZones": ["a", "b"],
    }
    told = groups.group({**GROUP, **more}, hooks)
    assert (told.terminating_hooks, told.ecs_managed, told.suspended) == (("drain",), True, ("Launch",))
    assert (told.cooldown, told.termination_policies, told.zones) == (60, ("OldestInstance",), ("a", "b"))
    plain = groups.group(GROUP)
    assert (plain.terminating_hooks, plain.ecs_managed, plain.cooldown, plain.termination_policies) == (
        (), False, 300, ("Default",),
    )  # fmt: skip


def test_an_instance_of_a_group_tells_its_state_and_its_protection() -> None:
    answer = {
        "InstanceId": "i-1",
        "AvailabilityZone": "a",
        "LifecycleState": "Terminating:Wait",
        "HealthStatus": "Unhealthy",
        "ProtectedFromScaleIn": True,
        "InstanceType": "m5.large",
    }
    (told,) = groups.group({**GROUP, "Instances": [answer]}).instances
    assert (told.lifecycle_state, told.health, told.protected) == ("Terminating:Wait", "Unhealthy", True)
    assert groups.group({**GROUP, "Instances": [answer]}).in_service == ()


def test_an_activity_that_is_not_over_has_no_end() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    told = groups.activity({"StartTime": at, "StatusCode": "InProgress", "Cause": "c"})
    assert (told.at, told.ended_at, told.message) == (at, None, "")


@given(st.datetimes(timezones=st.just(UTC)), st.integers(1, 40), st.dictionaries(st.integers(-3, 45), PERCENT))
def test_each_value_stands_at_its_own_five_minutes_and_nowhere_else(
    at: datetime, count: int, values: dict[int, float]
) -> None:
    start = aligned(at)
    points = [(start + number * PERIOD, value) for number, value in values.items()]
    usage = series(start, start + count * PERIOD, {"cpu": points, "memory": ()})
    assert start <= at < start + PERIOD
    if not values:
        assert (usage.cpu, usage.memory) == ((), ())
        return
    assert usage.cpu == tuple(values.get(number) for number in range(count))
    assert usage.memory == (None,) * count
