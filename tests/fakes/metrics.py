"""FakeMetrics: the Metrics port in memory."""

from collections.abc import Sequence
from datetime import datetime

from bot.adapters.aws.usage import PERIOD, aligned, series
from bot.domain.stacks import Place
from bot.domain.usage import Usage
from tests.fakes.faults import Faults, Recorded


class FakeMetrics(Faults):
    """Services have no values until the test gives them some."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[tuple[str, str, str], dict[str, Sequence[float | None]]] = {}

    def has_usage(
        self, place: Place, service: str, cpu: Sequence[float | None], memory: Sequence[float | None] = ()
    ) -> None:
        """The last values, oldest first, one for five minutes; the last of them is of the last whole five minutes
        whenever it is asked for."""
        self._rows[place.region, place.cluster, service] = {"cpu": cpu, "memory": memory}

    def usage(self, place: Place, service: str, since: datetime, until: datetime) -> Usage:
        with self.calling(Recorded("GetMetricData", place, {"service": service}, None)):
            start, end = aligned(since), aligned(until)
            rows = self._rows.get((place.region, place.cluster, service), {})
            points = {name: _points(row, start, end) for name, row in rows.items()}
            return series(start, end, points)


def _points(row: Sequence[float | None], start: datetime, end: datetime) -> list[tuple[datetime, float]]:
    dated = [(end - (len(row) - number) * PERIOD, value) for number, value in enumerate(row)]
    return [(at, value) for at, value in dated if value is not None and at >= start]
