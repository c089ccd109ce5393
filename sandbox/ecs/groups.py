"""EC2 Auto Scaling groups as they live: instances come and go one by one, each with an activity that says why.

moto keeps groups and instances; it has every instance in service at once, no activities and no bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.ec2.models import ec2_backends

from sandbox.ecs.errors import EcsError
from sandbox.ecs.model import ACCOUNT
from sandbox.ecs.state import State

LAUNCH, TERMINATE = 15.0, 5.0  # seconds from Pending to InService, from Terminating to gone
RETRY = 60.0  # seconds until a launch that failed is tried again
KEPT = 100
HOOK = "autoscaling:EC2_INSTANCE_TERMINATING"
PROTECTED = "Could not scale to desired capacity because all remaining instances are protected from scale-in."
LEAVING = ("Terminating", "Terminating:Wait", "Terminating:Proceed")


@dataclass
class Activity:
    """One scaling activity in AWS's words; `ended_at` None: still under way."""

    id: str
    at: datetime
    description: str
    cause: str
    status: str = "InProgress"
    message: str = ""
    ended_at: datetime | None = None

    def ends(self, at: datetime, status: str = "Successful", message: str = "") -> None:
        self.ended_at, self.status, self.message = at, status, message


@dataclass
class GroupLife:
    """What moto does not know of a group: its activities, newest first; the second at which each instance on its way
    arrives, with its activity; why the desired capacity is what it is; whose zone was chosen here."""

    activities: list[Activity] = field(default_factory=list)
    due: dict[str, tuple[float, Activity]] = field(default_factory=dict)
    cause: str = ""
    retry_at: float = 0.0
    spread: set[str] = field(default_factory=set)


def find(region: str, name: str) -> Any:
    """moto's group. Raises EcsError as AWS does."""
    group: Any = autoscaling_backends[ACCOUNT][region].autoscaling_groups.get(name)
    if group is None:
        raise EcsError("ValidationError", "AutoScalingGroup name not found - null")
    return group


def all_of(region: str) -> list[Any]:
    return list(autoscaling_backends[ACCOUNT][region].autoscaling_groups.values())


def life_of(state: State, group: Any) -> GroupLife:
    found: GroupLife = state.groups.setdefault((group.region, group.name), GroupLife())
    return found


def staying(group: Any) -> list[Any]:
    """Members that are in service or will be."""
    return [one for one in group.instance_states if one.lifecycle_state not in LEAVING]


def hooks(group: Any) -> list[Any]:
    """Lifecycle hooks that hold an instance back from its end."""
    found = group.autoscaling_backend.describe_lifecycle_hooks(group.name)
    return [one for one in found if one.lifecycle_transition == HOOK]


def tell(state: State, group: Any, description: str, cause: str) -> Activity:
    """One more activity, under way."""
    life = life_of(state, group)
    activity = Activity(state.uuid(), state.clock.now(), description, cause)
    life.activities.insert(0, activity)
    del life.activities[KEPT:]
    return activity


def cools_down(state: State, group: Any) -> bool:
    """Whether the group is busy, or was a moment ago."""
    life = life_of(state, group)
    newest = next(iter(life.activities), None)
    since = newest.ended_at if newest else None
    return bool(life.due) or (since is not None and state.clock.now() < since + timedelta(seconds=cooldown(group)))


def cooldown(group: Any) -> int:
    return int(group.default_cooldown)


def aim(state: State, group: Any, desired: int, why: str) -> None:
    """The desired capacity is another one; `advance` does the rest. `why` is how AWS's cause begins."""
    changed = f"changing the desired capacity from {group.desired_capacity} to {desired}"
    life = life_of(state, group)
    life.cause, life.retry_at = f"At {_stamp(state)} {why} {changed}.", 0.0
    group.desired_capacity = desired


def advance(state: State, group: Any) -> None:
    """One step: who is due arrives or is gone; what is missing is launched, what is too much terminates."""
    life = life_of(state, group)
    _spread(life, group)
    for instance_id in [each for each, (at, _) in life.due.items() if at <= state.clock.elapsed]:
        _arrive(state, group, instance_id)
    missing = (group.desired_capacity or 0) - len(staying(group))
    if missing > 0 and not _suspended(group, "Launch") and state.clock.elapsed >= life.retry_at:
        _launch(state, group, missing)
    elif missing < 0 and not _suspended(group, "Terminate"):
        _shrink(state, group, -missing)


def leave(state: State, group: Any, member: Any, cause: str) -> None:
    """The instance is on its way out; where a hook holds it back, until `proceed`."""
    activity = tell(state, group, f"Terminating EC2 instance: {member.instance_id}", cause)
    held = bool(hooks(group))
    member.lifecycle_state = "Terminating:Wait" if held else "Terminating"
    activity.status = "MidLifecycleAction" if held else "InProgress"
    patience = max(one.heartbeat_timeout for one in hooks(group)) if held else TERMINATE
    life_of(state, group).due[member.instance_id] = (state.clock.elapsed + patience, activity)


