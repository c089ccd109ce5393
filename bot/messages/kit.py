"""The few block words everything is built of; Slack's limits and escaping live here alone (Slack facts 1.2)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain import durations

Block = Mapping[str, Any]
Message = Mapping[str, Any]

SECTION_TEXT = 3_000
FIELD_TEXT = 2_000
CONTEXT_ELEMENTS = 10
BUTTON_TEXT = OPTION_TEXT = 75
OPTION_VALUE = 150
OPTIONS = 100
FALLBACK_TEXT = 4_000
VIEW_TITLE = 24
VIEW_BLOCKS = 100
HOME, ANSWER = "home", "answer"
"""Callback ids of views that are no forms: an App Home, and an answer in a window of its own."""

_UNSEEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c"
    r"\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_LIVE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ITALICS = re.compile(r"(?<!\w)_|_(?!\w)")
_MARKS = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})


def clean(text: str) -> str:
    """The text without control, zero-width and bidi characters and halves of surrogate pairs."""
    return _UNSEEN.sub("", text)


def cut(text: str, most: int) -> str:
    """At most `most` UTF-16 units, cut between characters, saying how much is missing where there is room for it."""
    if units(text) <= most:
        return text
    note = f" … ({len(text):,} characters in all)"
    note = note if 2 * len(note) <= most else "…"
    kept = text[: most - len(note)]
    while units(kept) + len(note) > most:
        kept = kept[:-1]
    return kept + note


def units(text: str) -> int:
    """UTF-16 units, as Slack counts."""
    return len(text.encode("utf-16-le")) // 2


def escape(text: str, most: int = 500) -> str:
    """Somebody's or AWS's words as inert mrkdwn: no mention, link or formatting comes alive."""
    inside = cut(" ".join(clean(text).split()), most).translate(_LIVE).translate(_MARKS)
    return _ITALICS.sub("ˍ", inside)


def code(text: str, most: int = 300) -> str:
    """A name or value in code style."""
    inside = cut(" ".join(clean(text).split()), most).replace("`", "ˋ").translate(_LIVE)
    return f"`{inside}`" if inside else "`-`"


def code_block(lines: Iterable[str], most: int = 2_000) -> str:
    """Lines in a code block; the first ones go when it is too long."""
    kept = [clean(line).replace("`", "ˋ").translate(_LIVE) for line in lines]
    while len(kept) > 1 and sum(map(units, kept)) + len(kept) > most:
        kept = kept[1:]
    return "```\n" + "\n".join(cut(line, most) for line in kept) + "\n```"


def mention(user_id: str) -> str:
    """A live mention; only for ids that Slack gave us."""
    return f"<@{user_id}>"


def group(group_id: str) -> str:
    """A live mention of a user group, which tells all of its members; only for ids of `tinystacks.yml`."""
    return f"<!subteam^{group_id}>"


def channel(channel_id: str) -> str:
    """A live channel link."""
    return f"<#{channel_id}>"


def link(url: str, text: str) -> str:
    """A live link with our own words; empty where there is no web address. For addresses that Slack or AWS gave us."""
    safe = not re.search(r"[\s<>|]", url) and url.startswith(("https://", "http://"))
    return f"<{url.replace('&', '&amp;')}|{text}>" if safe else ""


def moment(at: datetime) -> str:
    """A time with its day (`today`, `tomorrow`, `Nov 27`) that each reader sees in their own zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%d %b %H:%M} UTC>"


def clock(at: datetime) -> str:
    """A time that each reader sees in their own zone."""
    return f"<!date^{int(at.timestamp())}^{{time}}|{at:%H:%M} UTC>"


spoken = durations.spoken


def section(text: str, accessory: Block | None = None, *, whole: bool = False) -> Block:
    """mrkdwn; escape what is not ours before. `whole`: Slack folds none of it away behind "See more"."""
    block: dict[str, Any] = {"type": "section", "text": _mrkdwn(cut(text, SECTION_TEXT) or "-")}
    return block | ({"accessory": accessory} if accessory else {}) | ({"expand": True} if whole else {})


def columns(*texts: str) -> Block:
    """mrkdwn side by side, two in a row; on a phone one below the other."""
    return {"type": "section", "fields": [_mrkdwn(cut(text, FIELD_TEXT)) for text in texts]}


def context(*texts: str | Block) -> Block:
    """Small grey mrkdwn, or `verbatim` elements."""
    elements = [_mrkdwn(cut(t, FIELD_TEXT)) if isinstance(t, str) else t for t in texts]
    return {"type": "context", "elements": elements[:CONTEXT_ELEMENTS]}


