"""Slack's payloads -> Request. Pure. Shapes: Slack facts 5.

A click's team is the clicker's own, which differs from the workspace's in a Slack Connect channel (Slack facts 4).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.requests import Kind, Request

Payload = Mapping[str, Any]

ONE = ("value", "selected_date", "selected_time", "selected_date_time")
IDS = ("selected_user", "selected_conversation", "selected_channel")
SEVERAL = ("selected_users", "selected_conversations", "selected_channels")


def plain(state: Payload) -> Any:
    """The plain value of a form element or an action: text, the selected option's value, an id, or a list of them;
    "" where nothing was entered or chosen."""
    if "selected_options" in state:
        return [option["value"] for option in state["selected_options"] or ()]
    if "selected_option" in state:
        return (state["selected_option"] or {}).get("value", "")
    several = next((state[name] for name in SEVERAL if name in state), None)
    if several is not None:
        return list(several)
    return next((state[name] for name in (*ONE, *IDS) if state.get(name) is not None), "")


def values_of(state: Payload | None) -> dict[str, dict[str, Any]]:
    """A form's state as `{block_id: {action_id: plain value}}`."""
    blocks = (state or {}).get("values") or {}
    return {block_id: {one: plain(entry) for one, entry in entries.items()} for block_id, entries in blocks.items()}


def command_request(body: Payload, at: datetime) -> Request:
    """A slash command."""
    return Request(
        key=f"cmd:{_once(body['trigger_id'])}",
        kind=Kind.COMMAND,
        team_id=str(body["team_id"]),
        user_id=str(body["user_id"]),
        user_name=str(body.get("user_name") or ""),
        at=at,
        channel_id=str(body.get("channel_id") or ""),
        text=str(body.get("text") or ""),
        trigger_id=str(body["trigger_id"]),
        response_url=str(body.get("response_url") or ""),
    )


def action_request(body: Payload, at: datetime) -> Request:
    """A click or a choice: the first of the payload's actions, as Slack sends one at a time."""
    action, container = body["actions"][0], body.get("container") or {}
    message_ts = str(container.get("message_ts") or (body.get("message") or {}).get("ts") or "")
    view, chosen = body.get("view") or {}, plain(action)
    moment = body.get("trigger_id") or f"{message_ts}:{action.get('action_ts', '')}"
    return Request(
        **_who(body),
        **_form(view, body.get("state")),
        key=f"act:{_once(moment)}",
        kind=Kind.ACTION,
        at=at,
        channel_id=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        action_id=str(action["action_id"]),
        block_id=str(action.get("block_id") or ""),
        value=",".join(chosen) if isinstance(chosen, list) else str(chosen),
        message_ts=message_ts,
        response_url=str(body.get("response_url") or ""),
    )


def submission_request(body: Payload, at: datetime) -> Request:
    """A submitted form. The key holds what was entered: a form that was answered with errors comes again with the same
    id and hash and must not get the old answer, whereas a double click or a redelivery must."""
    view = body["view"]
    where: Payload = next(iter(body.get("response_urls") or ()), {})
    form = _form(view, None)
    entered = hashlib.sha256(json.dumps(form["values"], sort_keys=True).encode()).hexdigest()[:16]
    return Request(
        **_who(body),
        **form,
        key=f"view:{view['id']}:{view.get('hash', '')}:{entered}",
        kind=Kind.SUBMISSION,
        at=at,
        channel_id=str(where.get("channel_id") or ""),
        response_url=str(where.get("response_url") or ""),
    )


def shortcut_request(body: Payload, at: datetime) -> Request:
    """A global shortcut."""
    key, callback_id = f"act:{_once(body['trigger_id'])}", str(body["callback_id"])
    return Request(**_who(body), key=key, kind=Kind.SHORTCUT, at=at, callback_id=callback_id)


def suggestion_request(body: Payload, at: datetime) -> Request:
    """Somebody types into a searched select of a form; it is answered, never stored."""
    view = body.get("view") or {}
    return Request(
        **_who(body),
        **_form(view, None),
        key="",
        kind=Kind.SUGGESTION,
        at=at,
        action_id=str(body["action_id"]),
        block_id=str(body.get("block_id") or ""),
        value=str(body.get("value") or ""),
    )


def home_request(body: Payload, at: datetime) -> Request:
    """Somebody opened the app's Home."""
    return Request(**_event(body), kind=Kind.HOME, at=at)


def mention_request(body: Payload, at: datetime) -> Request:
    """Somebody wrote to the bot in a channel: `text` without the bot's name, `message_ts` where the thread hangs."""
    event = body["event"]
    names = "|".join(re.escape(str(one["user_id"])) for one in body.get("authorizations") or () if one.get("user_id"))
    text = str(event.get("text") or "")
    said = re.sub(rf"<@(?:{names})(?:\|[^>]*)?>", "", text, count=1) if names else text
    message_ts = str(event.get("thread_ts") or event["ts"])
    return Request(**_event(body), kind=Kind.MENTION, at=at, text=said.strip(), message_ts=message_ts)


def link_request(body: Payload, at: datetime) -> Request:
    """Somebody posted a message with links to a domain of the manifest: `text` holds the addresses, word for word."""
    event = body["event"]
    text = " ".join(str(one["url"]) for one in event["links"])
    return Request(**_event(body), kind=Kind.LINK, at=at, text=text, message_ts=str(event["message_ts"]))


def _once(moment: object) -> str:
    """A trigger_id opens forms in somebody's name, and a key is stored."""
    return hashlib.sha256(str(moment).encode()).hexdigest()[:32]


def _who(body: Payload) -> dict[str, Any]:
    user = body["user"]
    return {
        "team_id": str(user.get("team_id") or (body.get("team") or {}).get("id") or ""),
        "user_id": str(user["id"]),
        "user_name": str(user.get("name") or user.get("username") or ""),
        "trigger_id": str(body.get("trigger_id") or ""),
    }


def _form(view: Payload, state: Payload | None) -> dict[str, Any]:
    return {
        "view_id": str(view.get("id") or ""),
        "callback_id": str(view.get("callback_id") or ""),
        "metadata": str(view.get("private_metadata") or ""),
        "values": values_of(view.get("state") or state),
    }


def _event(body: Payload) -> dict[str, Any]:
    event = body["event"]
    return {
        "key": f"ev:{body['event_id']}",
        "team_id": str(event.get("user_team") or event.get("team") or body["team_id"]),
        "user_id": str(event["user"]),
        "user_name": "",
        "channel_id": str(event.get("channel") or ""),
        "external_channel": bool(body.get("is_ext_shared_channel")),
    }
