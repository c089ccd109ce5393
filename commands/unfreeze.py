"""`unfreeze`: ends the freeze of everything; the button **Unfreeze** under its messages does the same."""

import click

from bot.engine.commands import Answer, Ask, Command
from bot.engine.locks import free
from bot.engine.locks import unfreeze as unfreeze_everything
from bot.messages.locks import freed


@click.command("unfreeze", add_help_option=False, short_help="ends the freeze of everything")
@click.pass_obj
def unfreeze(ask: Ask) -> Answer:
    """Ends the freeze. Only an admin of every stage may. Locks of single stages stay."""
    return freed(unfreeze_everything(ask))


COMMAND = Command(cli=unfreeze, actions={"now": lambda ask: freed(free(ask, ask.request.value))})
