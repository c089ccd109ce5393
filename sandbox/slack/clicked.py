"""What happens when a person uses an element: in a message, an ephemeral, a modal or the App Home."""

from typing import Any

from sandbox.slack import payloads
from sandbox.slack.blocks import elements_of
from sandbox.slack.delivery import Ack
from sandbox.slack.elements import suggestion_problems
from sandbox.slack.errors import invalid
from sandbox.slack.messages import Message
from sandbox.slack.state import State
from sandbox.slack.values import FIELDS, Values, entry
from sandbox.slack.views import View
from sandbox.slack.workspace import Json, User


class NotThere(LookupError):
    """What the person wanted to use is not on their screen; the text says what is missing."""


def person(state: State, user_id: str) -> User:
    user = state.workspace.user(user_id)
    if user is None:
        raise NotThere(f"no person {user_id}")
    return user


def message_seen(state: State, user_id: str, channel_id: str, ts: str) -> Message:
    """The message if this person can see it."""
    message = state.messages.find(channel_id, ts)
    if message is None or state.member(channel_id, user_id) is None or message.ephemeral_to not in (None, user_id):
        raise NotThere(f"{user_id} sees no message {ts} in {channel_id}")
    return message


def element_of(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The block and its element with this action_id (the first, unless block_id says which)."""
    for block in blocks:
        for element in elements_of(block):
            if element.get("action_id") == action_id and block_id in (None, "", block["block_id"]):
                return block, element
    raise NotThere(f"no element with action_id {action_id}")


async def clicked(state: State, body: Json) -> Json:
    """A click or a choice in a message: `user`, `channel`, `ts`, `action_id`, [`block_id`], [`selected`]."""
    user = person(state, body["user"])
    message = message_seen(state, user.id, body["channel"], body["ts"])
    block, element = element_of(message.blocks, body["action_id"], body.get("block_id"))
    given = message.given.setdefault(user.id, {})
    action = _chosen(state, block, element, body.get("selected"), given)
    return await _deliver(state, user, payloads.from_message(state, user, message), action)


async def used_in_view(state: State, body: Json) -> Json:
    """The same in the top modal, or in the App Home with `home` true.

    An input block tells the app only if it has `dispatch_action`; its value waits for the submission otherwise.
    """
    user = person(state, body["user"])
    view = view_seen(state, user.id, bool(body.get("home")))
    block, element = element_of(view.blocks, body["action_id"], body.get("block_id"))
    known = view.offered.get(element["action_id"], [])
    action = _chosen(state, block, element, body.get("selected"), view.given, known)
    if block["type"] == "input" and not block.get("dispatch_action"):
        return Ack().as_json()
    return await _deliver(state, user, payloads.from_view(state, view), action)


def view_seen(state: State, user_id: str, home: bool = False) -> View:
    view = state.views.homes.get(user_id) if home else state.views.top(user_id)
    if view is None:
        raise NotThere(f"{user_id} has no {'App Home' if home else 'modal'} open")
    return view


def _chosen(
    state: State, block: Json, element: Json, selected: Any, given: Values, known: list[Json] | None = None
) -> Json:
    """One entry of `actions`; what was chosen is kept in `given`."""
    ids = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
    action: Json = ids | {"action_ts": state.messages.next_ts(state.clock())}
    if element["type"] not in FIELDS:
        return action | {name: element[name] for name in ("text", "value", "style") if name in element}
    chosen = entry(element, selected, known or [])
    given.setdefault(block["block_id"], {})[element["action_id"]] = chosen
    return action | chosen


async def _deliver(state: State, user: User, where: Json, action: Json) -> Json:
    common = payloads.interaction(state, user, "block_actions")
    payload = common | where | {"trigger_id": payloads.trigger(state, user), "actions": [action]}
    ack = await state.deliver("interactive", payload)
    if ack.error:
        state.toast(user.id, ack.error)
    return ack.as_json()


async def suggested(state: State, body: Json) -> Json:
    """Typing into an external select: asks the app for options, from `min_query_length` (default 3) characters on."""
    user = person(state, body["user"])
    if "ts" in body:
        message = message_seen(state, user.id, body["channel"], body["ts"])
        blocks, where = message.blocks, payloads.from_message(state, user, message)
    else:
        view = view_seen(state, user.id)
        blocks, where = view.blocks, payloads.from_view(state, view)
    block, element = element_of(blocks, body["action_id"], body.get("block_id"))
    if len(body["value"]) < element.get("min_query_length", 3):
        return Ack(error="min_query_length").as_json() | {"options": []}
    ids = {"action_id": element["action_id"], "block_id": block["block_id"], "value": body["value"]}
    payload = payloads.interaction(state, user, "block_suggestion") | where | ids
    ack = await state.deliver("interactive", payload, accepts_payload=True)
    groups = _offered(state, ack.payload)
    options = [option for group in groups for option in group["options"]]
    if "ts" not in body:
        view.offered[element["action_id"]] = options
    return ack.as_json() | {"options": options, "option_groups": groups}


def _offered(state: State, answer: Json) -> list[Json]:
    """The app's options in groups, one without a label for those outside any; none where Slack would refuse them."""
    problems = suggestion_problems(answer)
    if problems:
        state.refuse("block_suggestion", invalid("invalid_options", problems))
        return []
    single = [{"options": answer["options"]}] if answer.get("options") else []
    return [*single, *(answer.get("option_groups") or [])]
