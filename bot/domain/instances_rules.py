"""What keeps a group from getting another size, each with what to type instead."""

from datetime import datetime, timedelta

from bot.domain.ecs import Service
from bot.domain.errors import NotPossible
from bot.domain.groups import Group, GroupActivity
from bot.domain.instances import Fleet
from bot.domain.instances_leaving import protected
from bot.domain.scale_words import MOST_INSTANCES
from bot.domain.scales import Setting
from bot.domain.stacks import Stage
from bot.domain.words import quoted

_OVER = frozenset({"Successful", "Failed", "Cancelled"})
"""Statuses of a scaling activity that has ended (Amazon EC2 Auto Scaling API, Activity.StatusCode)."""

_NO_SCALING = "health check"
"""Stands in the cause of an activity that replaced a machine; no cooldown follows that."""


def check_service(service: Service) -> None:
    """Whether there is a service for which to do it. Raises NotPossible."""
    if service.status != "ACTIVE":
        fact = f"Service {service.name} is {service.status}, so nothing would run on the instances."
        raise NotPossible(fact, "Create the service again, or name another one in tinystacks.yml.")


def check_numbers(stage: Stage, fleet: Fleet, wanted: Setting, after: Setting) -> None:
    """Whether the numbers can be. `after`: what they come to. Raises NotPossible."""
    _check_range(wanted)
    if fleet.owner and wanted.instances is not None:
        raise _owned(stage, fleet, wanted.instances)
    _check_limits(stage, wanted)
    _check_bounds(stage, fleet.group, wanted, after)


def check_moment(stage: Stage, fleet: Fleet, size: int) -> None:
    """Whether the group can become `size` now. Raises NotPossible."""
    _check_suspended(stage, fleet.group, size)
    if not gives_up(fleet.group, size):
        _check_activity(fleet)
    _check_protection(stage, fleet, size)


def check_cooldown(fleet: Fleet, now: datetime) -> None:
    """Whether EC2 would take a number that honours the cooldown: one follows each scaling activity (EC2 Auto Scaling
    user guide, “Scaling cooldowns”). Raises NotPossible."""
    last = max((one.ended_at for one in fleet.activities if one.ended_at and _scaled(one)), default=None)
    until = last + timedelta(seconds=fleet.group.cooldown) if last else now
    if now < until:
        fact = f"Group {fleet.group.name} scaled at {last:%H:%M:%S} UTC and cools down until {until:%H:%M:%S} UTC."
        raise NotPossible(fact, "Try again then.")


def gives_up(group: Group, size: int) -> bool:
    """Whether only such go that never came: then nothing is waited for, whatever the group is trying."""
    return len(group.in_service) <= size < group.desired


def typed(stage: Stage, **numbers: int) -> str:
    """`/tinystacks scale shop prod --instances 8 --instances-max 8`."""
    options = " ".join(f"--{name.replace('_', '-')} {number}" for name, number in numbers.items())
    return f"/tinystacks scale {stage.stack} {stage.name} {options}"


def _check_range(wanted: Setting) -> None:
    for number in (wanted.instances, wanted.instances_min, wanted.instances_max):
        if number is not None and not 0 <= number <= MOST_INSTANCES:
            what = f"{number:,} instances is out of range."
            raise NotPossible(what, f"Type a number from 0 to {MOST_INSTANCES:,}.")


def _owned(stage: Stage, fleet: Fleet, size: int) -> NotPossible:
    """ECS facts 3.2: AWS says so itself."""
    group = fleet.group
    fact = f"{fleet.owner} sets the desired count of group {group.name} by managed scaling and would undo {size}."
    if size >= group.desired:
        most = {"instances_max": size} if size > group.most else {}
        return NotPossible(fact, f"To have at least {size}: {typed(stage, instances_min=size, **most)}")
    least = {"instances_min": size} if size < group.least else {}
    return NotPossible(fact, f"To have at most {size}: {typed(stage, **least, instances_max=size)}")


def _check_limits(stage: Stage, wanted: Setting) -> None:
    least, most = stage.limits.instances or (0, MOST_INSTANCES)
    for number in (wanted.instances, wanted.instances_min, wanted.instances_max):
        if number is not None and not least <= number <= most:
            fact = f"{stage.stack} {stage.name} may have {least} to {most} instances, and {number} is outside of that."
            raise NotPossible(fact, "Stay within, or change limits: of this stage in tinystacks.yml.")


def _check_bounds(stage: Stage, group: Group, wanted: Setting, after: Setting) -> None:
    least, most, size = after.instances_min or 0, after.instances_max or 0, wanted.instances
    if least > most:
        fact = f"The minimum of group {group.name} would be {least}, above its maximum {most}."
        raise NotPossible(fact, f"Move both: {typed(stage, instances_min=least, instances_max=max(least, most))}")
    if size is None or least <= size <= most:
        return
    fact = f"Group {group.name} is kept between {least} and {most} instances, and {size} is outside of that."
    bound = {"instances_max": size} if size > most else {"instances_min": size}
    raise NotPossible(fact, f"Move the bound in the same go: {typed(stage, instances=size, **bound)}")


def _check_suspended(stage: Stage, group: Group, size: int) -> None:
    process = "Launch" if size > group.desired else "Terminate"
    if process not in group.suspended:
        return
    fact = f"The process {process} of group {group.name} is suspended, so its size cannot change."
    command = f"aws autoscaling resume-processes --region {stage.place.region} --auto-scaling-group-name {group.name}"
    raise NotPossible(fact, f"Resume it: {command} --scaling-processes {process}")


def _check_activity(fleet: Fleet) -> None:
    """EC2 would answer ScalingActivityInProgress (ECS facts 3.3)."""
    group = fleet.group
    if len(group.in_service) > group.desired:
        fact = f"Group {group.name} is getting smaller: {len(group.in_service)} instances, and {group.desired} wanted."
        raise NotPossible(fact, "Try again when that is over.")
    busy = next((one for one in fleet.activities if one.status not in _OVER), None)
    if busy:
        fact = f"Group {group.name} is changing since {busy.at:%H:%M} UTC: {quoted(busy.description, 200)}."
        raise NotPossible(fact, "Try again when that is over.")


def _scaled(activity: GroupActivity) -> bool:
    return activity.status == "Successful" and _NO_SCALING not in activity.cause


def _check_protection(stage: Stage, fleet: Fleet, size: int) -> None:
    """Managed termination protection protects every instance; ECS itself lifts it from those without tasks."""
    kept, lifted = protected(fleet.group), any(one.managed_termination_protection for one in fleet.providers)
    if lifted or size >= min(kept, fleet.group.desired):
        return
    fact = f"{kept} instances of group {fleet.group.name} are protected from scale-in, so {size} cannot be reached."
    if kept < fleet.group.desired:
        raise NotPossible(fact, f"Take away those that may go: {typed(stage, instances=kept)}")
    command = f"aws autoscaling set-instance-protection --region {stage.place.region} --no-protected-from-scale-in"
    raise NotPossible(fact, f"Lift it first: {command} --auto-scaling-group-name {fleet.group.name} --instance-ids …")
