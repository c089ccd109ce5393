"""What Slack refuses, throttles or does not answer is sent later, once."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import NotPossible, Throttled, Unanswered, Unreachable
from tests.engine.conftest import Build
from tests.engine.house import CHANNEL, World
from tests.engine.sayings import channel, says

NO_HISTORY = NotPossible("Slack refused. (Slack: missing_scope)", "Add channels:history.")
NO_BLOCKS = NotPossible("Slack refused. (Slack: invalid_blocks)", "Tell whoever runs me.")


def test_retry_after_is_obeyed_and_nothing_is_lost(world: World) -> None:
    says(world, "posted")
    world.runs()
    world.chat.failures.add("update_message", Throttled("Slack", "chat.update", retry_after=30))
    says(world, "edited", urgency=0)
    says(world, "another", "card:2", urgency=0)
    world.runs()
    says(world, "another, edited", "card:2", urgency=0)
    start = world.clock.now()
    world.advances(29)
    assert len(world.chat.edits()) == 1
    world.advances(60)
    assert all(one.at - start >= timedelta(seconds=30) for one in world.chat.edits()[1:])
    assert channel(world) == ["edited", "another, edited"]


def test_edits_that_slack_refused_do_not_use_up_the_budget(world: World) -> None:
    says(world, "posted")
    world.runs()
    world.chat.failures.add("update_message", Throttled("Slack", "chat.update", retry_after=1), times=50)
    says(world, "ended", urgency=0)
    world.advances(55)
    assert channel(world) == ["ended"]


def test_a_throttled_post_is_sent_when_slack_allows_it(world: World) -> None:
    world.chat.failures.add("post_message", Throttled("Slack", "chat.postMessage", retry_after=7), times=2)
    says(world, "posted")
    world.runs()
    start = world.clock.now()
    world.advances(60)
    assert [(one.at - start).total_seconds() for one in world.chat.posts("card:1")] == [0, 7, 14]
    assert channel(world) == ["posted"]


def test_a_throttled_channel_is_left_alone_until_slack_allows_it(world: World) -> None:
    world.chat.failures.add("post_message", Throttled("Slack", "chat.postMessage", retry_after=7))
    says(world, "posted")
    says(world, "waits", "card:2", urgency=2)
    start = world.clock.now()
    world.advances(60)
    assert [(one.at - start).total_seconds() for one in world.chat.posts("card:2")] == [7]
    assert sorted(channel(world)) == ["posted", "waits"]


def test_an_unreachable_slack_gets_everything_later(world: World) -> None:
    world.chat.failures.add("post_message", Unreachable("Slack", "chat.postMessage"), times=4)
    says(world, "posted")
    world.advances(60)
    assert channel(world) == ["posted"]


def test_a_post_whose_answer_never_came_is_found_and_not_posted_twice(world: World) -> None:
    world.chat.failures.add("post_message", Unanswered("Slack", "chat.postMessage"), after=True)
    says(world, "posted")
    world.advances(24)
    assert world.chat.failures.calls.count("find_message") == 0
    world.advances(30)
    assert channel(world) == ["posted"]
    assert len(world.chat.posts("card:1")) == 1


def test_a_card_that_is_found_is_brought_up_to_date(world: World) -> None:
    world.chat.failures.add("post_message", Unanswered("Slack", "chat.postMessage"), after=True)
    says(world, "posted")
    world.runs()
    says(world, "newer")
    world.advances(60)
    assert channel(world) == ["newer"]


def test_a_reply_whose_answer_never_came_is_found_in_its_thread(world: World) -> None:
    says(world, "card")
    world.runs()
    world.chat.failures.add("post_message", Unanswered("Slack", "chat.postMessage"), after=True)
    for name in ("a", "b"):
        says(world, f"reply {name}", f"news:1:{name}", thread_of="card:1")
    world.advances(60)
    assert channel(world) == ["card", "  reply a", "  reply b"]


def test_a_post_that_never_arrived_is_posted_again(world: World) -> None:
    world.chat.failures.add("post_message", Unanswered("Slack", "chat.postMessage"))
    says(world, "posted")
    world.advances(60)
    assert channel(world) == ["posted"]
    assert len(world.chat.posts("card:1")) == 2


def test_without_a_history_scope_twice_is_better_than_never(world: World) -> None:
    world.chat.failures.add("post_message", Unanswered("Slack", "chat.postMessage"))
    world.chat.failures.add("find_message", NO_HISTORY, times=99)
    says(world, "posted")
    world.advances(60)
    assert channel(world) == ["posted"]


def test_an_uninvited_bot_tries_each_minute_and_arrives_once_invited(world: World) -> None:
    world.chat.joined.discard(CHANNEL)
    says(world, "card")
    says(world, "reply", "news:1:a", thread_of="card:1")
    world.advances(180)
    assert len(world.chat.posts("card:1")) == 4
    world.chat.joined.add(CHANNEL)
    world.advances(65)
    assert channel(world) == ["card", "  reply"]


def test_a_channel_that_never_lets_the_bot_in_is_given_up_with_its_thread(world: World) -> None:
    world.chat.joined.discard(CHANNEL)
    says(world, "card")
    says(world, "reply", "news:1:a", thread_of="card:1")
    world.runs_until_quiet(hours=3)
    assert 50 <= len(world.chat.posts("card:1")) <= 61
    world.chat.joined.add(CHANNEL)
    says(world, "card, later")
    world.advances(65)
    assert channel(world) == ["card, later", "  reply"]


def test_refused_blocks_leave_the_text(world: World) -> None:
    world.chat.failures.add("post_message", NO_BLOCKS)
    says(world, "posted")
    world.runs()
    assert [(one.text, one.blocks) for one in world.chat.channels[CHANNEL]] == [("posted", ())]


def test_an_edit_whose_blocks_are_refused_leaves_the_text(world: World) -> None:
    says(world, "posted")
    world.runs()
    world.chat.failures.add("update_message", NO_BLOCKS)
    says(world, "edited")
    world.advances(5)
    assert [(one.text, one.blocks) for one in world.chat.channels[CHANNEL]] == [("edited", ())]


_ERRORS = st.sampled_from(
    [
        (Throttled("Slack", "chat", retry_after=3), False),
        (Unreachable("Slack", "chat"), False),
        (Unanswered("Slack", "chat"), False),
        (Unanswered("Slack", "chat"), True),
        (NO_BLOCKS, False),
    ]
)
_FAULTS = st.lists(st.tuples(st.sampled_from(["post_message", "update_message"]), _ERRORS), max_size=6)


@pytest.mark.timeout(60)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_FAULTS, st.lists(st.integers(0, 20), min_size=1, max_size=5))
def test_whatever_fails_each_message_stands_once_in_order_and_up_to_date(
    build: Build, faults: list[tuple[str, tuple[Exception, bool]]], pauses: list[int]
) -> None:
    world = build()
    for method, (error, after) in faults:
        world.chat.failures.add(method, error, after=after)  # type: ignore[arg-type]
    for number, pause in enumerate(pauses):
        says(world, f"state {number}")
        says(world, f"reply {number}", f"news:1:{number}", urgency=1, thread_of="card:1")
        world.advances(pause)
    world.advances(600)
    assert channel(world) == [f"state {len(pauses) - 1}", *(f"  reply {n}" for n in range(len(pauses)))]
    assert world.postings() == ()
