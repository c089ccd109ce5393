"""The bot as a process: started, killed, stopped, started twice, started wrong."""

import os
import re
import signal
import time
from collections.abc import Iterator

import pytest

from sandbox.whole import Sandbox
from tests import nearby
from tests.stories.told import Story, cli, is_alive, shown_once, story, waits_until

STACKS = ("killed", "restarted", "stopped")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("processes"), STACKS, boxes=Sandbox) as told:
        yield told


@pytest.fixture(autouse=True)
def it_runs(here: Story) -> Iterator[None]:
    yield
    here.world.faults.clear()
    here.starts()


def test_a_request_that_a_kill_cut_short_is_answered_once_after_the_restart(here: Story) -> None:
    here.world.faults.slow("DescribeServices", 600)
    here.ana.types("/tinystacks deploy killed staging v43 --yes")
    here.told("Reading killed / staging")
    here.box.bot.kill()
    here.world.faults.clear()
    here.starts()
    here.told("I was restarted", "deploy killed staging v43 --yes")
    here.box.bot.kill()
    here.starts()
    here.answers("help", "What I understand")
    assert shown_once(here.ana, "I was restarted")
    assert here.called("RegisterTaskDefinition", "killed") == []


def test_a_rollout_goes_on_over_a_restart_without_a_second_word(here: Story) -> None:
    here.world.faults.next_deployment("stories", "restarted", "slow_start")
    here.deploys("restarted")
    here.thread("restarted", "Started")
    card = here.card("restarted")
    here.box.bot.stop()
    here.starts()
    assert here.card("restarted", "succeeded")["ts"] == card["ts"]
    told = here.thread("restarted", "Succeeded")
    assert len(told) == len(set(told))
    assert len(here.called("UpdateService", "restarted")) == 1
    assert here.runs_cli("audit", "verify").returncode == 0


def test_a_terminated_bot_ends_in_time_and_in_peace(here: Story) -> None:
    here.deploys("stopped")
    here.thread("stopped", "Started")
    pid, began = here.box.bot.pid, time.monotonic()
    assert pid
    here.box.bot.stop()
    assert time.monotonic() - began < 10
    assert not is_alive(pid)
    assert "Traceback" not in here.log


def test_a_terminated_bot_does_not_wait_for_an_aws_that_does_not_answer(here: Story) -> None:
    here.world.faults.slow("DescribeServices", 600)
    here.ana.types("/tinystacks deploy stopped staging v43")
    here.told("Reading stopped / staging")
    pid, began = here.box.bot.pid, time.monotonic()
    assert pid
    os.kill(pid, signal.SIGTERM)
    waits_until(lambda: here.box.bot.exit_code is not None, 20)
    assert time.monotonic() - began < 11
    assert here.box.bot.exit_code == 0


def test_a_second_bot_on_the_same_database_is_refused_with_a_sentence(here: Story) -> None:
    second = cli(here.box.bot.environ | {"PORT": "0"})
    assert second.returncode == 2
    assert re.search(r"database .*(use|another)", second.stderr)
    assert "Traceback" not in second.stderr
    assert here.health() == 200


def test_every_problem_of_a_configuration_is_one_line(here: Story) -> None:
    wrong = here.box.folder / "wrong.yml"
    wrong.write_text("version: 2\nworkspace: acme\nstakcs: {}\ndefaults: {deadlin: 5m, channel: deploys}\n")
    environ = here.box.bot.environ | {"TINYSTACKS_CONFIG": str(wrong), "LOG_LEVEL": "loud", "SLACK_BOT_TOKEN": "nope"}
    refused = cli(environ)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    lines = refused.stderr.strip().splitlines()
    for key in ("version", "workspace", "stakcs", "deadlin", "channel", "LOG_LEVEL", "SLACK_BOT_TOKEN"):
        assert any(key in line for line in lines), f"{key} in {lines}"
    assert any("stacks" in line and "stakcs" in line for line in lines)


def test_health_and_metrics_are_served(here: Story) -> None:
    url = f"http://127.0.0.1:{here.port}"
    told = nearby.get(f"{url}/healthz")
    assert told.status_code == 200
    assert set(told.json()["checks"]) == {"slack", "database", "scheduler"}
    metrics = nearby.get(f"{url}/metrics")
    assert metrics.status_code == 200
    assert "changes_running" in metrics.text


def test_health_says_what_is_wrong_while_slack_is_away(here: Story) -> None:
    assert here.health() == 200
    here.slack.add_fault("error", "apps.connections.open", times=30, error="internal_error")
    nearby.post(f"{here.slack.base_url}/sandbox/slack/faults", json={"kind": "cut_socket"}).raise_for_status()
    try:
        waits_until(lambda: here.health() == 503)
        told = nearby.get(f"http://127.0.0.1:{here.port}/healthz").json()
        assert told["checks"]["slack"] != "ok"
        assert told["checks"]["database"] == "ok"
    finally:
        here.slack.state.faults.pending.clear()
    waits_until(lambda: here.health() == 200)


def test_no_log_line_holds_a_token(here: Story) -> None:
    here.answers("help", "What I understand")
    assert "xoxb-sandbox" not in here.log
    assert "xapp-sandbox" not in here.log
