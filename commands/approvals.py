"""`approvals`: what waits for a decision, and for whose."""

import click

from bot.engine.commands import Answer, Ask, Command
from bot.engine.rights import require
from bot.engine.waiting import waiting_for
from bot.messages.waiting import waiting_list


@click.command("approvals", add_help_option=False, short_help="what waits for a decision, and for whose")
@click.pass_obj
def approvals(ask: Ask) -> Answer:
    """Lists every change that waits: first what you may approve or deny, with the buttons; then what you asked for;
    then what waits for others or for its turn."""
    require(ask, "approvals", None)
    return waiting_list(*waiting_for(ask))


COMMAND = Command(cli=approvals)
