"""What the engine needs of AWS to scale: Application Auto Scaling, EC2 Auto Scaling, CloudWatch, EC2.

Errors as in `ports`: a write is never retried inside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.groups import Group, GroupActivity
from bot.domain.people import OnBehalf
from bot.domain.scaling import ScalingActivity, ScalingBounds, ScalingPolicy, ScheduledAction
from bot.domain.stacks import Place
from bot.domain.usage import Usage
from bot.engine.rows import Json


class Scaling(Protocol):
    """Application Auto Scaling of services (`service/CLUSTER/SERVICE`, `ecs:service:DesiredCount`)."""

    def bounds(self, place: Place, service: str) -> ScalingBounds | None:
        """Between what the service's desired count is kept. None: nothing scales it. AccessDenied: nobody knows."""
        ...

    def policies(self, place: Place, service: str) -> tuple[ScalingPolicy, ...]:
        """By name. AccessDenied as above."""
        ...

    def scheduled_actions(self, place: Place, service: str) -> tuple[ScheduledAction, ...]:
        """By name. AccessDenied as above."""
        ...

    def activities(self, place: Place, service: str, most: int) -> tuple[ScalingActivity, ...]:
        """Newest first, those that scaled nothing too (IncludeNotScaledActivities; AWS keeps six weeks)."""
        ...

    def register_scalable_target(self, place: Place, request: Json, who: OnBehalf) -> None:
        """`request` without ServiceNamespace and ScalableDimension. What is left out of it stays as it is. Moves the
        desired count into the bounds at once, even where only SuspendedState is given (ECS facts 3.5)."""
        ...

    def put_scaling_policy(self, place: Place, request: Json, who: OnBehalf) -> None:
        """`request` without ServiceNamespace and ScalableDimension. Replaces the policy of that name."""
        ...


class Groups(Protocol):
    """EC2 Auto Scaling."""

    def group(self, place: Place, name: str) -> Group | None:
        """With its instances and lifecycle hooks. None: there is none of that name."""
        ...

    def group_names(self, place: Place, instance_ids: Sequence[str]) -> Mapping[str, str]:
        """EC2 instance id → its group's name; those without a group are left out. Batched by 50."""
        ...

    def activities(self, place: Place, name: str, most: int) -> tuple[GroupActivity, ...]:
        """Newest first."""
        ...

    def set_desired_capacity(self, place: Place, request: Json, who: OnBehalf) -> None:
        """NotPossible where AWS refuses: outside min and max, in a cooldown that is honoured, while another activity is
        under way (ScalingActivityInProgress)."""
        ...

    def update_auto_scaling_group(self, place: Place, request: Json, who: OnBehalf) -> None:
        """NotPossible as above."""
        ...

    def terminate_instance(self, place: Place, request: Json, who: OnBehalf) -> None:
        """TerminateInstanceInAutoScalingGroup: `InstanceId`, `ShouldDecrementDesiredCapacity`. NotPossible as above,
        and where the instance is in no group any more."""
        ...


class Metrics(Protocol):
    """CloudWatch."""

    def usage(self, place: Place, service: str, since: datetime, until: datetime) -> Usage:
        """Averages of five minutes. One GetMetricData call. AccessDenied: nobody knows."""
        ...


class Hardware(Protocol):
    """EC2 and quotas: what a forecast needs beside ECS's own answers."""

    def network_interfaces(self, place: Place, types: Sequence[str]) -> Mapping[str, int]:
        """EC2 instance type → how many network interfaces it takes (MaximumNetworkInterfaces). One call for 100 types;
        unknown types are left out."""
        ...

    def free_addresses(self, place: Place, subnets: Sequence[str]) -> Mapping[str, tuple[str, int]]:
        """Subnet id → its zone and its free IPv4 addresses."""
        ...

    def fargate_vcpu_quota(self, place: Place, spot: bool) -> float | None:
        """vCPUs that may run on Fargate at once in the region. None: not known."""
        ...
