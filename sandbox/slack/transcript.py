"""Messages as plain text, for a terminal and for comparing: mrkdwn kept, buttons as [Deploy], replies indented."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any

from sandbox.slack.workspace import Json

INDENT = "    "


def transcript(messages: list[Json], names: Mapping[str, str] | None = None) -> str:
    """The messages of the control API as text, oldest first; `names` puts names in place of user and channel ids."""
    text = "\n\n".join(_message(message, names or {}) for message in messages)
    return _spelled(text, names) if names else text


def _spelled(text: str, names: Mapping[str, str]) -> str:
    """Mentions and times as Slack would show them."""
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<@(\w+)>", lambda found: f"@{names.get(found[1], found[1])}", text)
    text = re.sub(r"<#(\w+)>", lambda found: f"#{names.get(found[1], found[1])}", text)
    return unescape(text)


def _message(message: Json, names: Mapping[str, str]) -> str:
    only = " (only visible to you)" if message["ephemeral"] else ""
    lines = [f"{names.get(message['user'], message['user'])}{only}:", *body_of(message).splitlines()]
    for reply in message["replies"]:
        lines += [INDENT + line if line else line for line in _message(reply, names).splitlines()]
    return "\n".join(lines)


def body_of(message: Json) -> str:
    """What a message or view shows: its blocks, or its text if it has none, its files, what stands under links."""
    shown = [_block(block) for block in message["blocks"]] or [message["text"]]
    files = [f"({file['name']}, {file['size']} bytes)" for file in message.get("files", [])]
    under = [f"│ {_block(block)}" for one in message.get("attachments", []) for block in one["blocks"]]
    return "\n".join(line for line in [*shown, *files, *under] if line)


def _block(block: Json) -> str:
    draw = DRAWN.get(block["type"])
    return draw(block) if draw else f"({block['type']})"


def _section(block: Json) -> str:
    words = [block["text"]["text"]] if "text" in block else []
    fields = " | ".join(field["text"].replace("\n", " ") for field in block.get("fields", []))
    accessory = _element(block["accessory"]) if "accessory" in block else ""
    return "\n".join(line for line in [*words, fields, accessory] if line)


def _element(element: Json) -> str:
    if element["type"] == "button":
        return f"[{element['text']['text']}]"
    if element["type"] in ("mrkdwn", "plain_text"):
        return str(element["text"])
    if element["type"] == "image":
        return f"({element['alt_text']})"
    return f"[{_choice(element)}]"


def _choice(element: Json) -> str:
    if "initial_option" in element:
        return f"{element['initial_option']['text']['text']} ▾"
    if "placeholder" in element:
        return f"{element['placeholder']['text']} ▾"
    return str(element.get("initial_value") or element["type"])


def _elements(between: str) -> Callable[[Json], str]:
    return lambda block: between.join(_element(element) for element in block["elements"])


def _input(block: Json) -> str:
    return f"{block['label']['text']}: {_element(block['element'])}"


def _rich(node: Any) -> str:
    if isinstance(node, list):
        return "".join(_rich(one) for one in node)
    kind = node["type"]
    if kind == "rich_text_list":
        return "".join(f"• {_rich(one['elements'])}\n" for one in node["elements"])
    if "elements" in node:
        return _rich(node["elements"]) + ("\n" if kind != "rich_text" else "")
    return str(next((node[name] for name in SHOWN if name in node), ""))


def _table(block: Json) -> str:
    rows = [[_rich(cell).strip() for cell in row] for row in block["rows"]]
    return "\n".join(" | ".join(row) for row in rows)


SHOWN = ("text", "url", "name", "user_id", "usergroup_id", "channel_id", "range", "value", "fallback")
DRAWN: Mapping[str, Callable[[Json], str]] = {
    "section": _section,
    "header": lambda block: f"# {block['text']['text']}",
    "context": _elements(" · "),
    "actions": _elements(" "),
    "divider": lambda _: "---",
    "image": lambda block: f"({block['alt_text']})",
    "input": _input,
    "rich_text": lambda block: _rich(block).rstrip("\n"),
    "markdown": lambda block: str(block["text"]),
    "table": _table,
}
