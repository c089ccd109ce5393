"""What one look at a scaling of instances shows: who is there, who comes, who goes, what AWS says about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ecs import ContainerInstance, Service
from bot.domain.groups import GroupActivity, GroupInstance
from bot.domain.instances import Fleet, tasks_on
from bot.domain.rollouts.events import Sign, shows
from bot.domain.scales import Leaver, Scale

_SEEN_LATE = timedelta(seconds=30)
"""For so long a read may still show what was before the write."""

_CLOCKS_DIFFER = timedelta(seconds=5)
_FAILED = frozenset({"Failed", "Cancelled"})


@dataclass(frozen=True, slots=True)
class InstancesLook:
    """`since`: when the scaling began. `was_short`: fewer tasks than desired ran before it."""

    scale: Scale
    fleet: Fleet
    service: Service
    since: datetime
    now: datetime
    was_short: bool = False

    @property
    def size(self) -> int:
        """How many are wanted; where ECS itself says so, what the group says now."""
        wanted = self.scale.after.instances
        return self.fleet.group.desired if wanted is None else wanted

    @property
    def was(self) -> int:
        """How many were wanted before."""
        return self.size if self.scale.before.instances is None else self.scale.before.instances

    @property
    def leaving(self) -> tuple[GroupInstance, ...]:
        """Those that go and have not gone: by id, else those that the group picked."""
        ids = {one.ec2_id for one in self.scale.leavers}
        there = (one for one in self.fleet.group.instances if one.lifecycle_state != "Terminated")
        return tuple(one for one in there if one.id in ids or _ends(one))

    @property
    def emptying(self) -> tuple[ContainerInstance, ...]:
        """The same ones as the cluster has them."""
        ids = {one.id for one in self.leaving}
        return tuple(one for one in self.fleet.instances if one.ec2_instance_id in ids)

    @property
    def launching(self) -> int:
        """How many machines the group has not brought up yet."""
        return max(0, self.size - len(self.fleet.group.in_service))

    @property
    def absent(self) -> tuple[GroupInstance, ...]:
        """InService in the group, and not ACTIVE and connected in the cluster; one that somebody drains has joined."""
        joined = {one.ec2_instance_id for one in self.fleet.usable}
        joined |= {one.ec2_instance_id for one in self.fleet.instances if one.status == "DRAINING"}
        return tuple(one for one in self.fleet.group.in_service if one.id not in joined and one not in self.leaving)

    @property
    def drained(self) -> bool:
        """Whether nothing runs any more on the instances that leave by id. True also once they are gone: a step that is
        still to be done must not be forgotten then."""
        return bool(self.scale.leavers) and all(map(self._is_empty, self.scale.leavers))

    @property
    def short(self) -> bool:
        """Whether tasks are missing that more instances were to bring, or that fewer took away."""
        missing = self.size != self.was and self.service.running < self.service.desired
        return missing and self.was_short is (self.size > self.was)

    @property
    def settled(self) -> bool:
        """Whether the group is as it was to be, and the tasks with it."""
        return self._bounded and self._sized and not (self.leaving or self.absent or self.short)

    @property
    def moved_by_others(self) -> str:
        """What somebody else asked of the group meanwhile, as a fact; empty: nothing."""
        group, before, after = self.fleet.group, self.scale.before, self.scale.after
        for name, now, old, new in (
            ("desired count", group.desired, before.instances, after.instances),
            ("minimum", group.least, before.instances_min, after.instances_min),
            ("maximum", group.most, before.instances_max, after.instances_max),
        ):
            if old is not None and new is not None and now != new and not self._on_the_way(now, old, new):
                return f"The {name} of group {group.name} is {now} now: somebody moved it meanwhile."
        return ""

    @property
    def failed(self) -> GroupActivity | None:
        """The group's last word, where that is a failure: it tries again by itself."""
        since = self.since - _CLOCKS_DIFFER
        ended = (one for one in self.fleet.activities if one.at >= since and one.status in _FAILED | {"Successful"})
        last = next(ended, None)
        return last if last and last.status in _FAILED else None

    @property
    def unplaced(self) -> str:
        """What ECS says about tasks that find no room, or that it may not move, since it began."""
        if not (self.short or tasks_on(self.emptying)):
            return ""
        said = (one.message for one in self.service.events if one.at >= self.since)
        return next((each for each in said if shows(each, Sign.PLACEMENT, Sign.CANNOT_MOVE)), "")

    @property
    def _bounded(self) -> bool:
        group, after = self.fleet.group, self.scale.after
        return (group.least, group.most) == (after.instances_min, after.instances_max)

    @property
    def _sized(self) -> bool:
        """Where ECS itself sets the desired count it moves on and on: within the bounds is all that was asked."""
        group = self.fleet.group
        if self.scale.after.instances is None:
            return group.least <= len(group.in_service) <= group.most
        return group.desired == self.size == len(group.in_service)

    def _is_empty(self, leaver: Leaver) -> bool:
        """A machine that the cluster does not show for once is not empty."""
        machine = next((one for one in self.fleet.group.instances if one.id == leaver.ec2_id), None)
        if machine is None or _ends(machine) or not leaver.arn:
            return True
        known = self.fleet.container_instance(leaver.ec2_id)
        return known is not None and known.status == "DRAINING" and not tasks_on([known])

    def _on_the_way(self, now: int, old: int, new: int) -> bool:
        """As it was: not to be seen yet. Between: instances are ended one by one, and the maximum follows last."""
        early = self.now - self.since <= _SEEN_LATE
        return bool(self.scale.leavers and new <= now <= old) or (now == old and early)


def _ends(one: GroupInstance) -> bool:
    return one.lifecycle_state.startswith("Terminat")
