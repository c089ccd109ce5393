"""What is read before a scaling is shown: few calls, and whatever is denied is unknown."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from bot.domain.errors import AccessDenied, Throttled
from bot.domain.looks import MOST_SPARE, Look
from bot.domain.names import find_stage
from bot.domain.rooms import Room
from bot.engine.looks import read_look
from bot.engine.reading import read_target
from tests.domain.check_cases import instance
from tests.engine.house import STAGING, World, config


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "bot.db", config())
    world.metrics.has_usage(STAGING, "shop", [20.0, None, 70.0], [50.0, 51.0, 52.0])
    return world


def look(world: World, *, room: Room | None = None, patience: float = 60) -> tuple[Look, list[str]]:
    """The look, and the calls it took."""
    ports, stage = world.house.ports, find_stage(world.house.config, "shop", "staging")
    target = read_target(ports, stage)
    before = len(world.ecs.calls)
    seen = read_look(ports, stage, target, room=room, patience=patience)
    return seen, [one.call for one in (*world.ecs.calls[before:], *world.metrics.calls)]


def room_of(world: World, *cpus: int) -> Room:
    """Instances with so many CPU units left, each in a zone of its own."""
    target = read_target(world.house.ports, find_stage(world.house.config, "shop", "staging"))
    tasks = [replace(one, container_instance_arn="arn:a") for one in world.ecs.live_tasks(STAGING, "shop", None)]
    zones = zip("abcd", cpus, strict=False)
    here = [instance(arn=f"arn:{one}", zone=f"us-east-1{one}", cpu=cpu, memory=10**6) for one, cpu in zones]
    return Room(target.service, target.definition, tuple(here), tasks=tuple(tasks))


def test_usage_of_three_hours_counts_and_zones_in_two_calls(world: World) -> None:
    seen, calls = look(world)
    assert (seen.running, seen.desired, seen.instances, seen.spare) == (2, 2, None, None)
    assert seen.at == world.clock.now()
    assert seen.usage
    assert (seen.usage.span, seen.usage.cpu[-3:]) == (timedelta(hours=3), (20.0, None, 70.0))
    assert sum(many for _, many in seen.spread) == 2
    assert sorted(calls) == ["GetMetricData", "ListTasks"]


def test_what_was_read_of_the_room_is_not_read_again(world: World) -> None:
    seen, calls = look(world, room=room_of(world, 1_000, 300, 0, 256))
    assert (seen.instances, seen.spare) == (4, 5)
    assert [zone for zone, _ in seen.spread] == [f"us-east-1{letter}" for letter in "abcd"]
    assert calls == ["GetMetricData"]


def test_an_instance_that_drains_does_not_count(world: World) -> None:
    room = room_of(world, 1_000, 1_000)
    gone, *others = room.instances or ()
    seen, _ = look(world, room=replace(room, instances=(replace(gone, status="DRAINING"), *others)))
    assert (seen.instances, seen.spare) == (1, 3)


def test_so_much_room_that_nobody_counts_it_is_capped(world: World) -> None:
    assert look(world, room=room_of(world, 10**6))[0].spare == MOST_SPARE


@pytest.mark.parametrize("error", [AccessDenied("", "GetMetricData"), Throttled("AWS", "GetMetricData")])
def test_what_is_denied_or_does_not_answer_is_unknown(world: World, error: Exception) -> None:
    world.metrics.fails("GetMetricData", error)
    world.ecs.fails("ListTasks", error)
    seen, _ = look(world)
    assert (seen.usage, seen.spread, seen.running) == (None, (), 2)


def test_nobody_waits_for_a_cloudwatch_that_does_not_answer(world: World) -> None:
    answers = Event()
    world.metrics.meanwhile("GetMetricData", lambda: answers.wait(30))
    seen, _ = look(world, patience=0.02)
    answers.set()
    assert (seen.usage, seen.running, bool(seen.spread)) == (None, 2, True)


def test_a_fault_of_our_own_is_not_taken_for_silence(world: World) -> None:
    world.metrics.fails("GetMetricData", ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        look(world)


def test_of_a_service_with_hundreds_of_tasks_zones_alone_are_not_worth_the_calls(world: World) -> None:
    world.ecs.sets(STAGING, "shop", running=300)
    seen, calls = look(world)
    assert (seen.spread, seen.running, calls) == ((), 300, ["GetMetricData"])
