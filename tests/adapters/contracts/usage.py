"""What the engine may rely on from anything that is a Metrics port."""

from datetime import datetime, timedelta
from typing import Protocol

import pytest

from bot.domain.errors import AccessDenied
from bot.engine.ports import Metrics
from tests.adapters.contracts.scaling import PLACE

FIVE = timedelta(minutes=5)


class MetricsWorld(Protocol):
    """Service `shop` has run for an hour and no longer."""

    @property
    def metrics(self) -> Metrics:
        """The port under test."""
        ...

    @property
    def now(self) -> datetime:
        """As AWS has it."""
        ...

    def denies(self, call: str) -> None:
        """It may not be called from now on."""
        ...


class MetricsContract:
    """Subclasses give the fixture `world`, which may be shared, but for the last test."""

    def test_there_is_a_value_for_each_five_minutes_and_none_before_the_service_ran(self, world: MetricsWorld) -> None:
        usage = world.metrics.usage(PLACE, "shop", world.now - timedelta(hours=3), world.now)
        assert usage.period == FIVE
        assert usage.start.timestamp() % 300 == 0
        assert world.now - timedelta(hours=3) - FIVE < usage.start <= world.now - timedelta(hours=3)
        assert len(usage.cpu) == len(usage.memory) == 36
        for row in (usage.cpu, usage.memory):
            assert row[:20] == (None,) * 20
            assert all(value is not None and 0 < value <= 100 for value in row[-10:])

    def test_no_value_lies_in_the_future(self, world: MetricsWorld) -> None:
        usage = world.metrics.usage(PLACE, "shop", world.now - timedelta(hours=1), world.now)
        assert usage.start + len(usage.cpu) * FIVE <= world.now

    def test_a_service_that_nobody_measured_has_no_value_at_all(self, world: MetricsWorld) -> None:
        usage = world.metrics.usage(PLACE, "nope", world.now - timedelta(hours=3), world.now)
        assert (usage.cpu, usage.memory) == ((), ())

    def test_what_may_not_be_read_is_refused_by_name(self, world: MetricsWorld) -> None:
        world.denies("GetMetricData")
        with pytest.raises(AccessDenied, match="cloudwatch:GetMetricData"):
            world.metrics.usage(PLACE, "shop", world.now - timedelta(hours=3), world.now)
