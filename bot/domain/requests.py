"""What a person did in Slack, as a value: a command, a click, a submitted or changed form, an opened home."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The ways in."""

    COMMAND = "command"
    ACTION = "action"
    SUBMISSION = "submission"
    HOME = "home"
    MENTION = "mention"
    LINK = "link"
    SHORTCUT = "shortcut"
    SUGGESTION = "suggestion"


@dataclass(frozen=True, slots=True)
class Request:
    """`key` is the de-duplication key (`cmd:<hash of trigger_id>`, `act:<hash of trigger_id>`,
    `view:<view id>:<hash>:<what was entered>`, `ev:<event_id>`).

    `text`: the command's words (of LINK: addresses). `action_id` (`verb:action`), `value` and `block_id`: a click;
    `value` is the selected option's for selects, what was typed so far for a suggestion. `values`: a form's state,
    `{block_id: {action_id: value}}` with plain values (text, selected option's value, list of them).
    `external_channel`: whether it is shared with another workspace, None: Slack did not tell. `view_id`, `callback_id`
    (a shortcut's too), `metadata` (private_metadata): a form's. `trigger_id` and `response_url` live in memory only and
    are never stored (Slack facts 8, lesson 16 of peers)."""

    key: str
    kind: Kind
    team_id: str
    user_id: str
    user_name: str
    at: datetime
    channel_id: str = ""
    text: str = ""
    action_id: str = ""
    block_id: str = ""
    value: str = ""
    message_ts: str = ""
    view_id: str = ""
    callback_id: str = ""
    metadata: str = ""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    external_channel: bool | None = False
    trigger_id: str = field(default="", repr=False)
    response_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Ack:
    """The immediate answer. `text`: an ephemeral sentence (commands). `payload`: a `response_action` (forms).
    Both None: a bare 200."""

    text: str | None = None
    payload: Mapping[str, Any] | None = None
