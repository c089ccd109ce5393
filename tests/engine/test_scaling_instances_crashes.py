"""The bot is killed at any instant of a scale-in: each instance is drained before it is ended, and ended once."""

from collections import Counter
from functools import partial
from pathlib import Path

from bot.domain.changes import State
from bot.domain.errors import Unanswered
from tests.engine.fleets import DRAIN, END, GROUP, asked, moves_to, on_instances, writes
from tests.engine.house import STAGING, World, config
from tests.engine.mortal import Mortal

_LEAVE = ("i-0", "i-1")


def _draining(path: Path) -> Mortal:
    """i-0 and i-1 are being drained, and nothing runs on them any more."""
    world = Mortal(path, config())
    on_instances(world, 4)
    world.groups.passing = world.life.passes
    world.types("scale shop staging --instances 2 --instances-max 2 --yes")
    world.runs()
    assert writes(world) == [DRAIN]
    moves_to(world, "i-2")
    return world


def _ends(world: World) -> None:
    """The group is done with those it was told to end."""
    world.advances(60)
    world.groups.settles(STAGING, GROUP)
    world.advances(60)


def _ended(world: World) -> Counter[str]:
    done = [one.request["InstanceId"] for one in world.groups.carried_out if one.call == END]
    return Counter(done)


def test_killed_between_drain_and_end_each_instance_is_ended_once(tmp_path: Path) -> None:
    instants, lived = 0, False
    while not lived:
        world = _draining(tmp_path / f"{instants}.db")
        world.life.ends_after(instants)
        lived = world.while_alive(partial(world.advances, 10))
        world.restarts()
        _ends(world)
        assert _ended(world) == Counter(_LEAVE), f"killed at instant {instants}"
        assert world.change().state is State.SUCCEEDED, f"killed at instant {instants}"
        found = world.groups.group(STAGING, GROUP)
        assert found is not None
        assert (found.desired, found.most) == (2, 2), f"killed at instant {instants}"
        world.store.close()
        instants += 3
    assert instants > 20


def test_an_end_that_landed_without_an_answer_is_found_and_not_repeated(tmp_path: Path) -> None:
    world = _draining(tmp_path / "bot.db")
    world.groups.applies_but_does_not_answer(END)
    _ends(world)
    assert _ended(world) == Counter(_LEAVE)
    assert world.change().state is State.SUCCEEDED
    world.store.close()


def test_an_end_that_did_not_land_is_repeated(tmp_path: Path) -> None:
    world = _draining(tmp_path / "bot.db")
    world.groups.fails(END, Unanswered("AWS", END))
    _ends(world)
    assert [one["InstanceId"] for one in asked(world, END)] == ["i-0", "i-0", "i-1"]
    assert _ended(world) == Counter(_LEAVE)
    world.store.close()
