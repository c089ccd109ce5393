"""Arguments of a Web API call as they come: JSON values or the strings of a form."""

import json
from typing import Any

from sandbox.slack.errors import SlackError
from sandbox.slack.state import State
from sandbox.slack.workspace import Channel, Json


def text(args: Json, name: str) -> str:
    return str(args.get(name) or "")


def flag(args: Json, name: str) -> bool:
    return str(args.get(name, "")).lower() in ("1", "true")


def number(args: Json, name: str, default: int) -> int:
    """SlackError `invalid_arguments` if it is not a whole number."""
    try:
        return int(args.get(name) or default)
    except ValueError:
        raise SlackError("invalid_arguments") from None


def structure(args: Json, name: str, error: str) -> Any:
    """A JSON value, decoded if it came as a form's string; None if absent. SlackError `error` if it does not parse."""
    given = args.get(name)
    if not isinstance(given, str) or not given:
        return given or None
    try:
        return json.loads(given)
    except ValueError:
        raise SlackError(error) from None


def channel(state: State, args: Json, name: str = "channel") -> Channel:
    """The channel if the bot is in it. SlackError `channel_not_found` (also for private ones) or `not_in_channel`."""
    found = state.workspace.channel(text(args, name))
    if found is None:
        raise SlackError("channel_not_found")
    if state.workspace.app.bot_user_id not in found.members:
        raise SlackError("channel_not_found" if found.is_private else "not_in_channel")
    return found
