"""auth.test and apps.connections.open."""

import secrets

from sandbox.slack.state import State
from sandbox.slack.workspace import Json


def test(state: State, _args: Json) -> Json:
    """Who the token is: workspace, bot user and bot id."""
    workspace = state.workspace
    app = workspace.app
    bot = workspace.user(app.bot_user_id)
    names = {"url": f"https://{workspace.domain}.slack.com/", "team": workspace.domain, "user": bot.name if bot else ""}
    return names | {"team_id": workspace.team_id, "user_id": app.bot_user_id, "bot_id": app.bot_id}


def connections_open(state: State, _args: Json) -> Json:
    """A one-time address of the Socket Mode connection."""
    ticket = secrets.token_hex(8)
    state.socket_tickets.add(ticket)
    host = state.base_url.removeprefix("http://")
    return {"url": f"ws://{host}/link/?ticket={ticket}&app_id={state.workspace.app.id}"}
