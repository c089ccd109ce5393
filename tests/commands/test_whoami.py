"""`whoami` prints the rules that hold for me, in few lines however many stages there are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import Throttled
from bot.domain.stacks import CHANGING_VERBS, ApprovalRule, Config, Place, Stack, Stage
from sandbox.slack.blocks import BLOCKS_LENGTH, block_problems, blocks_length
from tests.engine.house import ANA, CY, GUEST, World, config, words_of

RELEASE = ApprovalRule(CHANGING_VERBS, ("release",), 2, timedelta(minutes=30))
Worlds = Callable[[Config], World]


@pytest.fixture
def worlds(tmp_path: Path) -> Worlds:
    return lambda told: World(tmp_path / "bot.db", told)


def many(stacks: int, stages: int, **parts: Any) -> Config:
    """So many stacks of so many stages each, all alike but for their names."""
    names = [f"app{number}" for number in range(stacks)]
    made = tuple(
        Stack(
            name,
            tuple(Stage(name, f"s{number}", Place("us-east-1", "c"), name, "C0", **parts) for number in range(stages)),
        )
        for name in names
    )
    return replace(config(), stacks=made)


def test_each_right_comes_with_the_rule_that_gives_it_or_with_who_could(worlds: Worlds) -> None:
    world = worlds(config(approval=RELEASE, admins=("release",), emergency=("release",), channels=("C0RANDOM",)))
    text = words_of(world.types("whoami", ANA))
    assert "You are *ana* (`U0ANA`)" in text
    assert (
        "*shop staging*\n"
        "✓ change it: developers (S0DEV)\n"
        "✗ approve changes: ask release\n"
        "✗ skip approval and locks (`--emergency`): ask release\n"
        "✗ take over locks: ask release\n"
        "Every change needs 2 approvals of release, never the asker's own.\n"
        "Changed only from <#C0RANDOM>, <#C0DEPLOYS>."
    ) in text
    assert (
        "*shop prod*\n"
        "✗ change it: ask release\n"
        "✗ skip approval and locks (`--emergency`): nobody may\n"
        "✗ take over locks: nobody may\n"
        "No approval is needed."
    ) in text
    assert "✗ freeze everything: takes an admin of every stage" in text


def test_an_admin_of_every_stage_reads_that_they_may_freeze(worlds: Worlds) -> None:
    world = worlds(many(1, 2, admins=("release",)))
    assert "✓ freeze everything: release (S0REL)" in words_of(world.types("whoami", CY))


def test_sixty_equal_stages_are_one_paragraph(worlds: Worlds) -> None:
    answer = worlds(many(20, 3, may_change=("developers",))).types("whoami")
    assert answer is not None
    assert len(answer.blocks) == 4
    assert "*all of app0, app1, app2, " in words_of(answer)


def test_sixty_different_stages_still_fit_into_a_message(worlds: Worlds) -> None:
    told = many(1, 60)
    stages = tuple(
        replace(stage, channels=(f"C0{number}",), may_change=("developers",), approval=RELEASE)
        for number, stage in enumerate(told.stacks[0].stages)
    )
    answer = worlds(replace(told, stacks=(Stack("app0", stages),))).types("whoami")
    assert answer is not None
    blocks = [dict(block) for block in answer.blocks]
    assert block_problems(blocks) == []
    assert blocks_length(blocks) <= BLOCKS_LENGTH
    assert "more stages: type `/tinystacks whoami STACK`" in words_of(answer)


def test_one_stack_can_be_asked_for(worlds: Worlds) -> None:
    text = words_of(worlds(many(3, 2, may_change=("developers",))).types("whoami APP1"))
    assert "*all of app1*" in text
    assert "app2" not in text


def test_a_group_that_cannot_be_read_is_told_as_such(worlds: Worlds) -> None:
    world = worlds(config())
    world.people.failures.add("members", Throttled("Slack", "usergroups.users.list"))
    text = words_of(world.types("whoami"))
    assert "⚠️ change it: I cannot read S0DEV from Slack now, so not now" in text
    assert "✗ change it: ask release" in text


@pytest.mark.parametrize("channel_id", ["C0PROD", "C0RANDOM", "D0ANA"])
def test_it_answers_in_any_channel_the_same(worlds: Worlds, channel_id: str) -> None:
    world = worlds(config(channels=("C0DEPLOYS",)))
    world.chat.channels.setdefault("D0ANA", [])
    assert "✓ change it: developers (S0DEV)" in words_of(world.types("whoami", ANA, channel_id=channel_id))


def test_a_guest_is_told_nothing(worlds: Worlds) -> None:
    text = words_of(worlds(config()).types("whoami", GUEST))
    assert "You are a guest" in text
    assert "developers" not in text


def test_it_reads_only(worlds: Worlds) -> None:
    world = worlds(config())
    world.types("whoami")
    assert (world.ecs.calls, world.postings()) == ([], ())


def test_a_name_is_never_more_than_text(worlds: Worlds) -> None:
    world = worlds(config())
    world.people.persons[ANA] = replace(world.people.persons[ANA], name="<!channel> *ana*\u202e`")
    answer = world.types("whoami")
    assert answer is not None
    assert "&lt;!channel&gt; ∗ana∗ˋ" in answer.text
    assert "<!channel>" not in words_of(answer)
