"""One WebSocket to Slack through the SDK's aiohttp client, from its first ticket to its close."""

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

OnRequest = Callable[[SocketModeRequest], Awaitable[None]]


class Connection:
    """Made, opened and closed on one event loop. The SDK reconnects it on Slack's own `disconnect`; whoever holds it
    replaces it when `is_alive` says no."""

    def __init__(self, app_token: str, api_url: str, on_request: OnRequest) -> None:
        self._api_url = api_url
        self._token = app_token
        self._on_request = on_request
        self._client: SocketModeClient | None = None
        self._hello = asyncio.Event()

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
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable("Slack", OPEN, f"{type(error).__name__}: {error}") from error

    def _new_client(self) -> SocketModeClient:
        web = AsyncWebClient(base_url=self._api_url, ssl=tls_for(self._api_url), retry_handlers=[], logger=QUIET)
        web.proxy = proxy_for(self._api_url)
        client = SocketModeClient(self._token, QUIET, web, ping_interval=PING)
        client.message_listeners.append(self._on_message)
        client.socket_mode_request_listeners.append(self._on_envelope)
        return client

    async def _on_message(self, _: AsyncBaseSocketModeClient, message: dict[str, Any], _raw: str | None) -> None:
        if message.get("type") == "hello":
            self._hello.set()

    async def _on_envelope(self, _: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        await self._on_request(request)

    async def is_alive(self) -> bool:
        """Whether it is open and its last ping was answered in time."""
        return self._client is not None and await self._client.is_connected()

    async def send(self, response: SocketModeResponse) -> None:
        """Sends an answer, over the present WebSocket if the one it belongs to is gone."""
        if self._client is not None:
            await self._client.send_socket_mode_response(response)

    async def stop_reading(self) -> None:
        """Takes no further envelope; answers can still be sent."""
        if self._client is not None:
            self._client.auto_reconnect_enabled = False
            for reader in (self._client.current_session_monitor, self._client.message_receiver):
                if reader is not None:
                    reader.cancel()

    async def close(self) -> None:
        """Closes it, whatever state it is in."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(TimeoutError, OSError, aiohttp.ClientError):
                await asyncio.wait_for(client.close(), CLOSE)  # type: ignore[no-untyped-call]
            await client.aiohttp_client_session.close()
