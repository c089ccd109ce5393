"""What the engine may rely on from anything that is a Scaling port."""

from typing import Protocol

import pytest

from bot.domain.errors import AccessDenied
from bot.domain.scaling import ScalingBounds
from bot.domain.stacks import Place
from bot.engine.ports import Scaling

PLACE = Place("us-east-1", "staging", "arn:aws:iam::111122223333:role/tinystacks-bot")


class ScalingWorld(Protocol):
    """Service `shop` of cluster `staging` scales by itself as told; nothing else does."""

    @property
    def scaling(self) -> Scaling:
        """The port under test."""
        ...

    def registers(self, bounds: ScalingBounds) -> None:
        """Somebody registered these for `shop`."""
        ...

    def denies(self) -> None:
        """The bot may not look from now on."""
        ...


class ScalingContract:
    """Subclasses give the fixture `world`: a new one for each test."""

    def test_a_service_without_a_target_has_no_bounds(self, world: ScalingWorld) -> None:
        assert world.scaling.bounds(PLACE, "shop") is None

    def test_the_bounds_are_told_as_registered(self, world: ScalingWorld) -> None:
        world.registers(ScalingBounds(2, 8))
        assert world.scaling.bounds(PLACE, "shop") == ScalingBounds(2, 8)
        assert world.scaling.bounds(PLACE, "payload-svc") is None

    def test_what_is_suspended_is_told_one_by_one(self, world: ScalingWorld) -> None:
        told = ScalingBounds(1, 4, scaling_in_suspended=True, schedules_suspended=True)
        world.registers(told)
        assert world.scaling.bounds(PLACE, "shop") == told

    def test_bounds_may_move(self, world: ScalingWorld) -> None:
        world.registers(ScalingBounds(2, 8))
        world.registers(ScalingBounds(0, 3))
        assert world.scaling.bounds(PLACE, "shop") == ScalingBounds(0, 3)

    def test_bounds_that_may_not_be_read_are_refused_by_name(self, world: ScalingWorld) -> None:
        world.denies()
        with pytest.raises(AccessDenied, match="application-autoscaling:DescribeScalableTargets"):
            world.scaling.bounds(PLACE, "shop")
