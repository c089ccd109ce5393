"""The EC2 instances that a stage runs on: one Auto Scaling group, as EC2 has it and as its cluster has it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.ecs import ContainerInstance, Service, Task, TaskDefinition
from bot.domain.fingerprints import Footing, footing
from bot.domain.groups import CapacityProvider, Group, GroupActivity
from bot.domain.scales import Leaver
from bot.domain.stacks import Stage
from bot.domain.targets import Target


@dataclass(frozen=True, slots=True)
class Fleet:
    """`instances`: the group's machines as the cluster has them, whatever their status. `providers`: the capacity
    providers known to stand on this group. `activities`: newest first. `tasks`: those that should run on the instances
    that a scale-in takes away, of every service and of none; None: not read. `services` and `definitions`: theirs."""

    group: Group
    instances: tuple[ContainerInstance, ...] = ()
    providers: tuple[CapacityProvider, ...] = ()
    activities: tuple[GroupActivity, ...] = ()
    tasks: tuple[Task, ...] | None = None
    services: tuple[Service, ...] = ()
    definitions: tuple[TaskDefinition, ...] = ()

    @property
    def owner(self) -> str:
        """Who sets the group's desired count; empty: people do (ECS facts 3.2). The tag counts where no provider could
        be found: another cluster's may stand on the group."""
        managed = next((f"Capacity provider {one.name}" for one in self.providers if one.managed_scaling), "")
        return managed or ("A capacity provider" if self.group.ecs_managed and not self.providers else "")

    @property
    def drains_itself(self) -> bool:
        """Whether something drains an instance before the group ends it."""
        return bool(self.group.terminating_hooks) or any(one.managed_draining for one in self.providers)

    @property
    def picks_itself(self) -> bool:
        """Whether the group is only told a number when it gets smaller: it drains, or ECS minds it."""
        return self.drains_itself or bool(self.owner)

    @property
    def usable(self) -> tuple[ContainerInstance, ...]:
        """Those that take tasks."""
        return tuple(one for one in self.instances if one.status == "ACTIVE" and one.agent_connected)

    @property
    def draining(self) -> tuple[ContainerInstance, ...]:
        """Those that take no more tasks though the group counts on them: somebody drains them, or a scaling of ours
        that did not come to its end."""
        ids = {one.id for one in self.group.in_service}
        return tuple(one for one in self.instances if one.status == "DRAINING" and one.ec2_instance_id in ids)

    @property
    def kind(self) -> str:
        """The instance type that most of them have; empty: not known."""
        kinds = Counter(one.instance_type for one in self.group.instances if one.instance_type)
        return kinds.most_common(1)[0][0] if kinds else ""

    def container_instance(self, ec2_id: str) -> ContainerInstance | None:
        """What the cluster calls that machine; None: it is not in the cluster."""
        return next((one for one in self.instances if one.ec2_instance_id == ec2_id), None)


def service_of(task: Task) -> str:
    """The name of the service that started it; empty: none did."""
    kind, _, name = task.group.partition(":")
    return name if kind == "service" else ""


def tasks_on(instances: Iterable[ContainerInstance]) -> int:
    """Running and pending ones of all services, and of none."""
    return sum(one.running_tasks + one.pending_tasks for one in instances)


def fleet_footing(stage: Stage, target: Target, fleet: Fleet, leavers: Iterable[Leaver]) -> Footing:
    """What a plan for instances rests on: the stage's own footing, the group's size and bounds, who sets it, who drains
    its instances, and which of the leavers may still go. The desired count only where people set it: else it moves by
    design."""
    group = fleet.group
    free = {one.id for one in group.in_service if not one.protected}
    seen = {
        "group": group.name,
        **({} if fleet.owner else {"group's desired count": str(group.desired)}),
        "group's bounds": f"{group.least} to {group.most}",
        "group's desired count is set by": fleet.owner or "people",
        "group's instances are drained by": _drainer(fleet),
        "instances that leave": ", ".join(one.ec2_id for one in leavers if one.ec2_id in free) or "none",
    }
    return footing(stage, target) + tuple(seen.items())


def _drainer(fleet: Fleet) -> str:
    if fleet.drains_itself:
        return "the group"
    return "nobody" if fleet.owner else "me"
