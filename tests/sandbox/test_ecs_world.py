"""The seeded world, time that runs by itself, instances that come and go, and the page's control API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from starlette.applications import Starlette

from sandbox.ecs import World, seed
from sandbox.ecs.control import routes
from tests.sandbox.ecs_kit import Bench

STAGES = [
    ("us-east-1", "staging", "shop", 2),
    ("us-east-1", "staging", "payload-svc", 2),
    ("eu-west-1", "prod", "shop-prod", 4),
    ("us-east-1", "fargate", "web", 2),
]


@pytest.fixture
def aws() -> Iterator[Bench]:
    world = World()
    seed.seed(world)
    with world.serving() as endpoint_url:
        yield Bench(world, endpoint_url)


def test_every_seeded_service_is_steady_on_v42_with_a_past(aws: Bench) -> None:
    for region, cluster, name, desired in STAGES:
        ecs = aws.client("ecs", region=region)
        service = ecs.describe_services(cluster=cluster, services=[name])["services"][0]
        assert (service["runningCount"], service["pendingCount"]) == (desired, 0)
        assert [one["rolloutState"] for one in service["deployments"]] == ["COMPLETED"]
        definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
        assert definition["containerDefinitions"][0]["image"].endswith(":v42")
        records = ecs.list_service_deployments(cluster=cluster, service=name)["serviceDeployments"]
        assert [one["status"] for one in records] == ["SUCCESSFUL", "SUCCESSFUL"]
        assert service["events"][0]["message"] == f"(service {name}) has reached a steady state."


def test_a_fargate_task_has_no_instance_but_an_address(aws: Bench) -> None:
    arns = aws.ecs.list_tasks(cluster="fargate", serviceName="web")["taskArns"]
    task = aws.ecs.describe_tasks(cluster="fargate", tasks=arns)["tasks"][0]
    assert "containerInstanceArn" not in task
    assert (task["launchType"], task["platformVersion"]) == ("FARGATE", "1.4.0")
    assert task["attachments"][0]["details"][0]["value"].startswith("10.0.")


def test_seeded_images_carry_tags_digests_and_different_dates(aws: Bench) -> None:
    images = aws.client("ecr").describe_images(repositoryName="shop")["imageDetails"]
    tags = sorted(tag for image in images for tag in image["imageTags"])
    assert tags == ["latest", "v41", "v42", "v43", "v44", "v45", "v46", "v47"]
    assert len({image["imageDigest"] for image in images}) == 7
    assert len({image["imagePushedAt"] for image in images}) == 7


def test_targets_are_as_healthy_as_their_tasks(aws: Bench) -> None:
    elb = aws.client("elbv2")
    group = next(one for one in elb.describe_target_groups()["TargetGroups"] if one["TargetGroupName"] == "shop")
    arn = group["TargetGroupArn"]
    states = [one["TargetHealth"]["State"] for one in elb.describe_target_health(TargetGroupArn=arn)[TARGETS]]
    assert states == ["healthy", "healthy"]
    aws.world.faults.next_deployment("staging", "shop", "elb_unhealthy")
    aws.ecs.update_service(cluster="staging", service="shop", forceNewDeployment=True)
    aws.world.tick(20)
    states = [one["TargetHealth"]["State"] for one in elb.describe_target_health(TargetGroupArn=arn)[TARGETS]]
    assert sorted(states) == ["healthy", "healthy", "unhealthy", "unhealthy"]


TARGETS = "TargetHealthDescriptions"


def test_registering_a_scalable_target_moves_the_count_into_its_bounds_at_once(aws: Bench) -> None:
    scaling = aws.client("application-autoscaling")
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/staging/shop",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=3, MaxCapacity=6)
    shop = aws.ecs.describe_services(cluster="staging", services=["shop"])["services"][0]
    assert shop["desiredCount"] == 3
    with pytest.raises(ClientError) as caught:
        scaling.register_scalable_target(**target, MinCapacity=7, MaxCapacity=6)
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_container_instances_follow_the_auto_scaling_group_over_all_zones(aws: Bench) -> None:
    group, ecs = aws.client("autoscaling", region="eu-west-1"), aws.client("ecs", region="eu-west-1")
    group.set_desired_capacity(AutoScalingGroupName="prod-ecs", DesiredCapacity=12)
    assert len(ecs.list_container_instances(cluster="prod")["containerInstanceArns"]) == 9
    aws.world.tick(40)
    arns = ecs.list_container_instances(cluster="prod")["containerInstanceArns"]
    found = ecs.describe_container_instances(cluster="prod", containerInstances=arns)["containerInstances"]
    zones = [one["value"] for each in found for one in each["attributes"] if one["name"] == "ecs.availability-zone"]
    assert sorted(zones) == ["eu-west-1a"] * 4 + ["eu-west-1b"] * 4 + ["eu-west-1c"] * 4


def test_tasks_of_a_terminated_instance_are_replaced_elsewhere(aws: Bench) -> None:
    arns = aws.ecs.list_tasks(cluster="staging", serviceName="shop")["taskArns"]
    task = aws.ecs.describe_tasks(cluster="staging", tasks=arns)["tasks"][0]
    lost = aws.ecs.describe_container_instances(cluster="staging", containerInstances=[task["containerInstanceArn"]])
    ec2_id = lost["containerInstances"][0]["ec2InstanceId"]
    aws.client("autoscaling").terminate_instance_in_auto_scaling_group(
        InstanceId=ec2_id, ShouldDecrementDesiredCapacity=True
    )
    aws.world.tick(40)
    stopped = aws.ecs.describe_tasks(cluster="staging", tasks=[task["taskArn"]])["tasks"][0]
    assert stopped["stoppedReason"] == f"Host EC2 (instance {ec2_id}) terminated."
    shop = aws.ecs.describe_services(cluster="staging", services=["shop"])["services"][0]
    assert shop["runningCount"] == 2


def test_the_capacity_provider_names_the_group(aws: Bench) -> None:
    ecs = aws.client("ecs", region="eu-west-1")
    assert ecs.describe_clusters(clusters=["prod"])["clusters"][0]["capacityProviders"] == ["prod-ecs"]
    provider = ecs.describe_capacity_providers(capacityProviders=["prod-ecs"])["capacityProviders"][0]
    assert "autoScalingGroupName/prod-ecs" in provider["autoScalingGroupProvider"]["autoScalingGroupArn"]


def test_time_runs_by_itself_at_the_chosen_speed_and_dates_stay_real(aws: Bench) -> None:
    aws.world.speed = 30
    aws.world.start()
    try:
        answer = aws.ecs.update_service(cluster="staging", service="shop", forceNewDeployment=True)
        mine = answer["service"]["deployments"][0]
        assert abs(mine["createdAt"].timestamp() - time.time()) < 2
        pause = Event()
        completed = any(pause.wait(0.1) or rollout_state(aws) == "COMPLETED" for _ in range(60))
        assert completed
        assert abs(aws.world.now().timestamp() - time.time()) < 2
    finally:
        aws.world.stop()


def rollout_state(aws: Bench) -> str:
    shop = aws.ecs.describe_services(cluster="staging", services=["shop"])["services"][0]
    return str(shop["deployments"][0]["rolloutState"])


def test_the_same_seed_makes_the_same_world() -> None:
    def ids() -> list[str]:
        world = World(seed=7, real=lambda: 1_800_000_000.0)
        seed.seed(world)
        return [task for cluster in world.state.clusters.values() for task in cluster.tasks]

    assert ids() == ids()


def test_speed_has_limits() -> None:
    with pytest.raises(ValueError, match="1 to 30"):
        World(speed=31)


class Page:
    """What the sandbox's page can ask of the control API."""

    def __init__(self, world: World) -> None:
        self._app = Starlette(routes=list(routes(world)))

    def get(self, path: str, **params: str) -> Any:
        return self._send("GET", path, params=params).json()

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self._send("POST", path, json=body)

    def _send(self, method: str, path: str, **what: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
                return await client.request(method, f"/sandbox/ecs/{path}", **what)

        return asyncio.run(send())


@pytest.fixture
def seeded() -> World:
    world = World()
    seed.seed(world)
    return world


def test_the_picture_shows_zones_instances_tasks_and_services(seeded: World) -> None:
    picture: dict[str, Any] = Page(seeded).get("picture")
    staging = picture["clusters"][0]
    assert [len(zone["instances"]) for zone in staging["zones"]] == [3, 3, 3]
    assert [service["name"] for service in staging["services"]] == ["shop", "payload-svc"]
    assert {task["status"] for task in staging["tasks"]} == {"RUNNING"}
    assert picture["speed"] == 1


def test_the_page_sets_faults_acts_and_turns_speed(seeded: World) -> None:
    page = Page(seeded)
    fault = {"fault": "next_deployment", "cluster": "staging", "service": "shop", "kind": "crash"}
    assert page.post("faults", fault).status_code == 200
    act = {"act": "update_service", "region": "us-east-1", "cluster": "staging", "service": "shop"}
    assert page.post("act", act | {"forceNewDeployment": True}).status_code == 200
    assert page.post("speed", {"speed": 10}).status_code == 200
    assert seeded.speed == 10
    seeded.tick(20)
    shop = page.get("picture")["clusters"][0]["services"][0]
    assert shop["deployments"][0]["failed"] >= 1


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("faults", {"fault": "meteor"}, "unknown fault 'meteor'"),
        ("faults", {"fault": "next_deployment", "cluster": "staging"}, "service"),
        ("act", {"act": "scale", "region": "us-east-1", "cluster": "nope", "service": "shop", "desired": 1}, "Cluster"),
        ("speed", {"speed": 99}, "1 to 30"),
    ],
)
def test_a_bad_request_is_told_why(seeded: World, path: str, body: dict[str, Any], text: str) -> None:
    answer = Page(seeded).post(path, body)
    assert answer.status_code == 400
    assert text in answer.json()["error"]


def test_the_page_lists_calls_with_counts(seeded: World) -> None:
    with seeded.serving() as endpoint_url:
        Bench(seeded, endpoint_url).ecs.list_clusters()
    listed = Page(seeded).get("calls", operation="ListClusters")
    assert listed["counts"] == {"ListClusters": 1}
    assert listed["calls"][0]["operation"] == "ListClusters"
