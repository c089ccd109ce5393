"""The command to exec into a container, and whether it will work. Only who asked sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.exec_checks import SWITCH, Shell, turn_on
from bot.domain.exec_command import Line
from bot.domain.plans import Check, Level
from bot.domain.task_list import age
from bot.domain.task_names import short
from bot.messages.card import check_line
from bot.messages.kit import (
    Block,
    Message,
    actions,
    button,
    code,
    context,
    escape,
    message,
    preformatted,
    section,
    spoken,
)
from bot.messages.tasks import key_of
from bot.messages.verdicts import revision

PICKS = tuple(f"pick_{letter}" for letter in "abcdefghij")
"""One action for each container that a task can have (ECS: ten); within one row of buttons no two may be the same."""

_NAME, _LABEL = 60, 30
_YOURS = (
    "On your side: AWS CLI from 1.22.3 or 2.3.6, its Session Manager plugin, the rights `ecs:ExecuteCommand` and "
    "`ecs:DescribeTasks`. I never run it."
)
_NO_WAY = (
    "TargetNotConnectedException? The task role lacks `ssmmessages:*Channel`, or the network a way to Session Manager: "
    "I can see neither."
)


@dataclass(frozen=True, slots=True)
class Printed:
    """What is shown. `chosen`: nobody typed a task, I took one. `usual`: nobody typed a command, it is the
    stage's."""

    shell: Shell
    lines: Sequence[Line]
    checks: Sequence[Check]
    chosen: bool
    usual: bool
    now: datetime


def exec_message(printed: Printed) -> Message:
    """What is in its way first, then the line to copy, or one for each kind of shell."""
    shell = printed.shell
    title = f"Exec into {escape(shell.stage.stack, _NAME)} / {escape(shell.stage.name, _NAME)}"
    blocks = [section(f"*{title}*\n{_where(printed)}"), *_in_the_way(printed)]
    fine = [f"✓ {escape(one.name)}" for one in printed.checks if one.level is Level.OK]
    blocks += [context(" · ".join(fine))] if fine else []
    for line in printed.lines:
        blocks += [context(f"Copy into {escape(line.shells)}:"), preformatted(line.text)]
    blocks += [context(_YOURS), *([] if _off(printed) else [context(_NO_WAY)]), *_others(printed)]
    return message(f"{title}, task {short(shell.task.id)}: {_verdict(printed.checks)}", *blocks)


def _where(printed: Printed) -> str:
    shell, task = printed.shell, printed.shell.task
    since = age(task, printed.now)
    facts = [f"task {code(short(task.id))}", f"container {code(shell.container.name, _NAME)}"]
    facts += [code(revision(task.task_definition_arn), _NAME), escape(task.zone, _NAME)]
    facts += [f"{escape(task.last_status, _NAME)}{f' {spoken(since)}' if since is not None else ''}"]
    told = " · ".join(fact for fact in facts if fact)
    if not printed.chosen:
        return told
    another = code(f"/tinystacks exec {shell.stage.stack} {shell.stage.name} TASK")
    which = "RUNNING task, though it is UNHEALTHY" if task.health_status == "UNHEALTHY" else "healthy task"
    return f"{told}\nI took the newest {which}. Another: {another}"


def _in_the_way(printed: Printed) -> list[Block]:
    lines = [check_line(one) for level in (Level.BAD, Level.WARNING) for one in printed.checks if one.level is level]
    blocks = [section(f"*{_verdict(printed.checks)}*\n" + "\n".join(lines))] if lines else []
    fix = turn_on(printed.shell.stage) if _off(printed) else ""
    return blocks + ([context("Turn it on; every task is replaced:"), preformatted(fix)] if fix else [])


def _off(printed: Printed) -> bool:
    return any(one.name == SWITCH and one.level is Level.BAD for one in printed.checks)


def _verdict(checks: Sequence[Check]) -> str:
    if any(one.level is Level.BAD for one in checks):
        return "It will not work as it is"
    return "It should work" if any(one.level is Level.WARNING for one in checks) else "ready to copy"


def _others(printed: Printed) -> list[Block]:
    """The task's other containers: a button each; by name only where a command was typed, which no button carries."""
    shell = printed.shell
    others = [one.name for one in shell.task.containers if one.name != shell.container.name]
    if not others:
        return []
    if not printed.usual:
        names = ", ".join(code(name, _NAME) for name in others[: len(PICKS)])
        return [context(f"Other containers, by `--container`: {names}")]
    named = zip(PICKS, others, strict=False)
    picks = [button(_label(name), f"exec:{pick}", key_of(shell.stage, shell.task.id, name)) for pick, name in named]
    return [context("Another container of this task:"), actions(*picks)]


def _label(name: str) -> str:
    """Cut in the middle: long names that are alike differ at their ends."""
    half = _LABEL // 2
    return name if len(name) <= _LABEL else f"{name[:half]}…{name[1 - half :]}"
