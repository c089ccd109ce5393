"""The plan for another number of instances: which calls, in which order, what it rests on (ECS facts 3.3)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.deploys import before_side
from bot.domain.errors import NotPossible
from bot.domain.groups import Group
from bot.domain.instances import Fleet, fleet_footing
from bot.domain.instances_leaving import pick_leavers
from bot.domain.instances_rules import check_cooldown, check_moment, check_numbers, check_service, gives_up, typed
from bot.domain.plans import Operation, Plan, Step
from bot.domain.rollbacks import main_container
from bot.domain.scales import Axis, Leaver, Scale, Setting
from bot.domain.stacks import Stage
from bot.domain.targets import Target

_STATES_AT_ONCE = 10
"""UpdateContainerInstancesState takes no more in one call."""


def plan_instances(stage: Stage, target: Target, fleet: Fleet, wanted: Setting, now: datetime) -> Plan:
    """`wanted`: instances, instances_min, instances_max; None: as it is. Raises NotPossible with what to type instead.

    An instance is drained before it goes: by the group, where that has a lifecycle hook or managed draining, else by
    us, and then ended by its id. Asked for as many as there are, it brings back those that drain."""
    check_service(target.service)
    before, after = instances_settings(fleet, wanted)
    check_numbers(stage, fleet, wanted, after)
    size = wanted_size(fleet, wanted)
    back = fleet.draining if wanted.instances == fleet.group.desired else ()
    if after == before and not back:
        raise _unchanged(stage, fleet)
    leavers = _leavers(stage, fleet, size)
    steps = (*_steps(stage, fleet, after, size, leavers), *_states(stage, [one.arn for one in back], "ACTIVE"))
    if any(step.request.get("HonorCooldown") for step in steps):
        check_cooldown(fleet, now)
    side, (was, will) = (
        before_side(target, main_container(stage, target.definition)),
        _words(fleet, before, after, size),
    )
    return Plan(
        verb="scale",
        before=replace(side, words=was + (f", {len(back)} draining" if back else "")),
        after=replace(side, words=will),
        account=target.service.account,
        steps=steps,
        rests_on=fleet_footing(stage, target, fleet, leavers),
        scale=Scale(Axis.INSTANCES, before, after, group=fleet.group.name, leavers=leavers),
    )


def _leavers(stage: Stage, fleet: Fleet, size: int) -> tuple[Leaver, ...]:
    """Those that we drain and end; none where the group does it. Raises NotPossible while it cannot change."""
    if size == fleet.group.desired:
        return ()
    check_moment(stage, fleet, size)
    return pick_leavers(fleet, size) if size < fleet.group.desired and not fleet.picks_itself else ()


def instances_settings(fleet: Fleet, wanted: Setting) -> tuple[Setting, Setting]:
    """The group's size and bounds as they are, and as they would be. The size is None where ECS itself sets it."""
    group, size = fleet.group, wanted_size(fleet, wanted)
    least, most = _bounds(group, wanted)
    before = Setting(instances=group.desired, instances_min=group.least, instances_max=group.most)
    after = Setting(instances=size, instances_min=least, instances_max=most)
    owned = fleet.owner and wanted.instances is None
    return (replace(before, instances=None), replace(after, instances=None)) if owned else (before, after)


def changed_by(done: Scale) -> Setting:
    """What was before that scaling, of what it changed."""
    names = ("instances", "instances_min", "instances_max")
    pairs = ((name, getattr(done.before, name), getattr(done.after, name)) for name in names)
    return Setting(**{name: was for name, was, then in pairs if was != then})


def wanted_size(fleet: Fleet, wanted: Setting) -> int:
    """How many instances there would be: as asked, else as many as there are, moved into the bounds, which is what
    UpdateAutoScalingGroup does by itself."""
    least, most = _bounds(fleet.group, wanted)
    return max(least, min(most, fleet.group.desired)) if wanted.instances is None else wanted.instances


def _bounds(group: Group, wanted: Setting) -> tuple[int, int]:
    least = group.least if wanted.instances_min is None else wanted.instances_min
    most = group.most if wanted.instances_max is None else wanted.instances_max
    return least, most


def _unchanged(stage: Stage, fleet: Fleet) -> NotPossible:
    group = fleet.group
    fact = f"Group {group.name} has {group.desired} instances wanted, between {group.least} and {group.most}, already."
    return NotPossible(fact, f"Type another number, for example {typed(stage, instances=group.desired + 1)}")


def _words(fleet: Fleet, before: Setting, after: Setting, size: int) -> tuple[str, str]:
    """`3 instances`, `5 instances`; with the bounds where those move."""
    counts = [f"{count} instance{'' if count == 1 else 's'}" for count in (fleet.group.desired, size)]
    bounds = [f" ({one.instances_min} to {one.instances_max})" for one in (before, after)]
    was, will = (
        count + bound if bounds[0] != bounds[1] else count for count, bound in zip(counts, bounds, strict=True)
    )
    return was, will


def _steps(stage: Stage, fleet: Fleet, after: Setting, size: int, leavers: Sequence[Leaver]) -> tuple[Step, ...]:
    group = fleet.group
    bounds = _moved_bounds(group, after)
    if not leavers:
        moves = after.instances is not None and size != group.desired
        return _resize(group, bounds, size if moves else None, honour=not gives_up(group, size))
    here = len(group.in_service)
    last = {"MaxSize": bounds.pop("MaxSize")} if bounds.get("MaxSize", here) < here else {}
    return (
        *_resize(group, bounds, here if here != group.desired else None, honour=False),
        *_states(stage, [one.arn for one in leavers if one.arn], "DRAINING"),
        *(_ended(one) for one in leavers),
        *_resize(group, last, None),
    )


def _moved_bounds(group: Group, after: Setting) -> dict[str, Any]:
    pairs = (("MinSize", group.least, after.instances_min), ("MaxSize", group.most, after.instances_max))
    return {name: new for name, old, new in pairs if new != old}


def _resize(group: Group, bounds: dict[str, Any], size: int | None, *, honour: bool = True) -> tuple[Step, ...]:
    """One call: with the bounds where they move, since two calls in a row would meet each other's activity."""
    named: dict[str, Any] = {"AutoScalingGroupName": group.name}
    desired = {} if size is None else {"DesiredCapacity": size}
    if bounds:
        return (Step(Operation.UPDATE_AUTO_SCALING_GROUP, {**named, **bounds, **desired}),)
    return (Step(Operation.SET_DESIRED_CAPACITY, {**named, **desired, "HonorCooldown": honour}),) if desired else ()


def _states(stage: Stage, arns: Sequence[str], status: str) -> tuple[Step, ...]:
    """Of those that are in the cluster; the others have nothing to drain."""
    batches = (list(arns[at : at + _STATES_AT_ONCE]) for at in range(0, len(arns), _STATES_AT_ONCE))
    named = {"cluster": stage.place.cluster, "status": status}
    return tuple(
        Step(Operation.UPDATE_CONTAINER_INSTANCES_STATE, {**named, "containerInstances": some}) for some in batches
    )


def _ended(one: Leaver) -> Step:
    request = {"InstanceId": one.ec2_id, "ShouldDecrementDesiredCapacity": True}
    return Step(Operation.TERMINATE_INSTANCE, request)
