"""Going past approval and locks: a right of its own, loud, and kept."""

from datetime import timedelta

import pytest

from bot.domain.changes import State
from bot.domain.stacks import ApprovalRule
from tests.engine.conftest import Build
from tests.engine.house import ANA, BO, CY, World, words_of


def rule() -> ApprovalRule:
    return ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30))


@pytest.fixture
def asked(build: Build) -> World:
    """ana's deploy of v42 waits for one of release."""
    world = build(approval=rule())
    world.types("deploy shop staging v42 --yes")
    world.runs()
    return world


def test_an_emergency_skips_approval_and_locks_and_is_loud(build: Build) -> None:
    world = build(approval=rule(), emergency=("developers",))
    world.types("lock shop staging incident", CY)
    world.types("deploy shop staging v42 --yes --emergency customers cannot pay", ANA)
    world.advances(30)
    change = world.change()
    assert change.state is State.ROLLING_OUT
    assert change.emergency == "customers cannot pay"
    card = words_of(world.card())
    assert "🚨" in card
    assert "customers cannot pay" in card
    assert "<!subteam^S0REL>" in card
    assert any("customers cannot pay" in row.detail for row in world.audit())


def test_an_emergency_is_its_own_right(asked: World) -> None:
    answer = words_of(asked.types("deploy shop staging v43 --yes --emergency please", BO))
    assert "emergency" in answer
    assert asked.calls("UpdateService") == []


def test_who_called_an_emergency_may_end_it_too(build: Build) -> None:
    world = build(approval=rule(), emergency=("release",))
    world.types("deploy shop staging v42 --yes --emergency customers cannot pay", CY)
    world.advances(30)
    assert "Asked ECS" in words_of(world.clicks(world.card(), "Abort", CY))


def test_who_may_only_call_emergencies_ends_no_ordinary_rollout(build: Build) -> None:
    world = build(emergency=("release",))
    world.deploys()
    assert "No rule lets you" in words_of(world.clicks(world.card(), "Abort", CY))
