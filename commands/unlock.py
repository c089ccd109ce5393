"""`unlock stack stage`: frees a stage; the button **Unlock** under a lock's messages does the same for that lock."""

import click

from bot.domain.names import find_stage
from bot.engine.commands import Answer, Ask, Command
from bot.engine.locks import free
from bot.engine.locks import unlock as free_stage
from bot.messages.locks import freed


@click.command("unlock", add_help_option=False, short_help="frees a locked stage")
@click.argument("stack")
@click.argument("stage")
@click.pass_obj
def unlock(ask: Ask, stack: str, stage: str) -> Answer:
    """Frees STACK's STAGE. Your own lock, and one that was made after a roll back, is freed by whoever may change the
    stage. Somebody else's lock only an admin of the stage takes over, and its holder is told."""
    return freed(free_stage(ask, find_stage(ask.house.config, stack, stage)))


COMMAND = Command(cli=unlock, actions={"now": lambda ask: freed(free(ask, ask.request.value))})
