"""`logs stack stage [task]`: the last lines of its containers, secrets masked."""

import click

from bot.domain.exec_command import container_word
from bot.domain.log_lines import A_PAGE, USUAL_LINES, Wanted, lines_asked
from bot.domain.names import find_stage
from bot.engine.cards import found
from bot.engine.commands import Answer, Ask, Command
from bot.engine.log_pages import follow, send_file, show, show_beside


@click.command("logs", add_help_option=False, short_help="the last lines of its containers, secrets masked")
@click.argument("stack")
@click.argument("stage")
@click.argument("task", required=False)
@click.option("--container", default="", metavar="C", help="another container than the one a deploy changes")
@click.option("--lines", default=str(USUAL_LINES), metavar="N", help="how many, 1,000 at the most")
@click.pass_obj
def logs(ask: Ask, stack: str, stage: str, task: str | None, container: str, lines: str) -> Answer:
    """Shows the last lines of STACK's STAGE over all of its running tasks, merged by time; where nothing runs, of those
    that stopped within the hour. Or of one TASK, running or stopped: the beginning of its id will do. To you alone; who
    looks is written down. I read the log driver awslogs."""
    place = find_stage(ask.house.config, stack, stage)
    most = lines_asked(lines)
    return show(ask, Wanted(place.stack, place.name, task or "", container, most, size=min(most, A_PAGE)))


def _offer(ask: Ask) -> Answer:
    """The button of a failed card: the tasks that this change lost."""
    with ask.house.ports.store.transaction() as tx:
        change = found(tx, ask.request.value)
    return show(ask, Wanted(change.stack, change.stage, change_id=change.id))


def _task(ask: Ask) -> Answer:
    """The button in a task's row: `stack/stage/task id`."""
    stack, stage, task = (*ask.request.value.split("/"), "", "", "")[:3]
    place = find_stage(ask.house.config, stack, stage)
    return show(ask, Wanted(place.stack, place.name, task))


COMMAND = Command(
    cli=logs,
    actions={
        "more": lambda ask: show_beside(ask, 1),
        "newer": lambda ask: show_beside(ask, -1),
        "follow": follow,
        "file": send_file,
        "offer": _offer,
        "task": _task,
    },
    checks={"lines": lines_asked, "container": container_word},
)
