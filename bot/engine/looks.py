"""One look at a service before it is scaled: good to know, never needed."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import timedelta
from threading import Thread

from bot.domain.ecs import Service, Task
from bot.domain.looks import MOST_SPARE, Look, spread_of
from bot.domain.rooms import Room, fits_now
from bot.domain.stacks import Stage
from bot.domain.targets import Target
from bot.domain.usage import Usage
from bot.engine.ports import Ports
from bot.engine.reading import or_none

SPAN = timedelta(hours=3)
_A_CALL = 100
"""Tasks that one DescribeTasks tells of. For zones alone no more calls are made."""


PATIENCE = 4.0
"""Seconds for CloudWatch: when it is down, somebody scales all the more urgently."""


def read_look(
    ports: Ports,
    stage: Stage,
    target: Target,
    tasks: Sequence[Task] | None = None,
    room: Room | None = None,
    *,
    patience: float = PATIENCE,
) -> Look:
    """`tasks`: of the service, where they were read already; else those of `room`, else two calls. One call for the
    usage. What cannot be read is unknown, nothing is raised."""
    service, now = target.service, ports.now()
    usage = _beside(lambda: or_none(lambda: ports.metrics.usage(stage.place, stage.service, now - SPAN, now)))
    known = tasks if tasks is not None else room.tasks if room else None
    found = _live(ports, stage, service) if known is None else known
    instances = room.active if room else None
    return Look(
        running=service.running,
        desired=service.desired,
        usage=_within(patience, usage),
        instances=None if instances is None else len(instances),
        spare=fits_now(room, MOST_SPARE) if room else None,
        spread=spread_of(service, found, instances or ()),
        at=now,
    )


def _beside(read: Callable[[], Usage | None]) -> "Future[Usage | None]":
    """On a thread of its own, which keeps no process from ending."""
    future: Future[Usage | None] = Future()

    def run() -> None:
        try:
            future.set_result(read())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, name="look", daemon=True).start()
    return future


def _within(patience: float, usage: "Future[Usage | None]") -> Usage | None:
    try:
        return usage.result(patience)
    except TimeoutError:
        return None


def _live(ports: Ports, stage: Stage, service: Service) -> Sequence[Task]:
    if service.scheduling_strategy != "REPLICA" or not 0 < service.running <= _A_CALL:
        return ()
    return or_none(lambda: ports.ecs.live_tasks(stage.place, stage.service, None)) or ()
