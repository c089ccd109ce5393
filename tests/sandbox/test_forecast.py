"""The forecast, read over the wire, against what the simulated scheduler then does: `bench forecast`, but shorter."""

import pytest

from bench.forecast import outcomes
from tests.adapters.aws_credentials import use_testing_credentials

CLUSTERS = 100


def test_the_forecast_of_random_clusters_is_what_the_scheduler_then_does(monkeypatch: pytest.MonkeyPatch) -> None:
    use_testing_credentials(monkeypatch)
    found = outcomes(range(CLUSTERS))
    assert [one for one in found if not one.right] == []
    assert {name for one in found for name in one.told.limiting} >= {"CPU", "MEMORY", "GPU", "PORTS", "ENI", "ZONE"}
    assert any(one.told.fits == one.told.of > 0 for one in found)
