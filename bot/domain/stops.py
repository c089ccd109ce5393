"""Stopping one task of a service: what is planned, what is looked at before, and when it is over.

A stop starts no deployment, so nothing of `rollouts` tells its end: it is over when the task is STOPPED and as many
others as ECS wants are RUNNING.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.checks import Seen, service_checks
from bot.domain.deploys import before_side
from bot.domain.ecs import Service, Task
from bot.domain.errors import NotPossible
from bot.domain.fingerprints import footing
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.domain.plans import Check, Level, Operation, Plan, Step
from bot.domain.rollbacks import main_container
from bot.domain.stacks import Stage
from bot.domain.targets import Target
from bot.domain.task_names import short

_LONGEST_NAME = 60
_OVER = frozenset({"STOPPED", "DELETED"})
_SERVICE_CHECKS = frozenset({"rollout", "tasks", "channel"})
"""Of those of a deploy; the others are about what a deployment does."""


@dataclass(frozen=True, slots=True)
class StopStanding:
    """One look: how it goes, whether the task is STOPPED, and how many others are RUNNING of how many wanted."""

    follow: Follow
    stopped: bool
    running: int
    desired: int


def plan_stop(stage: Stage, target: Target, task: Task, change_id: str, who: Person) -> Plan:
    """StopTask, and nothing else. Its reason names the change, which is how a stop is found again after a crash.

    Raises NotPossible where the task stops or has stopped already."""
    if task.desired_status == "STOPPED" or task.last_status in _OVER:
        why = f": “{task.stopped_reason}”" if task.stopped_reason else ""
        fact = f"Task {short(task.id)} of {stage.stack} {stage.name} is {task.last_status} and stops already{why}."
        raise NotPossible(fact, f"What runs now: /tinystacks tasks {stage.stack} {stage.name}")
    side = before_side(target, main_container(stage, target.definition))
    request = {"cluster": stage.place.cluster, "task": task.id, "reason": stop_reason(change_id, who)}
    return Plan(
        verb="stop",
        before=side,
        after=side,
        account=target.service.account,
        steps=(Step(Operation.STOP_TASK, request),),
        rests_on=footing(stage, target),
        task=task.id,
    )


def stop_reason(change_id: str, who: Person) -> str:
    """What ECS keeps as the task's stoppedReason: `tinystacks 0123abcd by ana`."""
    name = "".join(char for char in who.name if char.isprintable())[:_LONGEST_NAME]
    return f"{_mark(change_id)} by {name or who.user_id}"


def is_by(change_id: str, task: Task) -> bool:
    """Whether that change stopped it."""
    return task.desired_status == "STOPPED" and task.stopped_reason.startswith(f"{_mark(change_id)} by ")


def stop_checks(
    stage: Stage, target: Target, task: Task, tasks: Iterable[Task], seen: Seen, now: datetime
) -> tuple[Check, ...]:
    """What is lost meanwhile, who holds the stage, how the service stands."""
    others = [one for one in tasks if one.id != task.id and _runs(one)]
    found = [_others_check(target.service, len(others)), _hold_check(seen)]
    found += [one for one in service_checks(stage, target, seen, now) if one.name in _SERVICE_CHECKS]
    return tuple(check for check in found if check)


def stop_standing(
    service: Service | None, task: Task | None, tasks: Iterable[Task], since: timedelta, deadline: timedelta
) -> StopStanding:
    """One look. `task` None: ECS has forgotten it, so it has stopped. `tasks`: those that should run. Counted by the
    tasks themselves: the service's own counts may still be those of before."""
    stopped = task is None or task.last_status in _OVER
    gone = task.id if task else ""
    running = sum(_runs(one) for one in tasks if one.id != gone)
    if service is None or service.status != "ACTIVE":
        return StopStanding(Follow.GONE, stopped, running, 0)
    follow = Follow.DONE if stopped and running >= service.desired else Follow.UNDER_WAY
    late = follow is Follow.UNDER_WAY and since > deadline
    return StopStanding(Follow.STUCK if late else follow, stopped, running, service.desired)


def _runs(task: Task) -> bool:
    return (task.last_status, task.desired_status) == ("RUNNING", "RUNNING")


def _others_check(service: Service, others: int) -> Check:
    if others == 0:
        sentence = "No other task is RUNNING: the service is down until ECS has started another one."
        return Check("others", Level.WARNING, f"{sentence} Make sure that is meant.")
    return Check("others", Level.OK, f"{others} other{'s' if others > 1 else ''} of {service.desired} stay RUNNING.")


def _hold_check(seen: Seen) -> Check | None:
    if seen.hold is None:
        return None
    return Check("lock", Level.BAD, f"{seen.hold.fact} {seen.hold.remedy}")


def _mark(change_id: str) -> str:
    return f"tinystacks {change_id}"
