"""A preview, and who may set it going when."""

from datetime import timedelta

import pytest

from bot.domain.changes import State
from bot.domain.stacks import ApprovalRule
from tests.engine.conftest import Build
from tests.engine.house import BO, STAGING, World, buttons, words_of


def test_a_preview_changes_nothing_and_offers_the_verb_beside_cancel(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert preview is not None
    assert list(buttons(preview)) == ["Deploy", "Cancel"]
    assert world.change().state is State.PROPOSED
    world.runs()
    assert world.ecs.writes == []


def test_cancel_drops_it(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert "Cancelled" in words_of(world.clicks(preview, "Cancel"))
    assert world.change().state is State.CANCELLED
    assert world.done()[-1] == ("cancel", "cancelled")


def test_a_cancelled_preview_cannot_be_deployed(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert preview is not None
    shown = preview.blocks
    world.clicks(preview, "Cancel")
    preview.blocks = shown
    assert "cancelled already" in words_of(world.clicks(preview, "Deploy"))
    assert world.change().state is State.CANCELLED


@pytest.mark.parametrize("button", ["Deploy", "Cancel"])
def test_somebody_elses_preview_is_not_theirs_to_decide(world: World, button: str) -> None:
    preview = world.types("deploy shop staging v42")
    assert "somebody else's" in words_of(world.clicks(preview, button, BO))
    assert world.change().state is State.PROPOSED


def test_a_preview_expires_by_itself_after_half_an_hour(world: World) -> None:
    world.types("deploy shop staging v42")
    world.advances(1_799)
    assert world.change().state is State.PROPOSED
    world.advances(1)
    assert world.change().state is State.EXPIRED
    assert world.done()[-1] == ("expire", "expired")


def test_an_expired_preview_says_what_to_type(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    world.clock.advance(timedelta(minutes=30))
    answer = words_of(world.clicks(preview, "Deploy"))
    assert "expired" in answer
    assert "/tinystacks deploy shop staging v42" in answer
    world.runs()
    assert world.ecs.writes == []


def test_who_comes_second_to_a_stage_is_told_who_holds_it(world: World) -> None:
    first, second = world.types("deploy shop staging v42"), world.types("deploy shop staging v43", BO)
    mine = world.change()
    world.clicks(first, "Deploy")
    answer = words_of(world.clicks(second, "Deploy", BO))
    assert "ana's deploy of v42 on shop staging is under way" in answer
    assert world.change(mine.id).state is State.PROPOSED


def test_a_stage_that_is_held_says_so_in_the_preview_already(world: World) -> None:
    world.deploys()
    preview = world.types("deploy shop staging v43", BO)
    assert preview is not None
    assert "ana's deploy of v42" in words_of(preview)
    assert list(buttons(preview)) == ["Wait for it", "Cancel"]


def test_yes_does_not_skip_a_check_that_stands_in_the_way(world: World) -> None:
    world.deploys()
    world.types("deploy shop staging v43 --yes", BO)
    assert world.change().state is State.PROPOSED


def test_other_stages_are_free(world: World) -> None:
    world.deploys()
    world.deploys("v43", "prod", "U0CY")
    assert world.change().state is State.ROLLING_OUT


def test_a_failing_rollout_may_be_superseded(world: World) -> None:
    world.deploys()
    world.advances(10)
    for _ in range(3):
        world.ecs.task_dies(STAGING, "shop")
        world.advances(10)
    failing = world.change()
    assert failing.failing
    world.deploys("v43", user=BO)
    assert world.change().state is State.ROLLING_OUT
    world.advances(60)
    assert world.change(failing.id).state is State.SUPERSEDED
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.SUCCEEDED


def test_what_wants_an_approval_does_not_run_without_it(build: Build) -> None:
    world = build(approval=ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30)))
    world.types("deploy shop staging v42 --yes")
    world.runs()
    assert world.change().state is State.AWAITING_APPROVAL
    assert world.ecs.writes == []


def test_a_forged_click_on_a_blocked_preview_is_refused(world: World) -> None:
    world.deploys()
    preview = world.types("deploy shop staging v43")
    assert preview is not None
    answer = world.clicks(preview, "Cancel", action_id="deploy:confirm")
    assert "I do not know this button" in words_of(answer)
    assert world.change().state is State.PROPOSED


def test_a_success_sets_the_usual_time_for_the_next(world: World) -> None:
    for image in ("v42", "v43", "v44"):
        world.deploys(image)
        world.advances(60)
        world.ecs.completes(STAGING, "shop")
        world.advances(20)
        assert world.change().state is State.SUCCEEDED
    world.deploys("v41")
    world.advances(5)
    assert "usually about 1m 5s" in words_of(world.card())


def test_every_step_of_a_life_is_audited(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    world.clicks(preview, "Deploy")
    world.runs()
    world.ecs.completes(STAGING, "shop")
    world.advances(30)
    told = [entry for entry in world.done() if not entry[0].startswith("aws:")]
    assert told == [
        ("deploy", "proposed"),
        ("confirm", "approved"),
        ("start", "applying"),
        ("roll out", "rolling_out"),
        ("finish", "succeeded"),
    ]
