"""Slack or AWS is down for an hour while rollouts are under way: nothing is lost, nothing is said twice or in a flood,
and nobody knocks all the time."""

import pytest

from bot.domain.changes import State
from bot.domain.errors import Refusal, Unanswered, Unreachable
from tests.engine.house import CHANNEL, STAGING, World, words_of
from tests.engine.rolling import dies, rolling
from tests.engine.sayings import says

HOUR = 3_600
_METHODS = ("post_message", "update_message", "find_message", "post_ephemeral", "respond", "channel")


def slack_is_down(world: World, error: type[Unreachable] | type[Unanswered]) -> None:
    for method in _METHODS:
        world.chat.failures.add(method, error("Slack", method), times=1_000_000)


def slack_is_back(world: World) -> None:
    world.chat.failures._waiting.clear()


def knocks(world: World) -> int:
    return len(world.chat.failures.calls)


def aws_is_down(world: World, error: Refusal) -> None:
    for call in ("DescribeServices", "DescribeServiceDeployments", "ListTasks", "DescribeTaskDefinition"):
        world.ecs.fails(call, error, times=1_000_000)


def aws_is_back(world: World) -> None:
    world.ecs._failures.clear()


@pytest.mark.parametrize("error", [Unreachable, Unanswered])
def test_after_an_hour_without_slack_each_news_comes_once_in_order_under_one_card(
    world: World, error: type[Unreachable] | type[Unanswered]
) -> None:
    rolling(world)
    before = len(world.thread())
    slack_is_down(world, error)
    dies(world, "no such table", exit_code=1)
    world.ecs.runs(STAGING, "shop", 1)
    world.advances(HOUR / 2)
    world.ecs.completes(STAGING, "shop")
    world.advances(HOUR / 2)
    slack_is_back(world)
    edits = len(world.chat.edits())
    world.advances(60)
    assert world.change().state is State.SUCCEEDED
    assert words_of(world.card()).startswith("✅")
    told = world.thread()[before:]
    assert "no such table" in "\n".join(told)
    assert told[-1].startswith("✅")
    assert len(told) == len(set(told)) <= 6
    assert len(world.chat.edits()) - edits <= 3
    assert world.postings() == ()


@pytest.mark.parametrize(("error", "waiting"), [(Unreachable, 40), (Unanswered, 20)])
def test_a_slack_that_is_down_is_asked_now_and_then_however_much_waits(
    world: World, error: type[Unreachable] | type[Unanswered], waiting: int
) -> None:
    slack_is_down(world, error)
    for number in range(waiting):
        says(world, "posted", f"card:{number}")
    world.advances(HOUR)
    assert 60 <= knocks(world) <= 150
    slack_is_back(world)
    world.advances(120)
    assert len(world.chat.channels[CHANNEL]) == waiting
    assert world.postings() == ()


def test_a_change_asked_for_just_before_slack_went_down_is_done_and_told_later(world: World) -> None:
    world.types("deploy shop staging v42 --yes")
    slack_is_down(world, Unreachable)
    world.advances(30)
    world.ecs.completes(STAGING, "shop")
    world.advances(HOUR)
    assert world.change().state is State.SUCCEEDED
    slack_is_back(world)
    world.advances(60)
    assert words_of(world.card()).startswith("✅")
    assert len(world.chat.posts(f"card:{world.change().id}")) > 1
    assert sum(one.message_id == f"card:{world.change().id}" for one in world.chat.channels[CHANNEL]) == 1


def test_what_looks_the_same_for_an_hour_takes_no_more_room(world: World) -> None:
    rolling(world)
    slack_is_down(world, Unreachable)
    world.advances(HOUR / 2)
    halfway = len(world.postings())
    world.advances(HOUR / 2)
    assert len(world.postings()) == halfway <= 3


@pytest.mark.parametrize("error", [Unreachable("AWS", "DescribeServices"), Unanswered("AWS", "DescribeServices")])
def test_an_hour_without_aws_is_told_once_and_the_end_is_right(world: World, error: Refusal) -> None:
    rolling(world)
    told = len(world.thread())
    aws_is_down(world, error)
    before = len(world.ecs.calls)
    world.advances(HOUR)
    assert len(world.ecs.calls) - before <= HOUR / 10
    assert "Not seen since" in words_of(world.card())
    assert len(world.thread()) == told
    assert world.change().state is State.ROLLING_OUT
    aws_is_back(world)
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert world.change().state is State.SUCCEEDED
    assert "Not seen" not in words_of(world.card())
    assert len(world.calls("UpdateService")) == 1


def test_a_change_that_aws_never_heard_of_fails_in_time_and_frees_its_stage(world: World) -> None:
    world.types("deploy shop staging v42 --yes")
    aws_is_down(world, Unreachable("AWS", "DescribeServices"))
    before = len(world.ecs.calls)
    world.advances(HOUR)
    assert world.change().state is State.FAILED
    assert len(world.ecs.calls) - before <= 150
    assert world.calls("UpdateService") == []
    aws_is_back(world)
    world.deploys("v43")
    assert world.change().state is State.ROLLING_OUT
