"""`exec stack stage [task]`: the exact command to run something in a container. It is printed, never run."""

import click

from bot.domain.errors import NotPossible
from bot.domain.exec_checks import Shell, exec_checks
from bot.domain.exec_command import Into, container_word, execute_lines, printable
from bot.domain.exec_typed import command_typed, over_lines
from bot.domain.masking import masked
from bot.domain.names import find_stage
from bot.domain.stacks import Stage
from bot.domain.task_names import task_word
from bot.domain.words import plain
from bot.engine.audit import note
from bot.engine.commands import Answer, Ask, Command, Sentence
from bot.engine.rights import require
from bot.engine.task_reading import read_shell
from bot.messages.exec_command import PICKS, Printed, exec_message


@click.command("exec", add_help_option=False, short_help="the exact command to get into a container")
@click.argument("stack")
@click.argument("stage")
@click.argument("task", required=False)
@click.option("--container", default="", metavar="C", help="another container than the one a deploy changes")
@click.option(
    "--command", cls=Sentence, default="", metavar="CMD", help="what to run; in quotes where it holds --options"
)
@click.pass_obj
def execute(ask: Ask, stack: str, stage: str, task: str | None, container: str, command: str) -> Answer:
    """Prints the `aws ecs execute-command` line for a TASK of STACK's STAGE (the beginning of its id will do; else the
    newest healthy one), to be copied into bash, zsh, PowerShell or cmd, and says whether it will work. To you alone;
    who asks is written down. You run it with your own rights: I never do."""
    place = find_stage(ask.house.config, stack, stage)
    if command and over_lines(ask.request.text):
        fact = "That command goes over several lines, and a line that is copied is one."
        raise NotPossible(fact, "Put it on one line, or leave --command out for a shell and type it there.")
    typed = command_typed(plain(ask.request.text)) or command if command else ""
    return _printed(ask, place, task or "", container, typed)


def _printed(ask: Ask, stage: Stage, task: str, container: str = "", command: str = "") -> Answer:
    """The entry in the audit log comes before the answer."""
    require(ask, "exec", stage)
    wanted = command or stage.exec_shell
    shell = read_shell(ask.house.ports, stage, task, container, wanted)
    into = Into(stage.place.cluster, shell.task.id, shell.container.name, stage.place.region, stage.profile)
    lines = execute_lines(into, wanted)
    _note(ask, shell)
    now = ask.house.ports.now()
    return exec_message(Printed(shell, lines, exec_checks(shell), not task, not command, now))


def _note(ask: Ask, shell: Shell) -> None:
    """What was asked for; what looks like a secret in it is masked."""
    ports, stage = ask.house.ports, shell.stage
    detail = {"task": shell.task.id, "container": shell.container.name, "command": " ".join(masked([shell.command]))}
    with ports.store.transaction() as tx:
        note(tx, ports.now(), ask.person, "exec", "read", stack=stage.stack, stage=stage.name, detail=detail)


def _show(ask: Ask) -> Answer:
    """A task's button, or that of one of its containers: `stack/stage/task id[/container]`."""
    stack, stage, task, container = (*ask.request.value.split("/"), "", "", "", "")[:4]
    return _printed(ask, find_stage(ask.house.config, stack, stage), task, container)


COMMAND = Command(
    cli=execute,
    actions={"show": _show, **dict.fromkeys(PICKS, _show)},
    checks={"task": task_word, "container": container_word, "command": printable},
)
