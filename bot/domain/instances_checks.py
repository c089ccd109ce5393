"""What is looked at before a scaling of instances is shown: what moves and whether it can, what it costs, who else."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.capacity_words import lack, listed
from bot.domain.instances import Fleet, service_of, tasks_on
from bot.domain.instances_leaving import pick_leavers, protected
from bot.domain.instances_move import Move, cannot_move, moves, replica_tasks, standalone_tasks
from bot.domain.instances_plan import wanted_size
from bot.domain.instances_rules import typed
from bot.domain.plans import Check, Level, Plan
from bot.domain.rooms import ROOM, Room
from bot.domain.scales import Leaver
from bot.domain.stacks import Stage

_NAMED = 4


def instances_checks(stage: Stage, fleet: Fleet, plan: Plan, room: Room) -> tuple[Check, ...]:
    """All that apply, in the order in which they are shown. `room`: of the stage's own service."""
    assert plan.scale is not None
    size = wanted_size(fleet, plan.scale.after)
    leavers = plan.scale.leavers or pick_leavers(fleet, size)
    fewer = (
        *_moving(stage, fleet, plan.scale.leavers, leavers),
        *_room(fleet, leavers, room),
        *_endless(stage, fleet, plan.scale.leavers),
        *_standalone(stage, fleet, plan.scale.leavers),
        *_undrained(stage, fleet),
        *_protection(fleet),
    )
    found = (*_group(fleet), *(fewer if leavers else ()), *_cost(fleet, size), *_absent(stage, fleet, size))
    return (*found, *_draining(stage, fleet, size), *_others(stage, fleet, room))


def _group(fleet: Fleet) -> Iterator[Check]:
    group = fleet.group
    sizes = f"{len(group.in_service)} of {group.desired} instances InService"
    yield Check("group", Level.OK, f"{group.name}: {sizes}, kept between {group.least} and {group.most}.")


def _moving(stage: Stage, fleet: Fleet, ours: Sequence[Leaver], leavers: Sequence[Leaver]) -> Iterator[Check]:
    """What moves, and whose it is: the approver of one stage decides about tasks of another."""
    names = _named([f"{one.ec2_id} ({one.zone})" for one in leavers])
    picked = f"{names} leave{'s' if len(leavers) == 1 else ''}"
    if not ours:
        count = f"{len(leavers)} of {len(fleet.group.in_service)}"
        picked = f"Group {fleet.group.name} itself picks which {count} go. If it takes {names}"
    if fleet.tasks is None:
        total = sum(one.tasks for one in leavers)
        sentence = f"{picked}, with {_tasks(total)} that I did not look into. Look first whose they are."
        yield Check("moving", Level.WARNING if total else Level.OK, sentence if total else f"{picked}, with no task.")
        return
    counts = Counter(service_of(one) for one in replica_tasks(fleet))
    whose = listed([f"{_tasks(count)} of {name}" for name, count in sorted(counts.items())])
    what = f"{whose or 'no task'} move{'s' if counts.total() < 2 else ''}"
    sentence = f"{what[0].upper()}{what[1:]}: {picked}." if ours else f"{picked}: {what}."
    if set(counts) <= {stage.service}:
        yield Check("moving", Level.OK, sentence)
    else:
        yield Check("moving", Level.WARNING, f"{sentence} Tell whoever owns the other service.")


def _room(fleet: Fleet, leavers: Iterable[Leaver], room: Room) -> Iterator[Check]:
    found = moves(fleet, leavers, room)
    short = next((one for one in found if one.found and one.found.fits < one.count), None)
    unread = [one.service for one in found if one.found is None or one.found.unknown]
    if short:
        yield Check(ROOM, Level.WARNING, _no_room(short))
    elif unread:
        sentence = f"I cannot tell whether the tasks of {listed(unread)} fit elsewhere: they may not be read."
        yield Check(ROOM, Level.WARNING, f"{sentence} Look at them first.")
    elif found:
        count = sum(one.count for one in found)
        yield Check(ROOM, Level.OK, f"The instances that stay have room for {_tasks(count)} more.")


def _no_room(short: Move) -> str:
    assert short.found is not None
    said = f"Room elsewhere for {short.found.fits} of the {_tasks(short.count)} of {short.service} that would move"
    return f"{said}: {lack(short.found)}. Keep more instances, or scale {short.service} down first."


