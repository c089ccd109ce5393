"""Socket Mode as slack_sdk's aiohttp client meets it: commands, acks, retries, disconnects and cuts."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from slack_sdk.socket_mode.request import SocketModeRequest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from sandbox.slack import Pace, Person, SlackServer, seed
from sandbox.slack.workspace import Json
from tests.sandbox.slack_world import SocketApp, actions, ask, button, fault, section, silent, web

PACE = Pace(ack=0.3, event_retries=(0.0, 0.1, 0.2), grace=0.2)


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer(seed(), rates=None, pace=PACE) as server:
        yield server


@pytest.fixture
def app(slack: SlackServer) -> Iterator[SocketApp]:
    with SocketApp(slack) as connected:
        yield connected


@pytest.fixture
def ana(slack: SlackServer) -> Person:
    return Person(slack.base_url, "U0ANA")


def connections(slack: SlackServer) -> int:
    return int(ask(slack, "workspace").json()["connections"])


def test_a_slash_command_arrives_as_slack_sends_it(app: SocketApp, ana: Person) -> None:
    answer = ana.types("/tinystacks deploy shop prod v42")
    assert answer["delivered"] is True
    assert 0 < answer["acked_ms"] < 300
    [request] = app.requests
    assert request.type == "slash_commands"
    expected = {
        "team_id": "T0ACME", "team_domain": "acme", "channel_id": "C0DEPLOYS", "channel_name": "deploys",
        "user_id": "U0ANA", "user_name": "ana", "command": "/tinystacks", "text": "deploy shop prod v42",
        "api_app_id": "A0TINY", "is_enterprise_install": "false",
    }  # fmt: skip
    assert {name: app.last[name] for name in expected} == expected
    assert set(app.last) == set(expected) | {"token", "response_url", "trigger_id"}


def test_mentions_and_links_in_a_command_come_escaped(app: SocketApp, ana: Person) -> None:
    ana.types("/tinystacks audit @bo #prod @dev a<b https://x.example @nobody me@bo.example")
    assert app.last["text"] == (
        "audit <@U0BO|bo> <#C0PROD|prod> <!subteam^S0DEV|@dev> a&lt;b <https://x.example> @nobody me@bo.example"
    )


def test_without_should_escape_a_command_comes_as_typed(slack: SlackServer, app: SocketApp, ana: Person) -> None:
    slack.workspace = replace(slack.workspace, app=replace(slack.workspace.app, should_escape=False))
    ana.types("/tinystacks audit @bo a<b")
    assert app.last["text"] == "audit @bo a<b"


def test_the_payload_of_an_ack_is_shown_to_the_typer_only(slack: SlackServer, app: SocketApp, ana: Person) -> None:
    app.answer = lambda _: {"text": "on it", "blocks": [section("*on it*")]}
    ana.types("/tinystacks status")
    assert [(one["text"], one["ephemeral"]) for one in ana.sees()] == [("on it", True)]
    assert Person(slack.base_url, "U0BO").sees() == []


def test_an_ack_may_answer_in_the_channel(slack: SlackServer, app: SocketApp, ana: Person) -> None:
    app.answer = lambda _: {"text": "for all", "response_type": "in_channel"}
    ana.types("/tinystacks status")
    assert [one["text"] for one in Person(slack.base_url, "U0BO").sees()] == ["for all"]


def test_an_ack_with_blocks_slack_would_refuse_is_an_error(app: SocketApp, ana: Person) -> None:
    app.answer = lambda _: {"blocks": [section("")]}
    assert ana.types("/tinystacks status")["error"] == "invalid_blocks"
    assert ana.sees() == []


def test_who_waits_too_long_for_an_ack_is_told(app: SocketApp, ana: Person) -> None:
    app.answer = silent
    assert ana.types("/tinystacks status") == {"delivered": False, "acked_ms": None, "error": "operation_timeout"}


def test_with_no_app_connected_a_command_fails(ana: Person) -> None:
    assert ana.types("/tinystacks status")["error"] == "dispatch_failed"


@pytest.mark.parametrize(
    ("words", "thread_ts", "channel", "error"),
    [
        ("/tinystacks status", "1.1", "C0DEPLOYS", "not_supported_in_threads"),
        ("/other status", None, "C0DEPLOYS", "unknown_command"),
        ("/tinystacks status", None, "C0NONE", "not_in_channel"),
    ],
)
def test_commands_slack_does_not_send(
    app: SocketApp, ana: Person, words: str, thread_ts: str | None, channel: str, error: str
) -> None:
    assert ana.types(words, channel, thread_ts)["error"] == error
    assert app.requests == []


def test_a_mention_is_an_event_where_the_bot_is(app: SocketApp, ana: Person) -> None:
    ana.types("hello @tinystacks", "C0RANDOM")
    ana.types("hello nobody")
    sent = ana.types("hello @tinystacks")
    [request] = app.requests
    event = app.last["event"]
    assert (request.type, event["type"], event["text"]) == ("events_api", "app_mention", "hello <@U0BOT>")
    assert (event["channel"], event["user"], event["ts"]) == ("C0DEPLOYS", "U0ANA", sent["ts"])
    assert app.last["is_ext_shared_channel"] is False


def test_an_event_not_acked_comes_again_with_its_number(app: SocketApp, ana: Person) -> None:
    app.answer = silent
    ana.opens_home()
    requests = app.waits_for(4)
    assert [request.retry_attempt for request in requests] == [0, 1, 2, 3]
    assert len({request.payload["event_id"] for request in requests}) == 1


def test_an_event_acked_late_does_not_come_a_third_time(app: SocketApp, ana: Person) -> None:
    def second_time(request: SocketModeRequest) -> Json | None:
        return None if request.retry_attempt else silent(request)

    app.answer = second_time
    ana.opens_home()
    assert len(app.waits_for(2)) == 2
    with pytest.raises(AssertionError):
        app.waits_for(3, seconds=0.5)


def test_an_envelope_may_be_delivered_twice(slack: SlackServer, app: SocketApp, ana: Person) -> None:
    fault(slack, "redeliver")
    assert ana.types("/tinystacks status")["delivered"]
    first, second = app.waits_for(2)
    assert first.envelope_id == second.envelope_id


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_told_to_go_the_client_comes_back_and_misses_at_most_what_was_in_flight(
    slack: SlackServer, app: SocketApp, ana: Person, reason: str
) -> None:
    fault(slack, reason)
    answers = [ana.types(f"/tinystacks {n}")["delivered"] for n in range(20)]
    assert answers.count(False) <= 1
    assert connections(slack) >= 1
    assert len(app.requests) == answers.count(True)


def test_after_a_cut_the_client_connects_again(slack: SlackServer, app: SocketApp, ana: Person) -> None:
    fault(slack, "cut_socket")
    deadline = time.monotonic() + 20
    while not ana.types("/tinystacks status")["delivered"]:
        assert time.monotonic() < deadline
        threading.Event().wait(0.1)
    assert app.requests


def test_payloads_go_to_one_of_several_connections(slack: SlackServer, app: SocketApp, ana: Person) -> None:
    with SocketApp(slack) as other:
        assert connections(slack) == 2
        for n in range(20):
            assert ana.types(f"/tinystacks {n}")["delivered"]
        assert len(app.requests) + len(other.requests) == 20
        assert app.requests
        assert other.requests


def test_twenty_people_at_once_are_all_acked(slack: SlackServer, app: SocketApp) -> None:
    slow: list[Json] = []

    def hammer() -> None:
        person = Person(slack.base_url, "U0ANA")
        slow.extend(answer for answer in (person.types("/tinystacks") for _ in range(5)) if not answer["delivered"])

    threads = [threading.Thread(target=hammer) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert slow == []
    assert len(app.requests) == 100


def address(slack: SlackServer) -> str:
    return str(web(slack, "xapp-sandbox").apps_connections_open(app_token="xapp-sandbox")["url"])


def received(connection: ClientConnection) -> Json:
    return dict(json.loads(connection.recv(timeout=5)))


def test_a_ticket_opens_one_connection_that_says_hello_and_answers_pings(slack: SlackServer) -> None:
    url = address(slack)
    with connect(url) as connection:
        hello = received(connection)
        assert (hello["type"], hello["connection_info"]) == ("hello", {"app_id": "A0TINY"})
        assert connection.ping("sdk-ping-pong:1").wait(5)
    with pytest.raises(InvalidStatus):
        connect(url)


def test_an_eleventh_connection_is_one_too_many(slack: SlackServer) -> None:
    with ExitStack() as stack:
        for _ in range(10):
            received(stack.enter_context(connect(address(slack))))
        assert received(stack.enter_context(connect(address(slack))))["reason"] == "too_many_websockets"
        assert connections(slack) == 10


def test_a_connection_told_to_go_gets_no_more_work_and_is_closed_later(slack: SlackServer) -> None:
    with connect(address(slack)) as old:
        assert received(old)["type"] == "hello"
        fault(slack, "refresh_requested")
        assert received(old)["reason"] == "refresh_requested"
        with SocketApp(slack):
            answers = [Person(slack.base_url, "U0ANA").types("/tinystacks")["delivered"] for _ in range(5)]
            assert answers == [True] * 5
        with pytest.raises(ConnectionClosed):
            old.recv(timeout=5)


def test_a_click_while_the_app_sleeps_ends_in_an_error(slack: SlackServer, app: SocketApp, ana: Person) -> None:
    web(slack).chat_postMessage(channel="C0DEPLOYS", text="x", blocks=[actions(button("Deploy"))])
    app.answer = silent
    assert ana.clicks("Deploy")["error"] == "operation_timeout"
