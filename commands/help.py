"""`help [verb]`: what I understand here; with a verb, its arguments."""

import click

from bot.domain.errors import UnknownName
from bot.engine.commands import Answer, Ask, Command
from bot.engine.rights import require
from bot.messages.help import Verb, all_verbs, one_verb


@click.command("help", add_help_option=False, short_help="what I understand")
@click.argument("verb", required=False)
@click.pass_obj
def help_(ask: Ask, verb: str | None) -> Answer:
    """Lists every verb, or explains one."""
    require(ask, "help", None)
    commands = ask.house.commands
    if verb is None:
        return all_verbs(
            [Verb(c.verb, c.arguments, c.cli.short_help or "") for c in commands.values()], ask.house.config
        )
    if verb.lower() not in commands:
        raise UnknownName("verb", verb, tuple(commands))
    command = commands[verb.lower()]
    return one_verb(command.usage, command.cli.help or "", command.options, command.examples)


COMMAND = Command(cli=help_)
