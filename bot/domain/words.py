"""What a person typed, made plain: quotes, dashes and spaces of phones, Slack's own escapes, then words."""

import re
import shlex
from html import unescape

from bot.domain.errors import Refusal, UnknownName, nearest

MOST_CHARACTERS = 2_000
"""Longest command that is read; a form takes longer texts."""

_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " "}
)
_LONG_DASH = re.compile(r"(?<!\S)[\u2013\u2014](?=\w)")
_LINK = re.compile(r"<(?:https?://|mailto:)([^|>]+)\|([^>]+)>|<((?:https?|mailto)[^>]+)>")
_MENTION = re.compile(r"<([@#!][^|>]+)\|[^>]*>")
_UNSEEN = re.compile(
    r"[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c"
    r"\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)


def plain(text: str) -> str:
    """The text without what a phone or Slack put around it: smart quotes, long dashes for `--`, no-break spaces,
    auto-links, `|labels` of mentions, `&amp;` (Slack facts 3.13). Control and bidi characters become spaces."""
    text = _LONG_DASH.sub("--", text.translate(_QUOTES))
    text = _LINK.sub(lambda m: m.group(2) or m.group(3), text)
    text = unescape(_MENTION.sub(r"<\1>", text))
    return _UNSEEN.sub(" ", text).strip()


def quoted(text: str, most: int) -> str:
    """Somebody's words inside a sentence of ours: in quotes that they cannot end."""
    inside = " ".join(text.translate(_QUOTES).split())
    return f"“{inside[:most]}{'…' if len(inside) > most else ''}”"


def words(text: str) -> tuple[str, ...]:
    """The words of a plain text; double quotes hold several together, an unpaired one is an ordinary character."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split, lexer.quotes, lexer.escape, lexer.commenters = True, '"', "", ""
    try:
        return tuple(lexer)
    except ValueError:
        return tuple(text.split())


def respelt(text: str, error: Refusal) -> str:
    """The command as it was typed, with the nearest name in the place of the one that nobody knows; empty where there
    is none."""
    near = nearest(error.word, error.known, 1) if isinstance(error, UnknownName) else ()
    typed = words(plain(text[:MOST_CHARACTERS])) if near else ()
    places = [at for at, one in enumerate(typed) if isinstance(error, UnknownName) and _same(one, error.word)]
    if not places:
        return ""
    better = [*typed[: places[0]], near[0], *typed[places[0] + 1 :]]
    return " ".join(f'"{one}"' if " " in one or not one else one for one in better)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


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
