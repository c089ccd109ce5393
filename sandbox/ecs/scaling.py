"""What moto's Application Auto Scaling leaves out: sane bounds, and counts moved into them at once."""

from __future__ import annotations

from moto.applicationautoscaling.models import applicationautoscaling_backends

from sandbox.ecs.errors import EcsError
from sandbox.ecs.model import ACCOUNT, Params
from sandbox.ecs.state import State

DIMENSION = "ecs:service:DesiredCount"


def check_bounds(params: Params) -> None:
    """Raises ValidationException when the minimum is above the maximum; moto takes it."""
    lowest, highest = params.get("MinCapacity"), params.get("MaxCapacity")
    if lowest is not None and highest is not None and lowest > highest:
        raise EcsError("ValidationException", "Minimum capacity cannot be greater than maximum capacity")


def move_into_bounds(state: State, region: str, params: Params) -> None:
    """RegisterScalableTarget, even of a suspension only, moves desiredCount into [min, max] (ECS facts 3.5)."""
    if params.get("ScalableDimension") != DIMENSION:
        return
    _, cluster, name = params["ResourceId"].split("/")
    service = state.service(region, cluster, name)
    backend = applicationautoscaling_backends[ACCOUNT][region]
    for target in backend.describe_scalable_targets("ecs", [params["ResourceId"]], DIMENSION):
        lowest, highest = int(target.min_capacity or 0), int(target.max_capacity or service.desired)
        service.desired = min(max(service.desired, lowest), highest)
