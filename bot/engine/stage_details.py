"""Everything about one stage: six calls of AWS at the most, side by side where none needs another's answer."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from bot.domain.board import Details, Tile
from bot.domain.ecs import Image, Service, TaskDefinition
from bot.domain.errors import Refusal
from bot.domain.scaling import ScalingBounds
from bot.domain.stacks import Stage
from bot.domain.targets import Target
from bot.engine.commands import House
from bot.engine.ports import Ports
from bot.engine.reading import or_none, running_image
from bot.engine.tiles import tiles_of
from bot.engine.trends import trend_of_stage

PATIENCE_SECONDS = 4.0


def details_of(house: House, stage: Stage) -> Details:
    """What can be read of it; of what cannot, why."""
    (tile,) = tiles_of(house, [stage], younger=timedelta(), patience=PATIENCE_SECONDS)
    details = _more(house, tile, tile.service) if tile.service else Details(tile)
    with house.ports.store.transaction() as tx:
        coming = tx.schedules(stage.stack, stage.name)
    return replace(details, trend=trend_of_stage(house.ports, stage.stack, stage.name), coming=coming)


def _more(house: House, tile: Tile, service: Service) -> Details:
    ports, stage, arn = house.ports, tile.stage, service.task_definition_arn
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="read") as pool:
        bounds = pool.submit(_bounds, ports, stage)
        instances = pool.submit(or_none, lambda: ports.ecs.describe_container_instances(stage.place))
        wanted = [(stage.place, arn)] if arn else []
        definitions: Mapping[str, TaskDefinition] = house.board.definitions(ports, wanted, PATIENCE_SECONDS)
        definition = definitions.get(arn)
        image = or_none(lambda: running_image(ports, stage, Target(service, definition))) if definition else None
        found = instances.result()
    counted = None if found is None else len(found)
    return Details(_named(tile, image), definition, bounds.result(), counted)


def _bounds(ports: Ports, stage: Stage) -> ScalingBounds | Refusal | None:
    try:
        return ports.scaling.bounds(stage.place, stage.service)
    except Refusal as error:
        return error


def _named(tile: Tile, image: Image | None) -> Tile:
    """With a tag and a digest from the registry, where the task definition names only one of them."""
    side = tile.image
    if image is None or side is None:
        return tile
    tag = side.tag or next(iter(image.tags), "")
    return replace(tile, image=replace(side, tag=tag, digest=side.digest or image.digest))
