"""What the page is told and may turn beside the control APIs: the live WebSocket, logs, the bot, somebody's deploy."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from sandbox.bot_routes import BotWatch
from sandbox.ecs.picture import picture
from sandbox.ecs.seed import seed
from sandbox.ecs.world import World
from sandbox.whole import Sandbox
from tests import nearby

SLEEPER = ("sleep", "60")
WHERE = {"region": "us-east-1", "cluster": "staging"}


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox whose bot only sleeps."""
    with Sandbox(tmp_path, command=SLEEPER) as box:
        yield box


@pytest.fixture
def live(box: Sandbox) -> Iterator[ClientConnection]:
    with connect(box.slack.base_url.replace("http", "ws") + "/sandbox/live") as live:
        yield live


def told(live: ClientConnection, *wanted: str, seconds: float = 5) -> dict[str, Any]:
    """The parts told until all of these came; TimeoutError when they do not come."""
    parts: dict[str, Any] = {}
    while not set(wanted) <= parts.keys():
        message = json.loads(live.recv(timeout=seconds))
        parts[message["part"]] = message["is"]
    return parts


def asks(box: Sandbox, path: str, **body: Any) -> httpx.Response:
    return nearby.post(f"{box.slack.base_url}/sandbox/{path}", json=body)


def test_a_page_is_told_everything_once_and_then_only_what_changed(box: Sandbox, live: ClientConnection) -> None:
    parts = told(live, "world", "slack", "bot", "us-east-1/staging", "eu-west-1/prod", "us-east-1/fargate")
    assert parts["us-east-1/staging"]["services"][0]["deployments"][0]["tag"] == "v42"
    with pytest.raises(TimeoutError):
        live.recv(timeout=1)
    box.world.speed = 7
    assert told(live, "world") == {"world": parts["world"] | {"speed": 7}}


def test_two_pages_are_told_the_same(box: Sandbox, live: ClientConnection) -> None:
    with connect(box.slack.base_url.replace("http", "ws") + "/sandbox/live") as other:
        name = "us-east-1/staging"
        assert told(live, name)[name] == told(other, name)[name]


def test_the_bot_is_started_and_killed_from_the_page(box: Sandbox, live: ClientConnection) -> None:
    assert told(live, "bot")["bot"]["state"] == "off"
    pid = asks(box, "bot", act="start").json()["pid"]
    assert told(live, "bot")["bot"] == {"state": "running", "reason": "", "pid": pid}
    assert asks(box, "bot", act="kill").json()["state"] == "killed"
    assert told(live, "bot")["bot"]["pid"] is None
    refused = asks(box, "bot", act="hug")
    assert (refused.status_code, "kill, start, stop" in refused.json()["error"]) == (400, True)


def test_a_bot_that_does_not_answer_is_starting_and_one_that_ended_says_how(box: Sandbox) -> None:
    watch = BotWatch(lambda: box.bot, port=1)
    box.bot.start()
    assert watch.state()["state"] == "starting"
    box.bot.command = ("false",)
    box.bot.kill()
    box.bot.start()
    pause = Event()
    assert any(watch.state()["state"] == "ended" or pause.wait(0.05) for _ in range(100))
    assert watch.state()["reason"] == "exit code 1"


def test_somebody_elses_deploy_changes_the_tag_and_nothing_else(box: Sandbox) -> None:
    before = box.world.state.service("us-east-1", "staging", "shop").primary.definition
    assert asks(box, "ecs/act", act="deploy", **WHERE, service="shop", tag="v43").status_code == 200
    after = box.world.state.service("us-east-1", "staging", "shop").primary.definition
    image = before.containers[0]["image"]
    assert after.containers[0] == before.containers[0] | {"image": image.replace(":v42", ":v43")}
    assert after.body["revision"] == before.body["revision"] + 1
    refused = asks(box, "ecs/act", act="deploy", **WHERE, service="nope", tag="v43")
    assert (refused.status_code, refused.json()["error"]) == (400, "there is no service nope in staging")


def test_a_terminated_instance_leaves_and_its_group_starts_another(box: Sandbox, live: ClientConnection) -> None:
    staging = told(live, "us-east-1/staging")["us-east-1/staging"]
    lost = staging["zones"][0]["instances"][0]["ec2_id"]
    asks(box, "ecs/act", act="terminate_instance", region="us-east-1", instance=lost)
    staging = told(live, "us-east-1/staging")["us-east-1/staging"]
    assert lost not in [one["ec2_id"] for zone in staging["zones"] for one in zone["instances"]]
    assert staging["group"]["starting"] == 1


