"""Socket Mode: the SDK's aiohttp client on an event loop in a thread of its own, each payload answered in a pool.

Of the SDK's three clients this one reconnects best, and this arrangement answers fastest (Slack facts 2.2, 2.3). What
it lacks we add: a look every second whether the connection lives, and the next one before the last is closed.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.adapters.slack.connection import Connection
from bot.adapters.slack.inbound import Receive, Reply
from bot.domain.errors import NotPossible, Refusal

THREADS = 32
LOOK = 1.0
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# A connection that was replaced still brings answers under way home for a while.
RETIREMENT = 5.0
DRAIN = 5.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Shared:
    """What the loop's thread tells the others. `settled`: the first attempt has an end."""

    connected: threading.Event = field(default_factory=threading.Event)
    settled: threading.Event = field(default_factory=threading.Event)
    was_connected: bool = False
    refused: NotPossible | None = None
    problem: str = "not connected to Slack yet"


class SocketMode:
    """A connection to Slack, kept up until `stop`."""

    def __init__(self, app_token: str, api_url: str, receive: Receive, now: Callable[[], datetime]) -> None:
        self._token = app_token
        self._api_url = api_url
        self._receive = receive
        self._now = now
        self._shared = _Shared()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="slack-socket")
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._attention = asyncio.Event()
        self._is_stopping, self._drain = False, DRAIN
        self._connection = self._new_connection()
        self._thread = threading.Thread(target=self._run, name="socket-mode", daemon=True)

    def start(self, patience: timedelta) -> bool:
        """Connects; True when Slack said hello within `patience`. False: it goes on trying, and says so in the log.

        Raises NotPossible when Slack refuses the app token."""
        self._thread.start()
        self._shared.settled.wait(patience.total_seconds())
        if self._shared.refused is not None:
            self._thread.join()
            raise self._shared.refused
        return self.connected()

    def connected(self) -> bool:
        """Whether Slack said hello on a connection that still answers pings."""
        return self._shared.connected.is_set()

    def problem(self) -> str | None:
        """Why nothing comes from Slack, for /healthz; None when connected."""
        return None if self.connected() else self._shared.problem

    def stop(self, seconds: float = DRAIN) -> None:
        """Reads no more, finishes the answers under way within `seconds`, closes; returns after `seconds` even so."""
        self._drain, self._is_stopping = seconds, True
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._attention.set)
            self._thread.join(seconds)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                self._loop = runner.get_loop()
                runner.run(self._keep_connected())
        finally:
            self._shared.connected.clear()
            self._shared.problem = "the connection to Slack was closed"
            self._shared.settled.set()

    async def _keep_connected(self) -> None:
        try:
            while not self._is_stopping:
                if not await self._connection.is_staying():
                    await self._renew()
                await self._pause(LOOK)
            self._connection.stop_reading()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=self._drain)
        finally:
            await self._connection.close()

    async def _renew(self) -> None:
        """Returns when another connection has taken over, or when all is over."""
        failures = 0
        while not self._is_stopping:
            fresh = self._new_connection()
            try:
                await fresh.open()
            except Refusal as refusal:
                await fresh.close()
                failures += 1
                await self._note_failure(refusal, failures)
                await self._pause(PAUSES[min(failures, len(PAUSES)) - 1])
            else:
                self._remember(asyncio.create_task(self._retire(self._connection)))
                self._connection = fresh
                self._note_success(failures)
                return

    async def _retire(self, connection: Connection) -> None:
        if await connection.is_alive():
            await self._pause(RETIREMENT)
        await connection.close()

    def _new_connection(self) -> Connection:
        return Connection(self._token, self._api_url, self._on_request, self._attention.set)

    async def _note_failure(self, refusal: Refusal, failures: int) -> None:
        self._shared.problem = str(refusal)
        if not await self._connection.is_alive():
            self._shared.connected.clear()
        if isinstance(refusal, NotPossible) and not self._shared.was_connected:
            self._shared.refused = refusal
            self._shared.settled.set()
            self._is_stopping = True
        elif failures == 1:
            log.warning("Not connected to Slack, trying again until it works. %s", refusal)

    def _note_success(self, failures: int) -> None:
        self._shared.was_connected = True
        self._shared.connected.set()
        self._shared.settled.set()
        log.info("Connected to Slack%s", f" after {failures} failures" if failures else "")

    async def _pause(self, seconds: float) -> None:
        self._attention.clear()
        if not self._is_stopping:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._attention.wait(), seconds)

    def _remember(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _on_request(self, connection: Connection, request: SocketModeRequest) -> None:
        arrived = self._now()
        task = asyncio.current_task()
        if task is not None:
            self._remember(task)
        loop = asyncio.get_running_loop()
        reply = await loop.run_in_executor(self._pool, self._receive, request.payload, arrived, _retry(request))
        if reply.status == 200:
            way = connection if await connection.is_alive() else self._connection
            await way.send(SocketModeResponse(request.envelope_id, _payload(reply)))


def _payload(reply: Reply) -> dict[str, object] | None:
    return {"text": reply.payload} if isinstance(reply.payload, str) else reply.payload


def _retry(request: SocketModeRequest) -> dict[str, str]:
    told = {"x-slack-retry-num": request.retry_attempt, "x-slack-retry-reason": request.retry_reason}
    return {name: str(value) for name, value in told.items() if value}
