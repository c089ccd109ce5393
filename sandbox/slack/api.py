"""The Web API's door: token, scopes, rates, faults, then the method; every call is logged."""

import asyncio
import json
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack.errors import SlackError
from sandbox.slack.faults import CALL_KINDS, Fault
from sandbox.slack.methods import METHODS, Method
from sandbox.slack.methods.files import mimetype, receive
from sandbox.slack.state import State
from sandbox.slack.workspace import Json


async def call(request: Request) -> Response:
    """`/api/METHOD`, JSON or form. HTTP 200 with `ok` false for Slack's refusals, 429 when rate-limited."""
    state: State = request.app.state.slack
    name: str = request.path_params["method"]
    args = await arguments(request)
    token = args.pop("token", "") or request.headers.get("authorization", "").removeprefix("Bearer ")
    fault = state.faults.take(CALL_KINDS, name)
    if fault and fault.kind == "unavailable":
        return Response("upstream connect error or disconnect/reset before headers", 503)
    if fault and fault.kind == "late":
        await asyncio.sleep(fault.seconds)
    status, body = answer(state, name, args, token, fault)
    if fault and fault.kind == "drop_after":
        request.scope["state"]["transport"].abort()
    if fault and fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    headers = {"x-oauth-scopes": ",".join(state.workspace.app.scopes)}
    if status == 429:
        headers["Retry-After"] = str(body.pop("retry_after"))
    return JSONResponse(body, status, headers)


def answer(state: State, name: str, args: Json, token: str, fault: Fault | None = None) -> tuple[int, Json]:
    """Status and body of one call, written to the log of calls; `retry_after` rides in the body of a 429."""
    status, body = 200, {}
    try:
        refuse_by_fault(fault)
        method = permitted(state, name, token)
        wait = state.limiter.wait_for(name, str(args.get("channel", "")), state.clock())
        if wait:
            raise SlackError("ratelimited", retry_after=wait)
        body = {"ok": True, **method.run(state, args)}
    except SlackError as error:
        status, body = (429 if error.code == "ratelimited" else 200), error.as_json()
        state.refuse(name, error)
    log(state, name, args, body)
    return status, body


def refuse_by_fault(fault: Fault | None) -> None:
    if fault and fault.kind == "ratelimited":
        raise SlackError("ratelimited", retry_after=fault.retry_after)
    if fault and fault.kind == "error":
        raise SlackError(fault.error)


def permitted(state: State, name: str, token: str) -> Method:
    """The method if this token may call it. SlackError: Slack's word for why not."""
    app = state.workspace.app
    method = METHODS.get(name)
    if method is None:
        raise SlackError("unknown_method", req_method=name)
    if method.is_public:
        return method
    if not token:
        raise SlackError("not_authed")
    if token not in (app.bot_token, app.app_token):
        raise SlackError("invalid_auth")
    if (token == app.app_token) != method.takes_app_token:
        raise SlackError("not_allowed_token_type")
    if method.scopes and not set(method.scopes) & set(app.scopes):
        raise SlackError("missing_scope", needed=method.scopes[0], provided=",".join(app.scopes))
    return method


def log(state: State, name: str, args: Json, body: Mapping[str, object]) -> None:
    state.call_count += 1
    outcome = {"ok": body["ok"], "error": body.get("error"), "ts": body.get("ts")}
    state.calls.append({"id": state.call_count, "method": name, "at": state.clock(), "args": args} | outcome)


async def arguments(request: Request) -> Json:
    """Query, form or JSON object as one mapping. A body that does not parse counts as empty."""
    args: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            given = json.loads(await request.body() or b"{}")
        except ValueError:
            given = {}
        return args | given if isinstance(given, dict) else args
    return args | dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


async def upload(request: Request) -> Response:
    """`/upload/v1/FILE`: the bytes of a file on POST, the same back on GET."""
    state: State = request.app.state.slack
    file_id = request.path_params["file_id"]
    if request.method == "GET":
        known = state.uploads.get(file_id)
        if not known or not known["content"]:
            return Response("not found", 404)
        saved = {"Content-Disposition": f'attachment; filename="{quote(known["name"])}"'}
        return Response(known["content"], 200, saved, mimetype(known))
    taken = receive(state, file_id, await request.body())
    return Response(f"OK - {len(await request.body())}", 200) if taken else Response("length or file mismatch", 400)
