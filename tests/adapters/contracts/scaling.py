"""What the engine may rely on from anything that is a Scaling port."""

from typing import Any, Protocol

import pytest

from bot.domain.errors import AccessDenied, NotFound, NotPossible, Throttled
from bot.domain.people import OnBehalf, Person
from bot.domain.scaling import METRICS, ScalingBounds, ScalingPolicy, ScheduledAction
from bot.domain.stacks import Place
from bot.engine.ports import Scaling

PLACE = Place("us-east-1", "staging", "arn:aws:iam::111122223333:role/tinystacks-bot")
ANA = OnBehalf(Person("T0ACME", "U0ANA", "Ana"), "c1", "shop", "staging")
SHOP = "service/staging/shop"
SUSPENDED = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
NIGHT = ScheduledAction("night", "cron(0 20 * * ? *)", "Europe/Berlin", 0, 2)


class ScalingWorld(Protocol):
    """Service `shop` of two tasks in cluster `staging`, which nothing scales by itself."""

    @property
    def scaling(self) -> Scaling:
        """The port under test."""
        ...

    def desired(self) -> int:
        """The service's desired count now."""
        ...

    def schedules(self, action: ScheduledAction) -> None:
        """Somebody put this for `shop`, which has bounds."""
        ...

    def hits_its_ceiling(self) -> str:
        """A policy wants more than the bounds allow, which is an activity that scaled nothing; its cause."""
        ...

    def denies(self, call: str) -> None:
        """It may not be called from now on."""
        ...

    def throttles(self, call: str) -> None:
        """The next such call is throttled."""
        ...


class ScalingContract:
    """Subclasses give the fixture `world`: a new one for each test."""

    def test_a_service_without_a_target_has_nothing(self, world: ScalingWorld) -> None:
        assert world.scaling.bounds(PLACE, "shop") is None
        assert world.scaling.policies(PLACE, "shop") == ()
        assert world.scaling.scheduled_actions(PLACE, "shop") == ()
        assert world.scaling.activities(PLACE, "shop", 5) == ()

    def test_bounds_are_told_as_registered_and_may_move(self, world: ScalingWorld) -> None:
        for bounds in (ScalingBounds(2, 8), ScalingBounds(0, 3)):
            registers(world, MinCapacity=bounds.least, MaxCapacity=bounds.most)
            assert world.scaling.bounds(PLACE, "shop") == bounds
        assert world.scaling.bounds(PLACE, "sho") is None

    def test_what_is_suspended_is_told_one_by_one_and_leaves_the_bounds(self, world: ScalingWorld) -> None:
        registers(world, MinCapacity=1, MaxCapacity=4)
        registers(world, SuspendedState=dict(zip(SUSPENDED, (True, False, True), strict=True)))
        told = world.scaling.bounds(PLACE, "shop")
        assert told == ScalingBounds(1, 4, scaling_in_suspended=True, schedules_suspended=True)
        registers(world, MaxCapacity=6)
        assert world.scaling.bounds(PLACE, "shop") == ScalingBounds(1, 6, True, False, True)

    def test_a_count_is_moved_into_new_bounds_at_once_and_by_a_suspension_too(self, world: ScalingWorld) -> None:
        registers(world, MinCapacity=3, MaxCapacity=6)
        assert world.desired() == 3
        registers(world, MinCapacity=0, MaxCapacity=1)
        assert world.desired() == 1

    def test_bounds_the_wrong_way_round_are_refused_against_what_is_there(self, world: ScalingWorld) -> None:
        registers(world, MinCapacity=2, MaxCapacity=4)
        with pytest.raises(NotPossible, match="ValidationException"):
            registers(world, MaxCapacity=1)
        assert world.scaling.bounds(PLACE, "shop") == ScalingBounds(2, 4)
        assert world.desired() == 2

    def test_a_new_target_needs_both_bounds(self, world: ScalingWorld) -> None:
        with pytest.raises(NotPossible, match="ValidationException"):
            registers(world, MinCapacity=1)
        assert world.scaling.bounds(PLACE, "shop") is None

    def test_a_policy_is_told_as_it_was_put_and_another_of_its_name_takes_its_place(self, world: ScalingWorld) -> None:
        registers(world, MinCapacity=1, MaxCapacity=8)
        puts(world, "memory", 80.0)
        puts(world, "cpu", 60.0, ScaleInCooldown=120, ScaleOutCooldown=30, DisableScaleIn=True)
        puts(world, "memory", 70.0)
        assert world.scaling.policies(PLACE, "shop") == (
            ScalingPolicy("cpu", "TargetTrackingScaling", METRICS["cpu"], 60.0, True, 120, 30),
            ScalingPolicy("memory", "TargetTrackingScaling", METRICS["memory"], 70.0),
        )
        assert world.scaling.policies(PLACE, "shop-two") == ()

    def test_a_policy_without_a_target_is_refused_with_what_is_missing(self, world: ScalingWorld) -> None:
        with pytest.raises(NotFound) as caught:
            puts(world, "cpu", 60.0)
        assert (caught.value.kind, caught.value.name) == ("scalable target", SHOP)

    def test_scheduled_actions_of_aws_are_told(self, world: ScalingWorld) -> None:
        registers(world, MinCapacity=1, MaxCapacity=8)
        world.schedules(NIGHT)
        assert world.scaling.scheduled_actions(PLACE, "shop") == (NIGHT,)

    def test_what_scaled_nothing_is_an_activity_too_with_its_cause(self, world: ScalingWorld) -> None:
        registers(world, MinCapacity=1, MaxCapacity=2)
        cause = world.hits_its_ceiling()
        newest = world.scaling.activities(PLACE, "shop", 1)[0]
        assert (newest.cause, newest.status, newest.message) == (cause, "Failed", "AlreadyAtMaxCapacity")
        assert newest.at.tzinfo is not None

    @pytest.mark.parametrize(
        ("call", "look"),
        [
            ("DescribeScalableTargets", lambda port: port.bounds(PLACE, "shop")),
            ("DescribeScalingPolicies", lambda port: port.policies(PLACE, "shop")),
            ("DescribeScheduledActions", lambda port: port.scheduled_actions(PLACE, "shop")),
            ("DescribeScalingActivities", lambda port: port.activities(PLACE, "shop", 5)),
        ],
    )
    def test_what_may_not_be_read_is_refused_by_name(self, world: ScalingWorld, call: str, look: Any) -> None:
        world.denies(call)
        with pytest.raises(AccessDenied, match=f"application-autoscaling:{call}"):
            look(world.scaling)

    def test_a_throttled_write_did_nothing(self, world: ScalingWorld) -> None:
        world.throttles("RegisterScalableTarget")
        with pytest.raises(Throttled):
            registers(world, MinCapacity=1, MaxCapacity=8)
        assert world.scaling.bounds(PLACE, "shop") is None


def registers(world: ScalingWorld, **fields: object) -> None:
    """Ana registers this for `shop`."""
    world.scaling.register_scalable_target(PLACE, {"ResourceId": SHOP, **fields}, ANA)


def puts(world: ScalingWorld, metric: str, target: float, **more: object) -> None:
    """Ana puts a target tracking policy of the metric's name."""
    wanted = {"PredefinedMetricSpecification": {"PredefinedMetricType": METRICS[metric]}, "TargetValue": target, **more}
    request = {"ResourceId": SHOP, "PolicyName": metric, "PolicyType": "TargetTrackingScaling"}
    world.scaling.put_scaling_policy(PLACE, {**request, "TargetTrackingScalingPolicyConfiguration": wanted}, ANA)
