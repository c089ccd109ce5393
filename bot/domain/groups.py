"""The EC2 instances of a cluster as their Auto Scaling group has them, in AWS's own words (ECS facts 3.2, 3.3)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GroupInstance:
    """One instance of a group. `lifecycle_state`: Pending, InService, Terminating:Wait, … `launch_template`: its
    `id:version` or launch configuration; `protected`: from scale-in."""

    id: str
    zone: str
    lifecycle_state: str
    health: str = "Healthy"
    protected: bool = False
    instance_type: str = ""
    launch_template: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One Auto Scaling group. `terminating_hooks`: names of its lifecycle hooks at EC2_INSTANCE_TERMINATING; something
    then drains an instance before it goes. `ecs_managed`: has the tag AmazonECSManaged. `suspended`: its suspended
    processes. `launch_template`: what new instances get. `cooldown`: seconds."""

    name: str
    arn: str
    least: int
    most: int
    desired: int
    instances: tuple[GroupInstance, ...]
    zones: tuple[str, ...] = ()
    terminating_hooks: tuple[str, ...] = ()
    ecs_managed: bool = False
    suspended: tuple[str, ...] = ()
    launch_template: str = ""
    cooldown: int = 300
    termination_policies: tuple[str, ...] = ("Default",)

    @property
    def in_service(self) -> tuple[GroupInstance, ...]:
        """Those that count for the desired capacity and take work."""
        return tuple(one for one in self.instances if one.lifecycle_state == "InService")


@dataclass(frozen=True, slots=True)
class GroupActivity:
    """One scaling activity of a group; texts are quoted. `status`: Successful, InProgress, Failed, Cancelled, …"""

    at: datetime
    status: str
    description: str
    cause: str
    message: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CapacityProvider:
    """One capacity provider of a cluster. `group_arn` empty: FARGATE. `managed_scaling`: ECS itself sets the group's
    desired capacity; `managed_draining`: an instance is drained before it goes."""

    name: str
    group_arn: str = ""
    managed_scaling: bool = False
    managed_draining: bool = False
    managed_termination_protection: bool = False
    target_capacity: int | None = None

    @property
    def group_name(self) -> str:
        """The last part of the group's ARN, else the name itself where the API gave that."""
        return self.group_arn.rsplit("autoScalingGroupName/", 1)[-1]
