"""Tasks that were told to stop hold their room until they are STOPPED: how much more fits then."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.capacity_limits import Strategy
from bot.domain.capacity_needs import Need, need_of
from bot.domain.ecs import ContainerInstance, Task, TaskDefinition


def once_stopped(
    instances: Iterable[ContainerInstance], strategy: Strategy, definition: TaskDefinition, stopping: Sequence[Task]
) -> tuple[tuple[ContainerInstance, ...], Strategy]:
    """The instances with what these tasks will give back. Of other task definitions only CPU and memory are known, so
    it is the least that they give back."""
    need, listed = need_of(definition), tuple(instances)
    known = {one.arn for one in listed}
    on_them = [one for one in stopping if one.container_instance_arn in known]
    attached = strategy.attached
    if attached is not None:
        gone = [one.container_instance_arn or "" for one in on_them if one.interface]
        attached = {arn: count - gone.count(arn) for arn, count in attached.items()}
    return tuple(_freed(one, on_them, definition, need) for one in listed), replace(strategy, attached=attached)


def _freed(
    instance: ContainerInstance, stopping: Sequence[Task], definition: TaskDefinition, need: Need
) -> ContainerInstance:
    mine = [one for one in stopping if one.container_instance_arn == instance.arn]
    alike = [one for one in mine if one.task_definition_arn == definition.arn]
    return replace(
        instance,
        cpu=instance.cpu + sum(one.cpu or 0 for one in mine),
        memory=instance.memory + sum(one.memory or 0 for one in mine),
        gpus=instance.gpus + need.gpus * len(alike),
        ports=instance.ports - need.ports if alike else instance.ports,
        ports_udp=instance.ports_udp - need.ports_udp if alike else instance.ports_udp,
    )
