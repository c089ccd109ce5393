"""When a schedule's time comes: a change like any other, once; or the channel hears why not."""

from datetime import datetime, timedelta

import pytest

from bot.domain.changes import State
from bot.domain.errors import Unreachable
from tests.engine.house import ANA, CHANNEL, REPOSITORY, STAGING, World, buttons, words_of
from tests.engine.scheduled import EIGHT, UNTIL_EIGHT, fired, makes, outcomes, sleeps, stands, told


def test_when_its_time_comes_it_is_a_change_of_its_creators_with_a_card(world: World) -> None:
    schedule = makes(world)
    world.advances(UNTIL_EIGHT - 1)
    assert fired(world, schedule) == []
    world.advances(11)
    (change,) = fired(world, schedule)
    assert (change.state, change.requester.user_id, change.asked) == (State.ROLLING_OUT, ANA, "v42")
    assert outcomes(world) == [(EIGHT, "started")]
    assert f"scheduled by <@{ANA}>" in words_of(world.card(change.id))
    assert ("fire", "approved") in world.done()
    assert stands(world, schedule.id).next_at == schedule.next_at + timedelta(days=1) if schedule.next_at else False


def test_it_comes_again_and_again_and_the_list_tells_what_became_of_it(world: World) -> None:
    schedule = makes(world)
    world.advances(UNTIL_EIGHT + 10)
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert "last: succeeded (2026-11-23 20:00)" in words_of(world.types("schedule list"))
    world.advances(86_400)
    assert outcomes(world) == [(EIGHT, "started"), ("2026-11-24T20:00", "refused")]
    assert "already runs v42" in told(world)[0]
    assert len(fired(world, schedule)) == 1


def test_a_scaling_comes_the_same_way(world: World) -> None:
    schedule = makes(world, "schedule scale shop staging --tasks 3 --cron 0 20 * * *")
    world.advances(UNTIL_EIGHT + 10)
    (change,) = fired(world, schedule)
    assert (change.verb, change.asked) == ("scale", "--tasks 3")
    assert [one["desiredCount"] for one in world.calls("UpdateService")] == [3]


def test_what_comes_once_is_over_afterwards(world: World) -> None:
    schedule = makes(world, "schedule deploy shop staging v42 --at 2026-11-23 20:00")
    world.advances(UNTIL_EIGHT + 10)
    sleeps(world, 3 * 86_400)
    assert len(fired(world, schedule)) == 1
    assert stands(world, schedule.id).next_at is None
    assert "Nothing is scheduled" in words_of(world.types("schedule list"))


def test_it_is_planned_from_what_stands_then(world: World) -> None:
    schedule = makes(world)
    moved = world.images.has(REPOSITORY, "v42")
    world.advances(UNTIL_EIGHT + 10)
    (change,) = fired(world, schedule)
    assert change.plan.after.digest == moved.digest


def test_within_its_grace_it_runs_late_and_says_so(world: World) -> None:
    schedule = makes(world)
    sleeps(world, UNTIL_EIGHT + 14 * 60)
    world.advances(10)
    (change,) = fired(world, schedule)
    assert change.state is State.ROLLING_OUT
    assert any("14m late" in line for line in world.thread(change.id))


def test_after_its_grace_it_was_missed_and_the_channel_hears_when_the_next_is(world: World) -> None:
    schedule = makes(world)
    sleeps(world, UNTIL_EIGHT + 15 * 60 + 1)
    assert fired(world, schedule) == []
    assert outcomes(world) == [(EIGHT, "missed")]
    (line,) = told(world)
    assert f"<@{ANA}> Missed" in line
    assert "Next time: Tue 24 Nov 20:00 UTC" in line
    assert ("schedule", "missed") in world.done()
    assert "last: missed" in words_of(world.types("schedule list"))
    assert world.calls("UpdateService") == []


def test_of_several_times_that_passed_only_the_last_counts(world: World) -> None:
    schedule = makes(world, 'schedule deploy shop staging v42 --cron "*/5 * * * *"')
    sleeps(world, 3 * 3_600 + 60)
    assert outcomes(world) == [("2026-11-23T13:00", "started")]
    assert len(fired(world, schedule)) == 1
    sleeps(world, 86_400 * 40)
    assert len(outcomes(world)) == 2


def test_after_a_long_sleep_with_several_missed_one_message_says_so(world: World) -> None:
    makes(world)
    sleeps(world, 86_400 * 30)
    (line,) = told(world)
    assert "Earlier times have passed as well." in line


def test_while_aws_does_not_answer_it_is_tried_again_within_its_grace(world: World) -> None:
    schedule = makes(world)
    world.ecs.fails("DescribeServices", Unreachable("AWS", "DescribeServices"), 3)
    world.advances(UNTIL_EIGHT + 20)
    assert fired(world, schedule) == []
    world.advances(120)
    assert [one.state for one in fired(world, schedule)] == [State.ROLLING_OUT]
    assert outcomes(world) == [(EIGHT, "started")]


def test_where_aws_never_answers_it_was_missed(world: World) -> None:
    makes(world)
    world.ecs.fails("DescribeServices", Unreachable("AWS", "DescribeServices"), 1_000)
    world.advances(UNTIL_EIGHT + 20 * 60)
    assert outcomes(world) == [(EIGHT, "missed")]
    assert "I cannot reach AWS" in told(world)[0]
    assert len(told(world)) == 1


def test_running_the_step_again_at_any_time_does_nothing_more(world: World) -> None:
    schedule = makes(world)
    for seconds in (0.0, UNTIL_EIGHT, 0.0, 30.0, 40_000.0):
        sleeps(world, seconds)
        world.wakes_for(f"schedule:{schedule.id}")
        world.wakes_for(f"fire:sched:{schedule.id}:{EIGHT}")
    assert len(fired(world, schedule)) == 1
    world.wakes_for("schedule:nobody")
    assert world.wakes.errors == []


def test_a_clock_that_was_set_back_brings_no_time_a_second_time(world: World) -> None:
    schedule = makes(world)
    world.advances(UNTIL_EIGHT + 10)
    world.clock.advance(timedelta(hours=-1))
    for _ in range(8):
        sleeps(world, 900)
    assert outcomes(world) == [(EIGHT, "started")]
    assert len(fired(world, schedule)) == 1


def test_its_card_has_a_button_that_ends_it_and_what_it_started_goes_on(world: World) -> None:
    schedule = makes(world)
    world.advances(UNTIL_EIGHT + 10)
    card = world.card(schedule.id)
    assert list(buttons(card)) == ["Remove"]
    assert "Removed" in words_of(world.clicks(card, "Remove"))
    sleeps(world, 3 * 86_400)
    assert len(outcomes(world)) == 1
    assert f"<@{ANA}> removed this schedule" in world.thread(schedule.id)[-1]
    assert [one.channel_id for one in fired(world, schedule)] == [CHANNEL]


@pytest.mark.parametrize(("noon", "walls"), [("2027-03-27", ["03-28T03:30"]), ("2027-10-30", ["10-31T02:30"])])
def test_in_the_nights_in_which_clocks_are_set_it_comes_once(world: World, noon: str, walls: list[str]) -> None:
    makes(world, "schedule deploy shop staging v42 --cron 30 2 * * * --tz Europe/Berlin")
    start = datetime.fromisoformat(f"{noon}T12:00+00:00")
    sleeps(world, (start - world.clock.now()).total_seconds())
    before = len(outcomes(world))
    for _ in range(2 * 18):
        sleeps(world, 1_800)
    assert [key.removeprefix("2027-") for key, _ in outcomes(world)[before:]] == walls
