"""The bot is restarted with another tinystacks.yml while something waits: what the rules say now counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.changes import State
from bot.domain.stacks import ApprovalRule, Config, Stack
from bot.engine.dispatch import Dispatch
from bot.engine.steps import step_of
from tests.engine.conftest import Build
from tests.engine.house import BO, CHANNEL, CY, World, config, words_of

RULE = ApprovalRule(("deploy", "rollback"), ("release",), 1, timedelta(minutes=30))
NOW: dict[str, dict[str, Any]] = {
    "two have to approve": {"approval": replace(RULE, count=2)},
    "others approve": {"approval": replace(RULE, by=("developers",))},
    "another service": {"approval": RULE, "service": "shop-prod"},
    "other channels": {"approval": RULE, "channels": (CHANNEL,)},
    "shared channels": {"approval": RULE, "shared_channels": True},
    "nobody has to": {"approval": None},
}


@pytest.fixture
def asked(build: Build) -> World:
    """ana's deploy waits for one of release (cy)."""
    world = build(approval=RULE)
    world.types("deploy shop staging v42 --yes")
    world.runs()
    assert world.change().state is State.AWAITING_APPROVAL
    return world


def restarted(world: World, rules: Config) -> None:
    """With those rules from now on."""
    world.house = replace(world.house, config=rules)
    world.dispatch = Dispatch(world.house)
    world.wakes.start(step_of(world.house))


@pytest.mark.parametrize("rules", NOW.values(), ids=NOW)
def test_a_request_made_under_other_rules_is_not_run(asked: World, rules: dict[str, Any]) -> None:
    card = replace(asked.card())
    restarted(asked, config(**rules))
    for user in (CY, BO):
        asked.clicks(card, "Approve", user)
    asked.advances(30)
    allowed = rules["approval"] is not None
    assert asked.change().state is (State.OUTDATED if allowed else State.AWAITING_APPROVAL)
    assert asked.ecs.writes == []


@pytest.mark.parametrize("rules", NOW.values(), ids=NOW)
def test_nor_is_one_whose_rules_changed_between_the_yes_and_the_start(asked: World, rules: dict[str, Any]) -> None:
    asked.clicks(asked.card(), "Approve", CY)
    restarted(asked, config(**rules))
    asked.advances(30)
    assert asked.change().state is State.OUTDATED
    assert asked.ecs.writes == []


def test_who_was_taken_out_of_people_has_not_approved(asked: World) -> None:
    asked.clicks(asked.card(), "Approve", CY)
    restarted(asked, replace(config(approval=RULE), people={"developers": ("S0DEV",), "release": (BO,)}))
    asked.advances(30)
    assert asked.change().state is State.OUTDATED
    assert asked.ecs.writes == []


def test_a_stage_that_is_gone_is_neither_approved_nor_touched(asked: World) -> None:
    card, known = replace(asked.card()), config()
    restarted(asked, replace(known, stacks=(Stack("shop", known.stacks[0].stages[1:]),)))
    assert "I know no stage of shop “staging”" in words_of(asked.clicks(card, "Approve", CY))
    asked.advances(30)
    assert asked.ecs.writes == []


def test_the_log_keeps_what_was_approved_under_which_rule(asked: World) -> None:
    asked.clicks(asked.card(), "Approve", CY)
    yes = next(row for row in asked.audit() if row.action == "approve")
    assert '"rule":"release (S0REL)"' in yes.detail
    assert '"fingerprint":"' in yes.detail


@pytest.mark.parametrize(("down", "state"), [(59, State.ROLLING_OUT), (61, State.OUTDATED)])
def test_a_yes_from_before_a_long_sleep_of_the_bot_starts_nothing(asked: World, down: int, state: State) -> None:
    asked.clicks(asked.card(), "Approve", CY)
    asked.clock.advance(timedelta(minutes=down))
    asked.advances(30)
    assert asked.change().state is state
    assert bool(asked.ecs.writes) is (state is State.ROLLING_OUT)


def test_very_many_wishes_within_a_minute_are_too_many(world: World) -> None:
    for _ in range(60):
        world.types("deploy shop staging v42")
    assert "within a minute" in words_of(world.types("deploy shop staging v42"))
    assert "Deploy shop → staging" in words_of(world.types("deploy shop staging v42", BO))
