"""One call of the ECS API as its operations see it, and paging, which all of them do alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.ecs.errors import invalid
from sandbox.ecs.model import Answer, Cluster, Params, Service
from sandbox.ecs.state import State


@dataclass(frozen=True)
class ApiCall:
    """`caller` is the ARN of whoever calls."""

    state: State
    region: str
    caller: str
    params: Params

    @property
    def cluster(self) -> Cluster:
        return self.state.cluster(self.region, self.params.get("cluster"))

    @property
    def service(self) -> Service:
        return self.state.service(self.region, self.params.get("cluster"), self.params["service"])

    def at_most(self, name: str, limit: int) -> list[str]:
        """A list parameter. Raises InvalidParameterException when it is longer than the API takes (ECS facts 1.9)."""
        values: list[str] = self.params.get(name, [])
        if len(values) > limit:
            raise invalid(f"{name} cannot have more than {limit} elements.")
        return values

    def page(self, name: str, items: list[Any], default: int = 100) -> Answer:
        """`items` from nextToken on, at most maxResults of them."""
        start = int(self.params.get("nextToken") or 0)
        end = start + int(self.params.get("maxResults") or default)
        answer: Answer = {name: items[start:end]}
        return answer | ({"nextToken": str(end)} if end < len(items) else {})


Operation = Callable[[ApiCall], Answer]


def missing(arn: str) -> Answer:
    return {"arn": arn, "reason": "MISSING"}
