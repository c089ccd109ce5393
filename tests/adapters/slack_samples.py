"""Payloads as Slack sends them (Slack facts 5)."""

from datetime import UTC, datetime
from typing import Any

from bot.adapters.slack.client import Identity

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOME = Identity("T1", bot_id="B1", bot_user_id="UBOT")
USER = {"id": "U1", "username": "ana", "name": "ana", "team_id": "T1"}


def command(**other: Any) -> dict[str, Any]:
    return {
        "token": "v",
        "team_id": "T1",
        "team_domain": "acme",
        "channel_id": "C1",
        "channel_name": "general",
        "user_id": "U1",
        "user_name": "ana",
        "command": "/tinystacks",
        "text": "deploy shop prod v42",
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1:1/commands/T1/1/x",
        "trigger_id": "1.2.abc",
    } | other


def click(**other: Any) -> dict[str, Any]:
    action = {"action_id": "deploy:approve", "block_id": "b1", "value": "row7", "type": "button", "action_ts": "1.3"}
    return {
        "type": "block_actions",
        "user": USER,
        "team": {"id": "T1", "domain": "acme"},
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C1", "is_ephemeral": False},
        "trigger_id": "1.2.abc",
        "channel": {"id": "C1", "name": "general"},
        "message": {"type": "message", "ts": "1.1", "text": "…", "blocks": []},
        "state": {"values": {}},
        "response_url": "http://127.0.0.1:1/actions/T1/1/x",
        "actions": [action],
    } | other


def submission(values: dict[str, Any], **other: Any) -> dict[str, Any]:
    view = {"id": "V1", "type": "modal", "callback_id": "deploy", "private_metadata": "m", "hash": "1.abc"}
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": USER,
        "trigger_id": "1.2.abc",
        "view": view | {"state": {"values": values}},
        "response_urls": [],
    } | other


def event(kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "team_id": "T1",
        "type": "event_callback",
        "event_id": "Ev1",
        "event": {"type": kind, "user": "U1", "channel": "C1", "ts": "1.1", "event_ts": "1.1"} | fields,
        "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
        "is_ext_shared_channel": False,
    }
