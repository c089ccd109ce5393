"""A bot that dies at any instant of a scaling: each call is carried out at most once, a suspension is never forgotten,
and what is told is told once. `INSTANTS=1` in the environment tries each of some 400 instants, not each 17th."""

import os
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, NotPossible, Throttled, Unanswered
from bot.domain.scaling import ScalingBounds
from tests.engine.house import STAGING, World, config, words_of
from tests.engine.mortal import Mortal
from tests.engine.scaling import (
    HELD,
    SUSPEND,
    SUSPENDED,
    TARGET,
    TO,
    TWO_TO_EIGHT,
    counts,
    desired,
    limits,
    newest,
    registered,
    scales,
    scales_itself,
    settles,
    takes,
)

RESUMED = "▶️ <@U0ANA> Autoscaling goes on, within 2 to 8 tasks."


def mortal(path: Path) -> Mortal:
    world = Mortal(path, config())
    scales_itself(world)
    return world


def done(world: World) -> Counter[str]:
    """What AWS did, answered or not, by name."""
    return Counter(one.call for one in (*world.ecs.carried_out, *world.scaling.carried_out) if one.who)


def test_whenever_it_dies_each_call_is_carried_out_once_and_autoscaling_goes_on_in_the_end(tmp_path: Path) -> None:
    died = 0
    for instant in count(0, int(os.environ.get("INSTANTS", "17"))):
        world = mortal(tmp_path / f"{instant}.db")
        preview = world.clicks(world.types("scale shop staging 4"), SUSPEND)
        world.clicks(preview, "Scale")
        world.life.ends_after(instant)
        lived = world.while_alive(lambda world=world: _to_its_end(world))  # type: ignore[misc]
        if not lived:
            died += 1
            world.restarts()
            _to_its_end(world)
        assert newest(world).state is State.SUCCEEDED, instant
        assert done(world) == {TARGET: 2, TO: 1}, instant
        assert (limits(world), desired(world)) == (TWO_TO_EIGHT, 4), instant
        assert world.thread(newest(world).id).count(RESUMED) == 1, instant
        assert world.done().count(("resume", "succeeded")) == 1, instant
        world.store.close()
        if lived:
            break
    assert died > 15


def _to_its_end(world: Mortal) -> None:
    world.advances(60)
    settles(world)
    world.advances(7_400)


@pytest.mark.parametrize("call", [TARGET, TO])
@pytest.mark.parametrize("landed", [True, False])
def test_a_call_that_was_not_answered_is_looked_for_before_it_is_made_again(
    world: World, call: str, landed: bool
) -> None:
    scales_itself(world)
    fake = world.scaling if call == TARGET else world.ecs
    if landed:
        fake.applies_but_does_not_answer(call)
    else:
        fake.fails(call, Unanswered("AWS", call))
    takes(world, SUSPEND)
    assert newest(world).state is State.APPLYING
    world.advances(60)
    settles(world)
    assert newest(world).state is State.SUCCEEDED
    assert (len(registered(world)), len(counts(world))) == (
        1 + (call == TARGET and not landed),
        1 + (call == TO and not landed),
    )
    assert (f"aws:{call}", "found") in world.done() or not landed


def test_a_count_that_somebody_else_set_before_ours_could_be_seen_is_left_alone(world: World) -> None:
    world.ecs.fails(TO, Unanswered("AWS", TO))
    scales(world)
    world.ecs.scales(STAGING, "shop", 7)
    world.advances(60)
    assert newest(world).state is State.FAILED
    assert "the desired count is 7 by now, neither 2 as before nor 4" in newest(world).problem
    assert counts(world) == [4]


def test_where_nobody_can_tell_what_was_done_before_is_told_all_the_same(world: World) -> None:
    scales_itself(world)
    world.ecs.fails(TO, Unanswered("AWS", TO))
    takes(world, HELD)
    world.ecs.scales(STAGING, "shop", 7)
    world.advances(60)
    assert "whether mine was set in between I cannot tell" in newest(world).problem
    assert "Done before that: RegisterScalableTarget." in newest(world).problem


def test_bounds_that_somebody_else_set_before_ours_could_be_seen_are_left_alone(world: World) -> None:
    scales_itself(world)
    world.scaling.fails(TARGET, Unanswered("AWS", TARGET))
    takes(world, HELD)
    world.scaling.has_bounds(STAGING, "shop", ScalingBounds(1, 8))
    world.advances(60)
    assert newest(world).state is State.FAILED
    assert "bounds are others by now" in newest(world).problem
    assert limits(world) == ScalingBounds(1, 8)


def test_a_count_outside_its_bounds_that_registering_moved_is_no_riddle(world: World) -> None:
    """12 of 2 to 8, suspended: registering makes it 8, which is ours to move on."""
    scales_itself(world)
    world.ecs.scales(STAGING, "shop", 12)
    world.ecs.fails(TO, Unanswered("AWS", TO))
    takes(world, SUSPEND, "scale shop staging 14")
    world.advances(60)
    assert (newest(world).state, desired(world)) == (State.ROLLING_OUT, 14)


@pytest.mark.parametrize(
    "error", [NotPossible("AWS says no.", "Look."), AccessDenied("ecs:UpdateService", "role"), Throttled("AWS", TO)]
)
def test_a_suspension_whose_count_never_came_about_ends_at_once(world: World, error: Exception) -> None:
    """Throttled: as soon as the bot gives up."""
    scales_itself(world)
    world.ecs.fails(TO, error, times=500)
    takes(world, SUSPEND)
    world.advances(900)
    change = newest(world)
    assert change.state is State.FAILED
    assert "Done before that: RegisterScalableTarget." in change.problem
    assert "Revision" not in change.problem
    assert (limits(world), desired(world)) == (TWO_TO_EIGHT, 2)
    assert world.thread(change.id).count(RESUMED) == 1
    world.advances(8_000)
    assert len(registered(world)) == 2


def test_a_suspension_of_which_nobody_knows_whether_it_came_about_is_ended(world: World) -> None:
    scales_itself(world)
    world.scaling.applies_but_does_not_answer(TARGET)
    takes(world, SUSPEND)
    assert limits(world) == SUSPENDED
    world.scaling.fails("DescribeScalableTargets", AccessDenied("DescribeScalableTargets", "role"))
    world.advances(60)
    assert newest(world).state is State.FAILED
    assert limits(world) == TWO_TO_EIGHT
    assert counts(world) == []
    assert "I may not look whether it was carried out" in words_of(world.card(newest(world).id))
