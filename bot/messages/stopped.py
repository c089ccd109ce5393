"""What ended the stopped tasks of a service."""

from collections.abc import Collection
from datetime import datetime

from bot.domain.diagnosis import advice
from bot.domain.stacks import Stage
from bot.domain.task_list import Ended, Stopped
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
    moment,
    section,
    spoken,
)
from bot.messages.room import fitting
from bot.messages.tasks import key_of
from bot.messages.verdicts import failure_line, revision

_NAME, _WORD = 60, 40
_MOST_KINDS = 12


def stopped_list(stage: Stage, stopped: Stopped, offers: Collection[str], now: datetime) -> Message:
    """What ended the tasks that ECS remembers as stopped, kind by kind, newest first."""
    title = f"Stopped tasks of {escape(stage.stack, _NAME)} / {escape(stage.name, _NAME)}"
    count = sum(one.failure.count for one in stopped.ended)
    told = f"{count} ended by themselves or were stopped" if count else "none ended by itself"
    blocks = [section(f"*{title}* · {told}")]
    kinds = ([section(_ending(one, now)), *_logs_button(stage, one, offers)] for one in stopped.ended[:_MOST_KINDS])
    shown, left = fitting(kinds)
    left += max(0, len(stopped.ended) - _MOST_KINDS)
    blocks += [*shown, *([context(f"… and {left} more kinds, older than these")] if left else [])]
    if stopped.replaced:
        last = f", the last {moment(stopped.replaced_at)}" if stopped.replaced_at else ""
        blocks += [context(f"{stopped.replaced} more were replaced or scaled in: that is normal{last}.")]
    blocks += [context(f"ECS remembers stopped tasks for about an hour · as of {clock(now)}")]
    return message(f"{title}: {told}", *blocks)


def _ending(ended: Ended, now: datetime) -> str:
    failure = ended.failure
    ids = ", ".join(code(short(one)) for one in failure.task_ids[:3])
    more = f" and {failure.count - 3} more" if failure.count > 3 else ""
    when = f"the last {spoken(now - failure.last_at)} ago" if failure.last_at else ""
    named = f"{'task' if failure.count == 1 else 'tasks'} {ids}{more}"
    facts = [code(revision(ended.task_definition_arn), _NAME), escape(ended.stop_code, _WORD), when, named]
    return f"{failure_line(failure)}\n{' · '.join(part for part in facts if part)}\n→ {escape(advice(failure))}"


def _logs_button(stage: Stage, ended: Ended, offers: Collection[str]) -> list[Block]:
    if "logs:task" not in offers or not ended.failure.task_ids:
        return []
    newest = ended.failure.task_ids[0]
    return [actions(button("Logs", "logs:task", key_of(stage, newest), spoken_as=f"Logs, task {short(newest)}"))]
