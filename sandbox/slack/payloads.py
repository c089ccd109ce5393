"""The payloads Slack sends, field by field (Slack facts 5)."""

from sandbox.slack.messages import Message
from sandbox.slack.state import State
from sandbox.slack.values import merged
from sandbox.slack.views import View
from sandbox.slack.workspace import Channel, Json, User

TOKEN = "sandbox-verification"


def slash_command(state: State, user: User, channel: Channel, command: str, words: str) -> tuple[Json, str]:
    """The payload and the key of its response URL."""
    workspace = state.workspace
    url, key = state.response_url("commands", channel.id, user.id)
    where = {"token": TOKEN, "team_id": user.team_id, "team_domain": workspace.domain, "api_app_id": workspace.app.id}
    where |= {"channel_id": channel.id, "channel_name": "directmessage" if channel.is_im else channel.name}
    what = {"user_id": user.id, "user_name": user.name, "command": command, "text": words}
    urls = {"response_url": url, "trigger_id": trigger(state, user), "is_enterprise_install": "false"}
    return where | what | urls, key


def trigger(state: State, user: User) -> str:
    return state.tickets.trigger(user.id, state.clock())


def interaction(state: State, user: User, kind: str) -> Json:
    """What all interactions have in common."""
    workspace = state.workspace
    who = {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}
    team = {"id": workspace.team_id, "domain": workspace.domain}
    app = {"token": TOKEN, "api_app_id": workspace.app.id, "is_enterprise_install": False, "enterprise": None}
    return {"type": kind, "user": who, "team": team} | app


def from_message(state: State, user: User, message: Message) -> Json:
    """Where a click happened. An ephemeral message is not repeated in the payload, only its container is."""
    channel = state.workspace.channel(message.channel_id)
    name = channel.name if channel else ""
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel_id}
    container |= {"is_ephemeral": message.ephemeral_to is not None}
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    url, _ = state.response_url("actions", message.channel_id, user.id, message.ts)
    values = merged(message.blocks, message.given.get(user.id, {}))
    body: Json = {"container": container, "channel": {"id": message.channel_id, "name": name}}
    body |= {"response_url": url, "state": {"values": values}}
    if message.ephemeral_to is None:
        body["message"] = message.as_json() | {"team": state.workspace.team_id}
    return body


def from_view(state: State, view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view.as_json(state.workspace)}


def event(state: State, body: Json, channel: Channel | None = None) -> Json:
    """The Events API's wrapper around one event, with a fresh `event_id`."""
    workspace, ts = state.workspace, state.messages.next_ts(state.clock())
    bot: Json = {"team_id": workspace.team_id, "user_id": workspace.app.bot_user_id, "is_bot": True}
    bot |= {"enterprise_id": None, "is_enterprise_install": False}
    shared = channel.is_ext_shared if channel else False
    head: Json = {
        "token": TOKEN,
        "team_id": workspace.team_id,
        "api_app_id": workspace.app.id,
        "type": "event_callback",
    }
    head |= {"event_id": "Ev" + ts.replace(".", ""), "event_time": int(float(ts)), "authorizations": [bot]}
    return head | {"event": {"event_ts": ts} | body, "is_ext_shared_channel": shared, "event_context": "4-sandbox"}
