"""The tasks of a service that should run, by deployment, a row each with its buttons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ecs import ContainerInstance, Deployment, Service, Task
from bot.domain.images import image_of
from bot.domain.images import short as short_digest
from bot.domain.stacks import Stage
from bot.domain.task_list import A_PAGE, Group, Page, age, spread, unbalanced
from bot.domain.task_names import short
from bot.messages.kit import (
    Block,
    Message,
    actions,
    button,
    clock,
    code,
    context,
    escape,
    message,
    section,
    spoken,
)
from bot.messages.verdicts import revision

BUTTONS = (("Exec command", "exec:show"), ("Logs", "logs:task"), ("Stop task", "stop:offer"))
"""Beside each task, those of them that some command answers."""

_NAME, _TAG, _WORD = 60, 60, 40
_STARTING = ("PROVISIONING", "PENDING", "ACTIVATING")
_HOUR, _MINUTE, _SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page is made of. `offers`: every action that some command answers."""

    stage: Stage
    service: Service
    tasks: Sequence[Task]
    page: Page
    instances: Mapping[str, ContainerInstance]
    tags: Mapping[str, str]
    offers: Collection[str]
    now: datetime


def task_list(shown: Shown) -> Message:
    """A page of the tasks that should run."""
    stage, service, page = shown.stage, shown.service, shown.page
    title = f"Tasks of {escape(stage.stack, _NAME)} / {escape(stage.name, _NAME)}"
    counts = _counts(service)
    blocks = [section(f"*{title}* · {counts}"), *_going(service)]
    blocks += [context(_spread(shown.tasks))] if shown.tasks else []
    for group in page.groups if service.status != "INACTIVE" or shown.tasks else ():
        blocks.append(section(_heading(group, shown)))
        for task in group.tasks:
            blocks.append(section(_row(task, shown, alike=bool(_each(group)))))
            blocks += _row_buttons(stage, task, shown.offers)
    blocks += [] if shown.tasks else [section(_nothing_runs(stage, service))]
    blocks += [context(_footing(shown)), *_pager(shown)]
    return message(f"{title}: {counts}", *blocks)


def key_of(stage: Stage, *parts: str) -> str:
    """What a button is about: `shop/prod/…`."""
    return "/".join((stage.stack, stage.name, *parts))


def _counts(service: Service) -> str:
    pending = f" · {service.pending} pending" if service.pending else ""
    return _running(service.running, service.desired) + pending


def _running(running: int, desired: int) -> str:
    return f"{running} of {desired} running" if running <= desired else f"{running} running, {desired} wanted"


def _spread(tasks: Sequence[Task]) -> str:
    zones = spread(tasks)
    told = " · ".join(f"{escape(zone, _WORD)} *{count}*" for zone, count in zones.items()) or "not placed yet"
    uneven = " · ⚠️ unbalanced: losing one zone takes more than its share" if unbalanced(zones) else ""
    return f"Zones: {told}{uneven}"


def _heading(group: Group, shown: Shown) -> str:
    """`shop:42 (v42) · PRIMARY · 4 of 4 running · COMPLETED`."""
    arn = group.task_definition_arn
    tag = shown.tags.get(arn) or (_tag(group.tasks[0], shown.stage) if group.tasks else "")
    name = f"*{code(revision(arn) or 'tasks', _NAME)}*" + (f" ({escape(tag, _TAG)})" if tag else "")
    one = group.deployment
    if one is None:
        return f"{name} · started by no deployment that ECS still lists"
    state = f" · {escape(one.rollout_state, _WORD)}" if one.rollout_state else ""
    counts = f"{_running(one.running, one.desired)}{_trouble(one)}{state}"
    return f"{name} · {_role(one)} · {counts}{_each(group)}"


def _each(group: Group) -> str:
    """What each task reserves, once for all of them; empty where they differ."""
    reserved = {_reserved(task) for task in group.tasks}
    return f" · each {reserved.pop()}" if len(reserved) == 1 and "" not in reserved and group.deployment else ""


def _role(one: Deployment) -> str:
    return "PRIMARY" if one.status == "PRIMARY" else f"{escape(one.status, _WORD)}, on its way out"


def _trouble(one: Deployment) -> str:
    pending = f" · {one.pending} pending" if one.pending else ""
    return pending + (f" · {one.failed_tasks} failed to start" if one.failed_tasks else "")


def _row(task: Task, shown: Shown, *, alike: bool) -> str:
    """Two lines that a phone shows whole. `alike`: what it reserves stands above already."""
    since = age(task, shown.now)
    health = escape(task.health_status.lower(), _WORD) if task.health_status != "UNKNOWN" else ""
    aged = _aged(since) if since is not None else ""
    first = [f"{_sign(task)} {code(short(task.id))} *{_status(task)}*", health, aged]
    lost = "agent disconnected" if task.connectivity == "DISCONNECTED" else ""
    second = [escape(task.zone, _WORD), _host(task, shown.instances), "" if alike else _reserved(task), lost]
    return "\n".join(" · ".join(part for part in line if part) for line in (first, second))