def _mrkdwn(text: str) -> Block:
    """`verbatim`: Slack makes no links, channels or mentions of its own out of plain words (docs: Text object)."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def verbatim(text: str, most: int = 500) -> Block:
    """Somebody's free text as a context element in which nothing is formatted at all."""
    return {"type": "plain_text", "text": cut(" ".join(clean(text).split()), most) or "-", "emoji": False}


def preformatted(text: str) -> Block:
    """A block of code to be copied exactly as it is: nothing in it is formatted, replaced or cut."""
    inside = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": clean(text)}]}
    return {"type": "rich_text", "elements": [inside]}


def plain_text(text: str, most: int) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": cut(clean(text), most) or "-", "emoji": True}


def confirm(title: str, text: str, yes: str) -> Block:
    """A dialog before a click counts."""
    return {
        "title": plain_text(title, 100),
        "text": plain_text(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text("Not now", 30),
    }


def button(
    text: str, action_id: str, value: str, *, style: str = "", asks: Block | None = None, spoken_as: str = ""
) -> Block:
    """`action_id` is `verb:action`; `value` the id of a row, never data: a token takes its place when it is sent.
    `spoken_as`: what a screen reader says."""
    named = plain_text(text, BUTTON_TEXT)
    block: dict[str, Any] = {"type": "button", "text": named, "action_id": action_id, "value": value}
    label = {"accessibility_label": cut(clean(spoken_as), BUTTON_TEXT)} if spoken_as else {}
    return block | label | ({"style": style} if style else {}) | ({"confirm": asks} if asks else {})


def actions(*elements: Block) -> Block:
    """A row of buttons or selects."""
    return {"type": "actions", "elements": list(elements)}


def message(text: str, *blocks: Block) -> Message:
    """A message: `text` is what notifications and screen readers say."""
    return {"text": cut(text, FALLBACK_TEXT), "blocks": list(blocks) or [section(text)]}


def option(text: str, value: str, description: str = "") -> Block:
    """One choice of a select."""
    block: dict[str, Any] = {"text": plain_text(text, OPTION_TEXT), "value": value[:OPTION_VALUE]}
    return block | ({"description": plain_text(description, OPTION_TEXT)} if description else {})


def select(action_id: str, placeholder: str, options: Sequence[Block], chosen: str = "") -> Block:
    """A static select of at most 100 options; `chosen` is the value selected at first."""
    shown = {"placeholder": plain_text(placeholder, 150), "options": list(options)[:OPTIONS]}
    block: dict[str, Any] = {"type": "static_select", "action_id": action_id, **shown}
    first = next((o for o in block["options"] if o["value"] == chosen), None)
    return block | ({"initial_option": first} if first else {})


def text_input(action_id: str, placeholder: str, *, value: str = "", multiline: bool = False, most: int = 500) -> Block:
    """A line, or several, to type in."""
    block: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": action_id,
        "placeholder": plain_text(placeholder, 150),
        "multiline": multiline,
        "max_length": most,
    }
    given = cut(clean(value), most)
    return block | ({"initial_value": given} if given else {})


def field(
    block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False, live: bool = False
) -> Block:
    """A form's field; `live` sends each change of it at once."""
    block: dict[str, Any] = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label, 2_000),
        "element": element,
        "optional": optional,
        "dispatch_action": live,
    }
    return block | ({"hint": plain_text(hint, 2_000)} if hint else {})


def divider() -> Block:
    """A thin line between two parts."""
    return {"type": "divider"}


def home(blocks: Sequence[Block]) -> Message:
    """An App Home."""
    return {"type": "home", "callback_id": HOME, "blocks": list(blocks)[:VIEW_BLOCKS]}


def answer_view(title: str, answer: Message) -> Message:
    """An answer as a window of its own: where there is no channel to say it in."""
    return modal(title, "", ANSWER, "", list(answer["blocks"])[:VIEW_BLOCKS], "Close")


def modal(
    title: str, submit: str, callback_id: str, metadata: str, blocks: Sequence[Block], close: str = "Cancel"
) -> Message:
    """A form. `callback_id` is the verb; `metadata` comes back with it."""
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": metadata,
        "title": plain_text(title, VIEW_TITLE),
        "close": plain_text(close, VIEW_TITLE),
        "blocks": list(blocks),
    }
    return view | ({"submit": plain_text(submit, VIEW_TITLE)} if submit else {})
