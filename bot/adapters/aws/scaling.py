"""The Scaling port on Application Auto Scaling (ECS facts 3.5)."""

from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from botocore import xform_name

from bot.adapters.aws.calling import Calling
from bot.domain.people import OnBehalf
from bot.domain.scaling import ScalingActivity, ScalingBounds, ScalingPolicy, ScheduledAction
from bot.domain.stacks import Place
from bot.engine.ports import Json

Answer = Mapping[str, Any]
DIMENSION = "ecs:service:DesiredCount"
OF_SERVICES = {"ServiceNamespace": "ecs", "ScalableDimension": DIMENSION}


class AwsScaling(Calling[Any]):
    """Scalable targets that are ECS services."""

    service = "application-autoscaling"
    named = MappingProxyType({"scalable target": "ResourceId"})

    def bounds(self, place: Place, service: str) -> ScalingBounds | None:
        """See the port."""
        asked = {"ResourceIds": [resource_of(place, service)]}
        found = self._all("DescribeScalableTargets", place, asked, "ScalableTargets", bounds_of)
        return next(found, None)

    def policies(self, place: Place, service: str) -> tuple[ScalingPolicy, ...]:
        """See the port."""
        asked = {"ResourceId": resource_of(place, service)}
        found = self._all("DescribeScalingPolicies", place, asked, "ScalingPolicies", policy_of)
        return tuple(sorted(found, key=lambda one: one.name))

    def scheduled_actions(self, place: Place, service: str) -> tuple[ScheduledAction, ...]:
        """See the port."""
        asked = {"ResourceId": resource_of(place, service)}
        found = self._all("DescribeScheduledActions", place, asked, "ScheduledActions", _scheduled)
        return tuple(sorted(found, key=lambda one: one.name))

    def activities(self, place: Place, service: str, most: int) -> tuple[ScalingActivity, ...]:
        """See the port."""
        asked = {"ResourceId": resource_of(place, service), "IncludeNotScaledActivities": True}
        found = self._all("DescribeScalingActivities", place, asked, "ScalingActivities", _activity, most)
        return tuple(islice(found, most))

    def register_scalable_target(self, place: Place, request: Json, who: OnBehalf) -> None:
        """See the port."""
        with self.writing("RegisterScalableTarget", place, request, who) as send:
            send(**OF_SERVICES, **request)

    def put_scaling_policy(self, place: Place, request: Json, who: OnBehalf) -> None:
        """See the port."""
        with self.writing("PutScalingPolicy", place, request, who) as send:
            send(**OF_SERVICES, **request)

    def _all(
        self, call: str, place: Place, asked: Answer, key: str, read: Any, most: int | None = None
    ) -> Iterator[Any]:
        """Every page, or as many as give `most`, taken apart while errors are still translated."""
        limits = {"MaxItems": most, "PageSize": min(most or 50, 50)}
        with self.reading(call, place) as client:
            pages = client.get_paginator(xform_name(call)).paginate(**OF_SERVICES, **asked, PaginationConfig=limits)
            return iter([read(one) for page in pages for one in page[key]])


def resource_of(place: Place, service: str) -> str:
    """What Application Auto Scaling calls a service."""
    return f"service/{place.cluster}/{service}"


def bounds_of(answer: Answer) -> ScalingBounds:
    """One of DescribeScalableTargets' `ScalableTargets[]`."""
    suspended = answer.get("SuspendedState", {})
    return ScalingBounds(
        least=answer["MinCapacity"],
        most=answer["MaxCapacity"],
        scaling_in_suspended=suspended.get("DynamicScalingInSuspended", False),
        scaling_out_suspended=suspended.get("DynamicScalingOutSuspended", False),
        schedules_suspended=suspended.get("ScheduledScalingSuspended", False),
    )


def policy_of(answer: Answer) -> ScalingPolicy:
    """One of DescribeScalingPolicies' `ScalingPolicies[]`, or PutScalingPolicy's request."""
    tracking = answer.get("TargetTrackingScalingPolicyConfiguration", {})
    return ScalingPolicy(
        name=answer["PolicyName"],
        kind=answer["PolicyType"],
        metric=tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType", ""),
        target=tracking.get("TargetValue"),
        scale_in_disabled=tracking.get("DisableScaleIn", False),
        scale_in_cooldown=tracking.get("ScaleInCooldown"),
        scale_out_cooldown=tracking.get("ScaleOutCooldown"),
    )


def _scheduled(answer: Answer) -> ScheduledAction:
    sets = answer.get("ScalableTargetAction", {})
    return ScheduledAction(
        name=answer["ScheduledActionName"],
        schedule=answer["Schedule"],
        timezone=answer.get("Timezone", ""),
        least=sets.get("MinCapacity"),
        most=sets.get("MaxCapacity"),
    )


def _activity(answer: Answer) -> ScalingActivity:
    return ScalingActivity(
        at=answer["StartTime"],
        status=answer["StatusCode"],
        description=answer.get("Description", ""),
        cause=answer.get("Cause", ""),
        message=answer.get("StatusMessage", ""),
    )
