"""Lines of container logs: from several tasks to the last few of all, and whose they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from bot.domain.ecs import ContainerDefinition, LogTarget, Task, TaskDefinition
from bot.domain.errors import NotPossible, UnknownName
from bot.domain.masking import Find, masked_each

USUAL_LINES, MOST_LINES = 50, 1_000
A_PAGE = 20
"""Lines that a message shows: more are no pleasure on a phone."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event of a log stream (`{prefix}/{container}/{task id}`, or a Docker id)."""

    at: datetime
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines somebody asks for. `task`: an id, its beginning, or empty for the service's; `container`: empty for
    the one a deploy changes; `until`: no younger ones; `page`: 0 for the newest `size` of them, 1 for those before.
    `change_id`: those of the tasks that this change lost."""

    stack: str
    stage: str
    task: str = ""
    container: str = ""
    lines: int = USUAL_LINES
    until: datetime | None = None
    page: int = 0
    size: int = A_PAGE
    change_id: str = ""

    @property
    def shown(self) -> int:
        """How many lines this page and all younger ones hold."""
        return (self.page + 1) * self.size


def merged(parts: Iterable[Sequence[LogLine]], most: int) -> tuple[LogLine, ...]:
    """The last `most` lines of all parts by time. Lines of one time stay as they were: in the order of their parts,
    and in that of their part."""
    by_time = sorted(chain.from_iterable(parts), key=lambda line: line.at)
    return tuple(by_time[max(0, len(by_time) - most) :])


def line_by_line(events: Iterable[LogLine]) -> list[LogLine]:
    """The lines of events that hold several, such as a stack trace (awslogs-multiline-pattern)."""
    return [replace(event, text=text) for event in events for text in event.text.split("\n")]


def without_secrets(lines: Sequence[LogLine], find: Find, most: int) -> tuple[LogLine, ...]:
    """The lines as they may be shown, each cut at `most` characters. Looked at stream by stream: a private key goes
    over several lines of one."""
    shown: dict[int, str] = {}
    for stream in dict.fromkeys(line.stream for line in lines):
        numbers = [number for number, line in enumerate(lines) if line.stream == stream]
        texts = masked_each((lines[number].text for number in numbers), find, most)
        shown |= {number: text for number, text in zip(numbers, texts, strict=True) if text is not None}
    return tuple(replace(lines[number], text=shown[number]) for number in sorted(shown))


def page_of(lines: Sequence[LogLine], page: int, size: int = A_PAGE) -> tuple[LogLine, ...]:
    """The lines of that page, oldest first; page 0 ends with the newest."""
    end = max(0, len(lines) - page * size)
    return tuple(lines[max(0, end - size) : end])


def lines_asked(text: str) -> int:
    """`--lines`. Raises NotPossible for what is no number from 1 to MOST_LINES."""
    digits = text.replace(",", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9 and 1 <= int(digits) <= MOST_LINES):
        raise NotPossible(
            f"“{text[:20]}” is no number of lines from 1 to {MOST_LINES:,}.", "Type --lines 200, for example."
        )
    return int(digits)


def find_task(word: str, tasks: Iterable[Task]) -> Task:
    """The task whose id begins so; an ARN will do. Raises UnknownName, or NotPossible where several do."""
    known = {task.id: task for task in tasks}
    beginning = word.rsplit("/", 1)[-1].lower()
    found = [task for task_id, task in known.items() if beginning and task_id.startswith(beginning)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(task.id[: len(beginning) + 4] for task in found[:5])
        raise NotPossible(f"{len(found)} tasks begin with “{beginning[:40]}”: {ids}.", "Type more of the id.")
    hint = "ECS forgets stopped tasks after an hour."
    raise UnknownName("task", word[:40], tuple(task_id[:8] for task_id in known), hint)


def find_container(definition: TaskDefinition, word: str, usual: str) -> ContainerDefinition:
    """The container somebody names, else the usual one, else the first essential one. Raises UnknownName."""
    if word:
        by_name = {one.name.lower(): one for one in definition.containers}
        if word.lower() not in by_name:
            raise UnknownName("container", word[:40], tuple(one.name for one in definition.containers))
        return by_name[word.lower()]
    essential = [one for one in definition.containers if one.essential]
    return definition.container(usual) or (essential or list(definition.containers))[0]


def stream_names(target: LogTarget, container: str, tasks: Iterable[Task]) -> Mapping[str, str]:
    """Stream → id of the task that writes to it. Without a prefix Docker's id of the container is its name, which ECS
    tells for tasks that have started (ECS facts 2, Logs)."""
    if target.stream_prefix:
        return {f"{target.stream_prefix}/{container}/{task.id}": task.id for task in tasks}
    ids = {task.id: [one.runtime_id for one in task.containers if one.name == container] for task in tasks}
    return {stream: task_id for task_id, found in ids.items() for stream in found if stream}
