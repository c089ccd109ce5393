"""The local Slack as a server: one port of 127.0.0.1, one event loop in one thread."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from types import TracebackType

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route, WebSocketRoute
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from sandbox.slack import api, control, response_urls
from sandbox.slack.delivery import Delivery
from sandbox.slack.faults import Fault
from sandbox.slack.rates import RATES, Rate
from sandbox.slack.socket_mode import SocketDelivery, link
from sandbox.slack.state import Pace, State
from sandbox.slack.workspace import Workspace

START_SECONDS = 10.0
STOP_SECONDS = 1

SLACK_ROUTES: list[BaseRoute] = [
    Route("/api/{method}", api.call, methods=["GET", "POST"]),
    Route("/upload/v1/{file_id}", api.upload, methods=["GET", "POST"]),
    Route("/commands/{team_id}/{key:path}", response_urls.respond, methods=["POST"]),
    Route("/actions/{team_id}/{key:path}", response_urls.respond, methods=["POST"]),
    WebSocketRoute("/link/", link),
    *control.ROUTES,
]


class _Wire(H11Protocol):
    """Hands the TCP transport to the application, which cuts it to play a broken network."""

    def connection_made(self, transport: object) -> None:
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)  # type: ignore[arg-type]


def bound(port: int) -> socket.socket:
    """A socket on this port of 127.0.0.1; 0 takes a free one. OSError that says what to do if it is taken."""
    it = socket.socket()
    it.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # asyncio sets it only where the protocol number says TCP; without it each answer on a kept connection waits 40 ms.
    it.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        it.bind(("127.0.0.1", port))
    except OSError as error:
        it.close()
        raise OSError(f"port {port} cannot be used ({error.strerror}); choose another one") from error
    return it


class SlackServer:
    """A running local Slack: `with SlackServer(seed()) as slack: WebClient(token=…, base_url=slack.api_url)`.

    `port` 0 takes a free one; `rates` None switches rate limits off; `clock` gives epoch seconds; `routes` are served
    beside Slack's own. Use `HttpDelivery` for an app in HTTP mode.
    """

    def __init__(
        self,
        workspace: Workspace,
        port: int = 0,
        *,
        delivery: Delivery | None = None,
        rates: Mapping[str, Rate] | None = RATES,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
        routes: list[BaseRoute] | None = None,
    ) -> None:
        self._socket = bound(port)
        self.port: int = self._socket.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.api_url = f"{self.base_url}/api/"
        self.state = State(workspace, self.base_url, delivery or SocketDelivery(), clock, pace or Pace(), rates)
        self._started = threading.Event()
        self._server = uvicorn.Server(self._config([*SLACK_ROUTES, *(routes or [])]))
        self._thread = threading.Thread(target=self._run, name="sandbox-slack", daemon=True)

    def _config(self, routes: list[BaseRoute]) -> uvicorn.Config:
        app = Starlette(routes=routes, lifespan=self._lifespan)
        app.state.slack = self.state
        return uvicorn.Config(
            app,
            http=_Wire,
            ws=WebSocketsSansIOProtocol,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )

    @property
    def workspace(self) -> Workspace:
        """Replaced, never edited: `slack.workspace = slack.workspace.with_user(…)` changes what everyone sees next."""
        return self.state.workspace

    @workspace.setter
    def workspace(self, workspace: Workspace) -> None:
        self.state.workspace = workspace

    def add_fault(self, kind: str, method: str = "*", **rest: object) -> None:
        """A fault for the next calls or envelopes, without the control API; fields of Fault by name."""
        self.state.faults.add(Fault(kind, method, **rest))  # type: ignore[arg-type]

    def start(self) -> None:
        """Returns when the port answers. RuntimeError if it does not within ten seconds."""
        self._socket.listen()
        self._thread.start()
        if not self._started.wait(START_SECONDS):
            raise RuntimeError("the local Slack did not start; run it alone to see why")

    def stop(self) -> None:
        """Closes every connection and waits for the thread."""
        self._loop.call_soon_threadsafe(self.state.feed.close)
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def __enter__(self) -> "SlackServer":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        self._started.set()
        yield
        for task in self.state.background:
            task.cancel()
        await self.state.delivery.close()