def _endless(stage: Stage, fleet: Fleet, ours: Sequence[Leaver]) -> Iterator[Check]:
    """✗ where we drain: nothing would ever come of it. A lifecycle hook ends the wait, and the tasks with it."""
    names = {service_of(one) for one in replica_tasks(fleet)}
    for one in cannot_move(fleet.services, names):
        most, least = one.configuration.maximum_percent, one.configuration.minimum_healthy_percent
        then = "the drain would never end" if ours else "they stop at once when the group's hook has waited enough"
        fact = f"With maximumPercent {most} and minimumHealthyPercent {least} ECS may not move tasks of {one.name}: "
        command = f"aws ecs update-service --region {stage.place.region} --cluster {stage.place.cluster}"
        more = f"--service {one.name} --deployment-configuration maximumPercent=200,minimumHealthyPercent={least}"
        yield Check("drain", Level.BAD if ours else Level.WARNING, f"{fact}{then}. Let it: {command} {more}")


def _standalone(stage: Stage, fleet: Fleet, ours: Sequence[Leaver]) -> Iterator[Check]:
    alone = standalone_tasks(fleet)
    if not alone:
        return
    many = len(alone) > 1
    fact = f"{_tasks(len(alone))} of no service {'are' if many else 'is'} not moved"
    then = f"I wait until {'they end' if many else 'it ends'}" if ours else "the group ends what is left of them"
    command = f"aws ecs stop-task --region {stage.place.region} --cluster {stage.place.cluster} --task {alone[0].id}"
    yield Check("standalone", Level.WARNING, f"{fact}: {then}. Stop {'each' if many else 'it'} if it may: {command}")


def _undrained(stage: Stage, fleet: Fleet) -> Iterator[Check]:
    """Where ECS sets the desired count, the group picks, and nothing may drain."""
    if not fleet.owner or fleet.drains_itself:
        return
    name = next((one.name for one in fleet.providers if one.managed_scaling), "NAME")
    fact = f"Group {fleet.group.name} does not drain an instance before it goes: its tasks stop at once."
    command = f"aws ecs update-capacity-provider --region {stage.place.region} --name {name}"
    draining = "--auto-scaling-group-provider managedDraining=ENABLED"
    yield Check("drain", Level.WARNING, f"{fact} Switch it on: {command} {draining}")


def _protection(fleet: Fleet) -> Iterator[Check]:
    kept = protected(fleet.group)
    if not kept:
        return
    if any(one.managed_termination_protection for one in fleet.providers):
        sentence = "Managed termination protection keeps every instance that has tasks until ECS lets it go."
        yield Check("protection", Level.WARNING, f"{sentence} Expect it to take as long as tasks run there.")
        return
    stay = f"{kept} of {len(fleet.group.in_service)} instances"
    yield Check("protection", Level.OK, f"{stay} {'are' if kept > 1 else 'is'} protected from scale-in and will stay.")


def _cost(fleet: Fleet, size: int) -> Iterator[Check]:
    more = size - fleet.group.desired
    if more > 0:
        kind = fleet.kind or ("instance" if more == 1 else "instances")
        sentence = f"{more} more {kind} run{'s' if more == 1 else ''}, and cost{'s' if more == 1 else ''}, all day."
        yield Check("cost", Level.OK, sentence)


def _absent(stage: Stage, fleet: Fleet, size: int) -> Iterator[Check]:
    """What keeps these from the cluster keeps new ones from it, too."""
    known = {one.ec2_instance_id for one in fleet.instances if one.agent_connected}
    absent = [one.id for one in fleet.group.in_service if one.id not in known]
    if absent and size > fleet.group.desired:
        fact = f"{_named(absent)} of group {fleet.group.name} {'are' if len(absent) > 1 else 'is'} not connected to"
        sentence = f"{fact} cluster {stage.place.cluster}, so new ones may not be either. Look at the ECS agent there."
        yield Check("cluster", Level.WARNING, sentence)


def _draining(stage: Stage, fleet: Fleet, size: int) -> Iterator[Check]:
    names, now = _named([one.ec2_instance_id for one in fleet.draining]), fleet.group.desired
    if not names:
        return
    if size == now:
        sentence = f"Would take tasks again: {names}. Make sure that nobody drains on purpose."
    elif size > now:
        sentence = f"DRAINING, so without new tasks: {names}. To bring back first: {typed(stage, instances=now)}"
    else:
        sentence = f"DRAINING already: {names}. Make sure that nobody else takes instances away."
    yield Check("draining", Level.WARNING, sentence)


def _others(stage: Stage, fleet: Fleet, room: Room) -> Iterator[Check]:
    """At least: tasks of the service may run elsewhere."""
    everyone = tasks_on(fleet.instances)
    others = everyone - room.service.running - room.service.pending
    if others > 0:
        sentence = f"{others} of the {_tasks(everyone)} on these instances are not of {stage.service}."
        yield Check("shared", Level.OK, sentence)


def _named(parts: Sequence[str]) -> str:
    more = len(parts) - _NAMED
    return listed([*parts[:_NAMED], *([f"{more} more"] if more > 0 else [])])


def _tasks(count: int) -> str:
    return f"{count} task{'' if count == 1 else 's'}"
