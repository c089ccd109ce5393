"""What a hostile reader tried on schedules: each of these once went wrong, or could have."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.changes import State
from bot.domain.errors import NotPossible, Unreachable
from bot.domain.stacks import ApprovalRule
from tests.engine.conftest import Build
from tests.engine.house import BO, CY, REPOSITORY, STAGING, World, words_of
from tests.engine.scaling import counts, scales
from tests.engine.scheduled import NIGHTLY, UNTIL_EIGHT, fired, makes, outcomes, stands, told
from tests.engine.test_clock_is_set import is_set

RULE = ApprovalRule(("deploy", "scale"), ("release",), 1, timedelta(minutes=30))
SMALL = 'schedule scale shop staging --tasks 3 --cron "0 20 * * *"'


def moves_stage(world: World, **fields: object) -> None:
    """tinystacks.yml has other words for the stage by now."""
    stack = world.house.config.stacks[0]
    stages = (replace(stack.stages[0], **fields), *stack.stages[1:])  # type: ignore[arg-type]
    object.__setattr__(world.house.config, "stacks", (replace(stack, stages=stages),))


def test_what_is_removed_while_its_time_is_tried_again_does_not_come_any_more(world: World) -> None:
    schedule = makes(world)
    world.ecs.fails("DescribeServices", Unreachable("AWS", "DescribeServices"), 5)
    world.advances(UNTIL_EIGHT + 10)
    world.types(f"schedule remove {schedule.short}")
    world.ecs.heals()
    world.advances(900)
    assert fired(world, schedule) == []
    assert outcomes(world) == [("2026-11-23T20:00", "removed")]
    assert world.calls("UpdateService") == []
    assert told(world) == []


def test_what_waits_for_its_turn_goes_with_its_schedule(world: World) -> None:
    schedule = makes(world, NIGHTLY + " --grace 2h")
    world.advances(UNTIL_EIGHT - 60)
    world.deploys("v43")
    world.advances(70)
    (waiting,) = fired(world, schedule)
    assert waiting.queued_at
    world.people.groups["S0DEV"] |= {BO}
    world.types(f"schedule remove {schedule.short}", BO)
    world.ecs.completes(STAGING, "shop")
    world.advances(120)
    assert fired(world, schedule)[0].state is State.CANCELLED
    assert f"<@{BO}> removed the schedule of this" in world.thread(waiting.id)[-1]


def test_what_was_approved_for_one_service_does_not_come_to_another(build: Build) -> None:
    world = build(approval=RULE)
    world.types(f"{SMALL} --yes")
    world.runs()
    world.clicks(world.card(), "Approve", CY)
    schedule = stands(world, world.change().id)
    world.ecs.has_service(STAGING, "shop-two", f"{REPOSITORY}:v41")
    moves_stage(world, service="shop-two")
    world.advances(UNTIL_EIGHT + 10)
    assert fired(world, schedule) == []
    assert counts(world) == []
    assert "shop staging was another service when this was scheduled" in told(world)[0]


def test_what_waited_for_its_turn_does_not_come_to_another_service(world: World) -> None:
    scales(world)
    world.clicks(world.types("scale shop staging 6"), "Wait for it")
    world.ecs.has_service(STAGING, "shop-two", f"{REPOSITORY}:v41")
    moves_stage(world, service="shop-two")
    world.ecs.runs(STAGING, "shop", 4)
    world.advances(60)
    assert counts(world) == [4]


@pytest.mark.parametrize("words", ["--restore", "--restore=abc"])
def test_nothing_is_scheduled_that_would_mean_something_else_when_its_time_comes(world: World, words: str) -> None:
    scales(world)
    world.ecs.runs(STAGING, "shop", 4)
    world.advances(60)
    answer = words_of(world.types(f'schedule scale shop staging {words} --cron "0 20 * * *"'))
    assert answer.startswith("🚫"), answer


def test_a_clock_that_was_a_year_ahead_for_a_moment_lets_no_schedule_sleep_for_a_year(world: World) -> None:
    schedule = makes(world)
    is_set(world, 366 * 86_400.0)
    world.runs()
    is_set(world, -366 * 86_400.0)
    world.advances(UNTIL_EIGHT + 10)
    assert [one.state for one in fired(world, schedule)] == [State.ROLLING_OUT]


def test_what_was_scheduled_while_the_clock_was_ahead_comes_all_the_same(world: World) -> None:
    is_set(world, 366 * 86_400.0)
    schedule = makes(world, 'schedule deploy shop staging v42 --cron "0 * * * *"')
    is_set(world, -366 * 86_400.0)
    world.advances(2 * 3_600)
    assert [one.state for one in fired(world, schedule)] == [State.ROLLING_OUT]


def test_fifteen_schedules_with_reasons_are_a_list_that_slack_takes(world: World) -> None:
    for minute in range(15):
        words = f'schedule deploy shop staging v42 --cron "{minute} 20 * * *" --reason because of {minute}'
        makes(world, words)
        world.advances(61)
    said = world.types("schedule list")
    assert said is not None
    assert len(said.blocks) <= 50
    assert "more: name the stack and the stage" in words_of(said)


def test_what_did_not_run_says_how_to_do_it_now(world: World) -> None:
    makes(world, SMALL)
    world.ecs.fails("DescribeServices", NotPossible("AWS says no.", "Look."))
    world.advances(UNTIL_EIGHT + 10)
    assert "To do it now: `/tinystacks scale shop staging --tasks 3`" in told(world)[0]
    world.clock.advance(timedelta(days=2, hours=1))
    world.advances(10)
    assert "Missed" in told(world)[1]
    assert "To do it now: `/tinystacks scale shop staging --tasks 3`" in told(world)[1]
