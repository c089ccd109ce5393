"""What is read of a service's tasks: to show them, to find one, to see whether a command will run in it."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.domain.ecs import ContainerInstance, Service, Task
from bot.domain.errors import NotFound
from bot.domain.exec_checks import Shell
from bot.domain.stacks import Place, Stage
from bot.domain.task_names import best, container_named, is_full, named, task_word
from bot.engine.ports import Ports
from bot.engine.reading import or_none

_CHANGES = 30
"""So far back it is known which tag a revision was registered for."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A service and its tasks. `instances`: by ARN, those that could be read. `tags`: by task definition ARN, the tag
    as of the change that registered it."""

    service: Service
    tasks: tuple[Task, ...]
    instances: dict[str, ContainerInstance]
    tags: dict[str, str]


def read_tasks(ports: Ports, stage: Stage, *, stopped: bool) -> Seen:
    """The service and its tasks side by side, then the instances of these. Raises NotFound; what AWS raises."""
    read = ports.ecs.stopped_tasks if stopped else ports.ecs.live_tasks
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="tasks") as pool:
        service = pool.submit(_service, ports, stage)
        tasks = pool.submit(read, stage.place, stage.service, None)
        # The service first: where it is gone, that says more than its tasks do.
        found, listed = service.result(), tasks.result()
    instances = {} if stopped else _instances(ports, stage.place, listed)
    return Seen(found, listed, instances, _tags(ports, stage))


def find_task(ports: Ports, stage: Stage, typed: str) -> Task:
    """The task with that id, or whose id begins so, running ones before stopped ones. Raises NotFound, NotPossible."""
    word = task_word(typed)
    if is_full(word):
        return named(stage, word, ports.ecs.describe_tasks(stage.place, [word]).values())
    live = [one for one in ports.ecs.live_tasks(stage.place, stage.service, None) if one.id.startswith(word)]
    return named(stage, word, live or ports.ecs.stopped_tasks(stage.place, stage.service, None))


def read_shell(ports: Ports, stage: Stage, typed: str, container: str, command: str) -> Shell:
    """The task that was typed, or the best one, and all that can be read of whether `command` will run in it."""
    with ThreadPoolExecutor(max_workers=3, thread_name_prefix="tasks") as pool:
        service = pool.submit(_service, ports, stage)
        task = find_task(ports, stage, typed) if typed else best(stage, _live(ports, stage))
        definition = pool.submit(
            or_none, lambda: ports.ecs.describe_task_definition(stage.place, task.task_definition_arn)
        )
        instances = _instances(ports, stage.place, [task])
        name = container_named(stage, task, definition.result(), container)
        one = next(one for one in task.containers if one.name == name)
        instance = instances.get(task.container_instance_arn or "")
        return Shell(stage, service.result(), task, one, command, definition.result(), instance)


def _live(ports: Ports, stage: Stage) -> Sequence[Task]:
    return ports.ecs.live_tasks(stage.place, stage.service, None)


def _service(ports: Ports, stage: Stage) -> Service:
    found = ports.ecs.describe_services(stage.place, [stage.service]).get(stage.service)
    if found is None:
        raise NotFound("service", stage.service, f"cluster {stage.place.cluster} ({stage.place.region})")
    return found


def _instances(ports: Ports, place: Place, tasks: Iterable[Task]) -> dict[str, ContainerInstance]:
    arns = sorted({one.container_instance_arn for one in tasks if one.container_instance_arn})
    found = or_none(lambda: ports.ecs.describe_container_instances(place, arns)) if arns else ()
    return {one.arn: one for one in found or ()}


def _tags(ports: Ports, stage: Stage) -> dict[str, str]:
    with ports.store.transaction() as tx:
        changes = tx.changes_of_stage(stage.stack, stage.name, _CHANGES)
    return {one.registered_arn: one.plan.after.tag for one in changes if one.registered_arn and one.plan.after.tag}
