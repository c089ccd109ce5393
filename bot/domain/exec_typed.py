"""The command behind `--command`, exactly as it was typed: the quotes in it are part of it."""

import re
from itertools import pairwise

_OPTION = re.compile(r"(?:^|(?<=\s))--(?:command|container)(?=[\s=]|$)")
_QUOTED = re.compile(r'"[^"]*"')


def command_typed(text: str) -> str:
    """What follows the last `--command`, up to the next option of `exec` or the end; without the double quotes that
    stand around the whole of it. `text` is plain already. Empty where there is none."""
    hidden = _QUOTED.sub(lambda match: "." * len(match[0]), text)
    options = [match.span() for match in _OPTION.finditer(hidden)] + [(len(text), len(text))]
    found = ""
    for (start, end), (until, _) in pairwise(options):
        if text[start:end] == "--command":
            found = text[end:until].removeprefix("=").strip()
    return found[1:-1] if _QUOTED.fullmatch(found) else found


def over_lines(raw: str) -> bool:
    """Whether what follows `--command` goes over several lines. `raw`: before it was made plain, which joins them: two
    commands would be one with other arguments."""
    return len(raw.partition("--command")[2].strip().splitlines()) > 1
