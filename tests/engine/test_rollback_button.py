"""Who may go back, when and from where: the button, holds, approvals, aborts."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.changes import State
from bot.domain.stacks import ApprovalRule
from tests.engine.conftest import Build
from tests.engine.going_back import runs, succeeds
from tests.engine.house import BO, CY, STAGING, World, buttons, words_of
from tests.engine.locking import built, locks


def test_it_is_possible_while_somebody_holds_the_stage(world: World) -> None:
    succeeds(world)
    world.types("lock shop staging mine", BO)
    assert "Deploy" not in buttons(world.types("deploy shop staging v43") or world.card())
    succeeds(world, "rollback shop staging")
    assert runs(world) == "shop:1"


def test_the_button_of_a_good_deploy_takes_it_back(world: World) -> None:
    succeeds(world)
    preview = world.clicks(world.card(), "Roll back")
    assert preview is not None
    assert "v41" in words_of(preview)
    world.clicks(preview, "Roll back", channel_id=world.last.channel_id)
    world.runs()
    assert runs(world) == "shop:1"


def test_the_button_of_a_failed_deploy_that_still_runs_takes_it_back(world: World) -> None:
    world.deploys()
    world.ecs.breaks(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.FAILED
    assert "v41" in words_of(world.clicks(world.card(), "Roll back"))


def test_the_button_works_for_seven_days(world: World) -> None:
    succeeds(world)
    card = world.card()
    world.clock.advance(timedelta(days=7) - timedelta(minutes=2))
    assert "Roll back shop → staging?" in words_of(world.clicks(card, "Roll back"))
    world.clock.advance(timedelta(minutes=2))
    answer = words_of(world.clicks(card, "Roll back"))
    assert "older than seven days" in answer
    assert "/tinystacks rollback shop staging" in answer


def test_the_button_of_what_no_longer_runs_says_what_does(world: World) -> None:
    card = world.card(succeeds(world))
    succeeds(world, "deploy shop staging v43")
    answer = words_of(world.clicks(card, "Roll back"))
    assert "runs shop:3 by now" in answer
    assert "brought shop:2" in answer


def test_a_click_by_somebody_without_the_right_is_refused(world: World) -> None:
    succeeds(world)
    before = len(world.ecs.calls)
    assert "Nothing was changed" in words_of(world.clicks(world.card(), "Roll back", CY))
    assert len(world.ecs.calls) == before


@pytest.mark.parametrize(("held", "by"), [("lock shop staging mine", BO), ("freeze release night", CY)])
def test_a_button_goes_back_past_every_hold(tmp_path: Path, held: str, by: str) -> None:
    for world in built(tmp_path / "bot.db"):
        succeeds(world)
        card = world.card()
        world.types(held, by)
        assert len(locks(world)) == 1
        preview = world.clicks(card, "Roll back")
        assert preview is not None
        assert "Roll back" in buttons(preview)


def test_a_stage_that_wants_approval_of_roll_backs_gets_it(build: Build) -> None:
    rule = ApprovalRule(verbs=("rollback",), by=("release",), count=1, expires=timedelta(minutes=30))
    world = build(approval=rule)
    succeeds(world)
    world.types("rollback shop staging --yes")
    world.runs()
    assert world.change().state is State.AWAITING_APPROVAL
    assert runs(world) == "shop:2"
    world.clicks(world.card(), "Approve", CY)
    world.runs()
    assert runs(world) == "shop:1"


def test_a_roll_back_can_be_aborted(world: World) -> None:
    succeeds(world)
    world.types("rollback shop staging --yes")
    world.runs()
    world.clicks(world.card(), "Abort")
    world.advances(10)
    world.ecs.rolls_back(STAGING, "shop")
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.ROLLED_BACK
    assert runs(world) == "shop:2"
