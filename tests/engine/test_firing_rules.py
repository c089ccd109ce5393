"""What a schedule starts, it starts past no approval, no lost right, no lock and nobody else's change."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

import commands
from bot.domain.changes import State
from bot.domain.plans import Plan
from bot.domain.stacks import ApprovalRule, Approved
from bot.domain.windows import Window
from bot.engine.commands import House, Wish, discover
from tests.engine.conftest import Build
from tests.engine.house import BO, CHANNEL, CY, STAGING, World, words_of
from tests.engine.scheduled import EIGHT, NIGHTLY, UNTIL_EIGHT, fired, makes, outcomes, sleeps, stands, told

RULE = ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30))


def _plan(house: House, wish: Wish) -> Plan:
    planned = discover(commands)["deploy"].plan
    assert planned is not None
    return planned(house, wish)


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


def test_who_approves_a_scheduled_scaling_sees_how_the_service_stands_now(build: Build) -> None:
    world = build(approval=replace(RULE, verbs=("scale",)))
    world.metrics.has_usage(STAGING, "shop", [20.0] * 36, [50.0] * 36)
    world.types('schedule scale shop staging --tasks 4 --cron "0 20 * * *" --yes')
    world.runs()
    assert world.change().state is State.AWAITING_APPROVAL
    assert "*2 of 2* tasks running" in words_of(world.card())
    assert "*CPU*" in words_of(world.card())


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


def test_it_waits_too_where_the_stage_is_taken_after_it_was_planned(build: Build) -> None:
    known = discover(commands)
    unseeing = replace(known["deploy"], plan=lambda house, wish: replace(_plan(house, wish), checks=()))
    world = build(verbs={**known, "deploy": unseeing})
    schedule = makes(world)
    world.advances(UNTIL_EIGHT - 60)
    world.deploys("v43")
    sleeps(world, 61)
    (change,) = fired(world, schedule)
    assert (change.state, change.queued_at is not None) == (State.PROPOSED, True)
    assert outcomes(world) == [(EIGHT, "started")]


def test_what_it_tells_goes_to_the_channel_that_the_stage_has_by_then(world: World) -> None:
    makes(world)
    stack = world.house.config.stacks[0]
    moved = replace(stack.stages[0], channel_id="C0PROD")
    object.__setattr__(world.house.config, "stacks", (replace(stack, stages=(moved, *stack.stages[1:])),))
    sleeps(world, UNTIL_EIGHT + 3_600)
    assert "Missed" in told(world, "C0PROD")[0]


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


def test_a_stage_that_the_config_no_longer_names_is_told(world: World) -> None:
    makes(world)
    object.__setattr__(world.house.config, "stacks", ())
    world.advances(UNTIL_EIGHT + 10)
    assert "I know no stack “shop”" in told(world)[0]
