"""One stage, with everything that is set for it: in AWS, and in `tinystacks.yml`."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.board import Details
from bot.domain.ecs import Deployment, Service
from bot.domain.errors import Refusal
from bot.domain.images import short
from bot.domain.stacks import CHANGING_VERBS, ApprovalRule, Approved, OnFailure, Stage
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
from bot.messages.schedules import next_schedule
from bot.messages.status import freeze_line, refresh, stage_lines
from bot.messages.trend import trend_line

_AFTER = {
    OnFailure.OFFER: "a roll back is offered",
    OnFailure.ROLLBACK: "it is rolled back by itself",
    OnFailure.NOTHING: "I only tell",
}
_WAYS = (("Tasks", "tasks"), ("Logs", "logs"))
"""Further buttons, of which each runs the verb for this stage."""


def stage_details(details: Details, now: datetime, verbs: Collection[str]) -> Message:
    """`verbs`: those that exist in this bot; buttons of others are left out."""
    tile, stage = details.tile, details.tile.stage
    title = f"{stage.stack} / {stage.name}"
    lines = [*stage_lines(tile, now, title), *next_schedule(details.coming)]
    blocks = [section("\n".join(lines)), *freeze_line([tile], now)]
    if tile.service:
        blocks += [_rows("Where", _where(tile.service, stage)), _rows("Tasks", _tasks(details, tile.service))]
        blocks += [_rows("Deployments", _deployments(details, tile.service)), _rows("Access", _access(details))]
    else:
        blocks += [_rows("Where", _place(stage))]
    trend = trend_line(details.trend) if details.trend else ""
    blocks += [_rows("Rules", _rules(stage)), *([context(trend)] if trend else [])]
    blocks += [context(f"as of {clock(now)}"), actions(*_buttons(stage, verbs))]
    return message(lines[0], *blocks)


def _rows(title: str, rows: Sequence[str]) -> Block:
    return section("\n".join([f"*{title}*", *(row for row in rows if row)]))


def _where(service: Service, stage: Stage) -> list[str]:
    return [f"account {code(service.account)}", *_place(stage)]


def _place(stage: Stage) -> list[str]:
    role = (stage.place.role_arn or "").rpartition("/")[2]
    return [
        f"cluster {code(stage.place.cluster)} in {code(stage.place.region)}",
        f"service {code(stage.service)}",
        f"reached through role {code(role)}" if role else "",
    ]


def _tasks(details: Details, service: Service) -> list[str]:
    pending = f", {service.pending} pending" if service.pending else ""
    return [
        f"{code(service.scheduling_strategy)} on {_capacity(details, service)}{pending}",
        f"autoscaling: {_autoscaling(details)}",
        _size(details),
        _digest(details),
    ]


def _digest(details: Details) -> str:
    side = details.tile.image
    return f"image digest {code(short(side.digest))}" if side and side.digest else ""


def _capacity(details: Details, service: Service) -> str:
    kind = ", ".join(service.capacity_providers) or service.launch_type or "what the cluster says"
    on_ec2 = "FARGATE" not in kind and details.instances
    return f"{escape(kind)}{f', {details.instances} container instances' if on_ec2 else ''}"


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
    return f"each {cpu} CPU units, {memory} MiB" if cpu or memory else ""


def _deployments(details: Details, service: Service) -> list[str]:
    stage, how = details.tile.stage, service.configuration
    breaker = "on, rolls back" if how.breaker_rollback else "on" if how.breaker else "off"
    alarms = ", ".join(code(one, 60) for one in how.alarms[:5])
    return [
        "" if service.controller == "ECS" else f"by {code(service.controller)}",
        f"{code(how.strategy)}, {how.minimum_healthy_percent} to {how.maximum_percent}% of the tasks",
        f"circuit breaker: {breaker}",
        f"alarms: {alarms}" if alarms else "",
        f"deadline {spoken(stage.deadline)}, then {_AFTER[stage.on_failure]}",
        *(_deployment(one) for one in service.deployments[:4] if len(service.deployments) > 1),
    ]


def _deployment(one: Deployment) -> str:
    failed = f", {one.failed_tasks} failed" if one.failed_tasks else ""
    revision = one.task_definition_arn.rpartition("/")[2]
    return f"{code(one.status)} {code(revision, 80)} {one.running}/{one.desired}{failed}"


def _access(details: Details) -> list[str]:
    service, stage, definition = details.tile.service, details.tile.stage, details.definition
    on = service is not None and service.enable_execute_command
    roles = (definition.task_role_arn, definition.execution_role_arn) if definition else (None, None)
    task, execution = (code(arn.rpartition("/")[2], 80) if arn else "" for arn in roles)
    return [
        f"exec: on, shell {code(stage.exec_shell, 60)}" if on else "exec: off",
        f"task role {task}" if task else "",
        f"execution role {execution}" if execution else "",
    ]


def _rules(stage: Stage) -> list[str]:
    where = ", ".join(channel(one) for one in dict.fromkeys((*stage.channels, stage.channel_id)))
    return [
        f"changed by {_groups(stage.may_change) or 'nobody'}{f', from {where} only' if stage.channels else ''}",
        f"approval: {_approval(stage.approval)}",
        f"emergency: {_groups(stage.emergency)}" if stage.emergency else "",
        f"cards in {channel(stage.channel_id)}",
        f"limited to {stage.limits.tasks[0]} to {stage.limits.tasks[1]} tasks" if stage.limits.tasks else "",
        f"closed {', '.join(escape(one.text, 80) for one in stage.closed[:5])}" if stage.closed else "",
    ]


def _approval(rule: ApprovalRule | None) -> str:
    if rule is None:
        return "none needed"
    what = "every change" if set(rule.verbs) == set(CHANGING_VERBS) else ", ".join(rule.verbs)
    due = "; schedules each time they come" if rule.schedules is Approved.DUE else ""
    return f"{escape(what)}, {rule.count} of {_groups(rule.by, ' or ')} within {spoken(rule.expires)}{due}"


def _groups(names: Sequence[str], between: str = ", ") -> str:
    return escape(between.join(names), 200)


def _buttons(stage: Stage, verbs: Collection[str]) -> list[Block]:
    key = f"{stage.stack}/{stage.name}"
    ways = [button(text, f"status:{verb}", key) for text, verb in _WAYS if verb in verbs]
    return [button("Deploy", "status:deploy", key), *ways, refresh(key), button("Back", "status:stack", stage.stack)]
