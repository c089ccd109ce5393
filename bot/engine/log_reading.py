"""Log lines of a service's tasks, read side by side and masked. Two calls for the tasks, one for each task definition
they run (one, but in a rollout), one or two for the lines of all of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.domain.changes import Change
from bot.domain.ecs import ContainerDefinition, LogTarget, Task, TaskDefinition
from bot.domain.errors import NotPossible
from bot.domain.log_lines import (
    LogLine,
    Wanted,
    find_container,
    find_task,
    line_by_line,
    merged,
    stream_names,
    without_secrets,
)
from bot.domain.stacks import Stage
from bot.domain.targets import target_container
from bot.engine.ports import Ports
from bot.engine.reading import or_none, read_target

_MOST_DEFINITIONS = 3
_SKEW = timedelta(minutes=5)
"""What a container instance's clock may be ahead of ours: its newest lines are no less wanted."""

_A_LINE = 2_000
"""Characters of a line that are kept: what a file shows."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read. `lines`: oldest first, masked; `tasks`: stream → id of its task; `stopped`: those tasks have
    stopped; `full`: there may be older lines. `unread`: why there are none to be had, where the log driver is not
    `awslogs`: the container's driver, empty for none at all. `elsewhere`: the drivers of revisions whose tasks write
    to where nothing can be read, while others are."""

    container: str
    others: tuple[str, ...]
    lines: tuple[LogLine, ...] = ()
    tasks: Mapping[str, str] = field(default_factory=dict)
    stopped: bool = False
    full: bool = False
    group: str = ""
    region: str = ""
    unread: str | None = None
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Source:
    """Tasks of one definition and the container whose lines are wanted."""

    definition: TaskDefinition
    container: ContainerDefinition
    tasks: tuple[Task, ...]


def read_logs(ports: Ports, stage: Stage, wanted: Wanted) -> Found:
    """Raises NotPossible where nothing ran within the hour, UnknownName for a task or container that is not there."""
    tasks = _tasks(ports, stage, wanted.task)
    if not tasks:
        raise _nothing_ran(ports, stage)
    return _read(ports, stage, wanted, _sources(ports, stage, wanted.container, tasks))


def read_dead(ports: Ports, stage: Stage, wanted: Wanted, change: Change) -> Found | None:
    """The lines of the tasks that this change lost, of the newest kind of failure; None where it lost none. ECS may
    have forgotten them: their streams are still there."""
    newest = next(iter(change.failures), None)
    if newest is None or not newest.task_ids:
        return None
    # A scaling registers nothing: its tasks are of the revision that runs.
    ran = change.registered_arn or change.plan.after.revision
    definition = ports.ecs.describe_task_definition(stage.place, ran)
    container = find_container(definition, wanted.container or newest.container, _usual(stage, definition))
    tasks = tuple(Task(task_id, definition.arn, "STOPPED", "STOPPED", ()) for task_id in newest.task_ids)
    return _read(ports, stage, wanted, [_Source(definition, container, tasks)])


def _tasks(ports: Ports, stage: Stage, word: str) -> tuple[Task, ...]:
    """The one that is named, running or stopped; else those that run; else those that stopped within the hour."""
    place, service = stage.place, stage.service
    if not word:
        live = ports.ecs.live_tasks(place, service, None)
        return live or ports.ecs.stopped_tasks(place, service, None)
    with ThreadPoolExecutor(1, thread_name_prefix="logs") as pool:
        stopped = pool.submit(ports.ecs.stopped_tasks, place, service, None)
        return (find_task(word, (*ports.ecs.live_tasks(place, service, None), *stopped.result())),)


def _sources(ports: Ports, stage: Stage, word: str, tasks: Sequence[Task]) -> list[_Source]:
    """By task definition, the one that most tasks run first: the container is looked for there."""
    arns = [arn for arn, _ in Counter(task.task_definition_arn for task in tasks).most_common(_MOST_DEFINITIONS)]
    with ThreadPoolExecutor(_MOST_DEFINITIONS, thread_name_prefix="logs") as pool:
        definitions = list(pool.map(lambda arn: ports.ecs.describe_task_definition(stage.place, arn), arns))
    # One that a rollout brings, or takes away, is in one of them only.
    has_it = (one for one in definitions if any(word.lower() == each.name.lower() for each in one.containers))
    asked = next(has_it, definitions[0])
    chosen = find_container(asked, word, _usual(stage, asked))
    sources = []
    for definition in definitions:
        container = definition.container(chosen.name)
        mine = tuple(task for task in tasks if task.task_definition_arn == definition.arn)
        sources += [_Source(definition, container, mine)] if container else []
    return sources


def _read(ports: Ports, stage: Stage, wanted: Wanted, sources: Sequence[_Source]) -> Found:
    first = next((one for one in sources if one.container.logs), sources[0])
    names = tuple(one.name for one in first.definition.containers if one.name != first.container.name)
    found = Found(first.container.name, names, region=stage.place.region)
    if first.container.logs is None:
        return replace(found, unread=first.container.log_driver or "")
    streams = _streams(sources)
    until = wanted.until or ports.now() + _SKEW
    with ThreadPoolExecutor(_MOST_DEFINITIONS, thread_name_prefix="logs") as pool:
        parts = pool.map(
            lambda one: ports.logs.newest(stage.place, one[0], tuple(one[1]), until, wanted.lines), streams.items()
        )
        lines = merged(map(line_by_line, parts), wanted.lines)
    return replace(
        found,
        lines=without_secrets(lines, ports.secrets.find, _A_LINE),
        tasks={stream: task for names in streams.values() for stream, task in names.items()},
        stopped=all(task.desired_status == "STOPPED" for source in sources for task in source.tasks),
        full=len(lines) >= wanted.lines,
        group=first.container.logs.group,
        region=first.container.logs.region or stage.place.region,
        elsewhere=tuple(one.container.log_driver or "none" for one in sources if one.container.logs is None),
    )


def _streams(sources: Iterable[_Source]) -> dict[LogTarget, dict[str, str]]:
    """Streams with their tasks by where they are: most often all in one place."""
    found: dict[LogTarget, dict[str, str]] = {}
    for source in sources:
        if source.container.logs:
            names = stream_names(source.container.logs, source.container.name, source.tasks)
            found.setdefault(source.container.logs, {}).update(names)
    return found


def _usual(stage: Stage, definition: TaskDefinition) -> str:
    return or_none(lambda: target_container(stage, definition)) or ""


def _nothing_ran(ports: Ports, stage: Stage) -> NotPossible:
    """With where older lines are. Raises what reading the service raises."""
    definition = read_target(ports, stage).definition
    logs = find_container(definition, "", _usual(stage, definition)).logs
    fact = f"No task of {stage.stack} {stage.name} runs, and none stopped within the hour that ECS remembers."
    where = f"log group {logs.group} ({logs.region or stage.place.region})" if logs else "its log driver's own place"
    return NotPossible(fact, f"Older lines are in {where}; /tinystacks history {stage.stack} {stage.name} says why.")
