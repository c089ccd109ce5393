"""Where the sandbox's scheduler places tasks, and what it says where it does not."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.ecs import hardware, machines, seed
from sandbox.ecs.model import Cluster
from tests.sandbox.ecs_kit import CLUSTER, REGION, SERVICE, Bench, bench


@pytest.fixture
def aws() -> Iterator[Bench]:
    with bench(instances=3) as one:
        yield one


def _cluster(aws: Bench) -> Cluster:
    return aws.world.state.clusters[(REGION, CLUSTER)]


def _creates(aws: Bench, changes: dict[str, Any], desired: int = 4, **service: Any) -> None:
    """A service of a definition with other fields of its container (`container`) or its own."""
    document = seed.document(REGION, SERVICE, "shop", "v41") | changes
    container = document["containerDefinitions"][0] | document.pop("container", {})
    arn = aws.ecs.register_task_definition(**document | {"containerDefinitions": [container]})
    named = arn["taskDefinition"]["taskDefinitionArn"]
    aws.ecs.create_service(cluster=CLUSTER, serviceName=SERVICE, desiredCount=desired, taskDefinition=named, **service)
    aws.world.tick(30)


def _running(aws: Bench) -> int:
    return int(aws.service()["runningCount"])


GPU = {"container": {"resourceRequirements": [{"type": "GPU", "value": "1"}]}}
AWSVPC = {"networkMode": "awsvpc", "container": {"portMappings": []}}
ELSEWHERE = [{"type": "memberOf", "expression": "attribute:ecs.instance-type == c5.large"}]
REFUSALS: dict[str, tuple[dict[str, Any], dict[str, Any], int, str]] = {
    "CPU": ({"container": {"cpu": 1024}}, {"desiredCount": 7}, 6, "has insufficient CPU units available"),
    "memory": ({"container": {"memoryReservation": 5000, "memory": 5000}}, {}, 3, "has insufficient memory available"),
    "a port": (
        {"container": {"portMappings": [{"containerPort": 8080, "hostPort": 8080}]}},
        {},
        3,
        "is already using a port required by your task",
    ),
    "no GPU": (GPU, {}, 0, 'encountered error "RESOURCE:GPU"'),
    "an attribute": (
        {"container": {"logConfiguration": {"logDriver": "splunk"}}},
        {},
        0,
        "is missing an attribute required by your task",
    ),
    "another architecture": (
        {"runtimePlatform": {"cpuArchitecture": "ARM64"}},
        {},
        0,
        "is missing an attribute required by your task",
    ),
    "memberOf": ({}, {"placementConstraints": ELSEWHERE}, 0, "MemberOf placement constraint unsatisfied"),
    "memberOf in the definition": (
        {"placementConstraints": ELSEWHERE},
        {},
        0,
        "MemberOf placement constraint unsatisfied",
    ),
    "distinctInstance": (
        {},
        {"placementConstraints": [{"type": "distinctInstance"}]},
        3,
        "DistinctInstance placement constraint unsatisfied",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_as_many_are_placed_as_meet_all_requirements_and_the_event_says_why_no_more(case: str, aws: Bench) -> None:
    changes, service, running, said = REFUSALS[case]
    desired = service.get("desiredCount", 4)
    _creates(aws, changes, desired, **{key: value for key, value in service.items() if key != "desiredCount"})
    assert _running(aws) == running
    assert any(said in message for message in aws.messages()), aws.messages()


def test_tasks_with_interfaces_of_their_own_fill_an_instance_and_keep_to_their_subnets_zone(aws: Bench) -> None:
    subnet = hardware.subnets(REGION)[0]
    network = {"awsvpcConfiguration": {"subnets": [str(subnet.id)]}}
    _creates(aws, AWSVPC, 3, networkConfiguration=network)
    assert _running(aws) == 2
    assert {task["availabilityZone"] for task in aws.tasks()} == {subnet.availability_zone}
    assert {one["type"] for task in aws.tasks() for one in task["attachments"]} == {"ElasticNetworkInterface"}
    next(iter(_cluster(aws).instances.values())).attributes["ecs.awsvpc-trunk-id"] = "eni-1"
    aws.world.tick(30)
    assert _running(aws) == 3


def test_a_gpu_is_one_task_s_and_what_is_left_is_told(aws: Bench) -> None:
    one = machines.made("9" * 32, "i-gpu", "us-east-1a", "g4dn.xlarge")
    _cluster(aws).instances[one.id] = one
    _cluster(aws).auto_scaling_group = None
    _creates(aws, GPU, 2)
    assert _running(aws) == 1
    (arn,) = {task["containerInstanceArn"] for task in aws.tasks()}
    (told,) = aws.ecs.describe_container_instances(cluster=CLUSTER, containerInstances=[arn])["containerInstances"]
    gpus = [
        next(one["stringSetValue"] for one in told[key] if one["name"] == "GPU")
        for key in ("registeredResources", "remainingResources")
    ]
    assert [len(some) for some in gpus] == [1, 0]


def test_a_task_holds_its_room_until_it_is_stopped(aws: Bench) -> None:
    _creates(aws, {"container": {"memoryReservation": 5000, "memory": 5000}}, 3)
    aws.world.act.scale(REGION, CLUSTER, SERVICE, 1)
    aws.world.tick(1)
    aws.world.act.scale(REGION, CLUSTER, SERVICE, 3)
    aws.world.tick(1)
    assert len(aws.tasks()) == 1
    aws.world.tick(60)
    assert _running(aws) == 3


def test_instances_are_filtered_by_an_expression_and_their_health_told_when_asked(aws: Bench) -> None:
    first = next(iter(_cluster(aws).instances.values()))
    first.health, first.attributes["disk"] = "IMPAIRED", "fast"
    arns = aws.ecs.list_container_instances(cluster=CLUSTER, filter="attribute:disk == fast")["containerInstanceArns"]
    assert [arn.rpartition("/")[2] for arn in arns] == [first.id]
    asked = {"cluster": CLUSTER, "containerInstances": arns}
    (told,) = aws.ecs.describe_container_instances(**asked, include=["CONTAINER_INSTANCE_HEALTH"])["containerInstances"]
    assert told["healthStatus"]["overallStatus"] == "IMPAIRED"
    assert "healthStatus" not in aws.ecs.describe_container_instances(**asked)["containerInstances"][0]


def test_a_group_starts_its_kinds_in_turn() -> None:
    with bench(instances=0) as aws:
        cluster = hardware.add_cluster(aws.world.state, REGION, "mixed", 4, ("m5.large", "c5.large"))
        kinds = [one.instance_type for one in cluster.instances.values()]
        assert kinds == ["m5.large", "c5.large"] * 2


def test_placement_is_kept_answered_and_from_an_update_on_obeyed(aws: Bench) -> None:
    strategy = [{"type": "binpack", "field": "memory"}]
    _creates(aws, {}, 2, placementStrategy=strategy, placementConstraints=ELSEWHERE)
    assert (aws.service()["placementStrategy"], aws.service()["placementConstraints"]) == (strategy, ELSEWHERE)
    assert _running(aws) == 0
    aws.ecs.update_service(cluster=CLUSTER, service=SERVICE, placementConstraints=[])
    aws.world.tick(30)
    assert (_running(aws), aws.service()["placementConstraints"]) == (2, [])
    assert len({task["containerInstanceArn"] for task in aws.tasks()}) == 1
