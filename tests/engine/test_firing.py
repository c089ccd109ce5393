"""When a schedule's time comes: a change like any other, once; or the channel hears why not."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.domain.changes import State
from bot.domain.errors import Unreachable
from bot.domain.stacks import ApprovalRule, Approved
from bot.domain.windows import Window
from tests.engine.conftest import Build
from tests.engine.house import ANA, BO, CHANNEL, CY, REPOSITORY, STAGING, World, buttons, words_of
from tests.engine.scheduled import NIGHTLY, UNTIL_EIGHT, fired, makes, outcomes, stands, told

RULE = ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30))
EIGHT = "2026-11-23T20:00"


def sleeps(world: World, seconds: float) -> None:
    """Time passes and no step runs: the bot is down."""
    world.clock.advance(timedelta(seconds=seconds))
    world.runs()


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


@pytest.mark.parametrize("approved", list(Approved))
def test_where_nobody_has_to_approve_it_starts_by_itself(build: Build, approved: Approved) -> None:
    world = build(approval=replace(RULE, verbs=("rollback",), schedules=approved))
    schedule = makes(world)
    world.advances(UNTIL_EIGHT + 10)
    assert [one.state for one in fired(world, schedule)] == [State.ROLLING_OUT]


def test_what_was_approved_when_it_was_made_starts_with_that_approval(build: Build) -> None:
    world = build(approval=RULE)
    world.types(f"{NIGHTLY} --yes")
    world.runs()
    card = world.card()
    assert world.change().state is State.AWAITING_APPROVAL
    assert "schedule list" in words_of(world.clicks(card, "Approve", CY))
    schedule = stands(world, world.change().id)
    world.advances(UNTIL_EIGHT + 10)
    (change,) = fired(world, schedule)
    assert change.state is State.ROLLING_OUT
    assert [one.person.user_id for one in change.approvals] == [CY]
    assert f"approved by <@{CY}>" in words_of(world.card(change.id))


def test_until_it_is_approved_nothing_comes(build: Build) -> None:
    world = build(approval=RULE)
    world.types(f"{NIGHTLY} --yes")
    world.advances(2 * 86_400)
    assert world.change().state is State.EXPIRED
    assert outcomes(world) == []


def test_what_is_to_be_approved_when_due_asks_each_time(build: Build) -> None:
    world = build(approval=replace(RULE, schedules=Approved.DUE))
    schedule = makes(world)
    world.advances(UNTIL_EIGHT + 10)
    (change,) = fired(world, schedule)
    assert change.state is State.AWAITING_APPROVAL
    world.clicks(world.card(change.id), "Approve", CY)
    world.advances(10)
    assert fired(world, schedule)[0].state is State.ROLLING_OUT


def test_who_lost_the_right_to_change_the_stage_starts_nothing(world: World) -> None:
    schedule = makes(world)
    world.people.groups["S0DEV"] = frozenset()
    world.advances(UNTIL_EIGHT + 10)
    assert fired(world, schedule) == []
    assert "ana may not deploy on shop staging any more" in told(world)[0]
    assert outcomes(world) == [(EIGHT, "refused")]


def test_who_lost_the_right_to_approve_lets_nothing_start(build: Build) -> None:
    world = build(approval=RULE)
    world.types(f"{NIGHTLY} --yes")
    world.runs()
    world.clicks(world.card(), "Approve", CY)
    world.people.groups["S0REL"] = frozenset({BO})
    world.advances(UNTIL_EIGHT + 10)
    assert "cy may not approve on shop staging any more" in told(world)[0]
    assert world.calls("UpdateService") == []


@pytest.mark.parametrize(
    ("by_now", "asks"),
    [
        (replace(RULE, count=2), "Needs *1 more approval*"),
        (replace(RULE, schedules=Approved.DUE), "Needs *1 approval*"),
    ],
)
def test_where_the_rule_wants_more_by_now_it_asks_for_the_rest(build: Build, by_now: ApprovalRule, asks: str) -> None:
    world = build(approval=RULE)
    world.types(f"{NIGHTLY} --yes")
    world.runs()
    world.clicks(world.card(), "Approve", CY)
    schedule = stands(world, world.change().id)
    stack = world.house.config.stacks[0]
    stages = (replace(stack.stages[0], approval=by_now), *stack.stages[1:])
    object.__setattr__(world.house.config, "stacks", (replace(stack, stages=stages),))
    world.advances(UNTIL_EIGHT + 10)
    (change,) = fired(world, schedule)
    assert change.state is State.AWAITING_APPROVAL
    assert asks in words_of(world.card(change.id))


def test_a_lock_holds_it_and_the_channel_is_told(world: World) -> None:
    schedule = makes(world)
    world.people.groups["S0DEV"] |= {BO}
    world.types("lock shop staging incident", BO)
    world.advances(UNTIL_EIGHT + 10)
    assert fired(world, schedule) == []
    (line,) = told(world)
    assert "bo has locked shop staging" in line
    assert "Next time: Tue 24 Nov 20:00 UTC" in line
    assert world.calls("RegisterTaskDefinition") == []


def test_so_does_a_check_that_is_in_the_way(world: World) -> None:
    schedule = makes(world)
    world.chat.joined.discard(CHANNEL)
    world.advances(UNTIL_EIGHT + 10)
    assert fired(world, schedule) == []
    assert outcomes(world) == [(EIGHT, "refused")]
    assert world.audit()[-1].action == "schedule"
    assert "I am not in this stage's channel" in world.audit()[-1].detail


def test_so_do_closed_hours_that_it_was_warned_of(build: Build) -> None:
    world = build(closed=(Window(0, time(19), 0, time(21), "UTC", "mon 19:00 – mon 21:00 UTC"),))
    assert "1 of 3 would not run" in words_of(world.types(NIGHTLY))
    makes(world)
    world.advances(UNTIL_EIGHT + 10)
    assert "shop staging is closed now" in told(world)[0]


def test_behind_another_change_it_waits_for_its_turn_within_its_grace(world: World) -> None:
    schedule = makes(world)
    world.advances(UNTIL_EIGHT - 60)
    world.deploys("v43")
    world.advances(70)
    (change,) = fired(world, schedule)
    assert (change.state, change.queued_at is not None) == (State.PROPOSED, True)
    assert "Waits for the end of ana's deploy" in world.thread(change.id)[0]
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert fired(world, schedule)[0].state is State.ROLLING_OUT


def test_where_its_turn_does_not_come_within_its_grace_it_expires(world: World) -> None:
    schedule = makes(world)
    world.advances(UNTIL_EIGHT - 60)
    world.deploys("v43")
    sleeps(world, 61)
    sleeps(world, 15 * 60)
    world.advances(5)
    (change,) = fired(world, schedule)
    assert change.state is State.EXPIRED
    assert any("did not come within the grace of its schedule" in line for line in world.thread(change.id))


def test_its_next_time_takes_the_place_of_one_that_still_waits(world: World) -> None:
    schedule = makes(world, 'schedule deploy shop staging v42 --cron "*/5 * * * *"')
    world.deploys("v43")
    for _ in range(2):
        sleeps(world, 300)
    first, second = fired(world, schedule)
    assert (first.state, second.state) == (State.EXPIRED, State.PROPOSED)
    assert any("next time of its schedule has come" in line for line in world.thread(first.id))


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


def test_a_stage_that_the_config_no_longer_names_is_told(world: World) -> None:
    makes(world)
    object.__setattr__(world.house.config, "stacks", ())
    world.advances(UNTIL_EIGHT + 10)
    assert "I know no stack “shop”" in told(world)[0]


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
