"""Socket Mode stays connected: through refreshes, cuts and a Slack that is away."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.slack.inbound import Reply
from bot.adapters.slack.socket_mode import SocketMode
from bot.domain.errors import NotPossible
from sandbox.slack.person import Person
from sandbox.slack.server import SlackServer
from sandbox.slack.state import Pace
from sandbox.slack.workspace import seed
from tests import nearby

PATIENCE = timedelta(seconds=10)


def clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251


class Bot:
    """Answers everything with one word, at once or when let."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()

    def receive(self, _body: dict[str, Any], _arrived: datetime, _headers: Mapping[str, str]) -> Reply:
        self.asked.set()
        self.may_answer.wait(10)
        return Reply(200, "yes")


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer(seed(), rates=None, pace=Pace(ack=3.0, grace=2.0)) as server:
        yield server


@pytest.fixture
def connected(slack: SlackServer, bot: Bot) -> Iterator[SocketMode]:
    mode = SocketMode("xapp-sandbox", slack.api_url, bot.receive, clock)
    assert mode.start(PATIENCE)
    yield mode
    mode.stop()


def within(seconds: float, done: Callable[[], bool]) -> bool:
    """Looks until it is so, or the time is up."""
    never, looks = threading.Event(), int(seconds / 0.05)
    return any(done() or never.wait(0.05) for _ in range(looks)) or done()


def fault(slack: SlackServer, kind: str) -> None:
    nearby.post(f"{slack.base_url}/sandbox/slack/faults", json={"kind": kind}, trust_env=False).raise_for_status()


def types(slack: SlackServer) -> str | None:
    error: str | None = Person(slack.base_url, "U0ANA").types("/tinystacks status")["error"]
    return error


def test_it_is_connected_when_start_returns(slack: SlackServer, connected: SocketMode) -> None:
    assert (connected.connected(), connected.problem()) == (True, None)
    assert types(slack) is None


def test_a_refresh_loses_no_command(slack: SlackServer, connected: SocketMode) -> None:
    fault(slack, "refresh_requested")
    assert [types(slack) for _ in range(5)] == [None] * 5
    assert connected.connected()


def test_an_answer_under_way_survives_a_refresh(slack: SlackServer, connected: SocketMode, bot: Bot) -> None:
    bot.may_answer.clear()
    errors: list[str | None] = []
    typing = threading.Thread(target=lambda: errors.append(types(slack)))
    typing.start()
    assert bot.asked.wait(5)
    fault(slack, "refresh_requested")
    threading.Event().wait(0.3)
    bot.may_answer.set()
    typing.join()
    assert errors == [None]
    assert connected.connected()


def test_a_cut_connection_is_replaced_within_seconds(slack: SlackServer, connected: SocketMode) -> None:
    fault(slack, "cut_socket")
    assert within(5, lambda: types(slack) is None)
    assert within(2, connected.connected)


def test_a_slack_that_is_away_is_waited_for_and_said_once(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    mode = SocketMode("xapp-sandbox", f"http://127.0.0.1:{port}/api/", bot.receive, clock)
    assert mode.start(timedelta(seconds=1.5)) is False
    assert "cannot reach Slack" in (mode.problem() or "")
    with SlackServer(seed(), port, rates=None):
        assert within(10, mode.connected)
        assert mode.problem() is None
        mode.stop()
    warnings = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert warnings[0].exc_info is None


def test_a_wrong_app_token_is_told_at_once(slack: SlackServer, bot: Bot) -> None:
    mode = SocketMode("xapp-wrong", slack.api_url, bot.receive, clock)
    with pytest.raises(NotPossible, match="invalid_auth"):
        mode.start(PATIENCE)
    assert not mode.connected()


def test_stopping_finishes_the_answer_under_way(slack: SlackServer, bot: Bot) -> None:
    mode = SocketMode("xapp-sandbox", slack.api_url, bot.receive, clock)
    assert mode.start(PATIENCE)
    bot.may_answer.clear()
    errors: list[str | None] = []
    typing = threading.Thread(target=lambda: errors.append(types(slack)))
    typing.start()
    assert bot.asked.wait(5)
    stopping = threading.Thread(target=mode.stop)
    stopping.start()
    assert within(0.3, lambda: False) is False
    bot.may_answer.set()
    stopping.join()
    typing.join()
    assert errors == [None]
    assert mode.problem() == "the connection to Slack was closed"


def test_stopping_what_never_started_is_quiet(slack: SlackServer, bot: Bot) -> None:
    SocketMode("xapp-sandbox", slack.api_url, bot.receive, clock).stop()
