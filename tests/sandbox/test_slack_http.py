"""HTTP mode: signed requests to a small app of its own, as Slack sends them."""

import asyncio
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from sandbox.slack import HttpDelivery, Pace, Person, SlackServer, seed
from sandbox.slack.delivery import Envelope
from sandbox.slack.http_delivery import decoded, encoded, signed
from tests.sandbox.slack_world import actions, ask, button, web

SECRET = "sandbox-secret"
PACE = Pace(ack=0.3, event_retries=(0.0, 0.1))


@dataclass
class Receiver:
    """The app's end: what came, and what it answers."""

    status: int = 200
    body: bytes = b""
    waits: float = 0.0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.news = threading.Condition()

    def form(self, index: int = -1) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.requests[index][1].decode()).items()}

    def take(self, headers: dict[str, str], body: bytes) -> None:
        with self.news:
            self.requests.append((headers, body))
            self.news.notify_all()
            self.news.wait_for(lambda: False, self.waits)

    def waits_for(self, count: int) -> None:
        with self.news:
            assert self.news.wait_for(lambda: len(self.requests) >= count, 5)


def serving(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(dict(self.headers), self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(receiver.status)
            self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    it = Receiver()
    with ThreadingHTTPServer(("127.0.0.1", 0), serving(it)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        it.url = f"http://127.0.0.1:{server.server_port}/slack/events"
        yield it
        server.shutdown()


@pytest.fixture
def slack(receiver: Receiver) -> Iterator[SlackServer]:
    delivery = HttpDelivery(receiver.url, SECRET)
    with SlackServer(seed(), rates=None, pace=PACE, delivery=delivery) as server:
        yield server


@pytest.fixture
def ana(slack: SlackServer) -> Person:
    return Person(slack.base_url, "U0ANA")


def test_a_command_is_a_signed_form(receiver: Receiver, ana: Person) -> None:
    assert ana.types("/tinystacks deploy payload-svc")["delivered"]
    headers, body = receiver.requests[0]
    base = b"v0:" + headers["X-Slack-Request-Timestamp"].encode() + b":" + body
    assert headers["X-Slack-Signature"] == "v0=" + hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert receiver.form()["text"] == "deploy payload-svc"
    assert "X-Slack-Retry-Num" not in headers


@pytest.mark.parametrize(("body", "shown"), [(b'{"text": "json"}', ["json"]), (b"plain", ["plain"]), (b"", [])])
def test_the_body_of_the_answer_is_shown(receiver: Receiver, ana: Person, body: bytes, shown: list[str]) -> None:
    receiver.body = body
    ana.types("/tinystacks status")
    assert [one["text"] for one in ana.sees()] == shown


def test_a_click_is_a_form_with_a_payload(receiver: Receiver, slack: SlackServer, ana: Person) -> None:
    web(slack).chat_postMessage(channel="C0DEPLOYS", text="x", blocks=[actions(button("Deploy", value="7"))])
    assert ana.clicks("Deploy")["delivered"]
    payload = json.loads(receiver.form()["payload"])
    assert (payload["type"], payload["actions"][0]["value"]) == ("block_actions", "7")


def test_an_event_is_json_and_comes_again_with_retry_headers(receiver: Receiver, ana: Person) -> None:
    receiver.status = 500
    ana.opens_home()
    receiver.waits_for(3)
    numbers = [headers.get("X-Slack-Retry-Num") for headers, _ in receiver.requests]
    assert numbers == [None, "1", "2"]
    assert receiver.requests[1][0]["X-Slack-Retry-Reason"] == "http_timeout"
    assert json.loads(receiver.requests[0][1])["event"]["type"] == "app_home_opened"


@pytest.mark.parametrize("status", [404, 500, 204])
def test_any_status_but_200_is_not_received(receiver: Receiver, ana: Person, status: int) -> None:
    receiver.status = status
    assert ana.types("/tinystacks status")["error"] == "dispatch_failed"


def test_an_answer_too_late_is_a_timeout(receiver: Receiver, ana: Person) -> None:
    receiver.waits = 0.5
    assert ana.types("/tinystacks status")["error"] == "operation_timeout"


def test_with_nobody_listening_a_command_fails() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        delivery = HttpDelivery(f"http://127.0.0.1:{free.getsockname()[1]}/", SECRET)
        with SlackServer(seed(), delivery=delivery) as slack:
            answer = Person(slack.base_url, "U0ANA").types("/tinystacks status")
    assert answer["error"] == "dispatch_failed"


def test_socket_faults_need_socket_mode(slack: SlackServer) -> None:
    refused = ask(slack, "faults", {"kind": "cut_socket"})
    assert refused.status_code == 400
    assert "needs Socket Mode" in refused.json()["error"]


@pytest.mark.parametrize(("body", "verified"), [(b'{"challenge": "sandbox-challenge"}', True), (b"other", False)])
def test_a_url_is_verified_by_its_challenge(receiver: Receiver, body: bytes, verified: bool) -> None:
    async def verify() -> bool:
        delivery = HttpDelivery(receiver.url, SECRET)
        try:
            return await delivery.verify_url(1_800_000_000.0)
        finally:
            await delivery.close()

    receiver.body = body
    assert asyncio.run(verify()) is verified
    assert json.loads(receiver.requests[0][1])["type"] == "url_verification"


def test_the_signature_is_the_one_of_slack_s_documentation() -> None:
    body = b"token=x"
    expected = hmac.new(b"secret", b"v0:1531420618:token=x", hashlib.sha256).hexdigest()
    assert signed("secret", body, 1531420618)["X-Slack-Signature"] == f"v0={expected}"


ENCODED: list[tuple[str, Callable[[bytes], object]]] = [
    ("slash_commands", lambda body: {name: values[0] for name, values in parse_qs(body.decode()).items()}),
    ("interactive", lambda body: json.loads(parse_qs(body.decode())["payload"][0])),
    ("events_api", json.loads),
]


@pytest.mark.parametrize(("kind", "read"), ENCODED)
def test_each_kind_has_its_encoding(kind: str, read: Callable[[bytes], object]) -> None:
    payload = {"text": "a&b = ü"}
    assert read(encoded(Envelope(kind, payload, 0.0))[1]) == payload


@pytest.mark.parametrize(
    ("body", "payload"), [(b"[1]", {"text": "[1]"}), (b"{}", {}), (b" ", {}), (b"hi", {"text": "hi"})]
)
def test_any_answer_is_read(body: bytes, payload: dict[str, str]) -> None:
    assert decoded(body) == payload
