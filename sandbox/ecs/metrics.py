"""How busy services are: what CloudWatch shows of AWS/ECS, made up, the same for the same service at the same time.

A service has work for so many tasks, more by day than by night; its CPU is that work over the tasks that run."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from math import pi, sin

from sandbox.ecs.model import Answer, Cluster, Params, Service
from sandbox.ecs.state import State

SAMPLE = 10.0  # simulated seconds between two looks at how many tasks run
MINUTE = timedelta(minutes=1)
KNOT = 1_200.0  # seconds
NAMES = ("CPUUtilization", "MemoryUtilization")


@dataclass
class Load:
    """`work`: what the service has to do, in tasks that would be wholly busy with it, on average over a day; `flat`: at
    every hour. `memory`: percent of a task's. `running`: since when how many tasks run, oldest first."""

    name: str
    work: float
    memory: float
    flat: bool = False
    running: list[tuple[datetime, int]] = field(default_factory=list)
    looked_at: float = float("-inf")

    def tasks_at(self, at: datetime) -> int:
        """How many ran then; none before anybody looked."""
        number = bisect_right(self.running, at, key=lambda one: one[0])
        return self.running[number - 1][1] if number else 0

    def cpu_at(self, at: datetime) -> float | None:
        """Percent of what the tasks reserve; None: nothing ran."""
        tasks = self.tasks_at(at)
        busy = self.work * (1 if self.flat else _daily(at) * (0.75 + 0.5 * _wander(self.name, at)))
        return min(100.0, 100.0 * busy / tasks) if tasks else None

    def memory_at(self, at: datetime) -> float | None:
        """As above; no more tasks make it less."""
        return min(100.0, self.memory + 8 * _wander(f"{self.name} memory", at)) if self.tasks_at(at) else None


def _daily(at: datetime) -> float:
    """1 on average: least at 02:00 UTC, most at 14:00."""
    return 1 + 0.25 * sin(2 * pi * (at.hour + at.minute / 60 - 8) / 24)


def _wander(name: str, at: datetime) -> float:
    """From 0 to 1, up and down over half an hour, with a little of every minute."""
    number, share = divmod(at.timestamp() / KNOT, 1)
    slow = _dice(name, int(number)) * (1 - share) + _dice(name, int(number) + 1) * share
    return 0.8 * slow + 0.2 * _dice(name, int(at.timestamp()) // 60)


def _dice(name: str, number: int) -> float:
    return int.from_bytes(blake2b(f"{name} {number}".encode(), digest_size=4).digest()) / 2**32


def load_of(state: State, service: Service) -> Load:
    """A new service has work for a third to a half of the tasks that it wants at first, and had them all along."""
    name = service.arn
    if name not in state.loads:
        work = max(1, service.desired) * (0.33 + 0.2 * _dice(name, 0))
        state.loads[name] = Load(name, work, 40 + 25 * _dice(name, 1), running=[(service.created_at, service.desired)])
    found: Load = state.loads[name]
    return found


def keep_busy(state: State, service: Service, tasks: float) -> None:
    """Work for exactly so many tasks, at every hour."""
    load = load_of(state, service)
    load.work, load.flat = tasks, True


def look(state: State, cluster: Cluster, service: Service) -> None:
    """Remembers how many tasks run, where that is another number than before."""
    load = load_of(state, service)
    if state.clock.elapsed < load.looked_at + SAMPLE:
        return
    load.looked_at = state.clock.elapsed
    running = sum(task.last_status == "RUNNING" for task in cluster.tasks_of(service.name))
    if not load.running or load.running[-1][1] != running:
        load.running.append((state.clock.now(), running))


def answers(params: Params) -> bool:
    """Whether all that is asked for is a metric of services; the rest is moto's."""
    asked = params.get("MetricDataQueries", [])
    return bool(asked) and all(
        one.get("MetricStat", {}).get("Metric", {}).get("Namespace") == "AWS/ECS" for one in asked
    )


def data(state: State, region: str, params: Params) -> Answer:
    """GetMetricData's answer: a value for each whole period that is over, nothing for a service that is not there."""
    since, until = (datetime.fromtimestamp(float(params[key]), UTC) for key in ("StartTime", "EndTime"))
    results = [_result(state, region, one, since, min(until, state.clock.now())) for one in params["MetricDataQueries"]]
    return {"MetricDataResults": results, "Messages": []}


def _result(state: State, region: str, query: Params, since: datetime, until: datetime) -> Answer:
    stat = query["MetricStat"]
    metric, period = stat["Metric"], timedelta(seconds=int(stat["Period"]))
    named = {one["Name"]: one["Value"] for one in metric.get("Dimensions", [])}
    cluster = state.clusters.get((region, named.get("ClusterName", "")))
    service = cluster.services.get(named.get("ServiceName", "")) if cluster else None
    points = _points(load_of(state, service), metric["MetricName"], since, until, period) if service else []
    shown = {"Timestamps": [at for at, _ in points], "Values": [value for _, value in points]}
    return {"Id": query["Id"], "Label": metric["MetricName"], "StatusCode": "Complete", **shown}


def _points(load: Load, name: str, since: datetime, until: datetime, period: timedelta) -> list[tuple[datetime, float]]:
    length = int(period.total_seconds())
    at = datetime.fromtimestamp(-(-int(since.timestamp()) // length) * length, UTC)
    found: list[tuple[datetime, float]] = []
    while name in NAMES and at + period <= until:
        value = _average(load, name, at, period)
        found += [(at, value)] if value is not None else []
        at += period
    return found


def _average(load: Load, name: str, at: datetime, period: timedelta) -> float | None:
    read = load.cpu_at if name == "CPUUtilization" else load.memory_at
    values = [read(at + number * MINUTE) for number in range(max(1, period // MINUTE))]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
