"""Who comes second may wait: what is shown meanwhile, and that everything is looked at anew when the turn comes."""

from datetime import timedelta

import pytest

from bot.domain.changes import Change, State
from bot.domain.errors import Unreachable
from bot.domain.stacks import ApprovalRule
from bot.engine.steps import step_of
from tests.engine.conftest import Build
from tests.engine.going_back import somebody_deploys
from tests.engine.house import ANA, BO, CY, REPOSITORY, STAGING, World, buttons, words_of
from tests.engine.rolling import dies, rolling

RULE = ApprovalRule(("deploy", "rollback"), ("release",), 1, timedelta(minutes=30))


def waits(world: World, image: str = "v43", user: str = BO) -> str:
    """That person's deploy behind what rolls out; its change's id."""
    preview = world.types(f"deploy shop staging {image}", user)
    assert "waits for its turn" in words_of(world.clicks(preview, "Wait for it", user))
    world.runs()
    return world.change().id


def ends(world: World) -> None:
    """What rolls out comes to its good end."""
    world.ecs.completes(STAGING, "shop")
    world.advances(40)


@pytest.fixture
def busy(world: World) -> World:
    """ana's deploy of v42 rolls out."""
    rolling(world)
    return world


def test_what_waits_has_a_card_that_says_so_and_its_asker_can_cancel_it(busy: World) -> None:
    change_id = waits(busy)
    assert "waiting for its turn" in words_of(busy.card(change_id))
    assert "Waits for the end of ana's deploy" in busy.thread(change_id)[0]
    assert list(buttons(busy.card(change_id))) == ["Cancel"]
    assert "somebody else's" in words_of(busy.clicks(busy.card(change_id), "Cancel", CY))
    assert "Cancelled" in words_of(busy.clicks(busy.card(change_id), "Cancel", BO))
    ends(busy)
    assert busy.change(change_id).state is State.CANCELLED
    assert len(busy.calls("UpdateService")) == 1
    assert buttons(busy.card(change_id)) == {}


def test_when_the_stage_is_free_it_is_planned_anew_and_starts_by_itself(busy: World) -> None:
    change_id = waits(busy)
    moved = busy.images.has(REPOSITORY, "v43")
    ends(busy)
    change = busy.change(change_id)
    assert change.state is State.ROLLING_OUT
    assert change.plan.after.digest == moved.digest
    assert any("The stage is free: it starts" in line and f"<@{BO}>" in line for line in busy.thread(change_id))


def test_approval_is_asked_for_when_its_turn_comes_and_not_before(build: Build) -> None:
    world = build(approval=RULE, emergency=("developers",))
    world.types("deploy shop staging v42 --yes --emergency now")
    world.advances(10)
    change_id = waits(world)
    assert "subteam" not in words_of(world.card(change_id))
    world.clock.advance(timedelta(hours=1))
    ends(world)
    change = world.change(change_id)
    assert change.state is State.AWAITING_APPROVAL
    assert change.expires_at is not None
    assert change.expires_at > world.clock.now() + timedelta(minutes=29)
    assert any("it waits for approval now" in line for line in world.thread(change_id))
    assert "Approved" in words_of(world.clicks(world.card(change_id), "Approve", CY))
    world.advances(10)
    assert world.change(change_id).state is State.ROLLING_OUT


def test_two_that_wait_come_in_the_order_in_which_they_came(busy: World) -> None:
    first, second = waits(busy, "v43"), waits(busy, "v44", ANA)
    ends(busy)
    assert busy.change(first).state is State.ROLLING_OUT
    assert busy.change(second).state is State.PROPOSED
    ends(busy)
    assert busy.change(first).state is State.SUCCEEDED
    assert busy.change(second).state is State.ROLLING_OUT


def test_who_waits_behind_a_request_for_approval_goes_on_waiting(build: Build) -> None:
    world = build(approval=RULE, emergency=("developers",))
    world.types("deploy shop staging v42 --yes --emergency now")
    world.advances(10)
    first, second = waits(world, "v43"), waits(world, "v44", ANA)
    ends(world)
    world.advances(40)
    assert world.change(first).state is State.AWAITING_APPROVAL
    assert world.change(second).state is State.PROPOSED
    world.clicks(world.card(first), "Withdraw", BO)
    world.advances(40)
    assert world.change(second).state is State.AWAITING_APPROVAL


