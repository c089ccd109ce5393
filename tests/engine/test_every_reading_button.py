"""Every button that only looks: what it says to whom it was shown, to everybody else, and when the world has moved on.

A verb that looks and has a button that is not in these tables fails the last test."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import AccessDenied, Throttled, Unreachable
from bot.domain.policy import READING_VERBS
from bot.domain.stacks import Stack
from bot.engine.dispatch import Dispatch
from tests.engine.homes import Home
from tests.engine.house import ANA, BO, CY, GUEST, STRANGER, World, buttons, words_of
from tests.engine.reading_scenes import HOME, OWN, Scene, failed_card, reads
from tests.engine.scenes import world_of
from tests.fakes.chat import Said

OTHERS = {BO: "somebody else's", CY: "somebody else's", GUEST: "guest", STRANGER: "another workspace", "U0GONE": "gone"}
CASES = pytest.mark.parametrize(
    ("button", "action_id", "scene"), OWN, ids=[f"{scene.__name__}-{button}" for button, _, scene in OWN]
)
TROUBLE = (AccessDenied("ecs:ListTasks", "role"), Throttled("AWS", "ListTasks"), Unreachable("AWS", "ListTasks"))
OURS = ("Something went wrong", "I do not know this button")


@pytest.fixture
def world(tmp_path: Path) -> Any:
    world = world_of(tmp_path)
    yield world
    world.store.close()


@CASES
def test_it_tells_who_presses_it_what_it_promises(world: World, button: str, action_id: str, scene: Scene) -> None:
    said = scene(world)
    assert buttons(said)[button]["action_id"] == action_id
    forms, before = len(world.chat.views), _all(world)
    answer = world.clicks(said, button)
    assert len(world.chat.views) > forms or [one for one in _all(world) if one not in before]
    assert "🚫" not in words_of(answer)
    assert answer is None or answer.only_for == ANA


@CASES
def test_nobody_else_gets_anything_out_of_it_and_who_is_let_go_no_more(
    world: World, button: str, action_id: str, scene: Scene
) -> None:
    said = scene(world)
    asked, shown = len(reads(world)), words_of(said)
    for user, word in OTHERS.items():
        answer = _pressed(world, said, button, user)
        assert word.replace("gone", "deactivated") in answer, (user, answer)
        assert world.audit()[-1].outcome == "refused", (user, action_id)
    world.people.persons[ANA] = replace(world.people.persons[ANA], refused="deactivated")
    assert "deactivated" in _pressed(world, said, button, ANA)
    assert (len(reads(world)), words_of(said)) == (asked, shown)


@CASES
def test_a_stage_that_left_the_file_is_told_in_a_sentence(
    world: World, button: str, action_id: str, scene: Scene
) -> None:
    said = scene(world)
    (stack,) = world.house.config.stacks
    other = replace(stack, name="other", stages=tuple(replace(one, stack="other") for one in stack.stages))
    house = replace(world.house, config=replace(world.house.config, stacks=(other,)))
    world.dispatch = Dispatch(house)
    _is_an_answer(world, said, button, action_id)


@CASES
def test_whatever_aws_does_there_is_a_sentence(world: World, button: str, action_id: str, scene: Scene) -> None:
    said = scene(world)
    error = TROUBLE[len(button + action_id) % len(TROUBLE)]
    for call in ("DescribeServices", "ListTasks", "DescribeTasks", "DescribeTaskDefinition"):
        world.ecs.fails(call, error, times=9)
    world.logs.fails("FilterLogEvents", error, times=9)
    _is_an_answer(world, said, button, action_id)


def test_the_logs_of_a_failed_card_are_for_everybody_of_the_workspace_alone(world: World) -> None:
    card = failed_card(world)
    for user in (ANA, BO):
        answer = world.clicks(card, "Logs", user)
        assert answer is not None
        assert (answer.only_for, "boom" in words_of(answer)) == (user, True)
    for user, word in ((GUEST, "guest"), ("U0GONE", "deactivated"), ("U0BOT", "a bot")):
        assert word in _pressed(world, card, "Logs", user)


@pytest.mark.parametrize(("button", "action_id"), HOME)
def test_a_button_of_a_home_is_of_no_use_in_another(world: World, button: str, action_id: str) -> None:
    home, other = _home_with(world, button), Home(world, BO)
    assert home.button(button)["action_id"] == action_id
    other.opens()
    shown, asked, forms = home.words(), len(reads(world)), len(world.chat.views)
    home.clicks(button, by=BO)
    assert "somebody else" in other.words()
    assert (home.words(), len(world.chat.views)) == (shown, forms)
    assert len(reads(world)) == asked
    world.people.persons[ANA] = replace(world.people.persons[ANA], refused="deactivated")
    home.clicks(button)
    assert "deactivated" in home.words()
    assert home.elements() == []


def test_every_button_that_looks_is_in_these_tables(world: World) -> None:
    offered = {one for one in world.house.offers if one.partition(":")[0] in READING_VERBS}
    tried = {action_id for _, action_id, _ in OWN} | {action_id for _, action_id in HOME} | {"logs:offer"}
    like = {f"exec:pick_{letter}" for letter in "bcdefghij"}
    chosen = {"home:stack"}
    assert offered - tried - like == chosen


def _home_with(world: World, button: str) -> Home:
    """Ana's, turned so that it shows the button."""
    (stack,) = world.house.config.stacks
    names = [f"app{number:02}" for number in range(29)]
    more = [Stack(name, tuple(replace(one, stack=name) for one in stack.stages)) for name in names]
    world.house = replace(world.house, config=replace(world.house.config, stacks=(stack, *more)))
    world.dispatch = Dispatch(world.house)
    home = Home(world, ANA)
    home.opens()
    turns: dict[str, Callable[[], None]] = {
        "Previous": lambda: home.clicks("Next (1 of 2)"),
        "Dismiss": lambda: home.chooses("home:stack", "nope"),
    }
    turns.get(button, lambda: None)()
    return home


def _is_an_answer(world: World, said: Said, button: str, action_id: str) -> None:
    answer, forms = _pressed(world, said, button, ANA), len(world.chat.views)
    assert not any(words in answer for words in OURS), (action_id, answer)
    assert len(answer) > 20 or forms


def _pressed(world: World, said: Said, button: str, user: str) -> str:
    """The words that came new or in place, which that person alone sees; empty where a form opened instead."""
    before = _all(world)
    world.clicks(said, button, user, **({"team_id": "T0OTHER"} if user == STRANGER else {}))
    new = [one for one in _all(world) if one not in before]
    assert {one[2] for one in new} <= {user}, (user, new)
    return "\n".join(one[3] for one in new)


def _all(world: World) -> list[tuple[str, int, str, str]]:
    """Every message with its only reader: a direct message has one too."""
    return [
        (one.ts, one.edits, one.only_for or f"U{name[1:]}", words_of(one))
        for name, messages in world.chat.channels.items()
        for one in messages
    ]
