"""What a scaling of instances reads: before it is shown, before it begins, and while it is followed."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from bot.domain.changes import Change
from bot.domain.ecs import ContainerInstance, Service, Task, TaskDefinition
from bot.domain.errors import NotFound, NotPossible
from bot.domain.fingerprints import Footing
from bot.domain.follows import Standing
from bot.domain.groups import CapacityProvider
from bot.domain.instances import Fleet, fleet_footing, service_of
from bot.domain.instances_leaving import pick_leavers
from bot.domain.instances_plan import wanted_size
from bot.domain.instances_standing import instances_standing
from bot.domain.prerequisites import on_fargate
from bot.domain.scales import Scale, Setting
from bot.domain.stacks import Place, Stage
from bot.domain.targets import Target
from bot.engine.ports import Ports
from bot.engine.reading import or_none, read_target, scaling_bounds

_ACTIVITIES = 20
_LOOKED_INTO = 20
"""Instances whose tasks are listed, one call each; of more only the numbers are told."""

_DEFINITIONS = 10


def read_fleet(ports: Ports, stage: Stage, target: Target, wanted: Setting | None = None) -> Fleet:
    """The group that the stage's service runs on, and of `wanted` what would have to move. NotPossible where there is
    none, or several; NotFound; what AWS raises."""
    _check_kind(stage, target.service)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="fleet") as pool:
        instances = pool.submit(_container_instances, ports, stage.place)
        default = ports.ecs.cluster_capacity_providers(stage.place)
        named = sorted({*target.service.capacity_providers, *default})
        providers = ports.ecs.describe_capacity_providers(stage.place, named)
        name = _group(ports, stage, _by(target.service, default), providers, instances.result())
    fleet = _fleet(ports, stage.place, name, instances.result())
    if fleet is None:
        raise NotFound("Auto Scaling group", name, stage.place.region)
    fleet = replace(fleet, providers=tuple(one for one in providers.values() if one.group_name == name))
    return fleet if wanted is None else _with_tasks(ports, stage, target, fleet, wanted)


def look_at_instances(ports: Ports, change: Change, stage: Stage) -> Standing:
    """How a scaling of instances stands. Raises what AWS raises."""
    scale, look = _scale(change), change.plan.look
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="fleet") as pool:
        services = pool.submit(ports.ecs.describe_services, change.place, [change.service])
        fleet = _fleet(ports, change.place, scale.group, _container_instances(ports, change.place))
        service = services.result().get(change.service)
    short = look is not None and look.running < look.desired
    since = change.started_at or change.created_at
    return instances_standing(stage, scale, fleet, service, since, ports.now(), was_short=short)


def instances_footing(ports: Ports, stage: Stage, change: Change) -> Footing:
    """What the change's plan rests on, as it is now. Raises as read_fleet does."""
    target = replace(read_target(ports, stage), bounds=scaling_bounds(ports, stage))
    return fleet_footing(stage, target, read_fleet(ports, stage, target), _scale(change).leavers)


def _scale(change: Change) -> Scale:
    assert change.plan.scale is not None
    return change.plan.scale


def _by(service: Service, default: Sequence[str]) -> Service:
    """With its cluster's default providers, where the service says nothing itself of where it runs."""
    if service.capacity_providers or service.launch_type:
        return service
    return replace(service, capacity_providers=tuple(default))


def _group(
    ports: Ports,
    stage: Stage,
    service: Service,
    providers: Mapping[str, CapacityProvider],
    instances: Iterable[ContainerInstance],
) -> str:
    """By the configuration, else the service's capacity providers, else the machines that its cluster has."""
    _check_kind(stage, service)
    if stage.auto_scaling_group:
        return stage.auto_scaling_group
    own = [providers[name] for name in service.capacity_providers if name in providers]
    groups = {one.group_name for one in own if one.group_arn}
    return _only(stage, sorted(groups or set(_groups_of(ports, stage.place, instances).values())))


def _check_kind(stage: Stage, service: Service) -> None:
    where = "Fargate" if on_fargate(service) else service.launch_type
    if where not in (None, "", "EC2"):
        fact = f"{stage.stack} {stage.name} runs on {where}, which has no EC2 instances to scale."
        raise NotPossible(fact, f"Scale its tasks: /tinystacks scale {stage.stack} {stage.name} N")


def _groups_of(ports: Ports, place: Place, instances: Iterable[ContainerInstance]) -> Mapping[str, str]:
    ids = [one.ec2_instance_id for one in instances if one.ec2_instance_id]
    return ports.groups.group_names(place, ids) if ids else {}


def _only(stage: Stage, groups: Sequence[str]) -> str:
    where = f"stage {stage.name} of stack {stage.stack} in tinystacks.yml"
    if len(groups) == 1:
        return groups[0]
    if groups:
        fact = f"The tasks of {stage.stack} {stage.name} run on several Auto Scaling groups: {', '.join(groups)}."
        raise NotPossible(fact, f"Set auto_scaling_group: to one of them for {where}.")
    fact = f"I find no Auto Scaling group behind cluster {stage.place.cluster}: no instance of it is in one."
    raise NotPossible(fact, f"Set auto_scaling_group: for {where}, or add the instances to a group.")


def _fleet(ports: Ports, place: Place, name: str, instances: Iterable[ContainerInstance]) -> Fleet | None:
    """The group and its machines as the cluster has them; None: there is no such group."""
    group = ports.groups.group(place, name)
    if group is None:
        return None
    ids = {one.id for one in group.instances}
    mine = tuple(one for one in instances if one.ec2_instance_id in ids)
    return Fleet(group, mine, activities=ports.groups.activities(place, name, _ACTIVITIES))


def _container_instances(ports: Ports, place: Place) -> tuple[ContainerInstance, ...]:
    """In whatever status: those that drain count too."""
    return ports.ecs.describe_container_instances(place, sorted(ports.ecs.matching_instances(place, "")))


def _with_tasks(ports: Ports, stage: Stage, target: Target, fleet: Fleet, wanted: Setting) -> Fleet:
    """And the tasks on the instances that would leave, with their services and task definitions. What may not be read
    is left out: the checks say so."""
    arns = [one.arn for one in pick_leavers(fleet, wanted_size(fleet, wanted)) if one.arn]
    if not arns or len(arns) > _LOOKED_INTO:
        return fleet if arns else replace(fleet, tasks=())
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="fleet") as pool:
        lists = list(pool.map(lambda arn: or_none(lambda: ports.ecs.tasks_on(stage.place, arn)), arns))
        if any(one is None for one in lists):
            return fleet
        tasks = tuple(task for some in lists for task in some)
        services = pool.submit(or_none, lambda: _services(ports, stage.place, target, tasks))
        definitions = tuple(pool.map(partial(_definition, ports, stage.place, target), _arns(tasks)))
    known = tuple(one for one in definitions if one)
    return replace(fleet, tasks=tasks, services=services.result() or (), definitions=known)


def _services(ports: Ports, place: Place, target: Target, tasks: Iterable[Task]) -> tuple[Service, ...]:
    names = {name for one in tasks if (name := service_of(one))} - {target.service.name}
    return (target.service, *ports.ecs.describe_services(place, sorted(names)).values())


def _arns(tasks: Iterable[Task]) -> list[str]:
    return sorted({one.task_definition_arn for one in tasks})[:_DEFINITIONS]


def _definition(ports: Ports, place: Place, target: Target, arn: str) -> TaskDefinition | None:
    if arn == target.definition.arn:
        return target.definition
    found: TaskDefinition | None = or_none(lambda: ports.ecs.describe_task_definition(place, arn))
    return found
