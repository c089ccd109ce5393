"""What happens when a person submits or closes a modal, opens the App Home or runs a global shortcut."""

from typing import Any

from sandbox.slack import payloads
from sandbox.slack.clicked import NotThere, element_of, person, view_seen
from sandbox.slack.delivery import Ack
from sandbox.slack.errors import SlackError
from sandbox.slack.events import send_event
from sandbox.slack.state import State
from sandbox.slack.values import entry, missing
from sandbox.slack.views import View, checked_view
from sandbox.slack.workspace import Json, User


async def submitted(state: State, body: Json) -> Json:
    """Fills in `values` ({block_id: {action_id: value}} or {action_id: value}) and submits the top modal.

    `errors` by block_id: required fields left empty (the app is not asked then) or what the app answered.
    """
    user = person(state, body["user"])
    view = view_seen(state, user.id)
    fill(view, body.get("values") or {})
    empty = missing(view.blocks, view.state())
    if empty:
        return Ack(error="required").as_json() | {"errors": empty}
    payload = payloads.interaction(state, user, "view_submission") | payloads.from_view(state, view)
    payload |= {"trigger_id": payloads.trigger(state, user), "response_urls": []}
    ack = await state.deliver("interactive", payload, accepts_payload=True)
    error = ack.error or _follow(state, view, ack.payload)
    if error:
        state.toast(user.id, error)
    return Ack(ack.ms, error).as_json() | {"errors": ack.payload.get("errors", {})}


def fill(view: View, values: Json) -> None:
    """Puts plain values into the fields. NotThere or NoSuchOption if the form has no place for one."""
    block_ids = {block["block_id"] for block in view.blocks}
    for name, value in values.items():
        if name in block_ids and isinstance(value, dict):
            for action_id, given in value.items():
                _fill(view, action_id, given, name)
        else:
            _fill(view, name, value)


def _fill(view: View, action_id: str, given: Any, block_id: str | None = None) -> None:
    block, element = element_of(view.blocks, action_id, block_id)
    chosen = entry(element, given, view.offered.get(action_id, []))
    view.given.setdefault(block["block_id"], {})[action_id] = chosen


def _follow(state: State, view: View, answer: Json) -> str | None:
    """Does what `response_action` says; the name of the error if Slack would refuse it."""
    stack = state.views.stacks[view.user_id]
    try:
        match answer.get("response_action"):
            case "errors":
                return _refuse_unknown_blocks(view, answer.get("errors") or {})
            case "update":
                state.views.change(view, _new_view(state, answer))
            case "push":
                state.views.push(view.user_id, _new_view(state, answer))
            case "clear":
                stack.clear()
            case _:
                state.views.stacks[view.user_id] = [one for one in stack if one is not view]
    except SlackError as error:
        state.refuse("view_submission", error)
        return error.code
    state.show(view.user_id, state.views.top(view.user_id))
    return None


def _refuse_unknown_blocks(view: View, errors: Json) -> str | None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    return None if errors and set(errors) <= inputs else "invalid_errors"


def _new_view(state: State, answer: Json) -> Json:
    checked = checked_view(answer.get("view") or {}, "modal")
    return checked | {"blocks": state.messages.with_ids(checked["blocks"])}


async def closed(state: State, body: Json) -> Json:
    """Closes the top modal, or with `all` the whole stack; `view_closed` only where `notify_on_close` asks for it."""
    user = person(state, body["user"])
    view = view_seen(state, user.id)
    stack, cleared = state.views.stacks[user.id], bool(body.get("all"))
    gone = list(reversed(stack)) if cleared else [view]
    state.views.stacks[user.id] = [one for one in stack if one not in gone]
    state.show(user.id, state.views.top(user.id))
    acks = [await _tell(state, user, one, cleared) for one in gone if one.definition.get("notify_on_close")]
    return (acks[-1] if acks else Ack()).as_json()


async def _tell(state: State, user: User, view: View, cleared: bool) -> Ack:
    payload = payloads.interaction(state, user, "view_closed") | payloads.from_view(state, view)
    return await state.deliver("interactive", payload | {"is_cleared": cleared})


async def home_opened(state: State, body: Json) -> Json:
    """`app_home_opened`, with the view published before if there is one."""
    user = person(state, body["user"])
    event: Json = {"type": "app_home_opened", "user": user.id, "channel": "D" + user.id[1:], "tab": "home"}
    home = state.views.homes.get(user.id)
    if home:
        event["view"] = home.as_json(state.workspace)
    return (await send_event(state, event)).as_json()


async def shortcut(state: State, body: Json) -> Json:
    """A global shortcut by its `callback_id`."""
    user = person(state, body["user"])
    if not body.get("callback_id"):
        raise NotThere("no callback_id: name the shortcut")
    ts = state.messages.next_ts(state.clock())
    payload = payloads.interaction(state, user, "shortcut")
    payload |= {"callback_id": body["callback_id"], "trigger_id": payloads.trigger(state, user), "action_ts": ts}
    ack = await state.deliver("interactive", payload)
    if ack.error:
        state.toast(user.id, ack.error)
    return ack.as_json()
