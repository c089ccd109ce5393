"""HTTP mode: the same payloads as signed POST requests to one URL of the app (Slack facts 1.1, 2.1, 5)."""

import asyncio
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.delivery import FAILED, TIMEOUT, Ack, Envelope
from sandbox.slack.workspace import Json

FORM = "application/x-www-form-urlencoded"


class HttpDelivery:
    """Delivers to `url`, signed with `signing_secret`. Anything but status 200 counts as not received."""

    def __init__(self, url: str, signing_secret: str) -> None:
        self.url = url
        self.signing_secret = signing_secret
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, envelope: Envelope, seconds: float) -> Ack:
        answers = [await self._post(envelope, seconds) for _ in range(envelope.copies)]
        return answers[0]

    async def _post(self, envelope: Envelope, seconds: float) -> Ack:
        content_type, body = encoded(envelope)
        headers = signed(self.signing_secret, body, int(envelope.at)) | {"Content-Type": content_type}
        if envelope.retry_attempt:
            headers |= {"X-Slack-Retry-Num": str(envelope.retry_attempt), "X-Slack-Retry-Reason": "http_timeout"}
        started = time.perf_counter()
        try:
            status, answer = await asyncio.wait_for(self._send(body, headers), seconds)
        except TimeoutError:
            return Ack(error=TIMEOUT)
        except aiohttp.ClientError:
            return Ack(error=FAILED)
        milliseconds = (time.perf_counter() - started) * 1_000
        return Ack(milliseconds, payload=decoded(answer)) if status == 200 else Ack(milliseconds, error=FAILED)

    async def _send(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        self._session = self._session or aiohttp.ClientSession()
        async with self._session.post(self.url, data=body, headers=headers) as response:
            return response.status, await response.read()

    async def verify_url(self, now: float, seconds: float = 3.0) -> bool:
        """Sends `url_verification` as Slack does when the URL is saved; true if the challenge comes back."""
        request = {"type": "url_verification", "token": "sandbox", "challenge": "sandbox-challenge"}
        ack = await self.deliver(Envelope("events_api", request, now), seconds)
        return ack.payload.get("challenge", ack.payload.get("text")) == request["challenge"]

    async def close(self) -> None:
        if self._session:
            await self._session.close()


def encoded(envelope: Envelope) -> tuple[str, bytes]:
    """Content type and body: commands as a form, interactions as `payload=`, events as JSON."""
    if envelope.kind == "slash_commands":
        return FORM, urlencode(envelope.payload).encode()
    if envelope.kind == "interactive":
        return FORM, urlencode({"payload": json.dumps(envelope.payload)}).encode()
    return "application/json", json.dumps(envelope.payload).encode()


def signed(secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    """The two headers of Slack's signature, version v0."""
    base = b"v0:%d:%s" % (timestamp, body)
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}


def decoded(body: bytes) -> Json:
    """The ack's payload: a JSON object, or plain words as the text of a message."""
    words = body.decode(errors="replace").strip()
    try:
        answer = json.loads(words) if words else {}
    except ValueError:
        return {"text": words}
    return answer if isinstance(answer, dict) else {"text": words}