def proceed(state: State, group: Any, member: Any) -> None:
    """What the hook waited for is done."""
    life = life_of(state, group)
    member.lifecycle_state = "Terminating:Proceed"
    life.due[member.instance_id] = (state.clock.elapsed + TERMINATE, life.due[member.instance_id][1])


def vanish(state: State, group: Any, instance_id: str) -> None:
    """The machine is gone from one moment to the next, by nobody's wish."""
    group.instance_states = [one for one in group.instance_states if one.instance_id != instance_id]
    life_of(state, group).due.pop(instance_id, None)
    ec2_backends[ACCOUNT][group.region].terminate_instances([instance_id])


def _arrive(state: State, group: Any, instance_id: str) -> None:
    _, activity = life_of(state, group).due.pop(instance_id)
    activity.ends(state.clock.now())
    member = next((one for one in group.instance_states if one.instance_id == instance_id), None)
    if member is None:
        return
    if member.lifecycle_state in LEAVING:
        vanish(state, group, instance_id)
    else:
        member.lifecycle_state = "InService"


def _launch(state: State, group: Any, count: int) -> None:
    life, before = life_of(state, group), len(staying(group))
    started = (
        f"At {_stamp(state)} an instance was started in response to a difference between desired and actual capacity"
    )
    cause = f"{life.cause} {started}, increasing the capacity from {before} to {before + count}.".strip()
    if state.no_ec2_capacity:
        text = _no_capacity(group)
        failed = tell(state, group, f"Launching a new EC2 instance.  Status Reason: {text}", cause)
        failed.ends(state.clock.now(), "Failed", text)
        life.retry_at = state.clock.elapsed + RETRY
        return
    for _ in range(count):
        member = _add(life, group)
        activity = tell(state, group, f"Launching a new EC2 instance: {member.instance_id}", cause)
        life.due[member.instance_id] = (state.clock.elapsed + LAUNCH, activity)


def _add(life: GroupLife, group: Any) -> Any:
    group.replace_autoscaling_group_instances(1, group.get_propagated_tags())
    _spread(life, group)
    member = group.instance_states[-1]
    member.lifecycle_state = "Pending"
    return member


def _spread(life: GroupLife, group: Any) -> None:
    """moto starts what is missing in one zone; AWS balances."""
    for member in group.instance_states:
        if member.instance_id not in life.spread:
            zones = [one.availability_zone for one in staying(group) if one.instance_id in life.spread]
            zone = min(map(str, group.availability_zones), key=lambda each: (zones.count(each), each))
            member.availability_zone = member.instance.placement.zone = zone
            life.spread.add(member.instance_id)


def _shrink(state: State, group: Any, count: int) -> None:
    life = life_of(state, group)
    for _ in range(count):
        before, member = len(staying(group)), picked(group)
        if member is None:
            return _say_protected(state, group)
        taken = "an instance was taken out of service in response to a difference between desired and actual capacity"
        shrinking = f"At {_stamp(state)} {taken}, shrinking the capacity from {before} to {before - 1}."
        chosen = f"At {_stamp(state)} instance {member.instance_id} was selected for termination."
        leave(state, group, member, f"{life.cause} {shrinking} {chosen}".strip())
    return None


def _say_protected(state: State, group: Any) -> None:
    newest = next(iter(life_of(state, group).activities), None)
    if newest is None or newest.description != PROTECTED:
        tell(state, group, PROTECTED, life_of(state, group).cause).ends(state.clock.now(), "Cancelled")


def picked(group: Any) -> Any:
    """AWS's default choice: in the zone with the most instances, the oldest one; never a protected one."""
    members = staying(group)
    zones = [one.availability_zone for one in members]
    free = [one for one in members if not one.protected_from_scale_in]
    return max(free, key=lambda one: (zones.count(one.availability_zone), -members.index(one)), default=None)


def _suspended(group: Any, process: str) -> bool:
    return any(one["ProcessName"] == process for one in group.suspended_processes)


def _no_capacity(group: Any) -> str:
    zone, *others = map(str, group.availability_zones)
    kind = group.instance_type
    return (
        f"We currently do not have sufficient {kind} capacity in the Availability Zone you requested ({zone}). "
        "Our system will be working on provisioning additional capacity. You can currently get "
        f"{kind} capacity by not specifying an Availability Zone in your request or choosing {', '.join(others)}. "
        "Launching EC2 instance failed."
    )


def _stamp(state: State) -> str:
    return f"{state.clock.now():%Y-%m-%dT%H:%M:%SZ}"
