"""The control API under `/sandbox/slack/`: be a person, look at what they see, set faults. JSON in, JSON out."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.slack import clicked, modals
from sandbox.slack.faults import SOCKET_KINDS, fault_from
from sandbox.slack.messages import Message
from sandbox.slack.socket_mode import SocketDelivery
from sandbox.slack.state import State
from sandbox.slack.typed import typed
from sandbox.slack.workspace import Json

Act = Callable[[State, Json], Awaitable[Json]]


def acting(act: Act) -> Callable[[Request], Awaitable[Response]]:
    """A POST that does something. 404 if it is not on the person's screen, 400 for a wrong or missing argument."""

    async def endpoint(request: Request) -> Response:
        try:
            body = json.loads(await request.body())
            return JSONResponse(await act(request.app.state.slack, dict(body)))
        except clicked.NotThere as error:
            return JSONResponse({"error": str(error)}, 404)
        except KeyError as error:
            return JSONResponse({"error": f"missing {error}; send it in the JSON body"}, 400)
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return endpoint


async def write(state: State, body: Json) -> Json:
    return await typed(state, body["user"], body["channel"], body["text"], body.get("thread_ts"))


async def set_fault(state: State, body: Json) -> Json:
    """Socket faults act at once on every open connection, the others on the next calls or envelopes."""
    fault = fault_from(body)
    delivery = state.delivery
    if fault.kind not in SOCKET_KINDS:
        state.faults.add(fault)
    elif not isinstance(delivery, SocketDelivery):
        raise ValueError(f"{fault.kind} needs Socket Mode; this workspace delivers over HTTP")
    elif fault.kind == "cut_socket":
        delivery.cut()
    else:
        await delivery.disconnect(fault.kind, state.pace.grace)
    return asdict(fault)


async def workspace(request: Request) -> Response:
    """The workspace without the app's tokens, and how many Socket Mode connections are open."""
    state: State = request.app.state.slack
    seen = replace(state.workspace, app=replace(state.workspace.app, bot_token="", app_token=""))
    body = asdict(seen) | {"channels": [asdict(one) | {"members": sorted(one.members)} for one in seen.channels]}
    delivery = state.delivery
    connections = len(delivery.connections) if isinstance(delivery, SocketDelivery) else None
    return JSONResponse(body | {"connections": connections, "last_id": state.feed.last_id})


async def messages(request: Request) -> Response:
    """What `user` sees in `channel`, oldest first, replies inside their parent. 404 if they are not in it."""
    state: State = request.app.state.slack
    user_id, channel_id = request.query_params.get("user", ""), request.query_params.get("channel", "")
    member = state.member(channel_id, user_id)
    if member is None:
        return JSONResponse({"error": f"{user_id} is not in {channel_id}"}, 404)
    return JSONResponse({"messages": nested(state.messages.visible(member[0].id, user_id))})


def nested(seen: list[Message]) -> list[Json]:
    """Messages with their `replies`; a reply whose parent is gone stands for itself."""
    bodies = {one.ts: seen_json(one) for one in seen}
    for message in seen:
        if message.thread_ts in bodies and message.thread_ts != message.ts:
            bodies[message.thread_ts or ""]["replies"].append(bodies[message.ts])
    return [bodies[one.ts] for one in seen if one.thread_ts not in bodies or one.thread_ts == one.ts]


def seen_json(message: Message) -> Json:
    body = message.as_json() | {"channel": message.channel_id, "replies": [], "pings": list(message.pings)}
    return body | {"edited": message.edited_ts is not None, "ephemeral": message.ephemeral_to is not None}


async def view(request: Request) -> Response:
    """The stack of open modals, the top one last."""
    state: State = request.app.state.slack
    stack = state.views.stacks.get(request.query_params.get("user", ""), [])
    return JSONResponse({"views": [one.as_json(state.workspace) for one in stack]})


async def home(request: Request) -> Response:
    state: State = request.app.state.slack
    published = state.views.homes.get(request.query_params.get("user", ""))
    return JSONResponse({"view": published.as_json(state.workspace) if published else None})


async def calls(request: Request) -> Response:
    """The app's Web API calls, oldest first; `method` and `since` (an id) narrow them."""
    state: State = request.app.state.slack
    method, since = request.query_params.get("method"), int(request.query_params.get("since", 0))
    wanted = [one for one in state.calls if one["id"] > since and method in (None, one["method"])]
    return JSONResponse({"calls": wanted})


async def feed(request: Request) -> Response:
    """Server-sent events: changes after `since` (or Last-Event-ID; default: from now on), for `user` if given."""
    state: State = request.app.state.slack
    since = request.headers.get("last-event-id") or request.query_params.get("since") or state.feed.last_id

    async def lines() -> AsyncIterator[str]:
        yield ": connected\n\n"
        async for change in state.feed.after(int(since), request.query_params.get("user")):
            yield f"id: {change.id}\nevent: {change.kind}\ndata: {json.dumps(change.data)}\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


ACTS: dict[str, Act] = {
    "type": write,
    "click": clicked.clicked,
    "suggest": clicked.suggested,
    "view/action": clicked.used_in_view,
    "view/submit": modals.submitted,
    "view/close": modals.closed,
    "home": modals.home_opened,
    "shortcut": modals.shortcut,
    "faults": set_fault,
}
LOOKS = {"workspace": workspace, "messages": messages, "view": view, "home": home, "calls": calls, "feed": feed}
ROUTES = [Route(f"/sandbox/slack/{name}", acting(act), methods=["POST"]) for name, act in ACTS.items()]
ROUTES += [Route(f"/sandbox/slack/{name}", look, methods=["GET"]) for name, look in LOOKS.items()]
