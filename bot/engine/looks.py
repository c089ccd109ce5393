"""One look at a service before it is scaled: good to know, never needed."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.domain.ecs import Service, Task
from bot.domain.looks import MOST_SPARE, Look, spread_of
from bot.domain.rooms import Room, fits_now
from bot.domain.stacks import Stage
from bot.domain.targets import Target
from bot.engine.ports import Ports
from bot.engine.reading import or_none

SPAN = timedelta(hours=3)
_A_CALL = 100
"""Tasks that one DescribeTasks tells of. For zones alone no more calls are made."""


def read_look(
    ports: Ports, stage: Stage, target: Target, tasks: Sequence[Task] | None = None, room: Room | None = None
) -> Look:
    """`tasks`: of the service, where they were read already; else those of `room`, else two calls. One call for the
    usage. What cannot be read is unknown, nothing is raised."""
    service, now = target.service, ports.now()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="look") as pool:
        usage = pool.submit(or_none, lambda: ports.metrics.usage(stage.place, stage.service, now - SPAN, now))
        known = tasks if tasks is not None else room.tasks if room else None
        found = _live(ports, stage, service) if known is None else known
        instances = room.active if room else None
        return Look(
            running=service.running,
            desired=service.desired,
            usage=usage.result(),
            instances=None if instances is None else len(instances),
            spare=fits_now(room, MOST_SPARE) if room else None,
            spread=spread_of(service, found, instances or ()),
            at=now,
        )


def _live(ports: Ports, stage: Stage, service: Service) -> Sequence[Task]:
    if service.scheduling_strategy != "REPLICA" or not 0 < service.running <= _A_CALL:
        return ()
    return or_none(lambda: ports.ecs.live_tasks(stage.place, stage.service, None)) or ()
