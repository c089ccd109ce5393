"""What can be made to go wrong. Seconds here are real ones: they are the network's and AWS's, not the rollout's."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from threading import Event, Lock
from typing import Any

from sandbox.ecs.behaviours import DEPLOYMENT_FAULTS
from sandbox.ecs.errors import EcsError
from sandbox.ecs.state import State


class Unreachable(ConnectionError):
    """The connection is closed without an answer."""


class Faults:
    """`operation` is an API name such as "UpdateService", of any AWS service; `deny` and `throttle` take "*"."""

    def __init__(self, state: State, real: Callable[[], float] = time.monotonic) -> None:
        self._state = state
        self._real = real
        self._lock = Lock()
        self._throttled: dict[str, int] = {}
        self._denied: set[str] = set()
        self._slow: dict[str, float] = {}
        self._late: dict[str, float] = {}
        self._latency = 0.0
        self._back_at = 0.0
        self._never = Event()

    def next_deployment(self, cluster: str, service: str, kind: str) -> None:
        """The next deployment of the service, whoever starts it, behaves like this; ValueError on an unknown kind."""
        if kind not in DEPLOYMENT_FAULTS:
            raise ValueError(f"unknown kind {kind!r}; one of {', '.join(DEPLOYMENT_FAULTS)}")
        self._state.next_faults[(cluster, service)] = kind

    def throttle(self, operation: str, times: int) -> None:
        """The next `times` calls answer ThrottlingException."""
        self._throttled[operation] = times

    def deny(self, operation: str) -> None:
        """AccessDeniedException from now on, until `clear`."""
        self._denied.add(operation)

    def slow(self, operation: str, seconds: float) -> None:
        """Executed at once, answered `seconds` later."""
        self._slow[operation] = seconds

    def late(self, operation: str, seconds: float) -> None:
        """Executed `seconds` after it arrived, even if the caller died meanwhile."""
        self._late[operation] = seconds

    def latency(self, seconds: float) -> None:
        """Every call takes this much longer."""
        self._latency = seconds

    def unreachable(self, seconds: float) -> None:
        """For so long every connection is closed without an answer."""
        self._back_at = self._real() + seconds

    def stale(self, describes: int) -> None:
        """The next UpdateService is not seen by so many DescribeServices after it (eventual consistency)."""
        self._state.stale_describes = describes

    def no_ec2_capacity(self) -> None:
        """EC2 has no machines left: every launch of an Auto Scaling group fails, until `clear`."""
        self._state.no_ec2_capacity = True

    def clear(self) -> None:
        for kept in (self._throttled, self._slow, self._late, self._state.next_faults):
            kept.clear()
        self._denied.clear()
        self._latency = self._back_at = 0.0
        self._state.stale_describes = 0
        self._state.no_ec2_capacity = False

    def standing(self) -> dict[str, Any]:
        """What goes wrong now or next; only what is set. `unreachable`: seconds left, rounded up."""
        known: dict[str, Any] = {
            "throttle": {name: left for name, left in self._throttled.items() if left > 0},
            "deny": sorted(self._denied),
            "slow": self._slow,
            "late": self._late,
            "latency": self._latency,
            "unreachable": max(0, ceil(self._back_at - self._real())),
            "stale": self._state.stale_describes,
            "no_ec2_capacity": self._state.no_ec2_capacity,
        }
        return {name: what for name, what in known.items() if what}

    def before(self, operation: str, caller: str, service: str, resource: str) -> None:
        """What happens to a call before it is executed. Raises Unreachable or EcsError; may wait."""
        if self._real() < self._back_at:
            raise Unreachable("the simulated AWS is unreachable")
        self._wait(self._latency)
        self._refuse(operation, denied(caller, f"{service}:{operation}", resource))
        self._wait(self._late.get(operation, 0.0))

    def after(self, operation: str) -> None:
        """What happens between execution and answer; may wait."""
        self._wait(self._slow.get(operation, 0.0))

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._never.wait(seconds)

    def _refuse(self, operation: str, text: str) -> None:
        if operation in self._denied or "*" in self._denied:
            raise EcsError("AccessDeniedException", text)
        with self._lock:
            key = operation if operation in self._throttled else "*"
            left = self._throttled.get(key, 0)
            if left > 0:
                self._throttled[key] = left - 1
                raise EcsError("ThrottlingException", "Rate exceeded")


def denied(caller: str, action: str, resource: str) -> str:
    return (
        f"User: {caller} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )
