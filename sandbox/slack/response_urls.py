"""What the app posts to a response URL (Slack facts 1.1).

Unsettled in real Slack, chosen here: a slash command's URL with `replace_original` or `delete_original` acts on the
ephemeral message made by the ack or, failing that, on the first message posted through the URL. Error bodies too.
"""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack.errors import SlackError
from sandbox.slack.messages import Message
from sandbox.slack.methods.chat import checked_blocks
from sandbox.slack.state import State
from sandbox.slack.tickets import ResponseUrl
from sandbox.slack.workspace import Json


async def respond(request: Request) -> Response:
    """404 for an expired or used-up URL, 400 for a body Slack refuses, else 200 `ok`."""
    state: State = request.app.state.slack
    try:
        where = state.tickets.use(request.path_params["key"], state.clock())
    except SlackError as error:
        return JSONResponse(error.as_json(), 404)
    try:
        follow(state, where, parsed(await request.body()))
    except SlackError as error:
        state.refuse("response_url", error)
        return JSONResponse(error.as_json(), 400)
    return Response("ok")


def parsed(body: bytes) -> Json:
    """The JSON object. SlackError `invalid_payload` for anything else."""
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise SlackError("invalid_payload")
    return given


def follow(state: State, where: ResponseUrl, body: Json) -> None:
    """Replaces, deletes or posts. SlackError names what Slack would refuse."""
    source = state.messages.find(where.channel_id, where.source_ts) if where.source_ts else None
    if body.get("delete_original"):
        _delete(state, source, body)
        return
    words, blocks = body.get("text") or "", checked_blocks(body.get("blocks") or [])
    if not words and not blocks:
        raise SlackError("no_text")
    if body.get("replace_original") and source:
        state.edit(source, words, blocks)
        return
    message = _post(state, where, body, blocks)
    if where.is_command and where.source_ts is None:
        where.source_ts = message.ts


def _delete(state: State, source: Message | None, body: Json) -> None:
    if set(body) != {"delete_original"}:
        raise SlackError("invalid_payload")
    if source:
        state.delete(source)


def _post(state: State, where: ResponseUrl, body: Json, blocks: list[Json]) -> Message:
    in_channel = body.get("response_type") == "in_channel"
    if body.get("thread_ts") and not in_channel:
        raise SlackError("invalid_payload")
    only_for = None if in_channel else where.user_id
    rest: Json = {"blocks": blocks, "ephemeral_to": only_for, "thread_ts": body.get("thread_ts")}
    return state.post_as_bot(where.channel_id, body.get("text") or "", **rest)