def staging_of(world: World) -> Any:
    return next(one for one in picture(world.state) if one["name"] == "staging")


def machines(staging: Any) -> list[str]:
    return [one["ec2_id"] for zone in staging["zones"] for one in zone["instances"]]


def test_a_machine_that_left_its_group_is_gone_from_its_cluster_in_the_same_instant() -> None:
    world = World()
    seed(world)
    lost, *left = machines(staging_of(world))
    world.act.terminate_instance("us-east-1", lost)
    staging = staging_of(world)
    assert (machines(staging), staging["group"]["starting"]) == (left, 1)


def test_a_group_grows_within_its_bounds_and_its_machines_join_some_seconds_later(box: Sandbox) -> None:
    before = staging_of(box.world)["group"]
    resize = {"act": "resize_group", "region": "us-east-1", "group": before["name"]}
    assert asks(box, "ecs/act", **resize, desired=before["max"]).status_code == 200
    group = staging_of(box.world)["group"]
    assert (group["desired"], group["starting"]) == (before["max"], before["max"] - before["desired"])
    for wanted, told in ((before["max"] + 1, "above max value"), (0, "below min value")):
        refused = asks(box, "ecs/act", **resize, desired=wanted)
        assert (refused.status_code, told in refused.json()["error"]) == (400, True)
    assert "name not found" in asks(box, "ecs/act", **resize | {"group": "nope"}, desired=3).json()["error"]
    assert (
        "No managed instance" in asks(box, "ecs/act", act="terminate_instance", region="us-east-1", instance="i-0").text
    )


def test_an_image_deployed_by_digest_is_shown_by_its_tag(box: Sandbox) -> None:
    world = box.world
    image = world.state.service("us-east-1", "staging", "shop").primary.definition.containers[0]["image"]
    digest = world.state.images.pull(image, "amd64").digest
    assert world.state.images.tag_of(f"{image.partition(':')[0]}@{digest}") == "v42"
    assert world.state.images.tag_of("registry.example.com/team/tool:1.2@sha256:ab") == "1.2"
    assert world.state.images.tags_beside(image)[:2] == ["v47", "v46"]


def test_a_tasks_log_is_there_and_one_that_does_not_exist_is_said_so(box: Sandbox) -> None:
    task = next(iter(box.world.state.cluster("us-east-1", "staging").tasks))
    url = f"{box.slack.base_url}/sandbox/ecs/logs"
    lines = nearby.get(url, params=WHERE | {"task": task}).json()["lines"]
    assert [one["at"] for one in lines] == sorted(one["at"] for one in lines)
    assert lines[0]["message"].startswith("INFO  starting app")
    for wrong in ({"task": "nope"}, {"task": task, "cluster": "nope"}, {}):
        assert nearby.get(url, params=WHERE | wrong).status_code == 404


def test_what_stands_against_aws_and_slack_is_told(box: Sandbox, live: ClientConnection) -> None:
    told(live, "world", "slack")
    asks(box, "ecs/faults", fault="throttle", operation="*", times=2)
    asks(box, "ecs/faults", fault="deny", operation="UpdateService")
    box.slack.add_fault("unavailable", times=3)
    parts = told(live, "world", "slack")
    assert parts["world"]["faults"]["throttle"] == {"*": 2}
    assert [(one["kind"], one["times"]) for one in parts["slack"]["faults"]] == [("unavailable", 3)]
    asks(box, "ecs/faults", fault="clear")
    assert told(live, "world")["world"]["faults"] == {}


def test_unavailable_answers_503_and_does_nothing(box: Sandbox) -> None:
    box.slack.add_fault("unavailable", "chat.postMessage")
    call = {"token": "xoxb-sandbox", "channel": "C0DEPLOYS", "text": "hello"}
    assert nearby.post(f"{box.slack.api_url}chat.postMessage", data=call).status_code == 503
    assert box.person("U0ANA").sees() == []
    assert nearby.post(f"{box.slack.api_url}chat.postMessage", data=call).json()["ok"] is True
