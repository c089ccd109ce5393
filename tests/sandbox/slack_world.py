"""What the tests of the local Slack share: an app on the real Socket Mode client, a clock to turn, block words."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

import httpx
from slack_sdk import WebClient
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Person, SlackServer
from sandbox.slack.workspace import Json
from tests import nearby

Answer = Callable[[SocketModeRequest], Json | None]


class Clock:
    """Seconds that pass when told to."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


class SilentError(Exception):
    """Raised by an answer that does not ack."""


def silent(_request: SocketModeRequest) -> Json | None:
    raise SilentError


class SocketApp:
    """An app connected by slack_sdk's aiohttp client in its own thread; `answer` gives each ack's payload."""

    def __init__(self, slack: SlackServer, answer: Answer = lambda _: None) -> None:
        self.slack = slack
        self.answer = answer
        self.requests: list[SocketModeRequest] = []
        self.web = web(slack)
        self._news = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "SocketApp":
        self._thread.start()
        self._run(self._connect())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._run(self._disconnect())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def waits_for(self, count: int, seconds: float = 5.0) -> list[SocketModeRequest]:
        with self._news:
            assert self._news.wait_for(lambda: len(self.requests) >= count, seconds), self.requests
            return list(self.requests)

    @property
    def last(self) -> Json:
        return dict(self.requests[-1].payload)

    def _run(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _connect(self) -> None:
        slack_web = AsyncWebClient(base_url=self.slack.api_url)
        self._client = SocketModeClient(app_token="xapp-sandbox", web_client=slack_web, ping_interval=1)
        self._client.socket_mode_request_listeners.append(self._listen)
        await self._client.connect()  # type: ignore[no-untyped-call]

    async def _disconnect(self) -> None:
        await self._client.close()  # type: ignore[no-untyped-call]
        await asyncio.sleep(0.05)  # aiohttp closes its sockets in a later turn of the loop

    async def _listen(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        with self._news:
            self.requests.append(request)
            self._news.notify_all()
        with contextlib.suppress(SilentError):
            payload = self.answer(request)
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))


def web(slack: SlackServer, token: str = "xoxb-sandbox") -> WebClient:
    return WebClient(token=token, base_url=slack.api_url, retry_handlers=[])


def ask(slack: SlackServer, path: str, body: Json | None = None) -> httpx.Response:
    """The control API: a POST with a body, else a GET."""
    url = f"{slack.base_url}/sandbox/slack/{path}"
    return nearby.get(url) if body is None else nearby.post(url, json=body)


def fault(slack: SlackServer, kind: str, **rest: object) -> None:
    ask(slack, "faults", {"kind": kind, **rest}).raise_for_status()


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **rest: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **rest}


def button(label: str, action_id: str = "deploy:go", **rest: Any) -> Json:
    return {"type": "button", "text": plain(label), "action_id": action_id, **rest}


def actions(*elements: Json, **rest: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **rest}


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


def select(action_id: str, *values: str, **rest: Any) -> Json:
    return {"type": "static_select", "action_id": action_id, "options": [option(value) for value in values], **rest}


def text_field(block_id: str, action_id: str, **rest: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": action_id, **rest}
    return {"type": "input", "block_id": block_id, "label": plain(action_id), "element": element}


def modal(*blocks: Json, **rest: Any) -> Json:
    return {"type": "modal", "title": plain("Deploy"), "submit": plain("Go"), "blocks": list(blocks), **rest}


FORM = modal(
    text_field("b_reason", "reason", initial_value="because"),
    {"type": "input", "block_id": "b_stage", "label": plain("Stage"), "element": select("stage", "dev", "prod")},
    callback_id="deploy",
    private_metadata="7",
)


def opened(app: SocketApp, ana: Person, view: Json = FORM) -> Json:
    """Has the app open a modal for ana."""
    ana.types("/tinystacks deploy")
    opened_view: Json = app.web.views_open(trigger_id=app.last["trigger_id"], view=view)["view"]
    return opened_view


def posted(app: SocketApp, *blocks: Json) -> str:
    return str(app.web.chat_postMessage(channel="C0DEPLOYS", text="card", blocks=list(blocks))["ts"])
