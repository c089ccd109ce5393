"""Every call that came over the wire, in order, so that a test can say what happened once and what never."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sandbox.ecs.model import Params


@dataclass(frozen=True)
class Call:
    """`params` are the JSON parameters, the plain ones of EC2 Auto Scaling, empty for others; `error` is AWS's code."""

    operation: str
    at: datetime
    params: Params
    caller: str
    error: str | None = None


class Calls(list[Call]):
    """The log, with counts per operation. A call is in it once it was executed or refused."""

    def of(self, operation: str) -> list[Call]:
        return [call for call in self if call.operation == operation]

    def count(self, operation: object) -> int:
        return len(self.of(str(operation)))

    def counts(self) -> dict[str, int]:
        return dict(Counter(call.operation for call in self))
