"""FakeScaling: the Scaling port in memory. Nothing scales by itself; bounds move the desired count at once, as in AWS.

scaling = FakeScaling(ecs)
scaling.has_bounds(place, "shop", ScalingBounds(2, 8))
scaling.has_policy(place, "shop", ScalingPolicy("cpu", "TargetTrackingScaling", METRICS["cpu"], 60))
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.adapters.aws.scaling import bounds_of, policy_of
from bot.domain.errors import NotFound, NotPossible
from bot.domain.people import OnBehalf
from bot.domain.scaling import ScalingActivity, ScalingBounds, ScalingPolicy, ScheduledAction
from bot.domain.stacks import Place
from bot.engine.ports import Json
from tests.fakes.ecs import FakeEcs
from tests.fakes.faults import Faults, Recorded

Key = tuple[str, str, str]


class FakeScaling(Faults):
    """`ecs`: where the services are whose desired count is moved. Services have nothing until the test gives it."""

    def __init__(self, ecs: FakeEcs | None = None) -> None:
        super().__init__()
        self._ecs = ecs
        self._bounds: dict[Key, ScalingBounds] = {}
        self._policies: dict[Key, dict[str, ScalingPolicy]] = {}
        self._scheduled: dict[Key, list[ScheduledAction]] = {}
        self._activities: dict[Key, list[ScalingActivity]] = {}

    def has_bounds(self, place: Place, service: str, bounds: ScalingBounds) -> None:
        """Somebody registered these, in place of earlier ones; the desired count stays where it is."""
        self._bounds[_key(place, service)] = bounds

    def has_policy(self, place: Place, service: str, policy: ScalingPolicy) -> None:
        """In place of an earlier one of that name."""
        self._policies.setdefault(_key(place, service), {})[policy.name] = policy

    def has_scheduled_action(self, place: Place, service: str, action: ScheduledAction) -> None:
        """One more."""
        self._scheduled.setdefault(_key(place, service), []).append(action)

    def did(self, place: Place, service: str, activity: ScalingActivity) -> None:
        """One more activity, the newest."""
        self._activities.setdefault(_key(place, service), []).insert(0, activity)

    def bounds(self, place: Place, service: str) -> ScalingBounds | None:
        with self.calling(Recorded("DescribeScalableTargets", place, {"service": service}, None)):
            return self._bounds.get(_key(place, service))

    def policies(self, place: Place, service: str) -> tuple[ScalingPolicy, ...]:
        with self.calling(Recorded("DescribeScalingPolicies", place, {"service": service}, None)):
            found = self._policies.get(_key(place, service), {})
            return tuple(found[name] for name in sorted(found))

    def scheduled_actions(self, place: Place, service: str) -> tuple[ScheduledAction, ...]:
        with self.calling(Recorded("DescribeScheduledActions", place, {"service": service}, None)):
            return tuple(sorted(self._scheduled.get(_key(place, service), ()), key=lambda one: one.name))

    def activities(self, place: Place, service: str, most: int) -> tuple[ScalingActivity, ...]:
        with self.calling(Recorded("DescribeScalingActivities", place, {"service": service}, None)):
            return tuple(self._activities.get(_key(place, service), ())[:most])

    def register_scalable_target(self, place: Place, request: Json, who: OnBehalf) -> None:
        with self.calling(Recorded("RegisterScalableTarget", place, request, who)):
            key = _key_of(place, request)
            wanted = _merged(self._bounds.get(key), request)
            if wanted.least > wanted.most:
                raise _refused("RegisterScalableTarget", "Minimum capacity cannot be greater than maximum capacity")
            self._bounds[key] = wanted
            self._moves(place, key[2], wanted)

    def put_scaling_policy(self, place: Place, request: Json, who: OnBehalf) -> None:
        with self.calling(Recorded("PutScalingPolicy", place, request, who)):
            key = _key_of(place, request)
            if key not in self._bounds:
                raise NotFound("scalable target", request["ResourceId"], place.region)
            self._policies.setdefault(key, {})[request["PolicyName"]] = policy_of(request)

    def _moves(self, place: Place, service: str, bounds: ScalingBounds) -> None:
        if self._ecs is None:
            return
        desired = self._ecs.service(place, service).desired
        self._ecs.scales(place, service, min(max(desired, bounds.least), bounds.most))


def _key(place: Place, service: str) -> Key:
    return (place.region, place.cluster, service)


def _key_of(place: Place, request: Json) -> Key:
    kind, cluster, service = request["ResourceId"].split("/")
    assert (kind, cluster) == ("service", place.cluster)
    return (place.region, cluster, service)


def _merged(before: ScalingBounds | None, request: Json) -> ScalingBounds:
    """What is left out stays as it was."""
    if before is None and not {"MinCapacity", "MaxCapacity"} <= set(request):
        raise _refused("RegisterScalableTarget", "MinCapacity and MaxCapacity are required for a new scalable target")
    told = bounds_of({"MinCapacity": 0, "MaxCapacity": 0, **request})
    return replace(before or told, **{name: getattr(told, name) for name in _given(request)})


def _given(request: Json) -> list[str]:
    flags = {
        "DynamicScalingInSuspended": "scaling_in_suspended",
        "DynamicScalingOutSuspended": "scaling_out_suspended",
        "ScheduledScalingSuspended": "schedules_suspended",
    }
    suspended: Mapping[str, Any] = request.get("SuspendedState", {})
    sizes = {"MinCapacity": "least", "MaxCapacity": "most"}
    return [name for key, name in sizes.items() if key in request] + [flags[key] for key in suspended]


def _refused(call: str, quote: str) -> NotPossible:
    return NotPossible(f"AWS refused {call}: “{quote}” (ValidationException).", "Change what AWS names here.")
