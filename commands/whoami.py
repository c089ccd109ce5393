"""`whoami`: what I may do where, and which rule says so."""

import click

from bot.domain.names import find_stack
from bot.domain.standing import right, standings
from bot.engine.commands import Answer, Ask, Command
from bot.engine.rights import moment_of, require
from bot.messages.whoami import whoami as told


@click.command("whoami", add_help_option=False, short_help="what you may do, and which rule says so")
@click.argument("stack", required=False)
@click.pass_obj
def whoami(ask: Ask, stack: str | None) -> Answer:
    """Tells for each stage, or for those of STACK, what you may do and which rule allows it, what you may not and whom
    to ask."""
    require(ask, "whoami", None)
    person, config, moment = ask.person, ask.house.config, moment_of(ask)
    stacks = (find_stack(config, stack),) if stack else config.stacks
    return told(person, standings(person, stacks, moment), right(person, "freeze", None, moment), config)


COMMAND = Command(cli=whoami)
