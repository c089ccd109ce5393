"""Links to the AWS console under which a line of state appears, and all those that stay as they were."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import NotPossible, Throttled
from bot.domain.requests import Ack, Kind
from bot.engine.intake import Intake
from sandbox.slack.blocks import block_problems
from tests.engine.conftest import Build
from tests.engine.house import ANA, CHANNEL, GUEST, STAGING, STRANGER, World, config
from tests.fakes.chat import Said

CONSOLE = "https://us-east-1.console.aws.amazon.com/ecs/v2/clusters"
SHOP = f"{CONSOLE}/staging/services/shop/health?region=us-east-1"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """`unfurl: yes`."""
    world = World(tmp_path / "links.db", replace(config(), unfurl=True))
    yield world
    world.store.close()


def posts(world: World, *urls: str, user: str = ANA, channel: str = CHANNEL, **more: Any) -> Said:
    """A message with these links; as it stands once the bot has seen it."""
    said = Said(f"1.{len(world.chat.channels[channel]):06d}", " ".join(urls), ())
    world.chat.channels[channel].append(said)
    fields = {"channel_id": channel, "text": said.text, "message_ts": said.ts, **more}
    world.dispatch.run(replace(world.request(Kind.LINK, user, **fields), response_url=""))
    return said


def lines(said: Said) -> list[str]:
    assert all(block_problems(one["blocks"]) == [] and one["fallback"] for one in said.unfurled.values())
    return [block["text"]["text"] for one in said.unfurled.values() for block in one["blocks"]]


def test_a_link_to_a_stages_service_says_how_it_stands(world: World) -> None:
    world.deploys("v42")
    world.ecs.completes(STAGING, "shop")
    world.advances(20)
    (line,) = lines(posts(world, SHOP))
    assert line.startswith("*shop* 🟢 staging `v42`")
    assert "2/2" in line
    assert "ana" in line


def test_a_link_to_a_task_says_how_that_is_too(world: World) -> None:
    task = world.ecs.live_tasks(STAGING, "shop", None)[0]
    of_service, alone = f"{CONSOLE}/staging/services/shop/tasks/{task.id}", f"{CONSOLE}/staging/tasks/{task.id}/logs"
    told = lines(posts(world, of_service, alone))
    assert len(told) == 2
    assert all(f"task `{task.id[:8]}` running" in line and "*shop* 🟢 staging" in line for line in told)


def test_without_the_key_in_the_file_nothing_is_even_asked(build: Build) -> None:
    world = build()
    before = len(world.ecs.calls)
    assert posts(world, SHOP).unfurled == {}
    assert (len(world.ecs.calls), world.chat.failures.calls, world.people.failures.calls) == (before, [], [])


@pytest.mark.parametrize(
    "url",
    [
        f"{CONSOLE}/staging/services/other",
        f"{CONSOLE}/other/services/shop",
        SHOP.replace("us-east-1", "eu-west-1"),
        f"{CONSOLE}/staging/tasks/{'0' * 32}",
        "https://us-east-1.console.aws.amazon.com/s3/buckets",
    ],
)
def test_what_is_no_stage_stays_a_link(world: World, url: str) -> None:
    assert posts(world, url).unfurled == {}


def test_only_where_everybody_is_of_this_workspace(world: World) -> None:
    assert posts(world, SHOP, channel="C0SHARED").unfurled == {}
    assert posts(world, SHOP, external_channel=True).unfurled == {}
    assert posts(world, SHOP, channel="C0RANDOM").unfurled == {}
    world.chat.knows_members = False
    assert posts(world, SHOP).unfurled == {}
    assert "unfurl" not in world.chat.failures.calls


@pytest.mark.parametrize("user", [GUEST, STRANGER, "U0GONE"])
def test_what_outsiders_post_stays_a_link(world: World, user: str) -> None:
    assert posts(world, SHOP, user=user).unfurled == {}


def test_five_links_of_a_message_at_the_most(world: World) -> None:
    urls = [f"{SHOP}&tab={number}" for number in range(7)]
    assert list(posts(world, *urls).unfurled) == urls[:5]


def test_one_link_twice_is_one_line(world: World) -> None:
    assert len(lines(posts(world, SHOP, SHOP))) == 1


def test_a_service_that_aws_does_not_tell_of_gets_no_line(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.ecs.loses_service(STAGING, "shop")
    assert posts(world, SHOP).unfurled == {}
    assert "unfurl" not in caplog.text


def test_a_task_that_cannot_be_read_takes_no_other_line_away(world: World) -> None:
    world.ecs.fails("DescribeTasks", Throttled("AWS", "DescribeTasks"))
    task = f"{CONSOLE}/staging/services/shop/tasks/{'0' * 32}?region=us-east-1"
    assert list(posts(world, task, SHOP).unfurled) == [SHOP]


def test_a_task_of_another_service_in_the_cluster_stays_a_link(world: World) -> None:
    world.ecs.has_service(STAGING, "other", "busybox:1")
    task = world.ecs.live_tasks(STAGING, "other", None)[0]
    assert posts(world, f"{CONSOLE}/staging/tasks/{task.id}").unfurled == {}


@pytest.mark.parametrize(
    "error", [Throttled("Slack", "chat.unfurl"), NotPossible("No scope.", "Add it."), ValueError()]
)
def test_what_goes_wrong_is_told_to_nobody_who_only_posted_a_link(world: World, error: Any) -> None:
    world.chat.failures.add("unfurl", error)
    before = len(world.chat.channels[CHANNEL])
    posts(world, SHOP)
    assert len(world.chat.channels[CHANNEL]) == before + 1
    assert world.chat.failures.calls == ["channel", "unfurl"]
    assert "refused" not in [outcome for _, outcome in world.done()]


def test_a_link_that_a_restart_lost_is_not_spoken_of(world: World) -> None:
    request = world.request(Kind.LINK, channel_id=CHANNEL, text=SHOP, message_ts="1.1")
    with world.store.transaction() as tx:
        tx.insert_request(request, Ack())
    intake = Intake(world.store, world.dispatch)
    intake.resume()
    intake.stop(10)
    with world.store.transaction() as tx:
        assert tx.unfinished_requests() == ()
    assert world.chat.channels[CHANNEL] == []