@pytest.mark.parametrize(("what", "words"), [("a lock", "ana has locked"), ("an image that is gone", "v43")])
def test_what_stands_in_the_way_when_its_turn_comes_is_told_to_who_waited(busy: World, what: str, words: str) -> None:
    change_id = waits(busy)
    if what == "a lock":
        busy.types("lock shop staging incident", ANA)
    else:
        busy.images.loses(REPOSITORY, "v43")
    ends(busy)
    change = busy.change(change_id)
    assert change.state is State.OUTDATED
    assert words in change.problem
    assert any("Its turn came, but" in line and f"<@{BO}>" in line for line in busy.thread(change_id))
    assert list(buttons(busy.card(change_id))) == ["Ask again"]
    assert len(busy.calls("UpdateService")) == 1


def test_a_requester_who_lost_the_right_while_waiting_is_not_served(busy: World) -> None:
    change_id = waits(busy)
    busy.people.groups["S0DEV"] -= {BO}
    ends(busy)
    assert busy.change(change_id).state is State.OUTDATED
    assert "bo may not deploy on shop staging any more" in busy.change(change_id).problem
    assert len(busy.calls("UpdateService")) == 1


def test_it_can_be_asked_again_by_who_may(busy: World) -> None:
    change_id = waits(busy)
    busy.types("lock shop staging incident", ANA)
    ends(busy)
    busy.types("unlock shop staging", ANA)
    preview = busy.clicks(busy.card(change_id), "Ask again", BO)
    assert list(buttons(preview)) == ["Deploy", "Cancel"] if preview else False


def test_a_restart_while_it_waits_changes_nothing(busy: World) -> None:
    change_id = waits(busy)
    busy.dispatch = type(busy.dispatch)(busy.house)
    busy.wakes.start(step_of(busy.house))
    busy.clock.advance(timedelta(hours=1))
    ends(busy)
    assert busy.change(change_id).state is State.ROLLING_OUT


def test_after_a_day_its_turn_is_over(busy: World) -> None:
    change_id = waits(busy)
    busy.clock.advance(timedelta(hours=24))
    busy.runs()
    assert busy.change(change_id).state is State.EXPIRED
    assert any("did not come within a day" in line for line in busy.thread(change_id))
    ends(busy)
    assert len(busy.calls("UpdateService")) == 1


def test_what_expired_does_not_start_though_its_turn_is_looked_at_first(busy: World) -> None:
    change_id, step = waits(busy), step_of(busy.house)
    busy.ecs.completes(STAGING, "shop")
    busy.clock.advance(timedelta(hours=25))
    step(f"look:{STAGING.key}")
    step("turn:shop/staging")
    assert busy.change(change_id).state is State.PROPOSED
    busy.advances(60)
    assert busy.change(change_id).state is State.EXPIRED
    assert len(busy.calls("UpdateService")) == 1


def test_a_failing_change_has_its_stage_as_long_as_it_is_not_over(busy: World) -> None:
    change_id = waits(busy)
    for _ in range(4):
        dies(busy)
    assert [one.failing for one in running(busy)] == [True]
    busy.advances(60)
    assert busy.change(change_id).state is State.PROPOSED
    busy.ecs.breaks(STAGING, "shop")
    busy.advances(60)
    assert busy.change(change_id).state is State.ROLLING_OUT


def running(world: World) -> list[Change]:
    with world.store.transaction() as tx:
        return list(tx.running_changes())


@pytest.mark.parametrize("down", ["aws", "slack"])
def test_a_vendor_that_is_down_when_its_turn_comes_makes_it_wait(busy: World, down: str) -> None:
    change_id = waits(busy)
    busy.ecs.completes(STAGING, "shop")
    busy.advances(1)
    if down == "aws":
        busy.ecs.fails("DescribeTaskDefinition", Unreachable("AWS", "DescribeTaskDefinition"), times=3)
    else:
        busy.people.failures.add("members", Unreachable("Slack", "usergroups.users.list"), times=3)
    busy.advances(20)
    assert busy.change(change_id).state is State.PROPOSED
    busy.advances(100)
    assert busy.change(change_id).state is State.ROLLING_OUT


def test_an_emergency_that_waits_goes_past_locks_when_its_turn_comes(build: Build) -> None:
    world = build(approval=RULE, emergency=("developers",))
    world.types("deploy shop staging v42 --yes --emergency now")
    world.advances(10)
    preview = world.types("deploy shop staging v43 --emergency customers cannot pay", BO)
    world.clicks(preview, "Wait for it", BO)
    change_id = world.change().id
    world.types("lock shop staging incident", ANA)
    ends(world)
    assert world.change(change_id).state is State.ROLLING_OUT
    assert world.change(change_id).approvals == ()


def test_somebody_elses_deploy_meanwhile_is_what_it_is_planned_from(busy: World) -> None:
    change_id = waits(busy)
    somebody_deploys(busy, "v44")
    busy.advances(60)
    change = busy.change(change_id)
    assert change.state is State.ROLLING_OUT
    assert change.plan.before.tag == "v44"
