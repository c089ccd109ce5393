"""A rollout under way, and tasks of it that die."""

from tests.engine.house import LOGS, STAGING, World


def rolling(world: World) -> str:
    """A deploy of v42 that rolls out for ten seconds; its change's id."""
    world.deploys()
    world.advances(10)
    return world.change().id


def dies(world: World, *lines: str, exit_code: int = 1) -> None:
    """A new task dies, having written these lines."""
    task = world.ecs.task_dies(STAGING, "shop", exit_code=exit_code)
    if lines:
        world.logs.wrote(LOGS, "app", task.id, *lines)
    world.advances(10)
