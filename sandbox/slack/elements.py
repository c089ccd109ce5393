"""What Slack accepts as texts, options, confirm dialogs and interactive elements (Slack facts 1.2)."""

from typing import Any

from sandbox.slack.shapes import Check, anything, boolean, both, by_type, each, integer, one_of, shape, string, word

ID_LENGTH = 255
TEXT_LENGTH = 3_000
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
URL_LENGTH = 3_000
ALT_LENGTH = 2_000
OPTION_TEXT = 75
OPTION_VALUE = 150
PLACEHOLDER = 150
OPTIONS = 100
OVERFLOW_OPTIONS = 5
CHOICES = 10
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
INPUT_LENGTH = 3_000


def plain(most: int = TEXT_LENGTH) -> Check:
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": boolean})})


def text(most: int = TEXT_LENGTH) -> Check:
    """plain_text or mrkdwn."""
    mrkdwn = shape({"text": string(most)}, {"verbatim": boolean})
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": boolean}), "mrkdwn": mrkdwn})


ACTION_ID = {"action_id": string(ID_LENGTH)}
STYLE = word("primary", "danger")
CONFIRM = shape(
    {
        "title": plain(CONFIRM_TITLE),
        "text": text(CONFIRM_TEXT),
        "confirm": plain(CONFIRM_BUTTON),
        "deny": plain(CONFIRM_BUTTON),
    },
    {"style": STYLE},
)
PLAIN_OPTION = shape(
    {"text": plain(OPTION_TEXT), "value": string(OPTION_VALUE)},
    {"description": plain(OPTION_TEXT), "url": string(URL_LENGTH)},
)
RICH_OPTION = shape({"text": text(OPTION_TEXT), "value": string(OPTION_VALUE)}, {"description": text(OPTION_TEXT)})
GROUP = shape({"label": plain(OPTION_TEXT), "options": each(PLAIN_OPTION, OPTIONS)})

BUTTON = shape(
    {"text": plain(BUTTON_TEXT)},
    ACTION_ID
    | {
        "value": string(BUTTON_VALUE, 0),
        "url": string(URL_LENGTH),
        "style": STYLE,
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
_FOCUS = {"focus_on_load": boolean}
_PICKER = ACTION_ID | _FOCUS | {"confirm": CONFIRM, "placeholder": plain(PLACEHOLDER)}
_MANY = {"max_selected_items": integer(1, OPTIONS)}
_URLS = {"response_url_enabled": boolean}
_LISTS: dict[str, Check] = {"options": each(PLAIN_OPTION, OPTIONS), "option_groups": each(GROUP, OPTIONS)}
_FILTERS: dict[str, Check] = {"filter": anything, "default_to_current_conversation": boolean}
_OPTIONS = each(PLAIN_OPTION, OPTIONS)
_IDS = each(string(ID_LENGTH), OPTIONS)
_QUERY = {"min_query_length": integer(0, 100)}
_CHOICE = ACTION_ID | _FOCUS | {"confirm": CONFIRM}

SELECTS: dict[str, Check] = {
    "static_select": both(
        shape({}, _PICKER | _LISTS | {"initial_option": PLAIN_OPTION}), one_of("options", "option_groups")
    ),
    "external_select": shape({}, _PICKER | _QUERY | {"initial_option": PLAIN_OPTION}),
    "users_select": shape({}, _PICKER | {"initial_user": string(ID_LENGTH)}),
    "conversations_select": shape({}, _PICKER | _FILTERS | _URLS | {"initial_conversation": string(ID_LENGTH)}),
    "channels_select": shape({}, _PICKER | _URLS | {"initial_channel": string(ID_LENGTH)}),
    "multi_static_select": both(
        shape({}, _PICKER | _LISTS | _MANY | {"initial_options": _OPTIONS}), one_of("options", "option_groups")
    ),
    "multi_external_select": shape({}, _PICKER | _QUERY | _MANY | {"initial_options": _OPTIONS}),
    "multi_users_select": shape({}, _PICKER | _MANY | {"initial_users": _IDS}),
    "multi_conversations_select": shape({}, _PICKER | _MANY | _FILTERS | {"initial_conversations": _IDS}),
    "multi_channels_select": shape({}, _PICKER | _MANY | {"initial_channels": _IDS}),
}
PICKERS: dict[str, Check] = {
    "datepicker": shape({}, _PICKER | {"initial_date": string(10, 10)}),
    "timepicker": shape({}, _PICKER | {"initial_time": string(5, 5), "timezone": string(ID_LENGTH)}),
    "datetimepicker": shape({}, _CHOICE | {"initial_date_time": integer(10**9, 10**10 - 1)}),
    "radio_buttons": shape({"options": each(RICH_OPTION, CHOICES)}, _CHOICE | {"initial_option": RICH_OPTION}),
    "checkboxes": shape(
        {"options": each(RICH_OPTION, CHOICES)}, _CHOICE | {"initial_options": each(RICH_OPTION, CHOICES)}
    ),
}
_TYPING = ACTION_ID | _FOCUS | {"placeholder": plain(PLACEHOLDER), "dispatch_action_config": anything}
INPUTS: dict[str, Check] = {
    "plain_text_input": shape(
        {},
        _TYPING
        | {
            "initial_value": string(INPUT_LENGTH, 0),
            "multiline": boolean,
            "min_length": integer(0, INPUT_LENGTH),
            "max_length": integer(1, INPUT_LENGTH),
        },
    ),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        _TYPING | {name: string(ID_LENGTH) for name in ("initial_value", "min_value", "max_value")},
    ),
}
IMAGE = both(
    shape({"alt_text": string(ALT_LENGTH)}, {"image_url": string(URL_LENGTH), "slack_file": anything}),
    one_of("image_url", "slack_file"),
)
OVERFLOW = shape({"options": each(PLAIN_OPTION, OVERFLOW_OPTIONS)}, ACTION_ID | {"confirm": CONFIRM})

_BUTTONS: dict[str, Check] = {"button": BUTTON, "overflow": OVERFLOW}
ACTIONS = by_type(_BUTTONS | SELECTS | PICKERS)
ACCESSORY = by_type(_BUTTONS | SELECTS | PICKERS | {"image": IMAGE})
INPUT = by_type(SELECTS | PICKERS | INPUTS)
CONTEXT = by_type(
    {
        "image": IMAGE,
        "plain_text": shape({"text": string(TEXT_LENGTH)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(TEXT_LENGTH)}, {"verbatim": boolean}),
    }
)
_FEEDBACK = shape({"text": plain(BUTTON_TEXT), "value": string(BUTTON_VALUE)}, {"accessibility_label": string(75)})
CONTEXT_ACTIONS = by_type(
    {
        "feedback_buttons": shape({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, ACTION_ID),
        "icon_button": shape(
            {"icon": word("trash"), "text": plain(BUTTON_TEXT)},
            ACTION_ID | {"value": string(BUTTON_VALUE), "confirm": CONFIRM, "visible_to_user_ids": _IDS},
        ),
    }
)
_SUGGESTED = shape({}, {"options": each(PLAIN_OPTION, OPTIONS, 0), "option_groups": each(GROUP, OPTIONS)})


def suggestion_problems(answer: Any) -> list[str]:
    """What Slack would refuse in the answer to a `block_suggestion`."""
    return list(_SUGGESTED(answer, ""))
