"""The forecast, read over the wire, against what the simulated scheduler then does: `bench forecast`, but shorter."""

import pytest

from bench.forecast import large, outcomes
from bot.domain.rooms import fits_now
from bot.engine.room_reading import MOST_CALLS
from tests.adapters.aws_credentials import use_testing_credentials

CLUSTERS = 100


def test_the_forecast_of_random_clusters_is_what_the_scheduler_then_does(monkeypatch: pytest.MonkeyPatch) -> None:
    use_testing_credentials(monkeypatch)
    found = outcomes(range(CLUSTERS))
    assert [one for one in found if not one.right] == []
    assert {name for one in found for name in one.told.limiting} >= {"CPU", "MEMORY", "GPU", "PORTS", "ENI", "ZONE"}
    assert any(one.told.fits == one.told.of > 0 for one in found)


def test_five_hundred_instances_take_twelve_calls_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    use_testing_credentials(monkeypatch)
    room, calls = large(500, fancy=True)
    assert (calls <= MOST_CALLS, room.service.running) == (True, 2)
    in_its_zone = sum(one.zone in (room.strategy.addresses or {}) for one in room.instances or ())
    assert fits_now(room, 9_999) == 2 * in_its_zone - 2
