"""What a person typed, made plain: quotes, dashes and spaces of phones, Slack's own escapes, then words."""

import re
import shlex
from html import unescape

MOST_CHARACTERS = 2_000
"""Longest command that is read; a form takes longer texts."""

_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " "}
)
_LONG_DASH = re.compile(r"(?<!\S)[\u2013\u2014](?=\w)")
_LINK = re.compile(r"<(?:https?://|mailto:)([^|>]+)\|([^>]+)>|<((?:https?|mailto)[^>]+)>")
_MENTION = re.compile(r"<([@#!][^|>]+)\|[^>]*>")
_UNSEEN = re.compile(r"[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def plain(text: str) -> str:
    """The text without what a phone or Slack put around it: smart quotes, long dashes for `--`, no-break spaces,
    auto-links, `|labels` of mentions, `&amp;` (Slack facts 3.13). Control and bidi characters become spaces."""
    text = _LONG_DASH.sub("--", text.translate(_QUOTES))
    text = _LINK.sub(lambda m: m.group(2) or m.group(3), text)
    text = unescape(_MENTION.sub(r"<\1>", text))
    return _UNSEEN.sub(" ", text).strip()


def words(text: str) -> tuple[str, ...]:
    """The words of a plain text; double quotes hold several together, an unpaired one is an ordinary character."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split, lexer.quotes, lexer.escape, lexer.commenters = True, '"', "", ""
    try:
        return tuple(lexer)
    except ValueError:
        return tuple(text.split())


def joined(parts: tuple[str, ...], sentences: frozenset[str]) -> tuple[str, ...]:
    """The words with everything after an option of `sentences` (up to the next option) as its one value, so that
    nobody has to quote a reason."""
    answer: list[str] = []
    gathering = False
    for part in parts:
        name, given, _ = part.partition("=")
        if part.startswith("--"):
            answer.append(part)
            gathering = name in sentences
            if gathering and not given:
                answer[-1] = f"{name}="
        elif gathering:
            answer[-1] += part if answer[-1].endswith("=") else f" {part}"
        else:
            answer.append(part)
    return tuple(answer)
