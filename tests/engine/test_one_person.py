"""In an Enterprise Grid, Slack signs a command with one workspace and a click with another: it is one person still."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.changes import State
from bot.domain.stacks import ApprovalRule
from tests.engine.house import ANA, CY, World, config, words_of

SISTER = "T0SISTER"


@pytest.fixture
def world(tmp_path: Path) -> World:
    rule = ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30))
    told = config(may_change=("developers", "release"), approval=rule)
    world = World(tmp_path / "bot.db", replace(told, people={**told.people, "release": ("S0REL", ANA)}))
    world.people.sisters |= {ANA: SISTER, CY: SISTER}
    return world


def test_what_was_typed_in_one_workspace_is_confirmed_from_the_other(world: World) -> None:
    world.clicks(world.types("deploy shop staging v42"), "Deploy", team_id=SISTER)
    assert world.change().state is State.AWAITING_APPROVAL
    assert world.change().requester.team_id == "T0ACME"


def test_who_asked_cannot_approve_as_a_member_of_the_other_workspace(world: World) -> None:
    world.clicks(world.types("deploy shop staging v42"), "Deploy")
    world.runs()
    answer = world.clicks(world.card(), "Approve", team_id=SISTER)
    assert "You asked for this change, so you cannot approve it." in words_of(answer)
    assert world.change().state is State.AWAITING_APPROVAL


def test_somebody_else_of_the_other_workspace_can(world: World) -> None:
    world.clicks(world.types("deploy shop staging v42"), "Deploy")
    world.runs()
    world.clicks(world.card(), "Approve", CY, team_id=SISTER)
    assert [one.person.team_id for one in world.change().approvals] == ["T0ACME"]


@pytest.mark.parametrize("team_id", ["T0OTHER", ""])
def test_the_same_id_signed_by_a_stranger_is_somebody_else(world: World, team_id: str) -> None:
    preview = world.types("deploy shop staging v42")
    answer = world.clicks(preview, "Deploy", team_id=team_id)
    assert "a member of another workspace" in words_of(answer)
    assert world.change().state is State.PROPOSED
