"""What scales a service's desired count by itself: Application Auto Scaling in its own words (ECS facts 3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

METRICS: Mapping[str, str] = {"cpu": "ECSServiceAverageCPUUtilization", "memory": "ECSServiceAverageMemoryUtilization"}
"""What a person calls a metric → AWS's predefined metric type, in percent of what the tasks reserve."""


@dataclass(frozen=True, slots=True)
class ScalingBounds:
    """A service's scalable target: `least` and `most` tasks, inclusive; which kinds of scaling are suspended."""

    least: int
    most: int
    scaling_in_suspended: bool = False
    scaling_out_suspended: bool = False
    schedules_suspended: bool = False

    @property
    def suspended(self) -> bool:
        """Whether nothing will scale by itself."""
        return self.scaling_in_suspended and self.scaling_out_suspended and self.schedules_suspended


@dataclass(frozen=True, slots=True)
class ScalingPolicy:
    """One policy of a scalable target. `kind`: TargetTrackingScaling, StepScaling or PredictiveScaling. `metric`: AWS's
    predefined metric type, empty where it tracks another one; `target`: in the metric's unit; cooldowns in seconds."""

    name: str
    kind: str
    metric: str = ""
    target: float | None = None
    scale_in_disabled: bool = False
    scale_in_cooldown: int | None = None
    scale_out_cooldown: int | None = None


@dataclass(frozen=True, slots=True)
class ScheduledAction:
    """What AWS itself does at a time. `schedule`: AWS's own `cron(…)`, `rate(…)` or `at(…)`."""

    name: str
    schedule: str
    timezone: str = ""
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class ScalingActivity:
    """One thing that Application Auto Scaling did or tried; `description`, `cause` and `message` are quoted. Newest
    first wherever there are several."""

    at: datetime
    status: str
    description: str
    cause: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Autoscaling:
    """All that scales one service by itself. `bounds` None: nothing does; the rest is empty then."""

    bounds: ScalingBounds | None
    policies: tuple[ScalingPolicy, ...] = ()
    scheduled: tuple[ScheduledAction, ...] = ()
    activities: tuple[ScalingActivity, ...] = ()

    def target(self, name: str) -> float | None:
        """The target (percent) of `cpu` or `memory`; None: no policy tracks it."""
        policy = self.tracking(name)
        return policy.target if policy else None

    def tracking(self, name: str) -> ScalingPolicy | None:
        """The policy that tracks `cpu` or `memory`."""
        return next((one for one in self.policies if one.metric == METRICS[name]), None)
