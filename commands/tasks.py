"""`tasks stack stage [--stopped]`: what runs, task by task."""

import click

from bot.domain.errors import UnknownName
from bot.domain.names import find_stage
from bot.domain.stacks import Stage
from bot.domain.task_list import endings, grouped, page_of
from bot.engine.commands import Answer, Ask, Command
from bot.engine.rights import require
from bot.engine.task_reading import read_tasks
from bot.messages.stopped import stopped_list
from bot.messages.tasks import Shown, task_list


@click.command("tasks", add_help_option=False, short_help="each task: status, health, zone, age, revision")
@click.argument("stack")
@click.argument("stage")
@click.option("--stopped", is_flag=True, help="those that stopped within the hour, by what ended them")
@click.pass_obj
def tasks(ask: Ask, stack: str, stage: str, stopped: bool) -> Answer:
    """Shows the tasks of STACK's STAGE by deployment: status, health, zone, instance, age, what each reserves, and how
    they spread over zones. Beside each task are its ways on, such as **Exec command**."""
    place = find_stage(ask.house.config, stack, stage)
    require(ask, "tasks", place)
    if not stopped:
        return _page(ask, place, 0)
    seen = read_tasks(ask.house.ports, place, stopped=True)
    return stopped_list(place, endings(seen.tasks), ask.house.offers, ask.house.ports.now())


def _page(ask: Ask, stage: Stage, number: int) -> Answer:
    house = ask.house
    seen = read_tasks(house.ports, stage, stopped=False)
    page = page_of(grouped(seen.service, seen.tasks), number)
    now = house.ports.now()
    return task_list(Shown(stage, seen.service, seen.tasks, page, seen.instances, seen.tags, house.offers, now))


def _turned(ask: Ask, by: int) -> Answer:
    """The page beside the one that the button stands under: `stack/stage/number`."""
    stack, stage, number = (*ask.request.value.split("/"), "", "", "")[:3]
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise UnknownName("page", number[:20], usage="Type it again: /tinystacks tasks STACK STAGE")
    place = find_stage(ask.house.config, stack, stage)
    require(ask, "tasks", place)
    return _page(ask, place, int(number) + by)


COMMAND = Command(
    cli=tasks,
    actions={"older": lambda ask: _turned(ask, 1), "newer": lambda ask: _turned(ask, -1)},
)
