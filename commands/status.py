"""`status [stack] [stage]`: what runs where, all of it on one screen; one stack; one stage with its details."""

from datetime import timedelta

import click

from bot.domain.errors import NotPossible
from bot.domain.names import find_stack, find_stage
from bot.engine.commands import Answer, Ask, Command
from bot.engine.deploy_form import open_form
from bot.engine.rights import require
from bot.engine.stage_details import details_of
from bot.engine.tiles import tiles_of
from bot.messages.stage_details import stage_details
from bot.messages.status import EVERYTHING, overview, stack_status

_PATIENCE_SECONDS = 3.0


@click.command("status", add_help_option=False, short_help="what runs where, and what is under way")
@click.argument("stack", required=False)
@click.argument("stage", required=False)
@click.pass_obj
def status(ask: Ask, stack: str | None, stage: str | None) -> Answer:
    """Shows all stacks on one screen, stage by stage: image, tasks, rollout, locks, who changed it last, how far stages
    are apart. With STACK that stack, with STAGE everything that is set for it."""
    return _shown(ask, stack or EVERYTHING, stage or "")


def _shown(ask: Ask, stack: str, stage: str) -> Answer:
    require(ask, "status", None)
    house = ask.house
    if stage:
        details = details_of(house, find_stage(house.config, stack, stage))
        return stage_details(details, house.ports.now(), house.offers)
    stacks = house.config.stacks if stack == EVERYTHING else (find_stack(house.config, stack),)
    stages = [one for each in stacks for one in each.stages]
    tiles = tiles_of(house, stages, younger=timedelta(), patience=_PATIENCE_SECONDS)
    return (overview if stack == EVERYTHING else stack_status)(tiles, house.ports.now())


def _beside(ask: Ask) -> Answer:
    """What the button is about, read again."""
    stack, _, stage = _behind(ask).partition("/")
    return _shown(ask, stack, stage)


def _deploy(ask: Ask) -> Answer:
    stack, _, stage = _behind(ask).partition("/")
    open_form(ask, stack, stage, "")
    return None


def _behind(ask: Ask) -> str:
    if ask.token is None:
        raise NotPossible("I do not know this button.", "Type it: /tinystacks status")
    return ask.request.value


COMMAND = Command(
    cli=status,
    actions={"refresh": _beside, "stage": _beside, "stack": _beside, "all": _beside, "deploy": _deploy},
)
