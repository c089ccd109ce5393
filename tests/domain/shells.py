"""Shells as their documentation has them, each as: the line as it is typed → the arguments that the program gets.

None of the Windows ones can be started here, so these are written from their grammars, and raise OddlyParsed where a
line leaves the part of the grammar that is modelled: an argument that depends on more than itself is wrong anyway.
"""

import re
from collections.abc import Iterator, Mapping

SET = {"PATH": "C:\\Windows", "USERNAME": "ana", "OS": "Windows_NT", "a": "A"}
"""Variables that are set where the line is typed."""
_SINGLE, _DOUBLE = "'‘’‚‛", '"“”„'
_META = "&|<>()"


class OddlyParsed(Exception):
    """The shell would expand something, run something else, or end up in the middle of a quote."""


def program_arguments(line: str) -> list[str]:
    """What a Windows program makes of its line (Microsoft, "Parsing C command-line arguments"): 2n backslashes and a
    quote are n backslashes and the quote's meaning, 2n+1 are n backslashes and a quote."""
    arguments: list[str | None] = [None]
    inside = False
    for part in re.finditer(r'(\\*)(")|\\+|[^\\"\s]+|\s', line):
        if part[0].isspace() and not inside:
            arguments += [None] if arguments[-1] is not None else []
        elif part[2] and len(part[1]) % 2 == 0:
            arguments[-1] = (arguments[-1] or "") + "\\" * (len(part[1]) // 2)
            inside = not inside
        elif part[2]:
            arguments[-1] = (arguments[-1] or "") + "\\" * (len(part[1]) // 2) + '"'
        else:
            arguments[-1] = (arguments[-1] or "") + part[0]
    if inside:
        raise OddlyParsed(line)
    return [one for one in arguments if one is not None]


def cmd(line: str, variables: Mapping[str, str] = SET) -> list[str]:
    """cmd.exe at its prompt: %NAME% first, everywhere; then carets and quotes (`cmd /?`, "How does the Windows Command
    Interpreter parse scripts"); the rest is the program's."""
    expanded = re.sub(r"%([^%]+)%", lambda match: variables.get(match[1], match[0]), line)
    text, quoted, at = "", False, 0
    while at < len(expanded):
        char = expanded[at]
        if char == "^" and not quoted:
            at += 1
            char = expanded[at]
        elif char == '"':
            quoted = not quoted
        elif char in _META and not quoted:
            raise OddlyParsed(f"cmd runs something at {expanded[at:]!r}")
        text, at = text + char, at + 1
    return program_arguments(text)


def powershell(line: str, *, newer: bool) -> list[str]:
    """PowerShell in argument mode (about_Parsing, about_Quoting_Rules), and how it hands arguments to a program: since
    7.3 each as it is; before, with quotes around what holds spaces and nothing done about quotes inside."""
    arguments = list(_powershell_words(line))
    return arguments if newer else program_arguments(" ".join(map(_handed_on, arguments)))


def _handed_on(argument: str) -> str:
    """NativeCommandParameterBinder.NeedQuotes: a space counts where an even number of quotes stands before it."""
    quotes, needed = 0, False
    for at, char in enumerate(argument):
        if char == '"' and (at == 0 or argument[at - 1] != "\\"):
            quotes += 1
        needed = needed or (char.isspace() and quotes % 2 == 0)
    return f'"{argument}"' if needed else argument


def _powershell_words(line: str) -> Iterator[str]:
    at = 0
    while at < len(line):
        if line[at] == " ":
            at += 1
        elif line[at] in _SINGLE:
            word, at = _literal(line, at + 1)
            yield word
        elif line[at] in _DOUBLE:
            word, at = _expandable(line, at + 1)
            yield word
        else:
            bare = re.match(r"[A-Za-z-]+(?= |$)", line[at:])
            if bare is None:
                raise OddlyParsed(line[at:])
            yield bare[0]
            at += len(bare[0])


def _literal(line: str, at: int) -> tuple[str, int]:
    text = ""
    while at < len(line):
        if line[at] in _SINGLE:
            if line[at + 1 : at + 2] not in tuple(_SINGLE):
                return text, _after(line, at + 1)
            at += 1
        text, at = text + line[at], at + 1
    raise OddlyParsed("an open quote")


def _expandable(line: str, at: int) -> tuple[str, int]:
    end = next((end for end in range(at, len(line)) if line[end] in _DOUBLE), -1)
    if end < 0 or {"$", "`"} & set(line[at:end]):
        raise OddlyParsed(line[at:])
    return line[at:end], _after(line, end + 1)


def _after(line: str, at: int) -> int:
    if line[at : at + 1] not in ("", " "):
        raise OddlyParsed(f"a word goes on: {line[at:]!r}")
    return at
