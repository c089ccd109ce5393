"""What is read before it is told whether more tasks fit: at most MOST_CALLS calls to AWS for 500 instances."""

from bot.domain.ecs import Service, TaskDefinition
from bot.domain.prerequisites import on_fargate
from bot.domain.rooms import Room, fits_now, room_check
from bot.domain.stacks import Stage
from bot.engine.ports import Ports
from bot.engine.reading import or_none

__all__ = ["Room", "fits_now", "read_room", "room_check"]


def read_room(ports: Ports, stage: Stage, service: Service, definition: TaskDefinition) -> Room:
    """What may not be read is unknown; nothing is raised for it."""
    room = Room(service, definition)
    if on_fargate(service):
        return room
    return Room(service, definition, or_none(lambda: ports.ecs.describe_container_instances(stage.place)))
