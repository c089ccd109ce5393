"""How a scaling of tasks goes: from the service's own counts and events to a line, an end, or the cause why not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.diagnosis import Failure
from bot.domain.ecs import Service, ServiceEvent
from bot.domain.follows import Follow, Standing
from bot.domain.rollouts.events import MOVEMENT, Sign, last, since
from bot.domain.scale_steps import spoken_tasks
from bot.domain.scales import Axis, Scale

CATCHES_UP = timedelta(seconds=30)
"""A describe may show the counts of before for so long after UpdateService (ECS facts 1.9)."""

_CLOCKS_DIFFER = timedelta(seconds=5)
_TROUBLES = (Sign.PLACEMENT, Sign.IMPAIRED, Sign.PROTECTED, Sign.THROTTLED)


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found. `died`: what killed tasks since it began; `started_at`: by our clock."""

    service: Service | None
    died: tuple[Failure, ...]
    started_at: datetime
    now: datetime
    deadline: timedelta


def tasks_standing(scale: Scale, where: str, looked: Looked) -> Standing:
    """DONE once as many run as are wanted; FAILING as soon as ECS says that it cannot, while it goes on trying.
    `where`: `shop prod`."""
    service, lasts = looked.service, looked.now - looked.started_at
    if service is None or service.status != "ACTIVE":
        problem = "The service is gone, so nothing is scaled. Create it again if that is not meant."
        return Standing(Follow.GONE, problem=problem)
    line = progress_line(scale, service)
    moved = _moved(scale, service, where)
    if moved and lasts < CATCHES_UP:
        return Standing(Follow.UNDER_WAY, line)
    if moved:
        return Standing(Follow.SUPERSEDED, line, moved)
    if service.running == service.desired and not service.pending:
        return Standing(Follow.DONE, line)
    trouble = _trouble(looked, service)
    if lasts > looked.deadline:
        return Standing(Follow.STUCK, line, _late(service, trouble, where), failures=looked.died)
    if trouble:
        goes_on = f"ECS goes on trying. Take it back: /tinystacks scale {where} --restore"
        return Standing(Follow.FAILING, line, f"{trouble} {goes_on}", failures=looked.died)
    return Standing(Follow.UNDER_WAY, line)


def progress_line(scale: Scale, service: Service) -> str:
    """`4 → 6 tasks · 5 running · 1 pending`."""
    before = scale.before.tasks
    way = f"{before} → {spoken_tasks(service.desired)}" if before != service.desired else spoken_tasks(service.desired)
    pending = f" · {service.pending} pending" if service.pending else ""
    return f"{way} · {service.running} running{pending}"


def _moved(scale: Scale, service: Service, where: str) -> str:
    """What says that the count is another than asked for; autoscaling may move it between its bounds where no number
    was set."""
    wanted, bounds = scale.after.tasks, scale.after.bounds
    if scale.axis is Axis.AUTOSCALING:
        inside = bounds is None or bounds.suspended or bounds.least <= service.desired <= bounds.most
        return (
            "" if inside else f"The count is {service.desired}, outside the new bounds. See: /tinystacks status {where}"
        )
    if service.desired == wanted:
        return ""
    fact = f"The desired count is {service.desired} by now, not {wanted}: autoscaling or somebody else set it."
    return f"{fact} See: /tinystacks status {where}"


def _trouble(looked: Looked, service: Service) -> str:
    """Why it does not get on, AWS's words quoted; empty: nothing says that it does not."""
    if service.running < service.desired and looked.died:
        first = looked.died[0]
        tasks = "1 task" if first.count == 1 else f"{first.count} tasks"
        return f"{tasks} stopped as soon as started: {_quoted(first.quote)}"
    told = _told(service.events, looked.started_at - _CLOCKS_DIFFER, service)
    return f"ECS: {_quoted(told.message)}" if told else ""


def _quoted(said: str) -> str:
    return f"“{said}”" if said.endswith(".") else f"“{said}”."


def _told(events: Iterable[ServiceEvent], start: datetime, service: Service) -> ServiceEvent | None:
    """The newest event that tells of trouble, if nothing moved since."""
    known: Sequence[ServiceEvent] = since(events, start, service.primary.id if service.primary else "")
    trouble, moved = last(known, *_TROUBLES), last(known, *MOVEMENT)
    return trouble if trouble and (moved is None or moved.at <= trouble.at) else None


def _late(service: Service, trouble: str, where: str) -> str:
    fact = f"{service.running} of {spoken_tasks(service.desired)} run by now; {service.desired} stay wanted."
    return f"{fact} {trouble or 'ECS does not say why.'} Take it back: /tinystacks scale {where} --restore"
