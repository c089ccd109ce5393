"""HTTP delivery: the signature over the raw body, then the body as a payload for `Inbound.receive`.

Bolt is not asked to do either: it logs whole bodies of failed checks, and loses every slash command whose form
contains the word "payload" (Slack facts 2.1, 3.1).
"""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.signature import Clock, SignatureVerifier

from bot.adapters.slack.inbound import Receive, Reply

log = logging.getLogger(__name__)


class _Arrival(Clock):
    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> float:
        return self._at.timestamp()


class Signed:
    """Lets through what carries Slack's signature, at most 300 s old."""

    def __init__(self, signing_secret: str, receive: Receive) -> None:
        self._secret = signing_secret
        self._receive = receive

    def __call__(self, raw: bytes, headers: Mapping[str, str], arrived: datetime) -> Reply:
        """The answer to one POST; 401 for a wrong, missing or old signature, 400 for a body that is no payload.
        `headers` with lower-case names."""
        if not self._is_from_slack(raw, headers, arrived):
            log.warning("Refused a request without a valid Slack signature: check SLACK_SIGNING_SECRET and the clock")
            return Reply(401, "no valid signature")
        body = payload_of(raw, headers.get("content-type", ""))
        if body is None:
            return Reply(400, "no payload")
        if body.get("type") == "url_verification":
            return Reply(200, str(body.get("challenge", "")))
        retry = {name: value for name, value in headers.items() if name.startswith("x-slack-retry-")}
        return self._receive(body, arrived, retry)

    def _is_from_slack(self, raw: bytes, headers: Mapping[str, str], arrived: datetime) -> bool:
        verifier = SignatureVerifier(self._secret, _Arrival(arrived))
        try:
            # The header's exact text is signed: a timestamp that Python would forgive is none.
            plain = headers.get("x-slack-request-timestamp", "").isdecimal()
            return plain and verifier.is_valid_request(raw, dict(headers))
        except (ValueError, TypeError):
            return False


def payload_of(raw: bytes, content_type: str) -> dict[str, Any] | None:
    """The payload of a raw body: a slash command's form, the JSON in the form field `payload`, or a JSON event; None
    for anything else."""
    try:
        text = raw.decode()
        if content_type.startswith("application/json"):
            return _object(text)
        form = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))
    except ValueError:
        return None
    if "command" in form or "ssl_check" in form:
        return form
    return _object(form.get("payload", ""))


def _object(text: str) -> dict[str, Any] | None:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
