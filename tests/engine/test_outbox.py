"""The way to a channel: paced, merged, in order."""

from datetime import timedelta
from itertools import pairwise

from bot.domain.errors import NotPossible
from tests.engine.house import World
from tests.engine.sayings import channel, says

GONE = NotPossible("Slack refused. (Slack: message_not_found)", "Look at the stage.")


def test_edits_of_one_message_are_at_least_three_seconds_apart(world: World) -> None:
    for second in range(20):
        says(world, f"{second} s")
        world.advances(1)
    world.advances(5)
    times = [one.at for one in world.chat.edits()]
    assert len(times) >= 5
    assert all(later - sooner >= timedelta(seconds=3) for sooner, later in pairwise(times))


def test_the_latest_body_wins_and_none_in_between_is_sent_late(world: World) -> None:
    says(world, "posted")
    world.runs()
    for text in ("first", "second", "third"):
        says(world, text)
    world.advances(10)
    assert [one.text for one in world.chat.edits()] == ["third"]
    assert channel(world) == ["third"]


def test_an_ending_does_not_wait_for_the_pause(world: World) -> None:
    says(world, "posted")
    world.runs()
    says(world, "over", urgency=0)
    world.runs()
    assert channel(world) == ["over"]


def test_a_card_that_looks_the_same_is_not_edited(world: World) -> None:
    for _ in range(3):
        says(world, "same")
        world.advances(10)
    assert world.chat.edits() == []


def test_progress_leaves_ten_edits_a_minute_to_endings(world: World) -> None:
    for number in range(60):
        says(world, "posted", f"card:{number}")
    world.runs()
    for number in range(59):
        says(world, "progress", f"card:{number}")
    world.advances(20)
    assert len(world.chat.edits()) == 35
    says(world, "over", "card:59", urgency=0)
    world.runs()
    assert [one.text for one in world.chat.edits()][35:] == ["over"]


def test_no_minute_sees_more_edits_than_the_budget(world: World) -> None:
    for number in range(60):
        says(world, "posted", f"card:{number}")
    world.runs()
    for round_ in range(3):
        for number in range(60):
            says(world, f"{round_}", f"card:{number}", urgency=2 - round_)
        world.advances(30)
    world.advances(600)
    times = [one.at for one in world.chat.edits()]
    assert all(sum(at <= other < at + timedelta(minutes=1) for other in times) <= 45 for at in times)
    assert channel(world) == ["2"] * 60


def test_replies_stand_in_the_order_in_which_they_were_told(world: World) -> None:
    says(world, "card")
    for number, urgency in enumerate((2, 1, 0, 1)):
        says(world, f"reply {number}", f"news:1:{number}", urgency=urgency, thread_of="card:1")
    world.advances(5)
    assert channel(world) == ["card", "  reply 0", "  reply 1", "  reply 2", "  reply 3"]


def test_a_reply_waits_for_the_message_under_which_it_goes(world: World) -> None:
    says(world, "reply", "news:1:a", urgency=0, thread_of="card:1")
    world.advances(5)
    assert channel(world) == []
    says(world, "card")
    world.advances(5)
    assert channel(world) == ["card", "  reply"]


def test_replies_do_not_wait_for_the_edit_of_a_card_that_is_gone(world: World) -> None:
    says(world, "card")
    world.runs()
    world.chat.failures.add("update_message", GONE, times=3)
    says(world, "edited")
    says(world, "reply", "news:1:a", urgency=1, thread_of="card:1")
    world.advances(5)
    assert channel(world) == ["card", "  reply"]


def test_the_same_news_is_told_once(world: World) -> None:
    says(world, "card")
    for text in ("first", "again"):
        says(world, text, "news:1:a", thread_of="card:1")
        world.advances(5)
    assert channel(world) == ["card", "  first"]
