"""The Scaling port on Application Auto Scaling (ECS facts 3.5)."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from botocore import xform_name

from bot.adapters.aws.calling import Calling
from bot.domain.people import OnBehalf
from bot.domain.scaling import ScalingActivity, ScalingBounds, ScalingPolicy, ScheduledAction
from bot.domain.stacks import Place
from bot.engine.ports import Json

Answer = Mapping[str, Any]
T = TypeVar("T")
DIMENSION = "ecs:service:DesiredCount"
OF_SERVICES = {"ServiceNamespace": "ecs", "ScalableDimension": DIMENSION}
KEYS = {
    "DescribeScalableTargets": "ScalableTargets",
    "DescribeScalingPolicies": "ScalingPolicies",
    "DescribeScheduledActions": "ScheduledActions",
    "DescribeScalingActivities": "ScalingActivities",
}


class AwsScaling(Calling[Any]):
    """Scalable targets that are ECS services."""

    service = "application-autoscaling"
    named = MappingProxyType({"scalable target": "ResourceId"})

    def bounds(self, place: Place, service: str) -> ScalingBounds | None:
        """See the port."""
        return next(self._all("DescribeScalableTargets", place, service, bounds_of), None)

    def policies(self, place: Place, service: str) -> tuple[ScalingPolicy, ...]:
        """See the port."""
        found = self._all("DescribeScalingPolicies", place, service, policy_of)
        return tuple(sorted(found, key=lambda one: one.name))

    def scheduled_actions(self, place: Place, service: str) -> tuple[ScheduledAction, ...]:
        """See the port."""
        found = self._all("DescribeScheduledActions", place, service, _scheduled)
        return tuple(sorted(found, key=lambda one: one.name))

    def activities(self, place: Place, service: str, most: int) -> tuple[ScalingActivity, ...]:
        """See the port."""
        return tuple(self._all("DescribeScalingActivities", place, service, _activity, most))

    def register_scalable_target(self, place: Place, request: Json, who: OnBehalf) -> None:
        """See the port."""
        with self.writing("RegisterScalableTarget", place, request, who) as send:
            send(**OF_SERVICES, **request)

    def put_scaling_policy(self, place: Place, request: Json, who: OnBehalf) -> None:
        """See the port."""
        with self.writing("PutScalingPolicy", place, request, who) as send:
            send(**OF_SERVICES, **request)

    def _all(
        self, call: str, place: Place, service: str, read: Callable[[Answer], T], most: int | None = None
    ) -> Iterator[T]:
        """Every page, or as many as give `most`, taken apart while errors are still translated."""
        limits = {"MaxItems": most, "PageSize": min(most or 50, 50)}
        resource = f"service/{place.cluster}/{service}"
        with self.reading(call, place) as client:
            pages = client.get_paginator(xform_name(call)).paginate(**_asked(call, resource), PaginationConfig=limits)
            # What is another service's must never pass for this one's, whatever AWS makes of the filter.
            return iter([read(one) for page in pages for one in page[KEYS[call]] if one["ResourceId"] == resource])


def _asked(call: str, resource: str) -> Answer:
    if call == "DescribeScalableTargets":
        return {**OF_SERVICES, "ResourceIds": [resource]}
    more = {"IncludeNotScaledActivities": True} if call == "DescribeScalingActivities" else {}
    return {**OF_SERVICES, "ResourceId": resource, **more}


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
        message=answer.get("StatusMessage", "") or _not_scaled(answer),
    )


def _not_scaled(answer: Answer) -> str:
    """Why nothing was scaled, in AWS's own codes, such as AlreadyAtMaxCapacity."""
    return ", ".join(str(one["Code"]) for one in answer.get("NotScaledReasons", ()))
