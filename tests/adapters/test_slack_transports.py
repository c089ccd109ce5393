"""The same people, the same answers: over signed HTTP and over Socket Mode, through the local Slack."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from bot.adapters.slack.client import Identity
from bot.adapters.slack.inbound import Inbound, Receive
from bot.adapters.slack.signed import Signed
from bot.adapters.slack.socket_mode import SocketMode
from bot.adapters.web import serve, web_app
from bot.domain.requests import Ack, Kind, Request
from sandbox.slack.http_delivery import HttpDelivery
from sandbox.slack.person import Person
from sandbox.slack.server import SlackServer
from sandbox.slack.state import Pace
from sandbox.slack.workspace import seed

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
HOME = Identity("T0ACME", "B0TINY", "U0BOT")
BUTTON = {"type": "button", "action_id": "deploy:go", "value": "row7", "text": {"type": "plain_text", "text": "Deploy"}}
FIELD = {
    "type": "input",
    "block_id": "image",
    "label": {"type": "plain_text", "text": "Image"},
    "element": {"type": "plain_text_input", "action_id": "tag"},
}
FORM = {
    "type": "modal",
    "callback_id": "deploy",
    "title": {"type": "plain_text", "text": "Deploy"},
    "submit": {"type": "plain_text", "text": "Deploy"},
    "blocks": [FIELD],
}


def clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251


class Bot:
    """A bot that notes what comes and answers each kind in one way, at once or when let."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.may_answer = Event()
        self.may_answer.set()
        self.inbound = Inbound(self.intake, lambda: HOME, clock)

    def intake(self, request: Request) -> Ack:
        self.requests.append(request)
        self.may_answer.wait(10)
        if request.kind is Kind.COMMAND:
            return Ack(f"Reading {request.text} …")
        if request.kind is Kind.SUBMISSION and not request.values["image"]["tag"].startswith("v"):
            return Ack(payload={"response_action": "errors", "errors": {"image": "A tag begins with v."}})
        return Ack()


@contextmanager
def over_http(receive: Receive) -> Iterator[SlackServer]:
    server = serve(web_app(dict, clock, Signed(SECRET, receive)), "127.0.0.1", 0)
    delivery = HttpDelivery(f"http://127.0.0.1:{server.port}/slack/events", SECRET)
    try:
        with SlackServer(seed(), rates=None, delivery=delivery, pace=Pace(ack=1.0, event_retries=(0.0,))) as slack:
            yield slack
    finally:
        server.stop()


@contextmanager
def over_socket_mode(receive: Receive) -> Iterator[SlackServer]:
    with SlackServer(seed(), rates=None, pace=Pace(ack=1.0, event_retries=(0.0,))) as slack:
        socket = SocketMode("xapp-sandbox", slack.api_url, receive, clock)
        assert socket.start(timedelta(seconds=10))
        try:
            yield slack
        finally:
            socket.stop()


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture(params=[over_http, over_socket_mode])
def slack(bot: Bot, request: pytest.FixtureRequest) -> Iterator[SlackServer]:
    way: Callable[[Receive], Iterator[SlackServer]] = request.param
    with way(bot.inbound.receive) as server:  # type: ignore[attr-defined]
        yield server


@pytest.fixture
def ana(slack: SlackServer) -> Person:
    return Person(slack.base_url, "U0ANA")


def test_a_typed_command_is_answered_to_the_typer(bot: Bot, ana: Person, slack: SlackServer) -> None:
    told = ana.types("/tinystacks deploy payload-svc prod v42")
    assert (told["delivered"], told["error"]) == (True, None)
    assert [one["text"] for one in ana.sees()] == ["Reading deploy payload-svc prod v42 …"]
    assert Person(slack.base_url, "U0BO").sees() == []
    (request,) = bot.requests
    assert (request.user_id, request.user_name, request.channel_id) == ("U0ANA", "ana", "C0DEPLOYS")


def test_a_click_names_its_row_and_who_clicked(bot: Bot, ana: Person, slack: SlackServer) -> None:
    blocks = [{"type": "actions", "block_id": "b1", "elements": [BUTTON]}]
    message = slack.state.post_as_bot("C0DEPLOYS", "preview", blocks=blocks)
    assert ana.clicks("Deploy")["delivered"]
    (request,) = bot.requests
    assert (request.kind, request.action_id, request.value) == (Kind.ACTION, "deploy:go", "row7")
    assert (request.user_id, request.message_ts) == ("U0ANA", message.ts)


def test_a_form_with_errors_can_be_mended(bot: Bot, ana: Person, slack: SlackServer) -> None:
    slack.state.views.open("U0ANA", FORM)
    assert ana.submits({"tag": "latest"})["errors"] == {"image": "A tag begins with v."}
    ana.submits({"tag": "v42"})
    assert ana.view() is None
    first, second = bot.requests
    assert first.key != second.key
    assert second.values == {"image": {"tag": "v42"}}


def test_a_mention_and_an_opened_home_arrive(bot: Bot, ana: Person) -> None:
    ana.types("@tinystacks status shop")
    ana.opens_home()
    assert [(one.kind, one.text) for one in bot.requests] == [(Kind.MENTION, "status shop"), (Kind.HOME, "")]


def test_a_repeated_delivery_has_the_same_key(bot: Bot, ana: Person, slack: SlackServer) -> None:
    slack.add_fault("redeliver")
    ana.types("@tinystacks status shop")
    assert len({one.key for one in bot.requests}) == 1


def test_many_commands_at_once_are_all_answered(bot: Bot, ana: Person) -> None:
    with ThreadPoolExecutor(10) as typing:
        told = list(typing.map(lambda number: ana.types(f"/tinystacks status {number}"), range(40)))
    assert [one["error"] for one in told] == [None] * 40
    assert len({one.key for one in bot.requests}) == 40


def test_a_slow_intake_is_slack_s_timeout_and_the_next_command_works(bot: Bot, ana: Person) -> None:
    bot.may_answer.clear()
    assert ana.types("/tinystacks status")["error"] == "operation_timeout"
    bot.may_answer.set()
    assert ana.types("/tinystacks status")["error"] is None
