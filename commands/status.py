"""`status [stack] [stage]`: what runs where, all of it on one screen; one stack; one stage with its details."""

from collections.abc import Callable

import click

from bot.domain.errors import NotPossible
from bot.engine.commands import Answer, Ask, Command
from bot.engine.deploy_form import open_form
from bot.engine.status import status_of
from bot.messages.status import EVERYTHING


@click.command("status", add_help_option=False, short_help="what runs where, and what is under way")
@click.argument("stack", required=False)
@click.argument("stage", required=False)
@click.pass_obj
def status(ask: Ask, stack: str | None, stage: str | None) -> Answer:
    """Shows all stacks on one screen, stage by stage: image, tasks, rollout, locks, who changed it last, how far stages
    are apart. With STACK that stack, with STAGE everything that is set for it."""
    return status_of(ask, stack or EVERYTHING, stage or "")


def _beside(ask: Ask) -> Answer:
    """What the button is about, read again."""
    stack, _, stage = _behind(ask).partition("/")
    return status_of(ask, stack, stage)


def _deploy(ask: Ask) -> Answer:
    stack, _, stage = _behind(ask).partition("/")
    open_form(ask, stack, stage, "")
    return None


def _by(verb: str) -> Callable[[Ask], Answer]:
    """What that verb says of the stage that the button is about."""

    def act(ask: Ask) -> Answer:
        stack, _, stage = _behind(ask).partition("/")
        command = ask.house.commands.get(verb)
        return command.run(ask, (stack, stage)) if command else None

    return act


def _behind(ask: Ask) -> str:
    if ask.token is None:
        raise NotPossible("I do not know this button.", "Type it: /tinystacks status")
    return ask.request.value


COMMAND = Command(
    cli=status,
    actions={
        **dict.fromkeys(("refresh", "stage", "stack", "all"), _beside),
        **{verb: _by(verb) for verb in ("tasks", "logs")},
        "deploy": _deploy,
    },
)
