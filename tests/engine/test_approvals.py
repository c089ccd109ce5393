"""A request for approval, from its card to its end: who may say yes, to exactly what, until when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.changes import State
from bot.domain.errors import Unreachable
from bot.domain.requests import Kind
from bot.domain.stacks import ApprovalRule
from bot.engine.steps import step_of
from tests.engine.conftest import Build
from tests.engine.house import ANA, BO, CHANNEL, CY, GUEST, REPOSITORY, STAGING, STRANGER, World, buttons, words_of
from tests.fakes.chat import Said
from tests.fakes.ecs_story import document

HALF_AN_HOUR = timedelta(minutes=30)


def rule(count: int = 1) -> ApprovalRule:
    return ApprovalRule(("deploy", "rollback"), ("release",), count, HALF_AN_HOUR)


@pytest.fixture
def asked(build: Build) -> World:
    """ana's deploy of v42 waits for one of release (cy)."""
    return waiting(build(approval=rule()))


def waiting(world: World) -> World:
    world.types("deploy shop staging v42 --yes")
    world.runs()
    assert world.change().state is State.AWAITING_APPROVAL
    return world


def denies(world: World, user: str = CY, why: str = "not on a Friday") -> Said | None:
    """Presses Deny and sends the form off; the answer."""
    answer = world.clicks(world.card(), "Deny", user)
    if answer is not None and "🚫" in words_of(answer):
        return answer
    view = list(world.chat.views.values())[-1]
    values = {"why": {"deploy:why": why}}
    request = world.request(
        Kind.SUBMISSION,
        user,
        callback_id=view["callback_id"],
        metadata=view["private_metadata"],
        values=values,
        channel_id="",
    )
    world.chat.links[request.response_url].channel_id = CHANNEL
    return world.does(request)


def test_the_card_asks_the_group_once_and_says_what_is_asked(asked: World) -> None:
    card = words_of(asked.card())
    assert "waiting for approval" in card
    assert "<!subteam^S0REL>" in card
    assert f"not <@{ANA}>" in card
    assert "v41" in card
    assert "v42" in card
    assert "expires" in card
    assert list(buttons(asked.card())) == ["Approve", "Deny", "Withdraw"]
    assert asked.ecs.writes == []


def test_a_yes_starts_it_and_the_card_says_whose(asked: World) -> None:
    answer = words_of(asked.clicks(asked.card(), "Approve", CY))
    assert "Approved" in answer
    asked.advances(30)
    change = asked.change()
    assert change.state is State.ROLLING_OUT
    assert [one.person.user_id for one in change.approvals] == [CY]
    assert f"approved by <@{CY}>" in words_of(asked.card())
    assert any("approved this" in line and f"<@{ANA}>" in line for line in asked.thread())
    assert ("approve", "approved") in asked.done()


@pytest.mark.parametrize(
    ("user", "words"),
    [(ANA, "You asked for this change"), (BO, "No rule lets you"), (GUEST, "guest"), (STRANGER, "another")],
)
@pytest.mark.parametrize("button", ["Approve", "Deny"])
def test_nobody_else_decides_and_each_is_told_why(asked: World, user: str, words: str, button: str) -> None:
    assert words in words_of(asked.clicks(asked.card(), button, user))
    assert asked.change().state is State.AWAITING_APPROVAL
    assert asked.audit()[-1].outcome == "refused"


def test_who_asked_does_not_decide_even_as_an_approver(build: Build) -> None:
    world = build(approval=rule())
    world.people.groups["S0REL"] |= {ANA}
    waiting(world)
    assert "You asked for this change" in words_of(world.clicks(world.card(), "Approve", ANA))
    assert world.change().approvals == ()


def test_two_have_to_be_two(build: Build) -> None:
    world = build(approval=rule(2))
    world.people.groups["S0REL"] |= {BO}
    waiting(world)
    assert "1 more" in words_of(world.clicks(world.card(), "Approve", CY))
    assert "You approved it" in words_of(world.clicks(world.card(), "Approve", CY))
    world.advances(5)
    assert world.change().state is State.AWAITING_APPROVAL
    assert "1 more approval" in words_of(world.card())
    world.clicks(world.card(), "Approve", BO)
    world.advances(30)
    assert world.change().state is State.ROLLING_OUT


def test_a_no_asks_why_and_tells_the_requester(asked: World) -> None:
    assert "Denied" in words_of(denies(asked))
    asked.advances(10)
    change = asked.change()
    assert change.state is State.DENIED
    assert change.decided_why == "not on a Friday"
    assert f"denied by <@{CY}>" in words_of(asked.card())
    assert any("not on a Friday" in line and f"<@{ANA}>" in line for line in asked.thread())
    assert buttons(asked.card()) == {}
    assert asked.ecs.writes == []


def test_a_no_after_a_yes_is_told_who_was_first(asked: World) -> None:
    asked.clicks(asked.card(), "Deny", CY)
    card = replace(asked.card())
    asked.clicks(card, "Approve", CY)
    assert "already: cy approved it" in words_of(asked.clicks(card, "Approve", CY))
    assert asked.change().decided_by is None


