"""Many services at once: how often ECS is asked, and what happens where it does not answer."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from bot.domain.ecs import Service
from bot.domain.errors import AccessDenied, NotFound, Unreachable
from bot.domain.stacks import Place, Stage
from bot.engine.board import Board
from bot.engine.ports import Ports
from tests.engine.house import World

HERE, THERE = Place("us-east-1", "here"), Place("eu-west-1", "there")
FRESH, SECONDS = timedelta(), timedelta(seconds=10)
SOON, LONG = 0.05, 5.0


def stages(place: Place, count: int) -> list[Stage]:
    return [Stage(f"app{number:02}", "prod", place, f"app{number:02}", "C0") for number in range(count)]


@pytest.fixture
def many(world: World) -> World:
    for place in (HERE, THERE):
        for stage in stages(place, 25):
            world.ecs.has_service(place, stage.service, "shop:v1")
    world.ecs.calls.clear()
    return world


def read(ports: Ports, board: Board, wanted: Sequence[Stage], younger: timedelta = FRESH) -> list[object]:
    reading = board.begin(ports, wanted, younger)
    assert reading.wait(LONG)
    return [reading.of(stage) for stage in wanted]


def test_ten_services_are_one_call_and_each_is_asked_for_once(many: World) -> None:
    found = read(many.house.ports, Board(), [*stages(HERE, 25), *stages(THERE, 7)])
    assert all(isinstance(one, Service) for one in found)
    assert sorted(len(call["services"]) for call in many.calls("DescribeServices")) == [5, 7, 10, 10]


def test_what_was_read_some_seconds_ago_is_not_asked_for_again(many: World) -> None:
    board = Board()
    for seconds, calls in ((0, 1), (9, 1), (1, 2)):
        many.clock.advance(timedelta(seconds=seconds))
        read(many.house.ports, board, stages(HERE, 5), SECONDS)
        assert len(many.calls("DescribeServices")) == calls
    read(many.house.ports, board, stages(HERE, 5))
    assert len(many.calls("DescribeServices")) == 3


def test_a_service_that_is_not_there_is_missing_alone(many: World) -> None:
    many.ecs.loses_service(HERE, "app01")
    found = read(many.house.ports, Board(), stages(HERE, 3))
    assert [type(one) for one in found] == [Service, NotFound, Service]


class Hanging:
    """ECS whose cluster THERE does not answer until it is let go."""

    def __init__(self, world: World) -> None:
        self.ecs, self.go, self.asked = world.ecs, Event(), 0

    def describe_services(self, place: Place, names: Sequence[str]) -> Mapping[str, Service]:
        if place == THERE:
            self.asked += 1
            self.go.wait(LONG)
        return self.ecs.describe_services(place, names)


@pytest.fixture
def hanging(many: World) -> Iterator[Hanging]:
    ecs = Hanging(many)
    yield ecs
    ecs.go.set()


def instead(world: World, ecs: Any) -> Ports:
    """The world's ports with another ECS."""
    return replace(world.house.ports, ecs=ecs)


def test_a_cluster_that_does_not_answer_holds_up_no_other(many: World, hanging: Hanging) -> None:
    board, wanted = Board(), [*stages(HERE, 1), *stages(THERE, 1)]
    reading = board.begin(instead(many, hanging), wanted, FRESH)
    assert not reading.wait(SOON)
    assert isinstance(reading.of(wanted[0]), Service)
    assert reading.of(wanted[1]) is None


def test_whoever_asks_meanwhile_joins_the_one_who_waits(many: World, hanging: Hanging) -> None:
    board, wanted = Board(), stages(THERE, 1)
    first, *others = [board.begin(instead(many, hanging), wanted, FRESH) for _ in range(20)]
    hanging.go.set()
    assert all(reading.wait(LONG) and reading.of(wanted[0]) == first.of(wanted[0]) for reading in others)
    assert hanging.asked == 1


class Choosy:
    """ECS that may not read some services, and then refuses the whole call."""

    def __init__(self, world: World, *closed: str) -> None:
        self.ecs, self.closed, self.asked = world.ecs, closed, 0

    def describe_services(self, place: Place, names: Sequence[str]) -> Mapping[str, Service]:
        self.asked += 1
        if set(names) & set(self.closed):
            raise AccessDenied("ecs:DescribeServices", "the role")
        return self.ecs.describe_services(place, names)


def test_a_service_that_may_not_be_read_hides_no_other(many: World) -> None:
    found = read(instead(many, Choosy(many, "app03", "app08")), Board(), stages(HERE, 12))
    assert [number for number, one in enumerate(found) if isinstance(one, AccessDenied)] == [3, 8]


def test_a_role_that_may_read_nothing_is_not_asked_a_hundred_times(many: World) -> None:
    ecs = Choosy(many, *(stage.service for stage in stages(HERE, 25)))
    found = read(instead(many, ecs), Board(), stages(HERE, 25))
    assert all(isinstance(one, AccessDenied) for one in found)
    assert ecs.asked == 19


def test_a_region_that_is_down_is_asked_once_and_again_next_time(many: World) -> None:
    board = Board()
    many.ecs.fails("DescribeServices", Unreachable("AWS", "DescribeServices"))
    assert all(isinstance(one, Unreachable) for one in read(many.house.ports, board, stages(HERE, 5)))
    assert all(isinstance(one, Service) for one in read(many.house.ports, board, stages(HERE, 5)))


def test_a_revision_is_read_once_whoever_asks(many: World) -> None:
    board, ports = Board(), many.house.ports
    wanted = [(HERE, many.ecs.service(HERE, stage.service).task_definition_arn) for stage in stages(HERE, 8)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: board.definitions(ports, wanted, LONG), range(4)))
    assert all(set(one) == {arn for _, arn in wanted} for one in found)
    assert len(many.calls("DescribeTaskDefinition")) == 8


def test_a_revision_that_could_not_be_read_is_tried_again(many: World) -> None:
    board, ports = Board(), many.house.ports
    arn = many.ecs.service(HERE, "app00").task_definition_arn
    many.ecs.fails("DescribeTaskDefinition", Unreachable("AWS", "DescribeTaskDefinition"))
    assert board.definitions(ports, [(HERE, arn)], LONG) == {}
    assert set(board.definitions(ports, [(HERE, arn)], LONG)) == {arn}
