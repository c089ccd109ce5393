"""The tasks of a service as people look at them: by deployment, in a steady order, and how they spread over zones."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.diagnosis import Failure, failures, was_replaced
from bot.domain.ecs import Deployment, Service, Task

A_PAGE = 12
_AGES_AGO = datetime.min.replace(tzinfo=UTC)
_STARTING = {"PROVISIONING": 0, "PENDING": 1, "ACTIVATING": 2}


@dataclass(frozen=True, slots=True)
class Group:
    """The tasks that one deployment started, those that want a look first. `deployment` None: ECS lists none that
    would have started them."""

    deployment: Deployment | None
    tasks: tuple[Task, ...]

    @property
    def task_definition_arn(self) -> str:
        """What they run; empty where there is nothing to tell it by."""
        if self.deployment:
            return self.deployment.task_definition_arn
        return self.tasks[0].task_definition_arn if self.tasks else ""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the groups: `number` of `pages`, from 0."""

    groups: tuple[Group, ...]
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class Ended:
    """Stopped tasks that ended alike. `stop_code`: ECS's own."""

    failure: Failure
    stop_code: str
    task_definition_arn: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """What ECS remembers of stopped tasks: `ended` newest first, and how many were merely replaced or scaled in."""

    ended: tuple[Ended, ...]
    replaced: int
    replaced_at: datetime | None = None


def grouped(service: Service, tasks: Iterable[Task]) -> tuple[Group, ...]:
    """PRIMARY first, then the newer deployment before the older; a task belongs to the deployment that started it
    (TinyStacks facts 10: joining on the task definition shows tasks twice). PRIMARY is there without tasks too."""
    by_id: dict[str, list[Task]] = {}
    for task in tasks:
        by_id.setdefault(task.started_by, []).append(task)
    known = sorted(service.deployments, key=lambda one: (one.status != "PRIMARY", -one.created_at.timestamp()))
    groups = [Group(one, _in_order(by_id.pop(one.id, []))) for one in known]
    rest = [Group(None, _in_order(by_id[key])) for key in sorted(by_id)]
    return tuple(
        one for one in (*groups, *rest) if one.tasks or (one.deployment and one.deployment.status == "PRIMARY")
    )


def page_of(groups: Sequence[Group], number: int, most: int = A_PAGE) -> Page:
    """That page, or the last one where there are fewer by now."""
    every = [(group, task) for group in groups for task in group.tasks]
    pages = max(1, -(-len(every) // most))
    number = min(max(number, 0), pages - 1)
    here = {task.arn for _, task in every[number * most : (number + 1) * most]}
    shown = (Group(one.deployment, tuple(task for task in one.tasks if task.arn in here)) for one in groups)
    # A PRIMARY without any task stands on the first page, where its lack of them is the news.
    kept = (one for one, whole in zip(shown, groups, strict=True) if one.tasks or (number == 0 and not whole.tasks))
    return Page(tuple(kept), number, pages)


def spread(tasks: Iterable[Task]) -> Mapping[str, int]:
    """How many tasks run in each availability zone, by name; those that are placed nowhere yet are left out."""
    return dict(sorted(Counter(one.zone for one in tasks if one.zone).items()))


def unbalanced(zones: Mapping[str, int]) -> bool:
    """Whether one zone has at least two more than another, or all of several stand in a single one. A zone without any
    task is not seen here."""
    if len(zones) == 1:
        return sum(zones.values()) > 1
    return bool(zones) and max(zones.values()) - min(zones.values()) > 1


def age(task: Task, now: datetime) -> timedelta | None:
    """Since it started, or was asked for; None: ECS does not tell. Never below zero: clocks differ."""
    since = task.started_at or task.created_at
    return max(now - since, timedelta()) if since else None


def endings(tasks: Sequence[Task]) -> Stopped:
    """Stopped tasks of all deployments, grouped by what ended them."""
    known = {task.id: task for task in tasks}
    found = [one for id_ in dict.fromkeys(task.started_by for task in tasks) for one in failures(tasks, id_, None)]
    newest = ((one, known[one.task_ids[0]]) for one in found)
    ended = [Ended(one, task.stop_code, task.task_definition_arn) for one, task in newest]
    ended.sort(key=lambda one: one.failure.last_at or _AGES_AGO, reverse=True)
    replaced = [task for task in known.values() if was_replaced(task)]
    last = max((task.stopped_at for task in replaced if task.stopped_at), default=None)
    return Stopped(tuple(ended), len(replaced), last)


def _in_order(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Unhealthy ones, then those on their way, then the newest; ids last, so that a page stays as it was."""
    return tuple(sorted(tasks, key=_rank))


def _rank(task: Task) -> tuple[bool, int, float, str]:
    since = task.started_at or task.created_at
    return (
        task.health_status != "UNHEALTHY",
        _STARTING.get(task.last_status, 3),
        -since.timestamp() if since else 0.0,
        task.id,
    )
