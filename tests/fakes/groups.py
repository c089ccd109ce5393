"""FakeGroups: the Groups port in memory. Desired counts move at once; instances come and go when the test says so.

groups = FakeGroups(ecs)
groups.has_group(place, "shop-ecs", ["i-1", "i-2"], most=5)
groups.set_desired_capacity(place, {"AutoScalingGroupName": "shop-ecs", "DesiredCapacity": 3}, who)
groups.launches(place, "shop-ecs")     # Pending
groups.settles(place, "shop-ecs")      # InService, and in the cluster too
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.adapters.aws.translate import IN_THE_WAY
from bot.domain.ecs import ContainerInstance
from bot.domain.errors import NotPossible
from bot.domain.groups import Group, GroupActivity, GroupInstance
from bot.domain.people import OnBehalf
from bot.domain.stacks import Place
from bot.engine.ports import Json
from tests.fakes.ecs import FakeEcs
from tests.fakes.ecs_story import ACCOUNT, START
from tests.fakes.faults import Faults, Recorded

TYPE, TEMPLATE = "m5.large", "lt-1:1"
GONE = "Instance Id not found - No managed instance found for "


class FakeGroups(Faults):
    """`ecs`: the clusters that the instances are in: of a group, the cluster of the place it was made for."""

    def __init__(self, ecs: FakeEcs | None = None, clock: Callable[[], datetime] = lambda: START) -> None:
        super().__init__()
        self._ecs, self._clock = ecs, clock
        self._groups: dict[tuple[str, str], Group] = {}
        self._clusters: dict[tuple[str, str], Place] = {}
        self._activities: dict[tuple[str, str], list[GroupActivity]] = {}
        self._causes: dict[str, str] = {}
        self._numbers = count(1)

    def has_group(
        self, place: Place, name: str, ids: Sequence[str] = (), *, least: int = 0, most: int = 10, **more: Any
    ) -> Group:
        """A group as large as it is to be, its instances over three zones; `more` are fields of Group. The instances
        are not put into the cluster: `has_cluster` does that."""
        zones = tuple(f"{place.region}{letter}" for letter in "abc")
        members = tuple(GroupInstance(id_, zones[at % 3], "InService", instance_type=TYPE, launch_template=TEMPLATE)
                        for at, id_ in enumerate(ids))  # fmt: skip
        arn = f"arn:aws:autoscaling:{place.region}:{ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/{name}"
        told = {"zones": zones, "launch_template": TEMPLATE, **more}
        self._groups[place.region, name] = Group(name, arn, least, most, len(ids), members, **told)
        self._clusters[place.region, name] = place
        return self._groups[place.region, name]

    def sets(self, place: Place, name: str, **fields: Any) -> Group:
        """The group with these fields of Group changed, whatever they are."""
        self._groups[place.region, name] = replace(self._groups[place.region, name], **fields)
        return self._groups[place.region, name]

    def instance_is(self, place: Place, name: str, id_: str, **fields: Any) -> None:
        """That instance with these fields of GroupInstance changed."""
        members = self._groups[place.region, name].instances
        self.sets(place, name, instances=tuple(replace(one, **fields) if one.id == id_ else one for one in members))

    def launches(self, place: Place, name: str) -> None:
        """What is missing is Pending."""
        group = self._groups[place.region, name]
        missing = group.desired - len([one for one in group.instances if "Terminating" not in one.lifecycle_state])
        for _ in range(missing):
            id_ = self._adds(place, name)
            self.did(place, name, "InProgress", f"Launching a new EC2 instance: {id_}", self._causes.get(name, ""))

    def settles(self, place: Place, name: str) -> None:
        """As many as desired are InService and ACTIVE in the cluster; what terminates is gone, and the newest that
        are too many."""
        self._goes(place, name, *(one.id for one in self._members(place, name) if "Terminating" in one.lifecycle_state))
        group = self._groups[place.region, name]
        surplus = [one.id for one in reversed(group.instances) if not one.protected]
        self._goes(place, name, *surplus[: max(0, len(group.instances) - group.desired)])
        self.launches(place, name)
        for one in self._members(place, name):
            if one.lifecycle_state == "Pending":
                self.instance_is(place, name, one.id, lifecycle_state="InService")
                self._joins(place, name, one)
        self._ends_activities(place, name)

    def did(self, place: Place, name: str, status: str, description: str, cause: str = "", message: str = "") -> None:
        """One more activity, the newest; one that is not InProgress is over."""
        now = self._clock()
        ended = None if status == "InProgress" else now
        activity = GroupActivity(now, status, description, cause, message, ended)
        self._activities.setdefault((place.region, name), []).insert(0, activity)

    def group(self, place: Place, name: str) -> Group | None:
        with self.calling(Recorded("DescribeAutoScalingGroups", place, {"AutoScalingGroupNames": [name]}, None)):
            found = self._groups.get((place.region, name))
        if found:
            with self.calling(Recorded("DescribeLifecycleHooks", place, {"AutoScalingGroupName": name}, None)):
                pass
        return found

    def group_names(self, place: Place, instance_ids: Sequence[str]) -> Mapping[str, str]:
        with self.calling(Recorded("DescribeAutoScalingInstances", place, {"InstanceIds": list(instance_ids)}, None)):
            here = [one for (region, _), one in self._groups.items() if region == place.region]
            return {each.id: one.name for one in here for each in one.instances if each.id in instance_ids}

    def activities(self, place: Place, name: str, most: int) -> tuple[GroupActivity, ...]:
        with self.calling(Recorded("DescribeScalingActivities", place, {"AutoScalingGroupName": name}, None)):
            self._known("DescribeScalingActivities", place, name)
            return tuple(self._activities.get((place.region, name), ())[:most])

    def set_desired_capacity(self, place: Place, request: Json, who: OnBehalf) -> None:
        with self.calling(Recorded("SetDesiredCapacity", place, request, who)):
            name, wanted = request["AutoScalingGroupName"], request["DesiredCapacity"]
            group = self._known("SetDesiredCapacity", place, name)
            if not group.least <= wanted <= group.most:
                side, bound = ("below min", group.least) if wanted < group.least else ("above max", group.most)
                told = f"New SetDesiredCapacity value {wanted} is {side} value {bound} for the AutoScalingGroup."
                raise _refused("SetDesiredCapacity", told)
            if request.get("HonorCooldown") and self._cools_down(place, group):
                told = "Scaling activity 5f8c is in progress and blocks this action"
                raise _refused("SetDesiredCapacity", told, "ScalingActivityInProgress")
            self._aims(place, group, wanted)

    def update_auto_scaling_group(self, place: Place, request: Json, who: OnBehalf) -> None:
        with self.calling(Recorded("UpdateAutoScalingGroup", place, request, who)):
            group = self._known("UpdateAutoScalingGroup", place, request["AutoScalingGroupName"])
            least, most = request.get("MinSize", group.least), request.get("MaxSize", group.most)
            if least > most:
                told = f"Max bound, {most}, must be greater than or equal to min bound, {least}"
                raise _refused("UpdateAutoScalingGroup", told)
            desired = request.get("DesiredCapacity", min(max(group.desired, least), most))
            if not least <= desired <= most:
                told = f"Desired capacity:{desired} must be between the specified min size:{least} and max size:{most}"
                raise _refused("UpdateAutoScalingGroup", told)
            self._aims(place, group, desired)
            self.sets(place, group.name, least=least, most=most)

    def terminate_instance(self, place: Place, request: Json, who: OnBehalf) -> None:
        call = "TerminateInstanceInAutoScalingGroup"
        with self.calling(Recorded(call, place, request, who)):
            id_, fewer = request["InstanceId"], request["ShouldDecrementDesiredCapacity"]
            group = next((one for one in self._groups.values() for each in one.instances if each.id == id_), None)
            if group is None:
                raise _refused(call, f"{GONE}{id_}")
            if fewer and group.desired == group.least:
                raise _refused(call, f"Currently, desiredSize equals minSize ({group.least}). Terminating instance "
                                     "without replacement will violate group's min size constraint.")  # fmt: skip
            self.instance_is(place, group.name, id_, lifecycle_state="Terminating")
            self.sets(place, group.name, desired=group.desired - bool(fewer))
            self.did(place, group.name, "InProgress", f"Terminating EC2 instance: {id_}", "a user request")

    def _aims(self, place: Place, group: Group, desired: int) -> None:
        changed = f"changing the desired capacity from {group.desired} to {desired}"
        self._causes[group.name] = f"a user request explicitly set group desired capacity {changed}."
        self.sets(place, group.name, desired=desired)

    def _ends_activities(self, place: Place, name: str) -> None:
        done, now = self._activities.get((place.region, name), []), self._clock()
        done[:] = [replace(one, status="Successful", ended_at=now) if one.ended_at is None else one for one in done]

    def _members(self, place: Place, name: str) -> tuple[GroupInstance, ...]:
        return self._groups[place.region, name].instances

    def _known(self, call: str, place: Place, name: str) -> Group:
        if (place.region, name) not in self._groups:
            raise _refused(call, "AutoScalingGroup name not found - null")
        return self._groups[place.region, name]

    def _cools_down(self, place: Place, group: Group) -> bool:
        done = self._activities.get((place.region, group.name), [])
        cooldown = timedelta(seconds=group.cooldown)
        return any(one.ended_at is None or self._clock() < one.ended_at + cooldown for one in done[:1])

    def _adds(self, place: Place, name: str) -> str:
        members, id_ = self._members(place, name), f"i-new{next(self._numbers)}"
        zones = self._groups[place.region, name].zones
        emptiest = min(zones, key=[one.zone for one in members].count)
        new = GroupInstance(id_, emptiest, "Pending", instance_type=TYPE, launch_template=TEMPLATE)
        self.sets(place, name, instances=(*members, new))
        return id_

    def _joins(self, place: Place, name: str, one: GroupInstance) -> None:
        cluster = self._clusters[place.region, name]
        if self._ecs is not None:
            arn = f"arn:aws:ecs:{cluster.region}:{ACCOUNT}:container-instance/{cluster.cluster}/{one.id}"
            attributes = {"ecs.availability-zone": one.zone, "ecs.instance-type": one.instance_type}
            self._ecs.instance_joins(cluster, ContainerInstance(
                arn, one.id, "ACTIVE", True, 2048, 7764, zone=one.zone, attributes=attributes,
                registered_cpu=2048, registered_memory=7764,
            ))  # fmt: skip

    def _goes(self, place: Place, name: str, *ids: str) -> None:
        self.sets(place, name, instances=tuple(one for one in self._members(place, name) if one.id not in ids))
        for id_ in ids:
            if self._ecs is not None:
                self._ecs.instance_leaves(self._clusters[place.region, name], id_)


def _refused(call: str, quote: str, code: str = "ValidationError") -> NotPossible:
    remedy = IN_THE_WAY.get(code, "Change what AWS names here, then try again.")
    return NotPossible(f"AWS refused {call}: “{quote}” ({code}).", remedy)
