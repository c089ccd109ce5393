"""`/sandbox/bot`: is the bot there, is it well; kill it, start it again."""

import json
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from time import monotonic

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.bot import Bot
from sandbox.slack.workspace import Json

LOOK_AGAIN = 0.7  # seconds an answer of /healthz is believed
HEALTH_SECONDS = 1.5
ACTS = ("kill", "start", "stop")


class BotWatch:
    """What is known of the bot's process. `port`: of its /healthz on 127.0.0.1; 0: nobody knows."""

    def __init__(self, bot: Callable[[], Bot], port: int) -> None:
        self._bot, self._port = bot, port
        self._seen: tuple[float, int | None, Json] = (0.0, None, {})

    def act(self, name: str) -> None:
        """Kill (SIGKILL), stop (SIGTERM, waits) or start. ValueError for anything else."""
        if name not in ACTS:
            raise ValueError(f"unknown act {name!r}; one of {', '.join(ACTS)}")
        getattr(self._bot(), name)()

    def state(self) -> Json:
        """{state: running, starting, unhealthy, killed, ended or off; pid; reason}. May wait for the bot's answer."""
        bot = self._bot()
        pid = bot.pid
        if pid is None:
            code = bot.exit_code
            state = "off" if code is None else "killed" if code == -9 else "ended"
            return {"state": state, "pid": None, "reason": f"exit code {code}" if state == "ended" else ""}
        at, seen_pid, health = self._seen
        if seen_pid != pid or monotonic() - at > LOOK_AGAIN:
            health = health_of(self._port)
            self._seen = (monotonic(), pid, health)
        return {"pid": pid, **health}


def health_of(port: int) -> Json:
    """{state, reason} as the bot's /healthz tells it; `starting` while nobody answers."""
    if not port:
        return {"state": "running", "reason": ""}
    connection = HTTPConnection("127.0.0.1", port, timeout=HEALTH_SECONDS)
    try:
        connection.request("GET", "/healthz")
        body = json.loads(connection.getresponse().read())
    except (OSError, HTTPException, ValueError):
        return {"state": "starting", "reason": "does not answer yet"}
    finally:
        connection.close()
    ill = [f"{name}: {told}" for name, told in body.get("checks", {}).items() if told != "ok"]
    return {"state": "running" if body.get("ok") else "unhealthy", "reason": "; ".join(ill)}


def bot_routes(watch: BotWatch) -> list[Route]:
    """GET: the state. POST `{"act": "kill" | "start" | "stop"}`: the state afterwards; 400 for anything else."""

    async def state(_request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(watch.state))

    async def act(request: Request) -> Response:
        try:
            body = await request.json()
            await run_in_threadpool(watch.act, str(body["act"]))
        except (ValueError, KeyError, TypeError) as problem:
            return JSONResponse({"error": f"cannot do that: {problem}"}, 400)
        return JSONResponse(await run_in_threadpool(watch.state))

    return [Route("/sandbox/bot", state), Route("/sandbox/bot", act, methods=["POST"])]
