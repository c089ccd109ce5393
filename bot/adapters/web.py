"""The HTTP side: Slack's deliveries, /healthz and /metrics, on starlette and uvicorn."""

import asyncio
import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.domain.errors import NotPossible

# A view with its state is 250 kB at the most (Slack facts 1.2), three times that when URL-encoded.
MOST_BYTES = 1_000_000
THREADS = 32
DRAIN = 5.0

Delivery = Callable[[bytes, Mapping[str, str], datetime], tuple[int, dict[str, Any] | str | None]]
Health = Callable[[], Mapping[str, str | None]]


def web_app(
    health: Health,
    now: Callable[[], datetime],
    deliver: Delivery | None = None,
    registry: CollectorRegistry = REGISTRY,
) -> Starlette:
    """POST /slack/events when `deliver` is given, GET /healthz and GET /metrics.

    `health`: name -> problem or None; it and `deliver` run in threads, never on the event loop."""

    def healthz(_: Request) -> Response:
        checks = health()
        ill = any(checks.values())
        told = {name: problem or "ok" for name, problem in checks.items()}
        return JSONResponse({"ok": not ill, "checks": told}, 503 if ill else 200)

    def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", healthz), Route("/metrics", metrics)]
    if deliver is not None:
        routes.append(Route("/slack/events", _slack_events(deliver, now), methods=["POST"]))
    return Starlette(routes=routes)


def _slack_events(deliver: Delivery, now: Callable[[], datetime]) -> Callable[[Request], Any]:
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="slack-http")

    async def slack_events(request: Request) -> Response:
        arrived = now()
        raw = await _raw_body(request)
        if raw is None:
            return PlainTextResponse("too large", 413)
        loop = asyncio.get_running_loop()
        status, payload = await loop.run_in_executor(pool, deliver, raw, dict(request.headers), arrived)
        return _response(status, payload)

    return slack_events


async def _raw_body(request: Request) -> bytes | None:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MOST_BYTES:
            return None
    return bytes(raw)


def _response(status: int, payload: dict[str, Any] | str | None) -> Response:
    if isinstance(payload, dict):
        return JSONResponse(payload, status)
    return PlainTextResponse(payload or "", status)


class _Uvicorn(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


class Server:
    """uvicorn in a thread of its own. `port` is the real one, also where 0 was asked for."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        self.port: int = listener.getsockname()[1]
        quiet = {"log_config": None, "access_log": False, "server_header": False, "lifespan": "off"}
        self._uvicorn = _Uvicorn(uvicorn.Config(app, **quiet))  # type: ignore[arg-type]
        self._thread = threading.Thread(target=self._uvicorn.run, args=([listener],), name="web", daemon=True)

    def start(self, seconds: float = 10.0) -> None:
        """Returns when it is listening. Raises TimeoutError when that takes longer than `seconds`."""
        self._thread.start()
        if not self._uvicorn.listening.wait(seconds):
            raise TimeoutError("the HTTP server did not start")

    def stop(self, seconds: float = DRAIN) -> None:
        """Takes no new connection, finishes what is under way within `seconds`, closes; returns after them even so."""
        self._uvicorn.config.timeout_graceful_shutdown = max(1, int(seconds))
        self._uvicorn.should_exit = True
        self._thread.join(seconds)

    def problem(self) -> str | None:
        """Why it does not serve; None when it does."""
        return None if self._thread.is_alive() else "the HTTP server has stopped"


def serve(app: ASGIApp, host: str, port: int) -> Server:
    """A listening server. Raises NotPossible when the address cannot be bound."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        fact = f"I cannot listen on {host} port {port}: {error.strerror or error}."
        raise NotPossible(fact, "Set PORT (and HOST) to a free address, or stop what listens there.") from error
    # asyncio switches Nagle off for sockets it made itself only; left on, each answer waits 40 ms for an ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = Server(app, listener)
    server.start()
    return server
