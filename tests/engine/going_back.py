"""Changes that end well, and what ECS is at then."""

from bot.domain.changes import State
from tests.engine.house import REPOSITORY, STAGING, World
from tests.fakes.ecs_story import document

TO = "UpdateService"


def succeeds(world: World, words: str = "deploy shop staging v42") -> str:
    """That change, to its good end; its card's id."""
    world.types(f"{words} --yes")
    world.runs()
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.SUCCEEDED, world.change()
    return world.change().id


def runs(world: World) -> str:
    """`shop:N`, what ECS is at."""
    return world.ecs.service(STAGING, "shop").task_definition_arn.rsplit("/", 1)[-1]


def asked_for(world: World) -> list[str]:
    return [str(one["taskDefinition"]).rsplit("/", 1)[-1] for one in world.calls(TO)]


def somebody_deploys(world: World, image: str) -> None:
    """Past the bot, to a good end."""
    other = world.ecs.has_task_definition(STAGING, document("shop", f"{REPOSITORY}:{image}"))
    world.ecs.somebody_deploys(STAGING, "shop", other.arn)
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
