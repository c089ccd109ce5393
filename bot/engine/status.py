"""`status`: everything, a stack, or a stage, read anew."""

from datetime import timedelta

from bot.domain.names import find_stack, find_stage
from bot.engine.commands import Ask
from bot.engine.ports import Json
from bot.engine.rights import require
from bot.engine.stage_details import details_of
from bot.engine.tiles import tiles_of
from bot.messages.stage_details import stage_details
from bot.messages.status import EVERYTHING, overview, stack_status

_PATIENCE_SECONDS = 3.0


def status_of(ask: Ask, stack: str, stage: str) -> Json:
    """`stack` may be EVERYTHING, `stage` empty. Raises UnknownName."""
    require(ask, "status", None)
    house = ask.house
    if stage:
        details = details_of(house, find_stage(house.config, stack, stage))
        return stage_details(details, house.ports.now(), house.commands)
    stacks = house.config.stacks if stack == EVERYTHING else (find_stack(house.config, stack),)
    stages = [one for each in stacks for one in each.stages]
    tiles = tiles_of(house, stages, younger=timedelta(), patience=_PATIENCE_SECONDS)
    return (overview if stack == EVERYTHING else stack_status)(tiles, house.ports.now())
