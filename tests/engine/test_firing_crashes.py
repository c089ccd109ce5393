"""Whenever the bot dies around a schedule's time, and however long it is down: that time comes once, or is told as
missed."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import event, given
from hypothesis import strategies as st

from bot.domain.changes import State
from bot.domain.schedules import Schedule
from tests.engine.house import config
from tests.engine.mortal import Mortal
from tests.engine.scheduled import UNTIL_EIGHT, fired, makes, outcomes, stands, told
from tests.tale import disagreements

GRACE = 15 * 60
TWICE = 'schedule deploy shop staging v42 --cron "0,30 20 * * *"'


@given(
    dies_after=st.lists(st.integers(0, 45), min_size=1, max_size=3),
    down=st.sampled_from([0, 1, 45, 600, GRACE - 20, GRACE + 20, 3_600]),
)
def test_a_time_in_which_the_bot_is_killed_and_started_again_comes_exactly_once(
    dies_after: list[int], down: int
) -> None:
    with tempfile.TemporaryDirectory(prefix="firing-") as folder:
        world = Mortal(Path(folder) / "bot.db", config())
        schedule = makes(world, 'schedule deploy shop staging v42 --cron "0 20 * * *"')
        world.clock.advance(timedelta(seconds=UNTIL_EIGHT - 1))
        for number, instants in enumerate(dies_after):
            world.life.ends_after(instants)
            world.while_alive(lambda: world.advances(15))
            world.restarts(timedelta(seconds=down if number == 0 else 0))
        world.advances(60)
        (fire,) = outcomes(world)
        event(fire[1])
        assert fire == ("2026-11-23T20:00", "started") or down > GRACE - 60
        _came_once(world, schedule, started=fire[1] == "started")
        world.store.close()


def _came_once(world: Mortal, schedule: Schedule, *, started: bool) -> None:
    changes = fired(world, schedule)
    assert [one.state for one in changes] == [State.ROLLING_OUT] * started
    assert len([one for one in world.ecs.carried_out if one.call == "UpdateService"]) == started
    assert len(told(world)) == (not started)
    assert stands(world, schedule.id).next_at is not None
    assert disagreements(world.path) == []
    assert world.wakes.errors == []


@given(naps=st.lists(st.integers(1, 5_400), min_size=1, max_size=12), dies_after=st.integers(0, 30))
def test_however_it_sleeps_no_time_comes_twice_and_each_that_came_was_due(naps: list[int], dies_after: int) -> None:
    with tempfile.TemporaryDirectory(prefix="firing-") as folder:
        world = Mortal(Path(folder) / "bot.db", config())
        schedule = makes(world, TWICE)
        world.clock.advance(timedelta(seconds=UNTIL_EIGHT - 900))
        world.life.ends_after(dies_after)
        for nap in naps:
            world.clock.advance(timedelta(seconds=nap))
            if not world.while_alive(world.runs):
                world.restarts()
        world.life.goes_on()
        world.clock.advance(timedelta(seconds=31))
        world.runs()
        keys = [key for key, _ in outcomes(world)]
        assert len(keys) == len(set(keys))
        assert {key[-5:] for key in keys} <= {"20:00", "20:30"}
        assert all(outcome for _, outcome in outcomes(world))
        started = [key for key, outcome in outcomes(world) if outcome == "started"]
        assert [one.request_key for one in fired(world, schedule)] == [f"sched:{schedule.id}:{key}" for key in started]
        assert disagreements(world.path) == []
        world.store.close()
