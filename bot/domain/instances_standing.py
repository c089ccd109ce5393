"""How far a group is on its way to another size, in words: launching → registered → tasks placed, drained → ended."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.ecs import Service
from bot.domain.follows import Follow, Standing
from bot.domain.instances import Fleet, tasks_on
from bot.domain.instances_look import InstancesLook
from bot.domain.instances_rules import typed
from bot.domain.scales import Scale
from bot.domain.stacks import Stage
from bot.domain.words import quoted

_NAMED = 3


def instances_standing(
    stage: Stage,
    scale: Scale,
    fleet: Fleet | None,
    service: Service | None,
    since: datetime,
    now: datetime,
    *,
    was_short: bool = False,
) -> Standing:
    """One look; `fleet` None: the group is gone, `service` None: that is. `since`: when the scaling began, `was_short`:
    fewer tasks than desired ran before it.

    DONE: the group has the wanted number InService, each of them in the cluster, and the tasks run that were to.
    `ready`: nothing runs any more on the instances that leave."""
    if fleet is None or service is None or service.status != "ACTIVE":
        what = f"Group {scale.group}" if fleet is None else f"Service {stage.service}"
        return Standing(Follow.GONE, problem=f"{what} is not there any more. {_see(stage)}")
    look = InstancesLook(scale, fleet, service, since, now, was_short)
    follow = _follow(look, late=now - since > stage.deadline)
    return Standing(follow, _line(look), _problem(stage, look, follow), look.drained)


def _follow(look: InstancesLook, *, late: bool) -> Follow:
    if look.settled:
        return Follow.DONE
    if look.moved_by_others:
        return Follow.SUPERSEDED
    if late:
        return Follow.STUCK
    return Follow.FAILING if look.failed or look.unplaced else Follow.UNDER_WAY


def _line(look: InstancesLook) -> str:
    """`3 → 5 instances · 1 launching · 1 registered · 4 of 6 tasks running`."""
    numbers = f"{look.was} → {look.size}" if look.was != look.size else str(look.size)
    moves = _arriving(look) if look.size > look.was else _leaving(look)
    tasks = [f"{look.service.running} of {look.service.desired} tasks running"] if look.short else []
    return " · ".join([f"{numbers} instance{'' if look.size == 1 else 's'}", *moves, *tasks])


def _arriving(look: InstancesLook) -> list[str]:
    registered = len(look.fleet.group.in_service) - len(look.absent) - look.was
    counts = {"launching": look.launching, "starting": len(look.absent), "registered": registered}
    return [f"{count} {what}" for what, count in counts.items() if count > 0]


def _leaving(look: InstancesLook) -> list[str]:
    left, full = tasks_on(look.emptying), sum(bool(tasks_on([one])) for one in look.emptying)
    empty = len(look.leaving) - full
    told = [f"draining {full} ({left} task{'' if left == 1 else 's'} left)"] if full else []
    return [*told, f"{empty} empty"] if empty else told


def _problem(stage: Stage, look: InstancesLook, follow: Follow) -> str:
    if follow is Follow.SUPERSEDED:
        return f"{look.moved_by_others} {_left_behind(stage, look) or _see(stage)}"
    if follow is Follow.STUCK:
        return f"{_cause(stage, look)} {_quote(look)}{_way_out(stage, look)}"
    if follow is Follow.FAILING:
        return f"{_quote(look)}AWS tries again by itself. {_way_out(stage, look)}"
    return ""


def _cause(stage: Stage, look: InstancesLook) -> str:
    """What lacks, in the order in which it comes about."""
    group, left = look.fleet.group, tasks_on(look.emptying)
    if left:
        names = _names(one.ec2_instance_id for one in look.emptying if tasks_on([one]))
        return f"{left} task{' is' if left == 1 else 's are'} still on {names}."
    if look.leaving:
        return f"{_names(one.id for one in look.leaving)} should have left group {group.name} by now."
    if look.launching or len(group.in_service) > look.size:
        return f"Group {group.name} has {len(group.in_service)} of {look.size} instances InService."
    if look.absent:
        names = _names(one.id for one in look.absent)
        return f"Not ACTIVE and connected in cluster {stage.place.cluster}: {names}. Look at the ECS agent there."
    return f"{look.service.running} of {look.service.desired} tasks of {stage.service} are running."


def _quote(look: InstancesLook) -> str:
    """AWS's own words; empty: it says nothing."""
    if look.failed:
        said = look.failed.message or look.failed.description
        return f"Group {look.scale.group} says: {quoted(said.rstrip('.'), 400)}. "
    return f"ECS says: {quoted(look.unplaced.rstrip('.'), 400)}. " if look.unplaced else ""


def _way_out(stage: Stage, look: InstancesLook) -> str:
    return f"To go back: {typed(stage, instances=look.was)}" if look.was != look.size else _see(stage)


def _left_behind(stage: Stage, look: InstancesLook) -> str:
    """What a drain of ours that nobody finishes leaves."""
    names = _names(one.ec2_instance_id for one in look.fleet.draining)
    back = typed(stage, instances=look.fleet.group.desired)
    return f"Still DRAINING: {names}. To bring back what drains: {back}" if names else ""


def _see(stage: Stage) -> str:
    return f"How it stands: /tinystacks status {stage.stack} {stage.name}"


def _names(ids: Iterable[str]) -> str:
    """`i-1, i-2, i-3 and 4 more`."""
    named = sorted(ids)
    more = len(named) - _NAMED
    return ", ".join(named[:_NAMED]) + (f" and {more} more" if more > 0 else "")