def _aged(since: timedelta) -> str:
    """In whole hours, minutes or seconds: `2h`."""
    unit = next((one for one in (_HOUR, _MINUTE) if since >= one), _SECOND)
    return spoken(since // unit * unit)


def _sign(task: Task) -> str:
    if task.health_status == "UNHEALTHY":
        return "🔴"
    if task.last_status in _STARTING:
        return "🔵"
    return "🟢" if task.last_status == "RUNNING" and task.desired_status == "RUNNING" else "⚪"


def _status(task: Task) -> str:
    """`RUNNING`, or `PENDING → RUNNING` while it is not where ECS wants it."""
    now, wanted = escape(task.last_status, _WORD), escape(task.desired_status, _WORD)
    return now if task.last_status == task.desired_status or not wanted else f"{now} → {wanted}"


def _host(task: Task, instances: Mapping[str, ContainerInstance]) -> str:
    """The EC2 instance, or Fargate."""
    if task.container_instance_arn:
        known = instances.get(task.container_instance_arn)
        name = known.ec2_instance_id if known else short(task.container_instance_arn.rsplit("/", 1)[-1])
        draining = f" ({escape(known.status, _WORD)})" if known and known.status != "ACTIVE" else ""
        return code(name, _NAME) + draining
    if task.launch_type == "FARGATE" or task.capacity_provider.startswith("FARGATE"):
        spot = " Spot" if task.capacity_provider == "FARGATE_SPOT" else ""
        return f"Fargate{spot} {escape(task.platform_version, _WORD)}".rstrip()
    return "no instance yet"


def _reserved(task: Task) -> str:
    """CPU units, of which 1,024 are one vCPU, and MiB."""
    known = [f"{task.cpu:,} CPU" if task.cpu else "", f"{task.memory:,} MiB" if task.memory else ""]
    return " / ".join(part for part in known if part)


def _tag(task: Task, stage: Stage) -> str:
    """The tag, or the beginning of the digest, of the container that a deploy changes."""
    images = {one.name: one.image for one in task.containers}
    mine = (one for one in images.values() if image_of(one).repository == stage.repository)
    written = image_of(images.get(stage.container or "") or next(mine, None) or next(iter(images.values()), ""))
    return written.tag or (short_digest(written.digest) if written.digest else "")


def _row_buttons(stage: Stage, task: Task, offers: Collection[str]) -> list[Block]:
    value = key_of(stage, task.id)
    spoken_as = {text: f"{text}, task {short(task.id)}" for text, _ in BUTTONS}
    wanted = [button(text, name, value, spoken_as=spoken_as[text]) for text, name in BUTTONS if name in offers]
    return [actions(*wanted)] if wanted else []


def _going(service: Service) -> list[Block]:
    """That the service is being deleted, or was: its deployments and counts mean little then."""
    name = code(service.name, _NAME)
    if service.status == "DRAINING":
        return [section(f"⚫ ECS says that service {name} is DRAINING: it is being deleted.")]
    if service.status == "ACTIVE":
        return []
    again = "Create it again, or name another one in `tinystacks.yml`."
    return [section(f"⚫ ECS says that service {name} is {escape(service.status, _WORD)}: it was deleted. {again}")]


def _nothing_runs(stage: Stage, service: Service) -> str:
    look = code(f"/tinystacks tasks {stage.stack} {stage.name} --stopped")
    if service.status != "ACTIVE":
        return f"No task is left. What ran before: {look}"
    if service.scheduling_strategy == "DAEMON" and service.desired == 0:
        return f"Nothing runs: a DAEMON service has a task on each container instance that fits, and none does. {look}"
    if service.desired == 0:
        return f"Nothing runs, and nothing should: the desired count is 0. What ran before: {look}"
    return f"No task is there, and {service.desired} should be: ECS starts them, or cannot. Why they stopped: {look}"


def _footing(shown: Shown) -> str:
    page, stage = shown.page, shown.stage
    first = page.number * A_PAGE + 1
    which = f"{first}–{min(first + A_PAGE - 1, len(shown.tasks))} of {len(shown.tasks)} · " if page.pages > 1 else ""
    stopped = code(f"/tinystacks tasks {stage.stack} {stage.name} --stopped")
    return f"{which}as of {clock(shown.now)} · stopped ones: {stopped}"


def _pager(shown: Shown) -> list[Block]:
    page, stage = shown.page, shown.stage
    ways = [button("Newer", "tasks:newer", key_of(stage, str(page.number)))] if page.number > 0 else []
    ways += [button("Older", "tasks:older", key_of(stage, str(page.number)))] if page.number + 1 < page.pages else []
    return [actions(*ways)] if ways else []
