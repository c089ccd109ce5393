"""One stage, with everything that is set for it: in AWS, and in `tinystacks.yml`."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.board import Details
from bot.domain.ecs import Deployment, Service
from bot.domain.errors import Refusal
from bot.domain.images import short
from bot.domain.stacks import CHANGING_VERBS, ApprovalRule, OnFailure, Stage
from bot.messages.kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    clock,
    code,
    context,
    escape,
    message,
    section,
    spoken,
)
from bot.messages.status import freeze_line, refresh, stage_lines

_AFTER = {
    OnFailure.OFFER: "a roll back is offered",
    OnFailure.ROLLBACK: "it is rolled back by itself",
    OnFailure.NOTHING: "it is told, nothing else",
}
_OFFERS = (("Tasks", "tasks:show"), ("Logs", "logs:stage"))


def stage_details(details: Details, now: datetime, offers: Sequence[str]) -> Message:
    """`offers`: the action ids that exist in this bot; buttons of others are left out."""
    tile, stage = details.tile, details.tile.stage
    title = f"{stage.stack} / {stage.name}"
    lines = stage_lines(tile, now)
    blocks = [section("\n".join([f"*{escape(title)}*", *lines])), *freeze_line([tile], now)]
    if tile.service:
        blocks += [_rows("Where", _where(tile.service, stage)), _rows("Tasks", _tasks(details, tile.service))]
        blocks += [_rows("Deployments", _deployments(details, tile.service)), _rows("Access", _access(details))]
    else:
        blocks += [_rows("Where", _place(stage))]
    blocks += [_rows("Rules", _rules(stage)), context(f"as of {clock(now)}"), actions(*_buttons(stage, offers))]
    return message(f"{escape(title)}: {lines[0]}", *blocks)


def _rows(title: str, rows: Sequence[tuple[str, str]]) -> Block:
    return section("\n".join([f"*{title}*", *(f"{name}: {value}" for name, value in rows if value)]))


def _where(service: Service, stage: Stage) -> list[tuple[str, str]]:
    return [("account", code(service.account)), *_place(stage)]


def _place(stage: Stage) -> list[tuple[str, str]]:
    role = (stage.place.role_arn or "").rpartition("/")[2]
    return [
        ("region", code(stage.place.region)),
        ("cluster", code(stage.place.cluster)),
        ("service", code(stage.service)),
        ("read and changed through role", code(role) if role else ""),
    ]


def _tasks(details: Details, service: Service) -> list[tuple[str, str]]:
    counted = f"{service.running} running, {service.pending} pending, {service.desired} wanted"
    return [
        ("count", counted),
        ("strategy", code(service.scheduling_strategy)),
        ("capacity", _capacity(details, service)),
        ("autoscaling", _autoscaling(details)),
        ("each", _size(details)),
        ("image digest", _digest(details)),
    ]


def _digest(details: Details) -> str:
    side = details.tile.image
    return code(short(side.digest)) if side and side.digest else ""


def _capacity(details: Details, service: Service) -> str:
    kind = ", ".join(service.capacity_providers) or service.launch_type or "as the cluster says"
    on_ec2 = "FARGATE" not in kind and details.instances
    return f"{escape(kind)}{f', {details.instances} container instances in the cluster' if on_ec2 else ''}"


def _autoscaling(details: Details) -> str:
    bounds = details.bounds
    if isinstance(bounds, Refusal):
        return f"not read: {escape(str(bounds).partition(' Nothing was changed')[0], 200)}"
    if bounds is None:
        return "none"
    return f"{bounds.least} to {bounds.most} tasks{', suspended' if bounds.suspended else ''}"


def _size(details: Details) -> str:
    definition = details.definition
    if definition is None:
        return ""
    cpu = definition.cpu or sum(one.cpu for one in definition.containers)
    memory = definition.memory or sum(one.memory_reservation or one.memory or 0 for one in definition.containers)
    return f"{cpu} CPU units, {memory} MiB" if cpu or memory else ""


def _deployments(details: Details, service: Service) -> list[tuple[str, str]]:
    stage, how = details.tile.stage, service.configuration
    breaker = "on, rolls back" if how.breaker_rollback else "on" if how.breaker else "off"
    percent = f"{how.minimum_healthy_percent}% healthy at least, {how.maximum_percent}% at most"
    return [
        ("controller", "" if service.controller == "ECS" else code(service.controller)),
        ("how", f"{code(how.strategy)}, {percent}"),
        ("circuit breaker", breaker),
        ("alarms", ", ".join(code(one, 60) for one in how.alarms[:5])),
        ("deadline", f"{spoken(stage.deadline)}; after a failure {_AFTER[stage.on_failure]}"),
        *(("now", _deployment(one)) for one in service.deployments[:4] if len(service.deployments) > 1),
    ]


def _deployment(one: Deployment) -> str:
    failed = f", {one.failed_tasks} failed" if one.failed_tasks else ""
    revision = one.task_definition_arn.rpartition("/")[2]
    return f"{code(one.status)} {code(revision, 80)} {one.running}/{one.desired}{failed}"


def _access(details: Details) -> list[tuple[str, str]]:
    service, stage, definition = details.tile.service, details.tile.stage, details.definition
    on = service is not None and service.enable_execute_command
    roles = (definition.task_role_arn, definition.execution_role_arn) if definition else (None, None)
    task, execution = (code(arn.rpartition("/")[2], 80) if arn else "" for arn in roles)
    shell = f"on, shell {code(stage.exec_shell, 60)}" if on else "off"
    return [("exec", shell), ("task role", task), ("execution role", execution)]


def _rules(stage: Stage) -> list[tuple[str, str]]:
    where = ", ".join(channel(one) for one in dict.fromkeys((*stage.channels, stage.channel_id)))
    tasks = f"{stage.limits.tasks[0]} to {stage.limits.tasks[1]} tasks" if stage.limits.tasks else ""
    return [
        ("may change it", _groups(stage.may_change) or "nobody"),
        ("approval", _approval(stage.approval)),
        ("emergency", _groups(stage.emergency)),
        ("cards", channel(stage.channel_id)),
        ("changed only from", where if stage.channels else ""),
        ("limits", tasks),
        ("closed", ", ".join(escape(one.text, 80) for one in stage.closed[:5])),
    ]


def _approval(rule: ApprovalRule | None) -> str:
    if rule is None:
        return "none needed"
    what = "every change" if set(rule.verbs) == set(CHANGING_VERBS) else ", ".join(rule.verbs)
    return f"{escape(what)}: {rule.count} of {_groups(rule.by, ' or ')} within {spoken(rule.expires)}"


def _groups(names: Sequence[str], between: str = ", ") -> str:
    return escape(between.join(names), 200)


def _buttons(stage: Stage, offers: Sequence[str]) -> list[Block]:
    key = f"{stage.stack}/{stage.name}"
    ways = [button(text, action_id, key) for text, action_id in _OFFERS if action_id in offers]
    return [button("Deploy", "status:deploy", key), *ways, refresh(key), button("Back", "status:stack", stage.stack)]
