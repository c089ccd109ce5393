"""The Scaling port on Application Auto Scaling (ECS facts 3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.aws.sessions import Sessions, Way
from bot.adapters.aws.translate import Asked, translated
from bot.domain.scaling import ScalingBounds
from bot.domain.stacks import Place

DIMENSION = "ecs:service:DesiredCount"


@dataclass
class AwsScaling:
    """Reads scalable targets."""

    sessions: Sessions

    def bounds(self, place: Place, service: str) -> ScalingBounds | None:
        """See the port."""
        resource = f"service/{place.cluster}/{service}"
        asked = {"ServiceNamespace": "ecs", "ResourceIds": [resource], "ScalableDimension": DIMENSION}
        with translated(Asked("application-autoscaling", "DescribeScalableTargets", place)):
            client = self.sessions.reader("application-autoscaling", Way(place.role_arn, place.region))
            found = client.describe_scalable_targets(**asked)["ScalableTargets"]
            return next((_bounds(one) for one in found if one["ResourceId"] == resource), None)


def _bounds(answer: Mapping[str, Any]) -> ScalingBounds:
    suspended = answer.get("SuspendedState", {})
    return ScalingBounds(
        least=answer["MinCapacity"],
        most=answer["MaxCapacity"],
        scaling_in_suspended=suspended.get("DynamicScalingInSuspended", False),
        scaling_out_suspended=suspended.get("DynamicScalingOutSuspended", False),
        schedules_suspended=suspended.get("ScheduledScalingSuspended", False),
    )
