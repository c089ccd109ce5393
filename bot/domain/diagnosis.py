"""Why tasks die: stopped tasks of one deployment, grouped and classified, with AWS's own words (ECS facts 2)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.causes import Cause, cause_of, next_step, normalised, out_of_memory
from bot.domain.ecs import Container, Task, TaskDefinition

__all__ = ["Cause", "Failure", "advice", "failures", "was_replaced"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Tasks of one deployment that died alike: `count` of them; `task_ids` are the ten newest, newest first. `quote` is
    AWS's text, normalised only so that equal causes group (ids and counts cut out); `log_lines` are the newest task's
    last lines, oldest first."""

    cause: Cause
    container: str
    exit_code: int | None
    quote: str
    count: int
    task_ids: tuple[str, ...]
    last_at: datetime | None
    log_lines: tuple[str, ...] = ()
    logs_missing: str = ""

    @property
    def key(self) -> str:
        """One word per kind of failure: what makes it new in the thread."""
        code = "" if self.exit_code is None else self.exit_code
        return f"{self.cause.value}:{self.container}:{code}:{self.quote[:80]}"


def failures(tasks: Iterable[Task], deployment_id: str, definition: TaskDefinition | None) -> tuple[Failure, ...]:
    """What killed tasks of that deployment, newest kind first. Tasks of other deployments, tasks
    that live and those stopped by a scale-in or a replacement are no failures (ECS facts 2). `definition` tells which
    containers are essential; None: all count."""
    grouped: dict[_Kind, list[Task]] = {}
    for task in {task.arn: task for task in tasks}.values():
        if task.started_by == deployment_id and _died(task):
            grouped.setdefault(_kind(task, definition), []).append(task)
    found = [_failure(kind, sorted(alike, key=_stopped_at, reverse=True)) for kind, alike in grouped.items()]
    return tuple(sorted(found, key=lambda failure: failure.last_at or _AGES_AGO, reverse=True))


_MOST_IDS = 10
_Kind = tuple[Cause, str, int | None, str]
_AGES_AGO = datetime.min.replace(tzinfo=UTC)
_NORMAL = re.compile(r"scaling activity initiated by", re.I)


def _stopped_at(task: Task) -> datetime:
    return task.stopped_at or _AGES_AGO


def _died(task: Task) -> bool:
    """A stopping task has no exit code yet, so it counts once that no longer matters or is known."""
    over = task.last_status in ("STOPPED", "DELETED")
    sick = task.desired_status == "STOPPED" and "health check" in task.stopped_reason
    return (over or sick) and not was_replaced(task)


def was_replaced(task: Task) -> bool:
    """Whether it was stopped because another took its place or fewer are wanted: no failure (ECS facts 2)."""
    return bool(_NORMAL.search(task.stopped_reason))


def _failure(kind: _Kind, alike: list[Task]) -> Failure:
    cause, container, exit_code, quote = kind
    ids = tuple(task.id for task in alike[:_MOST_IDS])
    return Failure(cause, container, exit_code, quote, len(alike), ids, alike[0].stopped_at)


_FROM_TASK = {
    Cause.STOPPED_BY_USER,
    Cause.HOST,
    Cause.TARGET_HEALTH,
    Cause.CONTAINER_HEALTH,
}
"""Killed from outside: the containers' exit codes (137, 143) are decoys."""


def _kind(task: Task, definition: TaskDefinition | None) -> _Kind:
    culprit = _culprit(task, definition)
    reason, exit_code = (culprit.reason, culprit.exit_code) if culprit else ("", None)
    cause = cause_of(task.stop_code, task.stopped_reason, reason, exit_code)
    if cause in _FROM_TASK:
        return cause, _watched(task, definition, cause), None, normalised(task.stopped_reason)
    quote = reason if cause in (Cause.OUT_OF_MEMORY, Cause.EXIT) and reason else task.stopped_reason or reason
    return cause, culprit.name if culprit else "", exit_code, normalised(quote or task.stop_code)


def _culprit(task: Task, definition: TaskDefinition | None) -> Container | None:
    """The essential container that speaks or fails; the one that merely got a signal comes last."""
    essential = {one.name for one in definition.containers if one.essential} if definition else set()
    suspects = [one for one in task.containers if not essential or one.name in essential]
    return min(suspects, key=_innocence, default=None)


def _innocence(container: Container) -> int:
    marks = (
        out_of_memory(container.reason),
        container.reason,
        container.exit_code not in (None, 0, 137, 143),
        container.exit_code in (137, 143),
        container.exit_code == 0,
    )
    return next((rank for rank, mark in enumerate(marks) if mark), len(marks))


def _watched(task: Task, definition: TaskDefinition | None, cause: Cause) -> str:
    """The container whose health was asked: its logs tell more than its exit code."""
    if cause not in (Cause.TARGET_HEALTH, Cause.CONTAINER_HEALTH):
        return ""
    sick = [one.name for one in task.containers if one.health_status == "UNHEALTHY"]
    known = definition.containers if definition else ()
    by_port = [one.name for one in known if one.ports]
    checked = [one.name for one in known if one.has_health_check]
    every = [one.name for one in task.containers]
    likely = (sick or checked) if cause is Cause.CONTAINER_HEALTH else by_port
    return next((names[0] for names in (likely, every) if len(names) == 1), "")


def advice(failure: Failure) -> str:
    """What to do next about this kind of death: one short sentence, never empty."""
    container = f"container “{failure.container}”" if failure.container else "the container"
    return next_step(failure.cause, failure.exit_code, failure.quote).replace("CONTAINER", container)
