"""Socket Mode: connections of the app, envelopes out, acks in (Slack facts 2.3, 5)."""

import asyncio
import contextlib
import json
import random
import time
import uuid
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.slack.delivery import FAILED, TIMEOUT, Ack, Envelope
from sandbox.slack.state import State
from sandbox.slack.workspace import Json

CONNECTIONS = 10
CONNECTION_SECONDS = 18_060


@dataclass(eq=False)
class Connection:
    """One open WebSocket; `leaving` once it was told to go."""

    socket: WebSocket
    leaving: bool = False

    async def send(self, body: Json) -> None:
        """A connection that has gone is no error: the ack will be missing."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
            await self.socket.send_text(json.dumps(body))

    def cut(self) -> None:
        """Ends the TCP connection with no close frame."""
        self.socket.scope["state"]["transport"].close()


@dataclass
class SocketDelivery:
    """Delivers to a random one of at most ten connections; takes the ack on any of them."""

    connections: list[Connection] = field(default_factory=list)
    _waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    _closing: set[asyncio.Task[None]] = field(default_factory=set)

    async def deliver(self, envelope: Envelope, seconds: float) -> Ack:
        open_ones = [one for one in self.connections if not one.leaving] or self.connections
        if not open_ones:
            return Ack(error=FAILED)
        body = envelope_json(envelope)
        acked: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[body["envelope_id"]] = acked
        started = time.perf_counter()
        try:
            for _ in range(envelope.copies):
                await random.choice(open_ones).send(body)
            payload = await asyncio.wait_for(acked, seconds)
        except TimeoutError:
            return Ack(error=TIMEOUT)
        finally:
            del self._waiting[body["envelope_id"]]
        return Ack((time.perf_counter() - started) * 1_000, payload=payload)

    def acked(self, body: Json) -> None:
        """An ack that comes too late, or a second time, changes nothing."""
        waiting = self._waiting.get(body.get("envelope_id", ""))
        if waiting and not waiting.done():
            payload = body.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) else {})

    async def disconnect(self, reason: str, grace: float) -> None:
        """Tells every connection to go and closes it `grace` seconds later. Reasons: Slack facts 5.3."""
        for connection in list(self.connections):
            connection.leaving = True
            await connection.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "wss-sandbox"}})
            task = asyncio.create_task(self._close_later(connection, grace))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _close_later(self, connection: Connection, grace: float) -> None:
        await asyncio.sleep(grace)
        with contextlib.suppress(RuntimeError, OSError, WebSocketDisconnect):
            await connection.socket.close()

    def cut(self) -> None:
        for connection in list(self.connections):
            connection.cut()

    async def close(self) -> None:
        for task in self._closing:
            task.cancel()


def envelope_json(envelope: Envelope) -> Json:
    body: Json = {"envelope_id": str(uuid.uuid4()), "type": envelope.kind, "payload": envelope.payload}
    body["accepts_response_payload"] = envelope.accepts_response_payload
    if envelope.kind == "events_api":
        reason = "timeout" if envelope.retry_attempt else ""
        body |= {"retry_attempt": envelope.retry_attempt, "retry_reason": reason}
    return body


async def link(socket: WebSocket) -> None:
    """`/link/?ticket=…`: one connection from hello to the end. A used or unknown ticket is refused."""
    state: State = socket.app.state.slack
    delivery = state.delivery
    ticket = socket.query_params.get("ticket", "")
    if ticket not in state.socket_tickets or not isinstance(delivery, SocketDelivery):
        await socket.close()
        return
    state.socket_tickets.discard(ticket)
    await socket.accept()
    connection = Connection(socket)
    if len(delivery.connections) >= CONNECTIONS:
        await connection.send({"type": "disconnect", "reason": "too_many_websockets"})
        await socket.close()
        return
    delivery.connections.append(connection)
    try:
        await connection.send(hello(state, len(delivery.connections)))
        async for words in socket.iter_text():
            delivery.acked(parsed(words))
    finally:
        delivery.connections.remove(connection)


def hello(state: State, count: int) -> Json:
    debug = {"host": "applink-sandbox", "build_number": 1, "approximate_connection_time": CONNECTION_SECONDS}
    app = {"app_id": state.workspace.app.id}
    return {"type": "hello", "num_connections": count, "debug_info": debug, "connection_info": app}


def parsed(words: str) -> Json:
    """The frame as an object; anything else counts as an empty one."""
    with contextlib.suppress(ValueError):
        body = json.loads(words)
        if isinstance(body, dict):
            return body
    return {}
