"""The picture in the thread of a request to scale: once, under its card, and nobody is held up where it cannot come."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import NotPossible, Refusal, Throttled, Unanswered
from bot.domain.looks import Look
from bot.domain.scales import Axis, Scale, Setting
from bot.domain.usage import Usage
from tests.engine.house import CHANNEL, CY, World
from tests.engine.scenes import preview, world_of
from tests.fakes.chat import Said


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A preview whose plan has looked at how busy the service is."""
    return looked(world_of(tmp_path), (20.0, None, 70.0))


def looked(world: World, cpu: tuple[float | None, ...]) -> World:
    preview(world)
    with world.store.transaction() as tx:
        (change,) = tx.waiting_changes()
        usage = Usage(world.clock.now() - timedelta(hours=3), timedelta(minutes=5), cpu, cpu)
        scale = Scale(Axis.TASKS, Setting(2, cpu_target=60.0), Setting(4))
        tx.save_change(replace(change, plan=replace(change.plan, look=Look(2, 2, usage), scale=scale)))
    return world


def asks(world: World) -> None:
    """The request is made; nothing was sent yet."""
    world.clicks(world.chat.links[world.last.response_url].answered, "Deploy")


def due(world: World) -> list[timedelta]:
    """In how long the picture's wake-up comes."""
    with world.store.transaction() as tx:
        return [one.at - world.clock.now() for one in tx.wakes() if one.key.startswith("picture:")]


def pictures(world: World) -> list[Said]:
    return [one for one in world.chat.channels[CHANNEL] if one.file]


def test_the_picture_stands_in_the_thread_of_its_card_once(world: World) -> None:
    asks(world)
    world.advances(10)
    (picture,) = pictures(world)
    assert (picture.thread_ts, picture.text) == (world.card().ts, "How busy shop / staging was")
    assert picture.file
    name, png = picture.file
    assert name.startswith("usage-shop-staging-2")
    assert png.startswith(b"\x89PNG")
    world.wakes_for(f"picture:{world.change().id}")
    world.clicks(world.card(), "Approve", CY)
    world.advances(60)
    assert (len(pictures(world)), world.thread().count(picture.text)) == (1, 1)


def test_it_waits_until_its_card_stands(world: World) -> None:
    world.chat.failures.add("post_message", Throttled("Slack", "chat.postMessage", retry_after=120))
    asks(world)
    world.advances(100)
    assert pictures(world) == []
    world.advances(200)
    assert [one.thread_ts for one in pictures(world)] == [world.card().ts]


def test_without_its_card_it_is_asked_for_less_and_less_and_no_more_once_it_is_decided(world: World) -> None:
    world.chat.joined.discard(CHANNEL)
    asks(world)
    world.advances(900)
    world.wakes_for(f"picture:{world.change().id}")
    assert due(world) == [timedelta(minutes=5)]
    world.advances(1_800)
    assert (due(world), pictures(world)) == ([], [])


@pytest.mark.parametrize(
    "error",
    [
        NotPossible("I lack the scope files:write. (Slack: missing_scope)", "Install me again."),
        Throttled("Slack", "files.getUploadURLExternal", retry_after=30),
    ],
)
def test_where_slack_does_not_take_it_nothing_follows_and_the_change_goes_on(world: World, error: Refusal) -> None:
    world.chat.failures.add("reply_file", error, times=9)
    asks(world)
    world.advances(300)
    assert world.wakes.errors == []
    assert (pictures(world), world.chat.failures.calls.count("reply_file")) == ([], 1)
    assert world.thread() == []
    world.clicks(world.card(), "Approve", CY)
    world.advances(300)
    assert world.change().final


def test_an_upload_that_nobody_answered_is_not_tried_again(world: World) -> None:
    world.chat.failures.add("reply_file", Unanswered("Slack", "files.completeUploadExternal"), after=True)
    asks(world)
    world.advances(60)
    world.wakes_for(f"picture:{world.change().id}")
    assert len(pictures(world)) == 1


def test_where_there_is_nothing_to_draw_nothing_is_woken_for(tmp_path: Path) -> None:
    world = looked(world_of(tmp_path), (None, None))
    asks(world)
    assert due(world) == []
