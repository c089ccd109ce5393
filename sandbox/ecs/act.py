"""What somebody else does to the world: by console or pipeline. Not in `world.calls`, untouched by faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from sandbox.ecs.images import repository_of
from sandbox.ecs.model import ACCOUNT, Answer, Params

SOMEBODY = f"arn:aws:sts::{ACCOUNT}:assumed-role/console/somebody-else"

# What ECS adds to a registered task definition and RegisterTaskDefinition does not take.
ADDED = (
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
)


class Caller(Protocol):
    """`World.call`."""

    def __call__(self, operation: str, region: str, caller: str, params: Params) -> Answer: ...


class Act:
    """Each method is one operation of AWS and raises EcsError as it does.

    `terminate` (region, EC2 instance id) and `resize` (region, group, size) are the fleet's, `busy` (region,
    cluster, service, work) the metrics'.
    """

    def __init__(
        self,
        call: Caller,
        terminate: Callable[[str, str], None],
        resize: Callable[[str, str, int], None],
        busy: Callable[[str, str, str, float], None],
    ) -> None:
        self._call, self._terminate, self._resize, self._busy = call, terminate, resize, busy

    def update_service(self, region: str, cluster: str, service: str, **params: Any) -> Answer:
        params |= {"cluster": cluster, "service": service}
        return self._call("UpdateService", region, SOMEBODY, params)

    def scale(self, region: str, cluster: str, service: str, desired: int) -> Answer:
        return self.update_service(region, cluster, service, desiredCount=desired)

    def deploy(self, region: str, cluster: str, service: str, tag: str) -> Answer:
        """What a pipeline does: registers what runs with another tag of the same image and updates the service."""
        where = {"cluster": cluster, "services": [service]}
        found = self._call("DescribeServices", region, SOMEBODY, where)["services"]
        if not found:
            raise ValueError(f"there is no service {service} in {cluster}")
        named = {"taskDefinition": found[0]["taskDefinition"]}
        body = self._call("DescribeTaskDefinition", region, SOMEBODY, named)["taskDefinition"]
        document = {key: value for key, value in body.items() if key not in ADDED}
        first, *others = document["containerDefinitions"]
        document["containerDefinitions"] = [first | {"image": f"{repository_of(first['image'])}:{tag}"}, *others]
        return self.update_service(region, cluster, service, taskDefinition=self.register(region, **document))

    def terminate_instance(self, region: str, instance: str) -> None:
        """EC2 takes a machine away; its group starts another one. `instance`: an EC2 instance id."""
        self._terminate(region, instance)

    def resize_group(self, region: str, group: str, desired: int) -> None:
        """How many machines an Auto Scaling group is to have; EcsError outside its own bounds."""
        self._resize(region, group, desired)

    def busy(self, region: str, cluster: str, service: str, tasks: float) -> None:
        """The service has work for exactly so many tasks, now as ever: its CPU is that over those that run."""
        self._busy(region, cluster, service, tasks)

    def stop_task(self, region: str, cluster: str, task: str, reason: str = "Task stopped by user") -> Answer:
        return self._call("StopTask", region, SOMEBODY, {"cluster": cluster, "task": task, "reason": reason})

    def register(self, region: str, **document: Any) -> str:
        """Registers a task definition; the answer is its ARN."""
        answer = self._call("RegisterTaskDefinition", region, SOMEBODY, document)
        return str(answer["taskDefinition"]["taskDefinitionArn"])
