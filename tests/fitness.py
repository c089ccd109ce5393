"""Whatever the bot hands to Slack in any test is looked at by the sandbox's own validator: limits, shapes, and words
for notifications and screen readers. What it objects to fails the test that was running.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sandbox.slack.blocks import BLOCKS_LENGTH, block_problems, blocks_length
from sandbox.slack.errors import SlackError
from sandbox.slack.state import State
from sandbox.slack.views import checked_view

REFUSED = frozenset(
    {
        "invalid_arguments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_payload",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "view_too_large",
    }
)
"""What Slack calls a message or a view that breaks its rules."""

SEEN: Counter[str] = Counter()
"""How many were looked at, by kind."""

_objections: list[str] = []


def judge_message(message: Mapping[str, Any], kind: str = "messages") -> None:
    """A message, or an answer through a response_url. Whoever sends it cuts its text (the port's promise)."""
    SEEN[kind] += 1
    text, blocks = str(message.get("text") or ""), list(message.get("blocks") or ())
    found = block_problems(blocks)
    if not found and blocks_length(blocks) > BLOCKS_LENGTH:
        found = [f"msg_blocks_too_long: {blocks_length(blocks)}"]
    if not text.strip():
        found.append("no text for notifications and screen readers")
    object_to(*(f"{text[:60]!r}: {one}" for one in found))


def judge_view(view: Mapping[str, Any]) -> None:
    """A form, a window or an App Home."""
    SEEN["views"] += 1
    try:
        checked_view(dict(view), "modal", "home")
    except SlackError as error:
        problems = error.extra.get("errors") or [error.code]
        object_to(*(f"view {view.get('callback_id')!r}: {one}" for one in problems))  # type: ignore[attr-defined]


def judge_unfurl(unfurl: Mapping[str, Any]) -> None:
    """What stands under a link: its blocks, and the words beside them."""
    judge_message({"text": unfurl.get("fallback"), "blocks": unfurl.get("blocks")}, "unfurls")


def judge_answer(payload: Mapping[str, Any]) -> None:
    """What is answered to a form at once."""
    if "view" in payload:
        judge_view(payload["view"])


def faults_of(state: State) -> list[str]:
    """What a whole sandbox refused of what the bot said and showed, and what it said without words."""
    changes = list(state.feed.changes)
    SEEN["messages"] += sum(one.kind in ("message", "ephemeral", "changed") for one in changes)
    SEEN["views"] += sum(one.kind in ("view", "home") and bool(one.data["view_id"]) for one in changes)
    refused = [one.data for one in changes if one.kind == "refused" and one.data["error"] in REFUSED]
    said = (one for channel in state.messages.channels.values() for one in channel.values() if one.bot_id)
    mute = [f"{one.ts}: no text for notifications and screen readers" for one in said if not one.text.strip()]
    return [f"{one['method']}: {one['error']} {one['problems']}" for one in refused] + mute


def object_to(*problems: str) -> None:
    """These fail the test that runs."""
    _objections.extend(problems)


def objections() -> list[str]:
    """Those since they were asked for last."""
    found, _objections[:] = list(_objections), []
    return found
