"""What a person put into a field, in the shape of Slack's `view.state.values`."""

from typing import Any

from sandbox.slack.blocks import elements_of
from sandbox.slack.workspace import Json

Values = dict[str, dict[str, Json]]

# element type -> (name of its value in the state, name of its initial value in the element)
FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
LISTS = frozenset(name for name, _ in FIELDS.values() if name.endswith("s"))


class NoSuchOption(ValueError):
    """The field has no such option; the text names those it has."""


def defaults(blocks: list[Json]) -> Values:
    """The state of an untouched form: every stateful element with its initial value, or empty."""
    state: Values = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in FIELDS and element["type"] != "overflow":
                state.setdefault(block["block_id"], {})[element["action_id"]] = _initial(element)
    return state


def _initial(element: Json) -> Json:
    name, initial = FIELDS[element["type"]]
    return {"type": element["type"], name: element.get(initial, [] if name in LISTS else None)}


def merged(blocks: list[Json], given: Values) -> Values:
    """The defaults of these blocks, overlaid with what was given for elements that are still there."""
    state = defaults(blocks)
    for block_id, actions in state.items():
        actions.update({key: value for key, value in given.get(block_id, {}).items() if key in actions})
    return state


def entry(element: Json, given: Any, known: list[Json]) -> Json:
    """One state entry from a plain value (text or value of an option, an id, a date, words) or from Slack's own dict.

    `known` are options an `external_select` was offered. NoSuchOption if a list does not hold the value.
    """
    if isinstance(given, dict) and set(given) & {field for field, _ in FIELDS.values()}:
        return {"type": element["type"], **given}
    name, _ = FIELDS[element["type"]]
    if name == "selected_option":
        return {"type": element["type"], name: None if given is None else _option(element, given, known)}
    if name == "selected_options":
        return {"type": element["type"], name: [_option(element, one, known) for one in given]}
    return {"type": element["type"], name: given}


def _option(element: Json, given: Any, known: list[Json]) -> Json:
    if isinstance(given, dict):
        return given
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(option for group in groups for option in group["options"]), *known]
    for option in options:
        if given in (option["value"], option["text"]["text"]):
            return dict(option)
    raise NoSuchOption(f"no option {given!r}; there are {', '.join(option['text']['text'] for option in options)}")


def missing(blocks: list[Json], state: Values) -> dict[str, str]:
    """Required inputs left empty, with Slack's own words, by block_id."""
    return {
        block["block_id"]: "Please complete this required field."
        for block in blocks
        if block["type"] == "input" and not block.get("optional") and _is_empty(block, state)
    }


def _is_empty(block: Json, state: Values) -> bool:
    element = block["element"]
    name, _ = FIELDS[element["type"]]
    return state[block["block_id"]][element["action_id"]].get(name) in (None, "", [])
