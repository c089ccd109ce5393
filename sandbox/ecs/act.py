"""What somebody else does to the world: by console or pipeline. Not in `world.calls`, untouched by faults."""

from __future__ import annotations

from typing import Any, Protocol

from sandbox.ecs.model import ACCOUNT, Answer, Params

SOMEBODY = f"arn:aws:sts::{ACCOUNT}:assumed-role/console/somebody-else"


class Caller(Protocol):
    """`World.call`."""

    def __call__(self, operation: str, region: str, caller: str, params: Params) -> Answer: ...


class Act:
    """Each method is one ECS operation and raises EcsError as it does."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def update_service(self, region: str, cluster: str, service: str, **params: Any) -> Answer:
        params |= {"cluster": cluster, "service": service}
        return self._call("UpdateService", region, SOMEBODY, params)

    def scale(self, region: str, cluster: str, service: str, desired: int) -> Answer:
        return self.update_service(region, cluster, service, desiredCount=desired)

    def stop_task(self, region: str, cluster: str, task: str, reason: str = "Task stopped by user") -> Answer:
        return self._call("StopTask", region, SOMEBODY, {"cluster": cluster, "task": task, "reason": reason})

    def register(self, region: str, **document: Any) -> str:
        """Registers a task definition; the answer is its ARN."""
        answer = self._call("RegisterTaskDefinition", region, SOMEBODY, document)
        return str(answer["taskDefinition"]["taskDefinitionArn"])
