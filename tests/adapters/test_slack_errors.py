"""Slack's refusals in the domain's words: done, certainly not done, or unknown."""

import errno
import os
import ssl
from http.client import IncompleteRead, RemoteDisconnected
from socket import gaierror
from urllib.error import URLError

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from bot.adapters.slack.errors import Answer, lost, refusal_of, translated
from bot.adapters.slack.sayings import SAYINGS
from bot.domain.errors import NotPossible, Throttled, Unanswered, Unreachable


@pytest.mark.parametrize("code", sorted(SAYINGS))
def test_every_refusal_quotes_slack_and_ends_in_what_to_do(code: str) -> None:
    refusal = refusal_of("chat.postMessage", Answer(200, code), "C1")
    assert isinstance(refusal, NotPossible)
    assert refusal.fact.endswith(f"(Slack: {code})")
    assert refusal.remedy.endswith(".")
    assert "{" not in str(refusal)


@pytest.mark.parametrize("code", sorted(SAYINGS))
def test_a_refusal_without_a_channel_names_none(code: str) -> None:
    assert "<#" not in str(refusal_of("views.open", Answer(200, code)))


@given(st.from_regex(r"[a-z_]{1,40}", fullmatch=True).filter(lambda code: code not in SAYINGS))
def test_an_unknown_code_is_quoted_with_its_method(code: str) -> None:
    said = str(refusal_of("chat.update", Answer(200, code)))
    assert code in said
    assert "chat.update" in said


def test_a_missing_scope_is_named() -> None:
    said = str(refusal_of("users.info", Answer(200, "missing_scope", {"needed": "users:read"})))
    assert "Add users:read under OAuth & Permissions" in said


def test_refused_blocks_are_pointed_at() -> None:
    body = {"response_metadata": {"messages": ["must be shorter [json-pointer:/blocks/0/text]"]}}
    assert "/blocks/0/text" in str(refusal_of("chat.update", Answer(200, "invalid_blocks", body)))


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(429, "ratelimited", headers={"Retry-After": "30"}), 30.0),
        (Answer(429, "", headers={"retry-after": "1"}), 1.0),
        (Answer(200, "ratelimited"), None),
        (Answer(429, "", headers={"Retry-After": "soon"}), None),
    ],
)
def test_too_often_is_throttled(answer: Answer, seconds: float | None) -> None:
    refusal = refusal_of("chat.update", answer)
    assert isinstance(refusal, Throttled)
    assert refusal.retry_after == seconds


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, ""),
        Answer(503, "service_unavailable"),
        Answer(200, "internal_error"),
        Answer(200, "Received a response"),
    ],
)
def test_slack_in_trouble_leaves_it_unknown(answer: Answer) -> None:
    assert isinstance(refusal_of("chat.postMessage", answer), Unanswered)


def no(number: int) -> URLError:
    return URLError(OSError(number, os.strerror(number)))


@pytest.mark.parametrize(
    "error",
    [
        URLError(ConnectionRefusedError()),
        ConnectionRefusedError(),
        URLError(gaierror(-2, "Name or service not known")),
        URLError(ssl.SSLCertVerificationError("self-signed")),
        URLError(OSError("Tunnel connection failed: 407 Proxy Authentication Required")),
        no(errno.ENETUNREACH),
        no(errno.EHOSTUNREACH),
    ],
)
def test_what_never_left_is_unreachable(error: Exception) -> None:
    assert isinstance(lost("chat.postMessage", error), Unreachable)


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError("timed out"),
        URLError(TimeoutError("timed out")),
        URLError(BrokenPipeError()),
        ConnectionResetError(),
        RemoteDisconnected("closed"),
        IncompleteRead(b""),
        URLError(ssl.SSLEOFError()),
        OSError(errno.ENETUNREACH, "while reading"),
    ],
)
def test_what_may_have_arrived_is_unknown(error: Exception) -> None:
    with pytest.raises(Unanswered), translated("chat.postMessage"):
        raise error


def test_the_sdk_s_error_may_carry_a_plain_dict() -> None:
    with pytest.raises(NotPossible, match="not_in_channel"), translated("chat.postMessage", "C1"):
        raise SlackApiError("refused", {"ok": False, "error": "not_in_channel"})  # type: ignore[no-untyped-call]
