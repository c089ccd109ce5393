"""Will it fit: the forecast, read over the wire, against what the simulated scheduler then does; its time and calls."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from statistics import median

from bench.clusters import NAME, REGION, SUBJECT, Case
from bench.figure import Figure
from bench.relief import relieve
from bot.adapters.aws.ecs import AwsEcs
from bot.adapters.aws.groups import AwsGroups
from bot.adapters.aws.hardware import AwsHardware
from bot.adapters.aws.sessions import Sessions
from bot.domain.capacity import Forecast, surge_of
from bot.domain.room_forecasts import Room, forecast_of
from bot.domain.stacks import Place, Stage
from bot.engine.room_reading import read_room
from sandbox.ecs import World
from sandbox.ecs.seed import push_images

CLUSTERS = 1_000
LARGE, MORE, TRIES = 500, 100, 9
STAGE = Stage("shop", "prod", Place(REGION, NAME), SUBJECT, "C0DEPLOYS")


@dataclass(frozen=True)
class Wire:
    """What a room is read through: the real adapters."""

    ecs: AwsEcs
    groups: AwsGroups
    hardware: AwsHardware

    def room(self, definition: str = "") -> Room:
        """Of the subject, or of another task definition in its place."""
        service = self.ecs.describe_services(STAGE.place, [SUBJECT])[SUBJECT]
        named = definition or service.task_definition_arn
        return read_room(self, STAGE, service, self.ecs.describe_task_definition(STAGE.place, named))


@contextmanager
def wired(world: World) -> Iterator[Wire]:
    """The adapters on that world; credentials are the environment's."""
    with world.serving() as url:
        sessions = Sessions(endpoint_url=url)
        yield Wire(AwsEcs(sessions), AwsGroups(sessions), AwsHardware(sessions))


@dataclass(frozen=True)
class Outcome:
    """How one cluster went. `told`: the forecast; `placed`: how many of as many tasks the scheduler then placed;
    `freed`: how many more once what was limiting is out of the way, None where nothing was, or no instance is there."""

    told: Forecast
    placed: int
    freed: int | None

    @property
    def right(self) -> bool:
        """Fits or does not, exactly; what is short is named where it does not, and was what bound."""
        named = bool(self.told.limiting) == (self.told.fits < self.told.of)
        return self.told.fits == self.placed and named and not self.told.unknown and self.freed != 0


def outcome(world: World, wire: Wire, number: int) -> Outcome:
    """Builds the cluster of that number, asks, then lets the scheduler do it: a scaling, or the surge of a rollout."""
    case = Case(world, Random(number))
    case.build()
    asked = _rollout(case, wire) if number % 3 == 0 and case.steady() else _scaling(case, wire)
    told, before = forecast_of(asked.room, asked.n), case.placed()
    assert told is not None
    asked.does()
    case.tries()
    placed = case.placed() - before - asked.room.ahead
    return Outcome(told, max(0, min(asked.n, placed)), _freed(case, told))


@dataclass(frozen=True)
class _Asked:
    """Room for `n` more tasks, and what makes ECS start them."""

    room: Room
    n: int
    does: Callable[[], object]


def _scaling(case: Case, wire: Wire) -> _Asked:
    n = case.rng.randint(1, 8)
    return _Asked(wire.room(), n, lambda: case.world.act.scale(REGION, NAME, SUBJECT, case.subject.desired + n))


def _rollout(case: Case, wire: Wire) -> _Asked:
    arn = case.world.act.register(REGION, **case.definition(SUBJECT))
    room = wire.room(arn)
    surge = surge_of(room.service.desired, room.service.configuration)
    return _Asked(room, surge.extra, lambda: case.world.act.update_service(REGION, NAME, SUBJECT, taskDefinition=arn))


def _freed(case: Case, told: Forecast) -> int | None:
    if not told.limiting or told.limiting == ("INSTANCES",):
        return None
    before = case.placed()
    relieve(case, told.limiting)
    case.tries()
    return case.placed() - before


def outcomes(numbers: Iterable[int]) -> list[Outcome]:
    """Of the clusters of these numbers, in one world."""
    world = World()
    push_images(world, REGION, "shop")
    with wired(world) as wire:
        return [outcome(world, wire, number) for number in numbers]


def measure() -> list[Figure]:
    """Random clusters first, then one of LARGE instances: milliseconds and calls to AWS."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    found = outcomes(range(CLUSTERS))
    _tell(found)
    wrong = CLUSTERS - sum(one.right for one in found)
    return [Figure(f"forecast wrong, of {CLUSTERS:,} random clusters", wrong, "clusters", 0), *_large()]


def _tell(found: list[Outcome]) -> None:
    print(f"{sum(one.right for one in found):,} of {len(found):,} right")
    for factors, count in Counter(one.told.limiting for one in found).most_common():
        freed = [one.freed for one in found if one.told.limiting == factors and one.freed is not None]
        bound = f"without it more fit in {sum(map(bool, freed))} of {len(freed)}" if freed else ""
        print(f"{count:6,}  {' and '.join(factors) or 'all fit':40} {bound}".rstrip())


def large(instances: int, fancy: bool) -> tuple[Room, int]:
    """The room of a cluster of so many instances, and the calls that it took."""
    world = World()
    push_images(world, REGION, "shop")
    Case(world, Random(1)).build_large(instances, fancy)
    with wired(world) as wire:
        room = wire.room()
        return room, len(world.calls) - 2  # the service and its task definition are not part of the forecast


def _large() -> list[Figure]:
    """The subject in bridge mode, then with interfaces of its own and a provider."""
    figures = []
    for what, fancy in (("", False), (", awsvpc, managed scaling", True)):
        room, calls = large(LARGE, fancy)
        took = [_took(room) for _ in range(TRIES)]
        named = f"forecast of {MORE} tasks on {LARGE} instances{what}"
        figures.append(Figure(f"{named}: pure, median of {TRIES}", median(took), "ms", 50, samples=took))
        figures.append(Figure(f"{named}: calls to AWS", calls, "calls", 13))
    return figures


def _took(room: Room) -> float:
    started = time.perf_counter()
    assert forecast_of(room, MORE) is not None
    return (time.perf_counter() - started) * 1000
