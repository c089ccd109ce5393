"""The page's own feed: the control API's changes with the message inside, so that nothing has to be asked for again."""

import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox.slack.control import seen_json
from sandbox.slack.feed import Change
from sandbox.slack.state import State
from sandbox.slack.workspace import Json

ABOUT_MESSAGES = ("message", "changed", "ephemeral", "deleted")


async def page_feed(request: Request, world: str) -> Response:
    """Server-sent events for `?user=` after `?since=` (or Last-Event-ID).

    `reset` alone when the page's `?world=` is another one or what it missed is no longer kept: it must load anew.
    """
    state: State = request.app.state.slack
    user_id = request.query_params["user"]
    since = int(request.headers.get("last-event-id") or request.query_params["since"])
    if request.query_params["world"] != world or not is_kept(state, since):
        return StreamingResponse(iter(["event: reset\ndata: {}\n\n"]), media_type="text/event-stream")
    return StreamingResponse(lines(state, since, user_id), media_type="text/event-stream")


def is_kept(state: State, since: int) -> bool:
    """Whether every change after the id `since` is still in the feed."""
    changes = state.feed.changes
    return since <= state.feed.last_id and (not changes or changes[0].id <= since + 1)


async def lines(state: State, since: int, user_id: str) -> AsyncIterator[str]:
    yield ": connected\n\n"
    async for change in state.feed.after(since, user_id):
        body = seen_by(state, change, user_id)
        if body is not None:
            yield f"id: {change.id}\nevent: {change.kind}\ndata: {json.dumps(body)}\n\n"


def seen_by(state: State, change: Change, user_id: str) -> Json | None:
    """What the page needs of one change; None for channels this person is not in.

    A message that has gone since comes without `message`.
    """
    if change.kind not in ABOUT_MESSAGES:
        return change.data
    if state.member(change.data["channel_id"], user_id) is None:
        return None
    message = state.messages.find(change.data["channel_id"], change.data["ts"])
    return change.data | ({"message": seen_json(message)} if message else {})
