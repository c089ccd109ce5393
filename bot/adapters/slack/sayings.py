"""What each of Slack's refusals means for people: a fact that quotes the code, and what to do next."""

from collections.abc import Mapping
from typing import Any

INVITE = "Invite me: type /invite @tinystacks in <#{channel}>."
TOKEN = (
    "Slack does not accept my bot token.",
    "Copy the app's current Bot User OAuth Token into SLACK_BOT_TOKEN and restart me.",
)
TRIGGER = (
    "A form can be opened within 3 seconds of the click only, and they are over.",
    "Click or type it again.",
)
GONE = ("The message to edit is not there any more.", "What became of the change stands in the ECS console.")
OURS = "This is a mistake of mine: report it, with the log lines of this minute."
PERSON = ("Slack shows me no such person.", "Check the user id; a person of another organisation stays hidden from me.")
GROUP = (
    "Slack has no such user group, or it is disabled.",
    "Check the S… id in tinystacks.yml, or enable the group in Slack.",
)
LINK = (
    "My link for answering here is used up: Slack takes 5 answers within 30 minutes.",
    "Type the command again.",
)

SAYINGS: Mapping[str, tuple[str, str]] = {
    "not_in_channel": ("I am not in <#{channel}>.", INVITE),
    "channel_not_found": (
        "I see no channel {channel}: it is private and I am not in it, or the id is wrong.",
        "Check the channel id in tinystacks.yml; in a private channel type /invite @tinystacks.",
    ),
    "is_archived": (
        "<#{channel}> is archived.",
        "Unarchive it, or name another channel for this stage in tinystacks.yml.",
    ),
    "restricted_action": (
        "Posting to <#{channel}> is restricted.",
        "Ask an admin of the workspace to let me post there.",
    ),
    "missing_scope": (
        "The Slack app lacks the scope {needed}.",
        "Add {needed} under OAuth & Permissions (manifest.yml lists all), reinstall the app, then try again.",
    ),
    "not_allowed_token_type": (
        "Slack expects another kind of token.",
        "SLACK_BOT_TOKEN starts with xoxb-, SLACK_APP_TOKEN with xapp-: check both, then restart me.",
    ),
    "msg_too_long": ("The message is longer than Slack takes.", OURS),
    "msg_blocks_too_long": ("The message's blocks are longer than Slack takes.", OURS),
    "invalid_blocks": ("Slack does not take the message's blocks{pointers}.", OURS),
    "invalid_blocks_format": ("Slack does not take the message's blocks{pointers}.", OURS),
    "invalid_arguments": ("Slack does not take these arguments{pointers}.", OURS),
    "view_too_large": ("The form is larger than Slack takes.", OURS),
    "metadata_too_large": ("The message's metadata is larger than Slack takes.", OURS),
    "push_limit_reached": ("Slack shows three forms on top of each other at most.", "Close one, then try again."),
    "not_found": ("The form is not open any more.", "Open it again."),
    "hash_conflict": ("The form was changed in between.", "Open it again."),
    "messages_tab_disabled": (
        "The Slack app takes no direct messages: its messages tab is off.",
        "Switch it on under App Home (manifest.yml has it on), then try again.",
    ),
    "user_disabled": ("That person is deactivated in Slack.", "Nothing can be sent to them."),
    "user_not_in_channel": ("That person is not in <#{channel}>.", "Join <#{channel}>, then try again."),
    "user_not_found": PERSON,
    "user_not_visible": PERSON,
    "no_such_subteam": GROUP,
    "subteam_not_found": GROUP,
    "invalid_auth": TOKEN,
    "not_authed": TOKEN,
    "token_revoked": TOKEN,
    "token_expired": TOKEN,
    "account_inactive": TOKEN,
    "expired_trigger_id": TRIGGER,
    "exchanged_trigger_id": TRIGGER,
    "invalid_trigger_id": TRIGGER,
    "trigger_expired": TRIGGER,
    "trigger_exchanged": TRIGGER,
    "message_not_found": GONE,
    "cant_update_message": GONE,
    "edit_window_closed": GONE,
    "thread_not_found": GONE,
    "expired_url": LINK,
    "used_url": LINK,
}
UNKNOWN = ("Slack refused {call}.", "What the code means stands on docs.slack.dev/reference/methods/{call}.")


def saying_of(code: str, call: str, channel_id: str, body: Mapping[str, Any]) -> tuple[str, str]:
    """Fact and remedy for an error code of `call`; `body` is Slack's whole answer (`needed`, JSON pointers)."""
    fact, remedy = SAYINGS.get(code, UNKNOWN)
    words = {
        "call": call,
        "channel": channel_id or "that channel",
        "needed": body.get("needed") or "it needs",
        "pointers": _pointers(body),
    }
    fact, remedy = (_linked(text, channel_id).format(**words) for text in (fact, remedy))
    return f"{fact} (Slack: {code})", remedy


def _linked(text: str, channel_id: str) -> str:
    return text if channel_id else text.replace("<#{channel}>", "{channel}")


def _pointers(body: Mapping[str, Any]) -> str:
    metadata = body.get("response_metadata") or {}
    problems = metadata.get("messages") or body.get("errors") or []
    return ": " + "; ".join(str(problem) for problem in problems[:3]) if problems else ""
