"""`lock stack stage [--for 2h] [reason]`: nobody else changes that stage until it is unlocked."""

import click

from bot.domain.names import find_stage
from bot.engine.commands import Answer, Ask, Command, Sentence
from bot.engine.lock_words import FOR, lasting, under_way, why
from bot.engine.locks import lock as take
from bot.messages.locks import taken


@click.command("lock", add_help_option=False, short_help="nobody else changes that stage for a while")
@click.argument("stack")
@click.argument("stage")
@click.argument("reason", nargs=-1)
@click.option("--for", "lasts", default="", metavar="DURATION", help=FOR)
@click.option(
    "--reason", "because", cls=Sentence, default="", metavar="TEXT", help="the same as REASON, up to the next option"
)
@click.pass_obj
def lock(ask: Ask, stack: str, stage: str, reason: tuple[str, ...], lasts: str, because: str) -> Answer:
    """Holds STACK's STAGE for you: nobody but you changes it until you unlock it or the duration is over. Rolling back
    stays possible for everybody who may change the stage. The stage's channel is told, and I remind you every three
    hours. Locking it again changes its reason and its end."""
    found = find_stage(ask.house.config, stack, stage)
    made, renewed = take(ask, found, why(reason, because), lasting(lasts))
    return taken(made, renewed=renewed, running=under_way(ask, found))


COMMAND = Command(cli=lock, checks={"lasts": lasting})
