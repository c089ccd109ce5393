"""`/sandbox/live`: one WebSocket that tells a page what changed, part by part. Nothing changes, nothing is sent."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.bot_routes import BotWatch
from sandbox.ecs.control import head
from sandbox.ecs.picture import picture
from sandbox.ecs.world import World
from sandbox.slack.state import State

PAUSE = 0.2  # seconds between two looks at the world while somebody watches
Parts = Callable[[], dict[str, Any]]


def live(world: World, watch: BotWatch) -> WebSocketRoute:
    """Each message is `{"part": NAME, "is": …}`: `world`, `slack`, `bot`, and `REGION/CLUSTER` for each cluster.

    A WebSocket, since a browser opens only six ordinary connections to one address, over all its windows.
    """

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        gone = asyncio.create_task(_gone(websocket))
        slack: State = websocket.app.state.slack
        sources: list[Parts] = [lambda: world_parts(world) | slack_parts(slack), lambda: {"bot": watch.state()}]
        # The bot may take long to answer: the picture of the world must not wait for it.
        telling = [asyncio.create_task(_tell(websocket, parts, gone)) for parts in sources]
        await asyncio.gather(*telling, return_exceptions=True)

    return WebSocketRoute("/sandbox/live", endpoint)


def world_parts(world: World) -> dict[str, Any]:
    with world.lock:
        clusters = picture(world.state)
    return {"world": head(world)} | {f"{one['region']}/{one['name']}": one for one in clusters}


def slack_parts(slack: State) -> dict[str, Any]:
    """The faults still to strike, oldest first."""
    return {"slack": {"faults": [asdict(one) for one in slack.faults.pending]}}


async def _gone(websocket: WebSocket) -> None:
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass


async def _tell(websocket: WebSocket, parts: Parts, gone: asyncio.Task[None]) -> None:
    told: dict[str, str] = {}
    while not gone.done():
        for name, part in (await run_in_threadpool(parts)).items():
            text = json.dumps({"part": name, "is": part})
            if told.get(name) != text:
                told[name] = text
                await websocket.send_text(text)
        await asyncio.wait({gone}, timeout=PAUSE)
