"""The arithmetic of a rollout: how many tasks may start, how many may stop, when a circuit breaker fires. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Any


@dataclass(frozen=True)
class Tally:
    """Tasks of one side: `placed` are not stopping yet, `healthy` are RUNNING and healthy."""

    placed: int
    healthy: int


@dataclass(frozen=True)
class Bounds:
    """`desired` tasks; at least `lower` of them stay healthy, at most `upper` exist (percentages: ECS facts 1.1)."""

    desired: int
    lower: int
    upper: int


def bounds_of(desired: int, configuration: dict[str, Any]) -> Bounds:
    lower = ceil(desired * configuration["minimumHealthyPercent"] / 100)
    upper = floor(desired * configuration["maximumPercent"] / 100)
    return Bounds(desired, lower, upper)


def starts(bounds: Bounds, new: Tally, old: Tally) -> int:
    """How many tasks of the PRIMARY deployment may be started now."""
    wanted = bounds.desired - new.placed
    room = bounds.upper - new.placed - old.placed
    return max(0, min(wanted, room))


def stops(bounds: Bounds, new: Tally, old: Tally) -> int:
    """How many healthy tasks of older deployments may be stopped now.

    One goes for each healthy new one; only when there is no room to start the missing ones do they go first.
    """
    crowded = new.placed < bounds.desired and new.placed + old.placed >= bounds.upper
    floor_now = bounds.lower if crowded else max(bounds.lower, bounds.desired)
    return max(0, min(old.healthy, new.healthy + old.healthy - floor_now))


def cannot_move(bounds: Bounds, new: Tally, old: Tally) -> bool:
    """Nothing may start or stop, and nothing under way will change that (desired 1 with 100/125 is the classic)."""
    return bool(
        old.placed
        and old.placed == old.healthy
        and new.placed == new.healthy
        and new.placed < bounds.desired
        and starts(bounds, new, old) == 0
        and stops(bounds, new, old) == 0
    )


def breaker_threshold(desired: int, breaker: dict[str, Any]) -> int:
    """Failures at which the circuit breaker fires: by default clamp(ceil(50 % of desired), 3, 200) (ECS facts 1.3)."""
    configured = breaker.get("thresholdConfiguration") or {"type": "BOUNDED_PERCENT", "value": 50}
    if configured["type"] == "COUNT":
        return int(configured["value"])
    share: int = ceil(desired * configured["value"] / 100)
    return max(1, share) if configured["type"] == "UNBOUNDED_PERCENT" else min(200, max(3, share))


def retry_delay(failures: int, ran: bool) -> float:
    """Seconds before ECS tries again: none at first, then doubling from 5 s; up to 27 min for tasks that never ran."""
    return 0.0 if failures < 1 else min(5.0 * 2 ** min(failures - 1, 12), 120.0 if ran else 1620.0)
