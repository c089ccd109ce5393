"""What moto's Application Auto Scaling leaves out: sane bounds, counts moved into them at once, and activities."""

from __future__ import annotations

from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.ecs.models import ecs_backends

from sandbox.ecs.errors import EcsError
from sandbox.ecs.model import ACCOUNT, Answer, Params, Service
from sandbox.ecs.state import State

DIMENSION = "ecs:service:DesiredCount"
KEPT = 100


def resource_of(service: Service) -> str:
    return f"service/{service.cluster}/{service.name}"


def check(state: State, region: str, operation: str, params: Params) -> None:
    """What AWS refuses and moto takes. Raises ValidationException or ObjectNotFoundException."""
    resource = params.get("ResourceId")
    if params.get("ScalableDimension") != DIMENSION or resource is None:
        return
    target = _target(region, resource)
    if operation == "PutScalingPolicy" and target is None:
        told = f"service namespace: ecs, resource ID: {resource}, scalable dimension: {DIMENSION}"
        raise EcsError("ObjectNotFoundException", f"No scalable target registered for {told}")
    if operation == "RegisterScalableTarget":
        _check_bounds(state, region, target, params)


def _target(region: str, resource: str) -> Any:
    return applicationautoscaling_backends[ACCOUNT][region].targets.get(DIMENSION, {}).get(resource)


def _check_bounds(state: State, region: str, target: Any, params: Params) -> None:
    resource = params["ResourceId"]
    _, cluster, name = resource.split("/")
    if name not in (state.clusters[region, cluster].services if (region, cluster) in state.clusters else {}):
        raise EcsError("ValidationException", f"ECS service doesn't exist: {resource}")
    least = params.get("MinCapacity", target and target.min_capacity)
    most = params.get("MaxCapacity", target and target.max_capacity)
    if least is None or most is None:
        missing = "MinCapacity and MaxCapacity are required to register a new scalable target"
        raise EcsError("ValidationException", missing)
    if least > most:
        raise EcsError("ValidationException", "Minimum capacity cannot be greater than maximum capacity")
    _announce(region, cluster, name)


def _announce(region: str, cluster: str, name: str) -> None:
    """moto's Application Auto Scaling asks moto's own ECS, which does not know the services here."""
    backend = ecs_backends[ACCOUNT][region]
    if f"{cluster}:{name}" not in backend.services:
        backend.create_service(cluster, name, 0)


def move_into_bounds(state: State, region: str, params: Params) -> None:
    """RegisterScalableTarget, even of a suspension only, moves desiredCount into [min, max] (ECS facts 3.5)."""
    if params.get("ScalableDimension") != DIMENSION:
        return
    _, cluster, name = params["ResourceId"].split("/")
    service, target = state.service(region, cluster, name), _target(region, params["ResourceId"])
    lowest, highest = int(target.min_capacity), int(target.max_capacity)
    desired = min(max(service.desired, lowest), highest)
    if desired != service.desired:
        side, bound = ("minimum", lowest) if desired > service.desired else ("maximum", highest)
        service.desired = desired
        happened(state, service, f"{side} capacity was set to {bound}")


def happened(state: State, service: Service, cause: str) -> None:
    """The desired count was set; AWS's words."""
    done = f"Successfully set desired count to {service.desired}. Change successfully fulfilled by ecs."
    told = {"StatusCode": "Successful", "StatusMessage": done, "EndTime": state.clock.now()}
    _tell(state, service, f"Setting desired count to {service.desired}.", cause, told)


def tried(state: State, service: Service, cause: str, reason: Answer) -> None:
    """Nothing was scaled; told once, not every minute."""
    told = {"StatusCode": "Failed", "NotScaledReasons": [reason], "EndTime": state.clock.now()}
    newest = next(iter(state.scalings.get(service.arn, [])), {})
    if newest.get("NotScaledReasons") != [reason]:
        _tell(state, service, "Attempting to scale due to alarm triggered", cause, told)


def _tell(state: State, service: Service, description: str, cause: str, told: Answer) -> None:
    activity = {
        "ActivityId": state.uuid(),
        "ServiceNamespace": "ecs",
        "ResourceId": resource_of(service),
        "ScalableDimension": DIMENSION,
        "Description": description,
        "Cause": cause,
        "StartTime": state.clock.now(),
        **told,
    }
    kept = state.scalings.setdefault(service.arn, [])
    kept.insert(0, activity)
    del kept[KEPT:]


def activities(state: State, region: str, params: Params) -> Answer:
    """DescribeScalingActivities: newest first; those that scaled nothing only where asked for."""
    wanted, all_of_them = params.get("ResourceId"), params.get("IncludeNotScaledActivities", False)
    here = [one for _, one in state.services() if one.region == region and wanted in (None, resource_of(one))]
    found = [each for one in here for each in state.scalings.get(one.arn, [])]
    shown = [one for one in found if all_of_them or "NotScaledReasons" not in one]
    shown.sort(key=lambda one: one["StartTime"], reverse=True)
    start, size = int(params.get("NextToken") or 0), int(params.get("MaxResults") or 50)
    more = {"NextToken": str(start + size)} if start + size < len(shown) else {}
    return {"ScalingActivities": shown[start : start + size], **more}
