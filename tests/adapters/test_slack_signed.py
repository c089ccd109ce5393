"""HTTP deliveries: only what Slack signed gets in, and every word of it arrives."""

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.inbound import Reply
from bot.adapters.slack.signed import Signed, payload_of
from tests.adapters.slack_samples import NINE, click, command, event

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FORM = "application/x-www-form-urlencoded"
words = st.text(st.characters(codec="utf-8"), max_size=60)


class Received:
    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []

    def __call__(self, body: dict[str, Any], _arrived: datetime, headers: Mapping[str, str]) -> Reply:
        self.bodies.append(body)
        self.headers.append(headers)
        return Reply(200, "taken")


def signature(raw: bytes, timestamp: str, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), b"v0:%s:%s" % (timestamp.encode(), raw), hashlib.sha256).hexdigest()


def headers_of(raw: bytes, content_type: str = FORM, age: timedelta = timedelta()) -> dict[str, str]:
    stamp = str(int((NINE - age).timestamp()))
    signed = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature(raw, stamp)}
    return signed | {"content-type": content_type}


def delivered(raw: bytes, headers: dict[str, str]) -> tuple[Reply, list[dict[str, Any]]]:
    received = Received()
    return Signed(SECRET, received)(raw, headers, NINE), received.bodies


@given(words)
def test_every_word_of_a_command_arrives(text: str) -> None:
    raw = urlencode(command(text=text)).encode()
    assert delivered(raw, headers_of(raw))[1] == [command(text=text)]


@pytest.mark.parametrize("text", ["deploy payload-svc prod v1", "payload={}", "deploy x&payload=1"])
def test_a_command_with_the_word_payload_is_still_a_command(text: str) -> None:
    raw = urlencode(command(text=text)).encode()
    assert delivered(raw, headers_of(raw)) == ((200, "taken"), [command(text=text)])


def test_a_click_comes_as_json_in_a_form() -> None:
    raw = urlencode({"payload": json.dumps(click())}).encode()
    assert delivered(raw, headers_of(raw))[1] == [click()]


def test_an_event_comes_as_json_with_its_retry() -> None:
    body = event("app_mention", text="hi")
    raw, received = json.dumps(body).encode(), Received()
    retry = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
    Signed(SECRET, received)(raw, headers_of(raw, "application/json") | retry, NINE)
    assert (received.bodies, received.headers) == ([body], [retry])


def test_slack_may_ask_whether_the_url_is_ours() -> None:
    raw = json.dumps({"type": "url_verification", "challenge": "c1"}).encode()
    assert delivered(raw, headers_of(raw, "application/json")) == ((200, "c1"), [])


@pytest.mark.parametrize("minutes", [-4.9, 0, 4.9])
def test_a_signature_lives_five_minutes(minutes: float) -> None:
    raw = urlencode(command()).encode()
    assert delivered(raw, headers_of(raw, age=timedelta(minutes=minutes)))[0].status == 200


def good() -> tuple[bytes, dict[str, str]]:
    raw = urlencode(command(text="top secret")).encode()
    return raw, headers_of(raw)


def bent(**headers: str) -> tuple[bytes, dict[str, str]]:
    raw, kept = good()
    return raw, kept | {name.replace("_", "-"): value for name, value in headers.items()}


def stamped(stamp: str) -> tuple[bytes, dict[str, str]]:
    raw, _ = good()
    return bent(x_slack_request_timestamp=stamp, x_slack_signature=signature(raw, stamp))


@pytest.mark.parametrize(
    ("raw", "headers"),
    [
        (good()[0], {}),
        (good()[0] + b"&x=1", good()[1]),
        (b"\xff\xfe", good()[1]),
        (good()[0], headers_of(good()[0], age=timedelta(seconds=301))),
        (good()[0], headers_of(good()[0], age=timedelta(seconds=-301))),
        bent(x_slack_signature=""),
        bent(x_slack_signature="v0=é"),
        bent(x_slack_signature=signature(good()[0], str(int(NINE.timestamp())), "another secret")),
        stamped("yesterday"),
        stamped("nan"),
        stamped(f" {int(NINE.timestamp())}"),
        stamped("9" * 5000),
        stamped(""),
    ],
)
def test_what_slack_did_not_sign_is_refused_and_not_logged(
    raw: bytes, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert delivered(raw, headers) == ((401, "no valid signature"), [])
    assert "secret" not in caplog.text.replace("SLACK_SIGNING_SECRET", "")


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        (b"", FORM),
        (b"payload=[1]", FORM),
        (b"payload={", FORM),
        (b"text=hi", FORM),
        (b"[]", "application/json"),
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
    ],
)
def test_a_signed_body_that_is_no_payload_is_a_bad_request(raw: bytes, content_type: str) -> None:
    assert delivered(raw, headers_of(raw, content_type)) == ((400, "no payload"), [])


@given(st.binary(max_size=200), st.sampled_from([FORM, "application/json", "text/plain", ""]))
def test_no_body_at_all_raises(raw: bytes, content_type: str) -> None:
    body = payload_of(raw, content_type)
    assert body is None or isinstance(body, dict)
