"""How busy a service was, as CloudWatch has it."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU and memory of a service in percent of what its tasks reserve, one average for each `period` from `start` on;
    None where CloudWatch has no value. Equally long; empty: no value at all. AWS/ECS CPUUtilization and
    MemoryUtilization by ClusterName and ServiceName."""

    start: datetime
    period: timedelta
    cpu: tuple[float | None, ...] = ()
    memory: tuple[float | None, ...] = ()
