"""A service that scales by itself: three honest ways to a number, and the way back."""

from dataclasses import replace

import pytest

from bot.domain.changes import State
from bot.domain.errors import NotPossible
from bot.domain.scaling import ScalingBounds
from bot.engine.dispatch import Dispatch
from tests.engine.house import ANA, BO, CY, REPOSITORY, STAGING, World, config, words_of
from tests.engine.scaling import (
    ANYWAY,
    HELD,
    SUSPEND,
    SUSPENDED,
    TARGET,
    TWO_TO_EIGHT,
    counts,
    desired,
    limits,
    newest,
    offered,
    registered,
    scales,
    scales_itself,
    settles,
    takes,
    told,
    touched,
    undoes,
)


@pytest.fixture
def world(world: World) -> World:
    scales_itself(world)
    return world


def restores(world: World) -> str:
    scale = newest(world).plan.scale
    return scale.restores if scale else ""


def test_a_plain_number_shows_what_would_undo_it_and_three_ways(world: World) -> None:
    asked = world.types("scale shop staging 4 --yes --reason launch")
    assert offered(asked) == [HELD, SUSPEND, ANYWAY]
    assert "scales by itself between 2 and 8 tasks, so a plain 4 would not last" in words_of(asked)
    assert "`cpu` keeps CPU at 60 %" in words_of(asked)
    preview = world.clicks(asked, SUSPEND)
    assert "launch" in words_of(preview)
    assert not touched(world)


@pytest.mark.parametrize(("way", "bounds"), [(HELD, ScalingBounds(4, 8)), (SUSPEND, SUSPENDED), (ANYWAY, TWO_TO_EIGHT)])
def test_each_way_comes_to_that_many_tasks_and_undo_to_what_was_before(
    world: World, way: str, bounds: ScalingBounds
) -> None:
    change = takes(world, way)
    assert (limits(world), desired(world), counts(world)) == (bounds, 4, [4])
    settles(world)
    assert world.change(change.id).state is State.SUCCEEDED
    back = undoes(world, change)
    assert (back.state, limits(world), desired(world)) == (State.SUCCEEDED, TWO_TO_EIGHT, 2)
    assert "takes a scaling back" in words_of(world.card(back.id))
    world.advances(8_000)
    assert told(world, change.id) == []
    assert len(registered(world)) == (0 if way == ANYWAY else 2)
    assert "has 2 tasks already" in words_of(world.clicks(world.card(change.id), "Undo"))


def test_an_undo_can_be_undone_and_is_for_who_may_scale(world: World) -> None:
    change = takes(world, HELD)
    settles(world)
    assert "No rule lets you scale" in words_of(world.clicks(world.card(change.id), "Undo", CY))
    back = undoes(world, change, BO)
    again = undoes(world, back)
    assert again.state is State.SUCCEEDED
    assert (restores(world), limits(world), desired(world)) == (back.id, ScalingBounds(4, 8), 4)


def test_what_is_under_way_is_taken_back_at_once(world: World) -> None:
    change = takes(world, HELD)
    preview = world.types("scale shop staging --restore")
    assert "❌" not in words_of(preview)
    world.clicks(preview, "Scale")
    world.runs()
    assert world.change(change.id).state is State.SUPERSEDED
    settles(world)
    assert (newest(world).state, limits(world), desired(world)) == (State.SUCCEEDED, TWO_TO_EIGHT, 2)


def test_to_nothing_and_back_and_back_once_more_does_not_end_in_nothing(world: World) -> None:
    asked = world.types("scale shop staging 0")
    preview = world.clicks(asked, "Change bounds: min 0")
    assert "To bring it back: /tinystacks scale shop staging --restore" in words_of(preview)
    world.clicks(preview, "Scale")
    world.runs()
    world.ecs.sets(STAGING, "shop", running=0)
    world.advances(10)
    assert (limits(world), desired(world)) == (ScalingBounds(0, 8), 0)
    scales(world, "--restore")
    settles(world)
    assert (newest(world).state, limits(world), desired(world)) == (State.SUCCEEDED, TWO_TO_EIGHT, 2)
    answer = world.types("scale shop staging --restore --yes")
    world.runs()
    assert "I know of no scaling of shop staging that could be taken back" in words_of(answer)
    assert (limits(world), desired(world)) == (TWO_TO_EIGHT, 2)


def test_a_restore_that_was_not_carried_out_takes_nothing_back(world: World) -> None:
    change = takes(world, HELD)
    settles(world)
    world.clicks(world.types("scale shop staging --restore"), "Cancel")
    world.scaling.fails(TARGET, NotPossible("AWS says no.", "Look."))
    assert scales(world, "--restore").state is State.FAILED
    world.ecs.fails("UpdateService", NotPossible("AWS says no.", "Look."))
    assert scales(world, "--restore").state is State.FAILED
    scales(world, "--restore")
    settles(world)
    assert restores(world) == change.id
    assert (limits(world), desired(world)) == (TWO_TO_EIGHT, 2)


def test_only_a_scaling_of_that_very_stage_is_taken_back_by_its_id(world: World) -> None:
    world.people.groups["S0REL"] = frozenset({ANA})
    change = takes(world, HELD)
    settles(world)
    other = words_of(world.types(f"scale shop prod --restore={change.id} --yes"))
    assert f"I know no scaling “{change.id}” of shop prod" in other
    world.deploys("v42")
    deploy = world.change().id
    answer = words_of(world.types(f"scale shop staging --restore={deploy}"))
    assert f"I know no scaling “{deploy}” of shop staging" in answer


def test_a_scaling_of_the_service_that_the_stage_was_before_is_not_taken_back_on_another(world: World) -> None:
    change = takes(world, HELD)
    settles(world)
    world.ecs.has_service(STAGING, "shop-two", f"{REPOSITORY}:v41")
    world.dispatch = Dispatch(replace(world.house, config=config(service="shop-two")))
    assert "I know of no scaling" in words_of(world.types("scale shop staging --restore"))
    assert f"I know no scaling “{change.id}” of shop staging" in words_of(world.clicks(world.card(change.id), "Undo"))
