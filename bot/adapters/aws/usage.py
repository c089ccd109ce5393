"""The Metrics port on CloudWatch."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.adapters.aws.calling import Calling
from bot.domain.stacks import Place
from bot.domain.usage import Usage

PERIOD = timedelta(minutes=5)
NAMES = {"cpu": "CPUUtilization", "memory": "MemoryUtilization"}


class AwsMetrics(Calling[Any]):
    """What CloudWatch counts of services without anybody's doing: namespace AWS/ECS, by cluster and service."""

    service = "cloudwatch"

    def usage(self, place: Place, service: str, since: datetime, until: datetime) -> Usage:
        """See the port. Up to the last whole period: of one that is not over, there is no average yet."""
        start, end = aligned(since), aligned(until)
        with self.reading("GetMetricData", place) as client:
            answer = client.get_metric_data(
                MetricDataQueries=[_query(id_, name, place.cluster, service) for id_, name in NAMES.items()],
                StartTime=start,
                EndTime=end,
                ScanBy="TimestampAscending",
            )
            points = {one["Id"]: list(zip(one["Timestamps"], one["Values"], strict=True))
                      for one in answer["MetricDataResults"]}  # fmt: skip
        return series(start, end, points)


def aligned(at: datetime) -> datetime:
    """The beginning of the period that `at` is in: CloudWatch's periods begin at whole multiples of theirs."""
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % int(PERIOD.total_seconds()), UTC)


def series(start: datetime, end: datetime, points: Mapping[str, Sequence[tuple[datetime, float]]]) -> Usage:
    """The points of `cpu` and `memory` in a row from `start` to before `end`, both aligned."""
    if not any(points.values()):
        return Usage(start, PERIOD)
    count = (end - start) // PERIOD
    return Usage(start, PERIOD, _row(start, count, points.get("cpu", ())), _row(start, count, points.get("memory", ())))


def _row(start: datetime, count: int, points: Iterable[tuple[datetime, float]]) -> tuple[float | None, ...]:
    known = {(at - start) // PERIOD: value for at, value in points}
    return tuple(known.get(number) for number in range(count))


def _query(id_: str, name: str, cluster: str, service: str) -> Mapping[str, Any]:
    dimensions = [{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}]
    metric = {"Namespace": "AWS/ECS", "MetricName": name, "Dimensions": dimensions}
    return {"Id": id_, "MetricStat": {"Metric": metric, "Period": int(PERIOD.total_seconds()), "Stat": "Average"}}
