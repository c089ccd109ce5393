"""Log lines made fit to be shown: secrets masked, control characters gone, length capped. Conservative: only what is
plainly a secret is masked, and a line that looks odd is shown as it is."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

MASK = "•••"
LINE = 200
"""Characters of a line that are shown."""

_READ = 4_000
"""Characters of a line that are looked at: bounds the work, and far beyond what is shown."""

_TERMINAL = re.compile(r"\x1b\][^\x07\x1b]*(\x07|\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_]")
_NAME = r"[\w.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|private)[_-]?key|credentials?)"
_VALUE = r"(?:\"[^\"]*\"?|'[^']*'?|[^\s,;&}\]\"']+)"
_RULES = (
    (re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}"), MASK),
    (re.compile(r"\bxox[a-z]-[\w-]+|\bxapp-[\w-]+|\bxoxe\.[\w.-]+"), MASK),
    (re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-|sk_live_|rk_live_)\w{10,}"), MASK),
    (re.compile(r"\beyJ[\w-]{5,}(?:\.[\w-]*){1,2}"), MASK),
    (re.compile(r"(?i)\b(authorization[\"']?\s*[:=]\s*[\"']?(?:\w+\s+)?)(?!•)[^\s\"',]{6,}"), rf"\1{MASK}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"(://[^\s:/@]*):[^\s/]+@"), rf"\1:{MASK}@"),
    (re.compile(rf"(?i)(?<![\w.-])({_NAME}(?:[_-]?\w{{1,12}})?[\"']?\s*(?:=>|[:=])\s*){_VALUE}"), rf"\1{MASK}"),
    (re.compile(rf"(?<![\w.-])([A-Z][A-Z0-9_]*_(?:KEY|PASS|PW|DSN|AUTH)[\"']?\s*[:=]\s*){_VALUE}"), rf"\1{MASK}"),
)
_KEY_BEGIN = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
_KEY_END = re.compile(r"-----END [A-Z ]*PRIVATE KEY-----")


def masked(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines as they may be shown, in order, at most LINE characters each with the number of those cut off. A block
    of lines that is a private key becomes one line."""
    return tuple(_cut(_hidden(line)) for line in _without_keys(map(_plain, lines)))


def _plain(line: str) -> str:
    """One line of printable text: terminal sequences, control, bidi and other invisible characters are gone."""
    text = _TERMINAL.sub("", line[:_READ])
    return "".join(_shown(character) for character in text).strip()


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\t\n\r\v\f" or category in ("Zl", "Zp"):
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Co", "Cn") else character


def _without_keys(lines: Iterable[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        begins = _KEY_BEGIN.search(line)
        if begins and not inside:
            yield f"{line[: begins.start()]}{MASK} (private key)"
        inside = bool(begins or inside) and not _KEY_END.search(line)
        if not inside and not begins and not _KEY_END.search(line):
            yield line


def _hidden(line: str) -> str:
    for pattern, instead in _RULES:
        line = pattern.sub(instead, line)
    return line


def _cut(line: str) -> str:
    more = len(line) - LINE
    return line if more <= 0 else f"{line[:LINE]}… ({more} more characters)"
