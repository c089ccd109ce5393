"""What Slack accepts as blocks of a message, a modal and the App Home, with a JSON pointer to each offence.

Limits: Slack facts 1.2. Blocks younger than `table` (plan, task_card, container, …) are refused as `unsupported type`,
as workspaces without them do (Slack facts 1.5).
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from sandbox.slack import elements
from sandbox.slack.shapes import (
    Check,
    anything,
    boolean,
    both,
    by_type,
    each,
    integer,
    length,
    one_of,
    problem,
    shape,
    string,
)
from sandbox.slack.workspace import Json

BLOCKS_OF = {"message": 50, "modal": 100, "home": 100}
BLOCKS_LENGTH = 13_200
BLOCK_OVERHEAD = 100
SECTION_TEXT = 3_000
SECTION_FIELDS = 10
FIELD_TEXT = 2_000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
CONTEXT_ACTIONS_ELEMENTS = 5
IMAGE_TITLE = 2_000
LABEL_TEXT = 2_000
MARKDOWN_LENGTH = 12_000
TABLE_ROWS = 100
TABLE_CELLS = 20
TABLE_LENGTH = 10_000
INDENT = 8

_BLOCK_ID = {"block_id": string(elements.ID_LENGTH)}
_RICH_INLINE = by_type(
    {
        "text": shape({"text": string(BLOCKS_LENGTH)}, {"style": anything}),
        "link": shape({"url": string(elements.URL_LENGTH)}, {"text": anything, "style": anything, "unsafe": boolean}),
        "emoji": shape({"name": string(100)}, {"unicode": anything, "style": anything, "skin_tone": anything}),
        "user": shape({"user_id": string(30)}, {"style": anything}),
        "usergroup": shape({"usergroup_id": string(30)}, {"style": anything}),
        "channel": shape({"channel_id": string(30)}, {"style": anything}),
        "broadcast": shape({"range": string(30)}, {"style": anything}),
        "date": shape({"timestamp": anything, "format": string(200)}, {"url": anything, "fallback": anything}),
    }
)
_INLINE = {"elements": each(_RICH_INLINE, 1_000, 0)}
_SECTION = by_type({"rich_text_section": shape(_INLINE)})
_RICH_PART = by_type(
    {
        "rich_text_section": shape(_INLINE),
        "rich_text_preformatted": shape(_INLINE, {"border": anything, "language": anything}),
        "rich_text_quote": shape(_INLINE, {"border": anything}),
        "rich_text_list": shape(
            {"style": anything, "elements": each(_SECTION, 1_000)},
            {"indent": integer(0, INDENT), "offset": anything, "border": anything},
        ),
    }
)
_RICH_TEXT = shape({"elements": each(_RICH_PART, 1_000)}, _BLOCK_ID)
_CELL = by_type(
    {
        "raw_text": shape({"text": string(TABLE_LENGTH)}),
        "raw_number": shape({"value": anything}, {"text": anything}),
        "rich_text": _RICH_TEXT,
    }
)
_EVERYWHERE: dict[str, Check] = {
    "section": both(
        shape(
            {},
            _BLOCK_ID
            | {
                "text": elements.text(SECTION_TEXT),
                "fields": each(elements.text(FIELD_TEXT), SECTION_FIELDS),
                "accessory": elements.ACCESSORY,
                "expand": boolean,
            },
        ),
        one_of("text", "fields"),
    ),
    "header": shape({"text": elements.plain(HEADER_TEXT)}, _BLOCK_ID),
    "context": shape({"elements": each(elements.CONTEXT, CONTEXT_ELEMENTS)}, _BLOCK_ID),
    "actions": shape({"elements": each(elements.ACTIONS, ACTIONS_ELEMENTS)}, _BLOCK_ID),
    "divider": shape({}, _BLOCK_ID),
    "image": both(
        shape(
            {"alt_text": string(elements.ALT_LENGTH)},
            _BLOCK_ID
            | {
                "image_url": string(elements.URL_LENGTH),
                "slack_file": anything,
                "title": elements.plain(IMAGE_TITLE),
            },
        ),
        one_of("image_url", "slack_file"),
    ),
    "input": shape(
        {"label": elements.plain(LABEL_TEXT), "element": elements.INPUT},
        _BLOCK_ID | {"hint": elements.plain(LABEL_TEXT), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": _RICH_TEXT,
}
_TABLE: dict[str, Check] = {
    "table": shape(
        {"rows": each(each(_CELL, TABLE_CELLS), TABLE_ROWS)},
        _BLOCK_ID | {"column_settings": each(anything, TABLE_CELLS)},
    )
}
_MESSAGE: dict[str, Check] = {
    "markdown": shape({"text": string(MARKDOWN_LENGTH)}, _BLOCK_ID),
    "context_actions": shape({"elements": each(elements.CONTEXT_ACTIONS, CONTEXT_ACTIONS_ELEMENTS)}, _BLOCK_ID),
}
SURFACES: Mapping[str, Check] = {
    "message": by_type(_EVERYWHERE | _TABLE | _MESSAGE),
    "modal": by_type(_EVERYWHERE),
    "home": by_type(_EVERYWHERE | _TABLE),
}


def block_problems(blocks: Any, surface: str = "message", pointer: str = "/blocks") -> list[str]:
    """Everything Slack would refuse in these blocks; surface is `message`, `modal` or `home`. Empty: accepted."""
    found = list(each(SURFACES[surface], BLOCKS_OF[surface], 0)(blocks, pointer))
    if found:
        return found
    return [*_repeated(blocks, pointer), *_too_long_together(blocks, pointer)]


def _repeated(blocks: list[Json], pointer: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            yield problem(f"`block_id` already exists: {block_id}", f"{pointer}/{index}/block_id")
        if block_id:
            seen.add(block_id)
        yield from _repeated_actions(block, f"{pointer}/{index}")


def _repeated_actions(block: Json, pointer: str) -> Iterator[str]:
    ids = [element.get("action_id") for element in elements_of(block)]
    for index, action_id in enumerate(ids):
        if action_id and action_id in ids[:index]:
            yield problem(f"`action_id` already exists: {action_id}", f"{pointer}/elements/{index}/action_id")


def _too_long_together(blocks: list[Json], pointer: str) -> Iterator[str]:
    markdown = sum(length(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > MARKDOWN_LENGTH:
        yield problem(f"all markdown blocks must be less than {MARKDOWN_LENGTH + 1} characters", pointer)
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        yield problem("only_one_table_allowed", pointer)
    if sum(_text_length(table) for table in tables) > TABLE_LENGTH:
        yield problem(f"all cells must be less than {TABLE_LENGTH + 1} characters", pointer)


def blocks_length(blocks: list[Json]) -> int:
    """What `msg_blocks_too_long` counts, as far as is known: characters with entities plus overhead per block."""
    return sum(_text_length(block) + BLOCK_OVERHEAD for block in blocks)


def _text_length(node: Any) -> int:
    if isinstance(node, list):
        return sum(_text_length(one) for one in node)
    if not isinstance(node, dict):
        return 0
    own = node.get("text")
    if isinstance(own, str):
        escaped = own if node.get("type") == "mrkdwn" else escape(own, quote=False)
        return length(escaped)
    return sum(_text_length(child) for child in node.values())


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of a block, in order."""
    if block.get("type") in ("actions", "context_actions"):
        return list(block["elements"])
    single = block.get("accessory") or block.get("element")
    return [single] if single else []
