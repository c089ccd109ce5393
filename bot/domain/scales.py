"""What a scaling changes: how many tasks, between which bounds, how many instances; as it stood, as it is to stand."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.scaling import ScalingBounds


class Axis(StrEnum):
    """What is scaled (TinyStacks facts 7)."""

    TASKS = "tasks"
    AUTOSCALING = "autoscaling"
    INSTANCES = "instances"


@dataclass(frozen=True, slots=True)
class Setting:
    """One state of what can be scaled. None: not read, or not touched. `cpu_target`, `memory_target`: percent.
    `instances`, `instances_min`, `instances_max`: of the Auto Scaling group."""

    tasks: int | None = None
    bounds: ScalingBounds | None = None
    cpu_target: float | None = None
    memory_target: float | None = None
    instances: int | None = None
    instances_min: int | None = None
    instances_max: int | None = None


@dataclass(frozen=True, slots=True)
class Leaver:
    """One instance that a scale-in takes away: its ids, and how many tasks of which services would move."""

    arn: str
    ec2_id: str
    zone: str
    tasks: int = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """What one plan scales. `resume_after`: autoscaling is suspended and resumed after that time. `group`: the Auto
    Scaling group. `leavers`: instances that are drained and terminated by id; empty: the group picks. `restores`: the
    id of the change whose `before` this one brings back."""

    axis: Axis
    before: Setting
    after: Setting
    resume_after: timedelta | None = None
    group: str = ""
    leavers: tuple[Leaver, ...] = ()
    restores: str = ""