def test_who_asked_may_withdraw_and_nobody_else(asked: World) -> None:
    assert "Only who asked" in words_of(asked.clicks(asked.card(), "Withdraw", CY))
    assert "Withdrawn" in words_of(asked.clicks(asked.card(), "Withdraw", ANA))
    asked.runs()
    assert asked.change().state is State.CANCELLED
    assert asked.ecs.writes == []


def test_a_request_expires_by_itself_and_can_be_asked_again(asked: World) -> None:
    asked.advances(1_799)
    assert asked.change().state is State.AWAITING_APPROVAL
    asked.advances(5)
    assert asked.change().state is State.EXPIRED
    assert list(buttons(asked.card())) == ["Ask again"]
    preview = asked.clicks(asked.card(), "Ask again", ANA)
    assert list(buttons(preview)) == ["Deploy", "Cancel"] if preview else False


def test_expiry_counts_at_the_click_whatever_the_step_has_done(asked: World) -> None:
    card = replace(asked.card())
    asked.clock.advance(HALF_AN_HOUR)
    assert "expired" in words_of(asked.clicks(card, "Approve", CY))
    assert asked.change().approvals == ()
    asked.advances(60)
    assert asked.change().state is State.EXPIRED
    assert asked.ecs.writes == []


def test_half_way_it_reminds_without_another_ping(asked: World) -> None:
    asked.advances(900)
    assert any("still waits" in line and "subteam" not in line for line in asked.thread())


@pytest.mark.parametrize("moment", ["before the yes", "after it"])
def test_what_moved_since_it_was_shown_is_not_run_and_is_told(asked: World, moment: str) -> None:
    def somebody_deploys() -> None:
        other = asked.ecs.has_task_definition(STAGING, document("shop", f"{REPOSITORY}:v43"))
        asked.ecs.somebody_deploys(STAGING, "shop", other.arn)

    if moment == "before the yes":
        somebody_deploys()
    asked.clicks(asked.card(), "Approve", CY)
    if moment == "after it":
        somebody_deploys()
    asked.advances(30)
    change = asked.change()
    assert change.state is State.OUTDATED
    assert "running revision" in [one.path for one in change.moved]
    assert "running revision" in words_of(asked.card())
    assert list(buttons(asked.card())) == ["Ask again"]
    assert asked.ecs.writes == []


def test_aws_out_of_reach_decides_nothing(asked: World) -> None:
    asked.ecs.fails("DescribeServices", Unreachable("AWS", "DescribeServices"))
    assert "cannot reach AWS" in words_of(asked.clicks(asked.card(), "Approve", CY))
    assert asked.change().approvals == ()


def test_a_group_out_of_reach_decides_nothing(asked: World) -> None:
    asked.people.failures.add("members", Unreachable("Slack", "usergroups.users.list"), times=5)
    assert "cannot read the user group" in words_of(asked.clicks(asked.card(), "Approve", CY))
    assert asked.change().approvals == ()


def test_who_left_the_group_between_the_yes_and_the_start_does_not_count(asked: World) -> None:
    asked.clicks(asked.card(), "Approve", CY)
    asked.people.groups["S0REL"] = frozenset({BO})
    asked.advances(30)
    assert asked.change().state is State.OUTDATED
    assert asked.ecs.writes == []


def test_a_requester_who_lost_the_right_since_is_not_served(asked: World) -> None:
    asked.clicks(asked.card(), "Approve", CY)
    asked.people.groups["S0DEV"] = frozenset({BO})
    asked.advances(30)
    assert asked.change().state is State.OUTDATED
    assert asked.ecs.writes == []


def test_one_open_request_a_stage_and_verb(asked: World) -> None:
    answer = words_of(asked.types("deploy shop staging v43 --yes", BO))
    assert "ana's deploy of shop staging waits for approval already" in answer


def test_a_lock_taken_meanwhile_stops_the_yes(asked: World) -> None:
    change_id = asked.change().id
    asked.types("lock shop staging incident", BO)
    assert "bo has locked" in words_of(asked.clicks(asked.card(change_id), "Approve", CY))
    assert asked.change(change_id).state is State.AWAITING_APPROVAL


def test_a_lock_taken_after_the_yes_stops_the_start(asked: World) -> None:
    change_id = asked.change().id
    asked.clicks(asked.card(), "Approve", CY)
    asked.types("lock shop staging incident", BO)
    asked.advances(30)
    assert asked.change(change_id).state is State.OUTDATED
    assert asked.ecs.writes == []


def test_approvals_lists_what_i_may_decide_first_with_its_buttons(asked: World) -> None:
    mine = asked.types("approvals", CY)
    assert "For you to decide" in words_of(mine)
    assert "Approved" in words_of(asked.clicks(mine, "Approve", CY))


def test_approvals_shows_others_what_waits_without_buttons(asked: World) -> None:
    own, others = asked.types("approvals", ANA), asked.types("approvals", BO)
    assert own is not None
    assert others is not None
    assert "You asked for" in words_of(own)
    assert "Waiting for others" in words_of(others)
    assert buttons(own) == buttons(others) == {}


def test_a_click_after_a_restart_works_like_one_before(asked: World) -> None:
    card = replace(asked.card())
    asked.dispatch = type(asked.dispatch)(asked.house)
    asked.wakes.start(step_of(asked.house))
    assert "Approved" in words_of(asked.clicks(card, "Approve", CY))
