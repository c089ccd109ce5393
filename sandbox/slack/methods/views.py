"""views.open, views.push, views.update and views.publish."""

from sandbox.slack.errors import SlackError
from sandbox.slack.methods.arguments import structure, text
from sandbox.slack.state import State
from sandbox.slack.views import View, checked_view
from sandbox.slack.workspace import Json


def open_view(state: State, args: Json) -> Json:
    """Opens a modal for whoever got the trigger id, which is used up."""
    definition = _view(state, args, "modal")
    return _shown(state, state.views.open(_exchange(state, args), definition))


def push(state: State, args: Json) -> Json:
    definition = _view(state, args, "modal")
    return _shown(state, state.views.push(_exchange(state, args), definition))


def update(state: State, args: Json) -> Json:
    """SlackError `not_found` for a closed view, `hash_conflict` if it changed since."""
    view = state.views.find(text(args, "view_id"), text(args, "external_id"))
    if view is None:
        raise SlackError("not_found")
    _same_hash(view, args)
    return _shown(state, state.views.change(view, _view(state, args, "modal", "home")))


def publish(state: State, args: Json) -> Json:
    user_id = text(args, "user_id")
    if state.workspace.user(user_id) is None:
        raise SlackError("user_not_found")
    home = state.views.homes.get(user_id)
    if home:
        _same_hash(home, args)
    return _shown(state, state.views.publish(user_id, _view(state, args, "home")), "home")


def _view(state: State, args: Json, *kinds: str) -> Json:
    view = structure(args, "view", "invalid_arguments")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments")
    checked = checked_view(view, *kinds)
    return checked | {"blocks": state.messages.with_ids(checked["blocks"])}


def _exchange(state: State, args: Json) -> str:
    return state.tickets.exchange(text(args, "trigger_id"), state.clock())


def _same_hash(view: View, args: Json) -> None:
    if text(args, "hash") not in ("", view.hash):
        raise SlackError("hash_conflict")


def _shown(state: State, view: View, kind: str = "view") -> Json:
    state.show(view.user_id, view, kind)
    return {"view": view.as_json(state.workspace)}
