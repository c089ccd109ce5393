"""One WebSocket to Slack through the SDK's aiohttp client, from its ticket to its close.

The SDK would close it before opening the next one, and a command typed in between is lost. So this client never
reconnects: it says that it is leaving, and whoever holds it opens another first; Slack allows ten (Slack facts 2.3).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.client import QUIET, proxy_for, tls_for
from bot.adapters.slack.errors import answer_of, refusal_of
from bot.domain.errors import Unreachable

OPEN = "apps.connections.open"
HELLO = 10.0
CLOSE = 2.0
PING = 5.0

OnRequest = Callable[["Connection", SocketModeRequest], Awaitable[None]]


class _Client(SocketModeClient):
    on_leave: Callable[[], None]

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: ARG002
        """Called by the SDK for Slack's `disconnect`, for a close frame, and when pings stay unanswered."""
        self.on_leave()


class Connection:
    """Made, opened and closed on one event loop. `on_leave` is called when another one should take over."""

    def __init__(self, app_token: str, api_url: str, on_request: OnRequest, on_leave: Callable[[], None]) -> None:
        self._api_url = api_url
        self._token = app_token
        self._on_request = on_request
        self._on_leave = on_leave
        self._client: _Client | None = None
        self._hello = asyncio.Event()
        self._leaving = False

    async def open(self) -> None:
        """Returns when Slack said hello. Raises NotPossible for a refused token, else Unavailable."""
        client = self._client = self._new_client()
        try:
            async with asyncio.timeout(HELLO):
                client.wss_uri = await client.issue_new_wss_url()
                client.proxy = proxy_for(str(client.wss_uri))
                await client.connect()  # type: ignore[no-untyped-call]
                await self._hello.wait()
        except SlackApiError as error:
            raise refusal_of(OPEN, answer_of(error)) from error
        except Exception as error:
            # Nothing was asked for yet, so whatever this is, trying again is right and giving up never.
            raise Unreachable("Slack", OPEN, f"{type(error).__name__}: {error}") from error

    def _new_client(self) -> _Client:
        web = AsyncWebClient(base_url=self._api_url, ssl=tls_for(self._api_url), retry_handlers=[], logger=QUIET)
        web.proxy = proxy_for(self._api_url)
        client = _Client(self._token, QUIET, web, ping_interval=PING)
        client.on_leave = self._leave
        client.message_listeners.append(self._on_message)
        client.socket_mode_request_listeners.append(self._on_envelope)
        return client

    def _leave(self) -> None:
        self._leaving = True
        self._on_leave()

    async def _on_message(self, _: AsyncBaseSocketModeClient, message: dict[str, Any], _raw: str | None) -> None:
        if message.get("type") == "hello":
            self._hello.set()

    async def _on_envelope(self, _: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        await self._on_request(self, request)

    async def is_alive(self) -> bool:
        """Whether it is open and its last ping was answered in time: answers can be sent over it."""
        return self._client is not None and await self._client.is_connected()

    async def is_staying(self) -> bool:
        """Alive, and nobody asked to replace it."""
        return not self._leaving and await self.is_alive()

    async def send(self, response: SocketModeResponse) -> None:
        """Sends an answer; one for a connection that broke is lost, and Slack has told the person."""
        if self._client is not None:
            with suppress(OSError, aiohttp.ClientError):
                await self._client.send_socket_mode_response(response)

    def stop_reading(self) -> None:
        """Takes no further envelope; answers can still be sent."""
        if self._client is not None and self._client.message_receiver is not None:
            self._client.message_receiver.cancel()

    async def close(self) -> None:
        """Closes it, whatever state it is in."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(TimeoutError, OSError, aiohttp.ClientError):
                await asyncio.wait_for(client.close(), CLOSE)  # type: ignore[no-untyped-call]
            await client.aiohttp_client_session.close()
