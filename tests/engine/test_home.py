"""The App Home, as each person sees it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import Unreachable
from bot.domain.requests import Kind
from bot.domain.stacks import ApprovalRule, Config
from bot.engine.tokens import hidden
from sandbox.slack.views import checked_view
from tests.engine.homes import Home
from tests.engine.house import ANA, BO, GUEST, PROD, STAGING, World, config

Build = Callable[..., World]
RULE = ApprovalRule(("deploy",), ("developers",), 1, timedelta(hours=1))


@pytest.fixture
def asked(build: Build) -> World:
    """ANA has asked for v42 on staging, which BO may approve."""
    world = build(approval=RULE)
    world.deploys("v42")
    return world


def test_opened_it_has_the_board_and_the_ways_on(world: World) -> None:
    words = Home(world, ANA).opens()
    assert words.startswith("Deploy\nScale\nStatus")
    assert "🟢 staging `v41` :1 · 2/2" in words


def test_without_any_stack_it_says_how_to_begin(tmp_path: Path) -> None:
    world = World(tmp_path / "empty.db", replace(config(), stacks=()))
    home = Home(world, ANA)
    words = home.opens()
    assert "names no stack yet" in words
    assert "developers: [U0ANA]" in words
    assert "0 stages" not in words
    assert home.elements() == []
    world.store.close()


def test_what_our_rows_know_is_there_before_aws_has_answered(asked: World) -> None:
    asked.ecs.fails("DescribeServices", Unreachable("AWS", "DescribeServices"), times=9)
    words = Home(asked, BO).opens()
    assert "For you to decide" in words
    assert "❔ prod" in words
    assert "⚠️ aws" in words


def test_approve_stands_right_there_and_what_came_of_it_too(asked: World) -> None:
    home = Home(asked, BO)
    home.opens()
    home.clicks("Approve")
    assert "👍 Approved." in home.words()
    assert "For you to decide" not in home.words()
    assert "Running now" in home.words()
    assert ("approve", "approved") in asked.done()


def test_deny_asks_why_and_tells_what_came_of_it(asked: World) -> None:
    home = Home(asked, BO)
    home.opens()
    home.clicks("Deny")
    home.submits("deploy:denied", {"why": {"why": "not today"}})
    assert "⛔ Denied." in home.words()
    assert ("deny", "denied") in asked.done()


def test_who_asked_sees_it_waiting_without_buttons_for_it(asked: World) -> None:
    words = Home(asked, ANA).opens()
    assert "You asked for" in words
    assert "Approve" not in words


def test_a_button_of_somebody_elses_home_does_nothing(asked: World) -> None:
    home, mine = Home(asked, BO), Home(asked, ANA)
    home.opens()
    mine.opens()
    home.clicks("Approve", by=ANA)
    assert "somebody else" in mine.words()
    assert ("approve", "approved") not in asked.done()


@pytest.mark.parametrize("value", ["home", "1", "shop", "tk-forged", "th-forged", ""])
def test_a_button_without_a_token_of_ours_does_nothing(world: World, value: str) -> None:
    home = Home(world, ANA)
    home.opens()
    for text in ("Deploy", "Status", "Details"):
        home.clicks(text, value=value)
        assert "I do not know this button" in home.words()
    assert world.chat.views == {}


def test_a_deploy_is_asked_for_previewed_and_started_there(world: World) -> None:
    home = Home(world, ANA)
    home.opens()
    home.clicks("Deploy")
    home.submits("deploy", {"stage": {"deploy:stage": "shop/staging"}, "other": {"deploy:other": "v42"}})
    assert "Deploy shop → staging?" in home.words()
    preview = [one for one in home.elements() if one["action_id"] == "deploy:confirm"]
    home.does("deploy:confirm", preview[0]["value"])
    assert "Started" in home.words()
    assert world.ecs.service(STAGING, "shop").task_definition_arn.endswith("shop:2")


def test_status_opens_in_a_window_at_once_and_is_refreshed_there(world: World) -> None:
    home = Home(world, ANA)
    home.opens()
    home.clicks("Status")
    [(view_id, view)] = world.chat.views.items()
    checked_view(dict(view), "modal")
    assert "*All stages*" in str(view["blocks"])
    world.ecs.sets(STAGING, "shop", running=1)
    refresh = view["blocks"][-1]["elements"][0]
    request = world.request(Kind.ACTION, view_id=view_id, callback_id="answer", channel_id="", **_clicked(refresh))
    world.dispatch.run(hidden(replace(request, response_url="")))
    assert "short of tasks" in str(world.chat.views[view_id]["blocks"])


def _clicked(element: dict[str, Any]) -> dict[str, str]:
    return {"action_id": element["action_id"], "value": element["value"]}


def test_details_of_a_stack_open_in_a_window(world: World) -> None:
    home = Home(world, ANA)
    home.opens()
    home.clicks("Details")
    assert "*shop* · 2 stages" in str(list(world.chat.views.values())[-1]["blocks"])


def test_a_note_is_dismissed_or_gone_after_half_an_hour(world: World) -> None:
    home = Home(world, BO)
    home.opens()
    home.clicks("Status", value="forged")
    assert "I do not know this button" in home.words()
    home.clicks("Dismiss")
    assert "I do not know this button" not in home.words()
    home.clicks("Status", value="forged")
    world.advances(1_801)
    assert "I do not know this button" not in home.opens()


def test_a_guest_reads_one_sentence_and_it_is_written_down(world: World) -> None:
    words = Home(world, GUEST).opens()
    assert words == "🚫 You are a guest in this workspace. Ask an own member of this workspace."
    assert world.done()[-1] == ("home", "refused")
    assert world.ecs.calls == []


def test_slack_that_knows_nobody_breaks_nothing(world: World) -> None:
    Home(world, "U0NOBODY").world.dispatch.run(world.request(Kind.HOME, "U0NOBODY"))
    assert world.chat.homes == {}


def test_pages_and_the_filter_stay_while_things_move(tmp_path: Any) -> None:
    world = many(tmp_path / "many.db")
    home = Home(world, ANA)
    home.opens()
    home.clicks("Next (1 of 2)")
    assert "*app29*" in home.words()
    world.types("lock app29 prod migration")
    world.advances(6)
    assert "🔒 ana" in home.words()
    home.chooses("home:stack", "app03")
    assert "*app03*" in home.words()
    assert "*app04*" not in home.words()
    home.chooses("home:stack", "nope")
    assert "I know no stack" in home.words()
    world.store.close()


def many(path: Any) -> World:
    """Thirty stacks of one stage."""
    usual = config()
    stage = usual.stacks[0].stages[0]
    stacks = tuple(
        replace(usual.stacks[0], name=name, stages=(replace(stage, stack=name, name="prod"),))
        for name in (f"app{number:02}" for number in range(30))
    )
    return World(path, Config(usual.workspace, usual.people, stacks))


def test_your_last_changes_stand_below(world: World) -> None:
    world.deploys("v42")
    words = Home(world, ANA).opens()
    assert "Your last changes\n🔵 Deploy shop → staging `v42` · rolling out" in words.replace("*", "")
    assert "Your last changes" not in Home(world, BO).opens()
    assert world.ecs.service(PROD, "shop-prod").running == 2
