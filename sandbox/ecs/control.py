"""The control API of the simulated ECS: what the sandbox's page shows and turns. JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.ecs.behaviours import DEPLOYMENT_FAULTS
from sandbox.ecs.errors import EcsError
from sandbox.ecs.logs import lines_of
from sandbox.ecs.picture import picture
from sandbox.ecs.world import World

PREFIX = "/sandbox/ecs"
FAULTS = (
    "next_deployment",
    "throttle",
    "deny",
    "slow",
    "late",
    "latency",
    "unreachable",
    "stale",
    "no_ec2_capacity",
    "clear",
)
ACTS = ("update_service", "deploy", "scale", "stop_task", "terminate_instance", "resize_group", "register", "busy")
LINES_SHOWN = 200
Endpoint = Callable[[Request], Awaitable[JSONResponse]]


def routes(world: World) -> list[Route]:
    """GET picture, calls, logs; POST faults `{"fault": NAME, ...}`, act `{"act": NAME, ...}`, speed `{"speed": N}`.

    A bad request is answered with 400 and `{"error": TEXT}`.
    """
    return [
        Route(f"{PREFIX}/picture", _reading(lambda _: _picture(world))),
        Route(f"{PREFIX}/calls", _reading(lambda request: _calls(world, request))),
        Route(f"{PREFIX}/logs", _reading(lambda request: _logs(world, request))),
        Route(f"{PREFIX}/faults", _writing(lambda body: _named(world.faults, "fault", FAULTS, body)), methods=["POST"]),
        Route(f"{PREFIX}/act", _writing(lambda body: _named(world.act, "act", ACTS, body)), methods=["POST"]),
        Route(f"{PREFIX}/speed", _writing(lambda body: _speed(world, body)), methods=["POST"]),
    ]


def _reading(answer: Callable[[Request], dict[str, Any]]) -> Endpoint:
    async def endpoint(request: Request) -> JSONResponse:
        try:
            return JSONResponse(answer(request))
        except (KeyError, EcsError) as problem:
            return JSONResponse({"error": f"not found: {problem}"}, status_code=404)

    return endpoint


def _writing(change: Callable[[dict[str, Any]], None]) -> Endpoint:
    async def endpoint(request: Request) -> JSONResponse:
        try:
            change(dict(await request.json()))
        except (ValueError, TypeError, KeyError, EcsError) as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)
        return JSONResponse({"ok": True})

    return endpoint


def _picture(world: World) -> dict[str, Any]:
    with world.lock:
        clusters = picture(world.state)
    return head(world) | {"now": world.now().isoformat(), "clusters": clusters}


def head(world: World) -> dict[str, Any]:
    """What is true of the whole world: its speed, what is set to go wrong, what a deployment can be made to do."""
    return {"speed": world.speed, "kinds": list(DEPLOYMENT_FAULTS), "faults": world.faults.standing()}


def _logs(world: World, request: Request) -> dict[str, Any]:
    """`?region=&cluster=&task=ID`: the newest lines of its containers, secrets and all, as CloudWatch Logs has them."""
    asked = request.query_params
    with world.lock:
        task = world.state.cluster(asked["region"], asked["cluster"]).tasks[asked["task"]]
        return {"lines": lines_of(task, LINES_SHOWN)}


def _calls(world: World, request: Request) -> dict[str, Any]:
    """`?operation=NAME` for one operation; the counts are of all."""
    operation = request.query_params.get("operation")
    calls = world.calls.of(operation) if operation else list(world.calls)
    shown = [
        {"operation": one.operation, "at": one.at.isoformat(), "params": one.params, "error": one.error}
        for one in calls
    ]
    return {"counts": world.calls.counts(), "calls": shown}


def _named(owner: object, key: str, allowed: tuple[str, ...], body: dict[str, Any]) -> None:
    name = body.pop(key, None)
    if name not in allowed:
        raise ValueError(f"unknown {key} {name!r}; one of {', '.join(allowed)}")
    getattr(owner, name)(**body)


def _speed(world: World, body: dict[str, Any]) -> None:
    world.speed = float(body["speed"])
