"""Which task and which container somebody means."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bot.domain.ecs import Task, TaskDefinition
from bot.domain.errors import NotFound, NotPossible, UnknownName
from bot.domain.images import image_of
from bot.domain.stacks import Stage

_FULL = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PART = re.compile(r"[0-9a-f-]{4,36}")
_AGES_AGO = datetime.min.replace(tzinfo=UTC)
_HEALTH = {"HEALTHY": 2, "UNKNOWN": 1}


def short(task_id: str) -> str:
    """Eight signs: enough for people to tell tasks apart, and to type."""
    return task_id[:8]


def task_word(typed: str) -> str:
    """The id, or the beginning of one, in what was typed or pasted: an ARN is one too. Raises NotPossible."""
    word = typed.strip().rsplit("/", 1)[-1].lower()
    if not _PART.fullmatch(word):
        fact = f"“{typed[:60]}” is not a task: an id has 32 hex digits, and its first 8 are enough."
        raise NotPossible(fact, "The ids are in the list of tasks: /tinystacks tasks STACK STAGE")
    return word


def is_full(word: str) -> bool:
    """Whether it is a whole id."""
    return _FULL.fullmatch(word) is not None


def named(stage: Stage, word: str, tasks: Iterable[Task]) -> Task:
    """The task of the stage's service whose id begins so. Raises NotFound, or NotPossible where several do."""
    mine = {one.id: one for one in tasks if one.group == f"service:{stage.service}"}
    found = [one for id_, one in mine.items() if id_.startswith(word)]
    if len(found) > 1:
        ids = ", ".join(sorted(one.id for one in found)[:5])
        raise NotPossible(f"{len(found)} tasks of {stage.stack} {stage.name} begin so: {ids}.", "Type more of the id.")
    if not found:
        remedy = f"The tasks there are: /tinystacks tasks {stage.stack} {stage.name}"
        raise NotFound("task", word, f"service {stage.service} (ECS forgets stopped ones after an hour)", remedy)
    return found[0]


def best(stage: Stage, tasks: Iterable[Task]) -> Task:
    """The newest RUNNING one, a healthy one before others. Raises NotPossible where none runs."""
    running = [one for one in tasks if (one.last_status, one.desired_status) == ("RUNNING", "RUNNING")]
    if not running:
        look = f"/tinystacks tasks {stage.stack} {stage.name} --stopped"
        raise NotPossible(f"No task of {stage.stack} {stage.name} is RUNNING.", f"See why they stopped: {look}")
    return max(running, key=lambda one: (_HEALTH.get(one.health_status, 0), one.started_at or _AGES_AGO, one.id))


def container_named(stage: Stage, task: Task, definition: TaskDefinition | None, typed: str) -> str:
    """The container that was typed; else the stage's, the only one, the one whose image is in the stage's repository,
    the first essential one. Raises UnknownName, NotPossible where the task has none."""
    names = [one.name for one in task.containers]
    if typed:
        if typed not in names:
            raise UnknownName("container of that task", typed[:60], tuple(names))
        return typed
    if not names:
        raise NotPossible("ECS shows no container in that task yet.", "Try again in a few seconds.")
    mine = (one.name for one in task.containers if image_of(one.image).repository == stage.repository)
    return next((one for one in (stage.container, next(mine, None)) if one in names), _essential(definition, names))


def _essential(definition: TaskDefinition | None, names: Sequence[str]) -> str:
    found = (one.name for one in definition.containers if one.essential) if definition else iter(())
    return next((one for one in found if one in names), names[0])
