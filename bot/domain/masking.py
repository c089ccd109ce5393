"""Log lines made fit to be shown: secrets masked, control characters gone, length capped. Conservative: only what is
plainly a secret is masked, and a line that looks odd is shown as it is. The rules are listed in docs/logs.md."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

Find = Callable[[str], Iterable[str]]
"""Further secrets in a line, as they stand there: what a detector of its own knows (port Secrets)."""

MASK = "•••"
LINE = 200
"""Characters of a line that are shown."""

_READ = 4_000
"""Characters of a line that are looked at: bounds the work, and far beyond what is shown."""

_TERMINAL = re.compile(r"\x1b\][^\x07\x1b]*(\x07|\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_]")
_WORD = (
    r"(?:passw(?:or)?d|passphrase|pwd|secret|token|credentials?|"
    r"(?:api|access|account|private|shared|signing|encryption)[_-]?key)"
)
_NAME = rf"[\w.-]*{_WORD}(?:[_-]?\w{{1,12}})?"
_VALUE = r"(?:\\\"[^\"\\]*(?:\\\")?|\"(?:[^\"\\]|\\.)*\"?|'[^']*'?|[^\s,;&}\]\"'\\]+)"
_IS = r"\\?[\"']?\s*(?:=>|[:=])\s*"
_NAMES = ("passw", "passphrase", "pwd", "secret", "token", "credential", "key")
_RULES = (
    (("akia", "asia", "aroa", "aida"), re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}"), MASK),
    (("xox", "xapp-"), re.compile(r"\bxox[a-z]-[\w-]+|\bxapp-[\w-]+|\bxoxe\.[\w.-]+"), MASK),
    (("gh", "glpat-"), re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-)[\w-]{10,}"), MASK),
    (("_live_", "sk-"), re.compile(r"\b(?:[rs]k_live_\w{10,}|sk-[\w-]{20,})"), MASK),
    (("npm_", "pypi-", "hvs."), re.compile(r"\bnpm_\w{30,}|\bpypi-[\w-]{40,}|\bhvs\.[\w-]{20,}"), MASK),
    (("aiza",), re.compile(r"\bAIza[\w-]{30,}"), MASK),
    (("hooks.slack.com",), re.compile(r"(hooks\.slack\.com/)[^\s\"'<>]+"), rf"\1{MASK}"),
    (("eyj",), re.compile(r"\beyJ[\w-]{5,}(?:\.[\w-]*){1,4}"), MASK),
    (
        ("authorization",),
        re.compile(r"(?i)\b(authorization\\?[\"']?\s*[:=]\s*\\?[\"']?(?:\w+\s+)?)(?!•)[^\s\"',\\]{6,}"),
        rf"\1{MASK}",
    ),
    (("bearer", "basic"), re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    (("cookie",), re.compile(r"(?i)\b((?:set-)?cookie\\?[\"']?\s*[:=]\s*\\?[\"']?)(?!•)[^\"'\\]{6,}"), rf"\1{MASK}"),
    (("://",), re.compile(r"(://[^\s:/@]*):[^\s/@]+@"), rf"\1:{MASK}@"),
    (("sig", "&key", "?key"), re.compile(r"(?i)([?&](?:[\w-]*signature|sig|key)=)[^\s&\"'\\]+"), rf"\1{MASK}"),
    (("--",), re.compile(rf"(?i)(?<!\S)(--[\w-]*{_WORD}\s+)(?![-•]){_VALUE}"), rf"\1{MASK}"),
    (_NAMES, re.compile(rf"(?i)(?<![\w.-])({_NAME}{_IS}){_VALUE}"), rf"\1{MASK}"),
    (
        ("_key", "_pass", "_pw", "_dsn", "_auth"),
        re.compile(rf"(?<![\w.-])([A-Z][A-Z0-9_]*_(?:KEY|PASS|PW|DSN|AUTH){_IS}){_VALUE}"),
        rf"\1{MASK}",
    ),
)
"""Words of which a line must hold one in lower case (cheap to look for), the pattern, and what stands in its place."""

_SHORTEST = 8
"""What a detector finds is masked wherever it stands in the line: a shorter word could be any word."""

_KEY_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")
_KEY_END = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
_KEY_BODY = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9+/])[A-Za-z0-9+/]{60,76}={0,2}")
_KEY_TAIL = re.compile(r"[A-Za-z0-9+/=]{1,76}")
_KEY = f"{MASK} (private key)"


def nothing_more(_line: str) -> Iterable[str]:
    """The Find of somebody who has no detector."""
    return ()


def masked(lines: Iterable[str], find: Find = nothing_more, most: int = LINE) -> tuple[str, ...]:
    """The lines as they may be shown, in order, at most `most` characters each with the number of those cut off. A
    block of lines that is a private key becomes one line."""
    return tuple(line for line in masked_each(lines, find, most) if line is not None)


def masked_each(lines: Iterable[str], find: Find = nothing_more, most: int = LINE) -> tuple[str | None, ...]:
    """`masked` line for line: None for one that is gone with the private key it is part of."""
    shown = _without_keys([_plain(line) for line in lines])
    return tuple(None if line is None else _cut(_hidden(line, find), most) for line in shown)


def _plain(line: str) -> str:
    """One line of printable text: terminal sequences, control, bidi and other invisible characters are gone."""
    text = line[:_READ]
    if not text.isprintable():
        text = "".join(_shown(character) for character in _TERMINAL.sub("", text))
    return text.strip()


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\t\n\r\v\f" or category in ("Zl", "Zp"):
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Co", "Cn") else character


def _without_keys(lines: Sequence[str]) -> list[str | None]:
    """A page may begin or end in the middle of a key: its lines are known by their looks as well."""
    shown: list[str | None] = []
    inside = False
    for line in lines:
        begins, ends = _KEY_BEGIN.search(line), _KEY_END.search(line)
        if begins and not inside:
            shown.append(f"{line[: begins.start()]}{_KEY}")
        elif ends and not inside:
            _forget_tail(shown)
            shown.append(_KEY)
        else:
            shown.append(None if inside else _KEY if _KEY_BODY.fullmatch(line) else line)
        inside = bool(begins or inside) and not ends
    return shown


def _forget_tail(shown: list[str | None]) -> None:
    """What stands right before the end of a key whose beginning nobody saw."""
    for index in reversed(range(len(shown))):
        line = shown[index]
        if line is None or not (line == _KEY or _KEY_TAIL.fullmatch(line)):
            return
        shown[index] = None


def _hidden(line: str, find: Find) -> str:
    lower = line.lower()
    for hints, pattern, instead in _RULES:
        if any(hint in lower for hint in hints):
            line = pattern.sub(instead, line)
    for secret in find(line):
        if len(secret) >= _SHORTEST and MASK not in secret:
            line = line.replace(secret, MASK)
    return line


def _cut(line: str, most: int) -> str:
    more = len(line) - most
    return line if more <= 0 else f"{line[:most]}… ({more} more characters)"
