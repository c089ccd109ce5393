"""Slack's errors in the domain's words: done, certainly not done, or unknown, and what to do next.

Codes and their meaning: the "Errors" table of each method on docs.slack.dev/reference/methods.
"""

import errno
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from socket import gaierror
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

from bot.adapters.slack.sayings import saying_of
from bot.domain.errors import NotPossible, Refusal, Throttled, Unanswered, Unreachable

SLACK = "Slack"
TOO_OFTEN = frozenset({"ratelimited", "rate_limited"})
# Slack's page says of these that part of the work may have been done.
UNSURE = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
NOT_CONNECTED = (ConnectionRefusedError, gaierror, ssl.SSLCertVerificationError)
# The SDK puts its own sentence where a code belongs when the body was not JSON.
CODE = re.compile(r"[\w.:-]+")
NO_ROUTE = frozenset({errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH})


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack sent back: HTTP status, error code, the whole body and the headers."""

    status: int
    code: str
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def translated(call: str, channel_id: str = "") -> Iterator[None]:
    """Runs one Web API call; raises Throttled, Unreachable, Unanswered or NotPossible in place of the SDK's errors."""
    try:
        yield
    except SlackApiError as error:
        raise refusal_of(call, answer_of(error), channel_id) from error
    except (OSError, HTTPException) as error:
        raise lost(call, error) from error


def answer_of(error: SlackApiError) -> Answer:
    """The answer inside the SDK's error."""
    response = error.response
    data = getattr(response, "data", response)
    body = data if isinstance(data, dict) else {}
    status, headers = getattr(response, "status_code", 200), getattr(response, "headers", {})
    return Answer(status, str(body.get("error", "")), body, headers)


def refusal_of(call: str, answer: Answer, channel_id: str = "") -> Refusal:
    """The refusal an answer that is not ok stands for."""
    if answer.status == 429 or answer.code in TOO_OFTEN:
        return Throttled(SLACK, call, answer.code, _retry_after(answer.headers))
    if answer.status >= 500 or answer.code in UNSURE or not CODE.fullmatch(answer.code):
        return Unanswered(SLACK, call, answer.code or f"HTTP {answer.status}")
    return NotPossible(*saying_of(answer.code, call, channel_id, answer.body))


def lost(call: str, error: Exception) -> Unreachable | Unanswered:
    """No answer at all. Unreachable only where the request certainly never left."""
    reason = error.reason if isinstance(error, URLError) else error
    quote = f"{type(reason).__name__}: {reason}"
    return (Unreachable if _never_left(error, reason) else Unanswered)(SLACK, call, quote)


def _never_left(error: Exception, reason: object) -> bool:
    if not isinstance(error, URLError):
        return isinstance(error, ConnectionRefusedError)
    no_route = isinstance(reason, OSError) and reason.errno in NO_ROUTE
    return no_route or isinstance(reason, NOT_CONNECTED) or "Tunnel connection failed" in str(reason)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    named = {name.lower(): value for name, value in headers.items()}
    try:
        return float(named["retry-after"])
    except (KeyError, ValueError):
        return None
