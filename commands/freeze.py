"""`freeze [--for 2h] [reason]`: nothing is changed anywhere until it is unfrozen."""

import click

from bot.domain.errors import NotPossible
from bot.domain.stacks import Config
from bot.engine.commands import Answer, Ask, Command, Sentence
from bot.engine.lock_words import FOR, lasting, why
from bot.engine.locks import freeze as freeze_everything
from bot.messages.locks import taken


@click.command("freeze", add_help_option=False, short_help="nothing is changed anywhere for a while")
@click.argument("reason", nargs=-1)
@click.option("--for", "lasts", default="", metavar="DURATION", help=FOR)
@click.option(
    "--reason", "because", cls=Sentence, default="", metavar="TEXT", help="the same as REASON, up to the next option"
)
@click.pass_obj
def freeze(ask: Ask, reason: tuple[str, ...], lasts: str, because: str) -> Answer:
    """Holds every stage of every stack, for you too, until somebody unfreezes it or the duration is over. Rolling back
    stays possible. Only an admin of every stage may. Every stage's channel is told."""
    _no_stack(ask.house.config, reason)
    made, renewed = freeze_everything(ask, why(reason, because), lasting(lasts))
    return taken(made, renewed=renewed, running="")


def _no_stack(config: Config, words: tuple[str, ...]) -> None:
    """Whoever names a stack means that one, not everything."""
    named = next((s.name for s in config.stacks if words and s.name.casefold() == words[0].casefold()), None)
    if named:
        stage = words[1] if len(words) > 1 else "STAGE"
        either = f"If that is the reason: /tinystacks freeze --reason {named} …"
        remedy = f"{either} For one stage: /tinystacks lock {named} {stage}"
        raise NotPossible(f"freeze holds everything, not {named} alone.", remedy)


COMMAND = Command(cli=freeze)
