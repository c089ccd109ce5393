"""`stop stack stage task`: stops one task; ECS starts another one in its place."""

from dataclasses import replace

import click

from bot.domain.names import find_stage
from bot.domain.plans import Plan
from bot.domain.stacks import Stage
from bot.domain.stops import plan_stop, stop_checks
from bot.domain.task_names import is_full, task_word
from bot.engine.change_actions import change_actions, wish_for
from bot.engine.commands import Answer, Ask, Command, House, Sentence, Wish
from bot.engine.rights import require
from bot.engine.task_reading import find_task
from bot.engine.task_stop import read_for_stop


@click.command("stop", add_help_option=False, short_help="stops one task; ECS starts another one")
@click.argument("stack")
@click.argument("stage")
@click.argument("task")
@click.option("--reason", cls=Sentence, default="", metavar="TEXT", help="why; everything up to the next option")
@click.option("--yes", is_flag=True, help="skip the preview when no check is ❌")
@click.pass_obj
def stop(ask: Ask, stack: str, stage: str, task: str, reason: str, yes: bool) -> Answer:
    """Stops one TASK of STACK's STAGE (the beginning of its id will do). ECS starts another one in its place; I follow
    that until as many run as are wanted. The task's stopped reason names the change and you."""
    return _wish(ask, find_stage(ask.house.config, stack, stage), task, reason=reason, yes=yes)


def _wish(ask: Ask, stage: Stage, typed: str, *, reason: str = "", yes: bool = False) -> Answer:
    """By its whole id from here on: what a beginning means may be another task later."""
    require(ask, "stop", stage)
    word = task_word(typed)
    task_id = word if is_full(word) else find_task(ask.house.ports, stage, word).id
    return wish_for(ask, "stop", stage, task_id, reason=reason, yes=yes)


def _plan(house: House, wish: Wish) -> Plan:
    found = read_for_stop(house.ports, wish.stage, wish.asked, wish.person)
    plan = plan_stop(wish.stage, found.target, found.task, wish.change_id, wish.person)
    checks = stop_checks(wish.stage, found.target, found.task, found.tasks, found.seen, house.ports.now())
    return replace(plan, checks=checks)


def _offer(ask: Ask) -> Answer:
    """The button in a task's row: `stack/stage/task id`."""
    stack, stage, task = (*ask.request.value.split("/"), "", "", "")[:3]
    return _wish(ask, find_stage(ask.house.config, stack, stage), task)


_ACTIONS = {name: act for name, act in change_actions().items() if name != "abort"}
"""A task that was stopped cannot be brought back."""

COMMAND = Command(cli=stop, actions={**_ACTIONS, "offer": _offer}, checks={"task": task_word}, plan=_plan)
