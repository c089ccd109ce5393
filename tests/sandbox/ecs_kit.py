"""A small simulated ECS for the tests: one cluster, one repository, services on demand, boto3 clients on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from sandbox.ecs import World, hardware, seed

REGION, CLUSTER, SERVICE = "us-east-1", "staging", "shop"
PLAIN = {"maximumPercent": 200, "minimumHealthyPercent": 100}
GUARDED = PLAIN | {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
SESSION = boto3.Session("testing", "testing", region_name=REGION)


class Bench:
    """A world with boto3 talking to it; `deploy` and `service` say briefly what most tests do."""

    def __init__(self, world: World, endpoint_url: str) -> None:
        self.world = world
        self.endpoint_url = endpoint_url
        self.ecs = self.client("ecs")

    def client(self, name: str, region: str = REGION, attempts: int = 1, read_timeout: float = 5, **keys: str) -> Any:
        """A client that does not retry unless told so; `keys` are other credentials."""
        config = Config(retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=read_timeout)
        make: Any = SESSION.client
        return make(name, region_name=region, endpoint_url=self.endpoint_url, config=config, **keys)

    def register(self, tag: str) -> str:
        document = seed.document(REGION, SERVICE, "shop", tag)
        return str(self.ecs.register_task_definition(**document)["taskDefinition"]["taskDefinitionArn"])

    def create(
        self, desired: int = 2, configuration: dict[str, Any] | None = None, tag: str = "v41", **more: Any
    ) -> None:
        """A service that has already reached its steady state."""
        parameters = {"taskDefinition": self.register(tag), "deploymentConfiguration": configuration or PLAIN}
        self.ecs.create_service(cluster=CLUSTER, serviceName=SERVICE, desiredCount=desired, **parameters, **more)
        self.world.tick(60)

    def deploy(self, tag: str) -> str:
        """UpdateService to an image; the answer is the id of the new deployment."""
        answer = self.ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=self.register(tag))
        return str(answer["service"]["deployments"][0]["id"])

    def service(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]
        return found

    def primary(self) -> dict[str, Any]:
        deployments: list[dict[str, Any]] = self.service()["deployments"]
        return next(one for one in deployments if one["status"] == "PRIMARY")

    def messages(self) -> list[str]:
        return [event["message"] for event in self.service()["events"]]

    def records(self) -> list[dict[str, Any]]:
        """Service deployments in full, newest first."""
        listed = self.ecs.list_service_deployments(cluster=CLUSTER, service=SERVICE)["serviceDeployments"]
        arns = [one["serviceDeploymentArn"] for one in listed]
        described: list[dict[str, Any]] = self.ecs.describe_service_deployments(serviceDeploymentArns=arns)[
            "serviceDeployments"
        ]
        return described

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        arns = self.ecs.list_tasks(cluster=CLUSTER, serviceName=SERVICE, desiredStatus=status)["taskArns"]
        if not arns:
            return []
        described: list[dict[str, Any]] = self.ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]
        return described


@contextmanager
def bench(instances: int = 3) -> Iterator[Bench]:
    world = World()
    hardware.add_cluster(world.state, REGION, CLUSTER, instances)
    seed.push_images(world, REGION, "shop")
    with world.serving() as endpoint_url:
        yield Bench(world, endpoint_url)
