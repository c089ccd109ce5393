"""What /metrics tells (Prometheus): how fast Slack is answered, and how much is under way."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

Receive = Callable[[dict[str, Any], datetime, Mapping[str, str]], Any]
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)


class Metrics:
    """What is counted. `counts`: name → (what it means, how to count), read only when somebody asks."""

    def __init__(self, counts: Mapping[str, tuple[str, Callable[[], int]]]) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Counts(counts))
        self._ack = Histogram(
            "tinystacks_ack_seconds", "From arrival to our answer to Slack", buckets=_BUCKETS, registry=self.registry
        )

    def timed(self, receive: Receive) -> Receive:
        """`receive`, with its duration in `tinystacks_ack_seconds`."""

        def receive_timed(body: dict[str, Any], arrived: datetime, headers: Mapping[str, str]) -> Any:
            start = time.perf_counter()
            try:
                return receive(body, arrived, headers)
            finally:
                self._ack.observe(time.perf_counter() - start)

        return receive_timed


class _Counts(Collector):
    def __init__(self, counts: Mapping[str, tuple[str, Callable[[], int]]]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        for name, (meaning, count) in self._counts.items():
            yield GaugeMetricFamily(f"tinystacks_{name}", meaning, value=count())

    def describe(self) -> Iterator[Metric]:
        for name, (meaning, _) in self._counts.items():
            yield GaugeMetricFamily(f"tinystacks_{name}", meaning)
