"""The exact `aws ecs execute-command` of a task's container, as each shell has to be given it (ECS facts 4.2, 4.3).

Names and ids are of a charset that is itself in every shell; the command alone is free text. It is quoted by the rules
of bash and zsh, of PowerShell's string literals, of cmd, and, on Windows, of how a program takes its line apart
(Microsoft, "Parsing C command-line arguments").
"""

import re
import unicodedata
from dataclasses import dataclass

from bot.domain.errors import NotPossible

LONGEST = 400
"""Characters of a command: four lines of it have to fit into one message."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_REGION = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_PROFILE = re.compile(r"[A-Za-z0-9_.@+][A-Za-z0-9_.@+-]{0,99}", re.ASCII)
_READ_BY_THE_CLI = re.compile(r"(?:fileb?|https?)://", re.I)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SINGLE, _DOUBLE = "'‘’‚‛", '"“”„'
"""What PowerShell takes for quotes (about_Quoting_Rules)."""

_SPECIAL = frozenset('\\"$`!%' + _SINGLE[1:] + _DOUBLE[1:])
"""What some shell does not take literally between double quotes."""


@dataclass(frozen=True, slots=True)
class Into:
    """Where a command is to run. `profile`: of the person's AWS CLI; empty: their default."""

    cluster: str
    task_id: str
    container: str
    region: str
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be copied, and the shells that take it."""

    shells: str
    text: str


def execute_lines(into: Into, command: str) -> tuple[Line, ...]:
    """The line for every shell; a single one where all of them take the same.

    Raises NotPossible for names outside AWS's charset, and for a command that no line can carry."""
    _insist_on_names(into)
    shells: dict[str, list[str]] = {}
    for shell, argument in _arguments(printable(command)).items():
        shells.setdefault(_line(into, argument), []).append(shell)
    return tuple(Line(_listed(names), text) for text, names in shells.items())


def is_name(text: str) -> bool:
    """Whether it is of the charset of clusters, containers and task ids."""
    return _NAME.fullmatch(text) is not None


def container_word(typed: str) -> str:
    """A container's name as it was typed. Raises NotPossible for what is none of ECS's."""
    if not is_name(typed):
        fact = f"“{typed[:60]}” is no container's name: those have letters, digits, - and _ only."
        raise NotPossible(fact, "The names are in the task definition.")
    return typed


def _line(into: Into, argument: str) -> str:
    where = f'--cluster "{into.cluster}" --task "{into.task_id}" --container "{into.container}"'
    profile = f' --profile "{into.profile}"' if into.profile else ""
    return f'aws ecs execute-command {where} {argument} --interactive --region "{into.region}"{profile}'


def _arguments(command: str) -> dict[str, str]:
    """The `--command` argument by the shell that takes it so."""
    joined = command.startswith("-")
    # The CLI would take a value that begins with a dash for its next option.
    value, before = (f"--command={command}", "") if joined else (command, "--command ")
    if not _SPECIAL & set(value):
        return dict.fromkeys(("bash", "zsh", "PowerShell", "cmd"), f'{before}"{value}"')
    power = {"PowerShell": in_powershell(value)}
    if '"' in value:
        # Until 7.3, PowerShell hands quotes on as they are, and the program takes them for its own.
        older = in_powershell(_escaped(value))
        power = {"PowerShell 7.3 and newer": in_powershell(value), "PowerShell up to 7.2": older}
    quoted = {"bash": in_bash(value), "zsh": in_bash(value), **power, "cmd": in_cmd(value)}
    return {shell: before + text for shell, text in quoted.items()}


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def in_bash(value: str) -> str:
    """In single quotes nothing is expanded, not even the history's `!`; a quote stands outside them."""
    return "'" + value.replace("'", r"'\''") + "'"


def in_powershell(value: str) -> str:
    """A single-quoted literal: nothing is expanded, each quote stands twice (about_Quoting_Rules)."""
    return "'" + "".join(char * 2 if char in _SINGLE else char for char in value) + "'"


def in_cmd(value: str) -> str:
    """Quoted for the program; for cmd itself, where a quote or % would end or expand something, every sign that means
    something has a caret instead, so that cmd never sees a quote (Microsoft, "Everyone quotes command line arguments
    the wrong way"). As typed at its prompt, with delayed expansion off, as it is by default."""
    quoted = f'"{_escaped(value)}"'
    if not {'"', "%"} & set(value):
        return quoted
    return re.sub(r'[()%!^"<>&|]', r"^\g<0>", quoted)


def _escaped(value: str) -> str:
    """Inside double quotes for a Windows program: backslashes before a quote stand twice, the quote has one more."""
    return re.sub(r'(\\*)"', r'\1\1\\"', value)


def printable(command: str) -> str:
    """The command as one line. Raises NotPossible for what no line carries."""
    fact, command = "", command.strip()
    if not command:
        fact = "There is no command to run."
    elif len(command) > LONGEST:
        fact = f"That command has {len(command):,} characters; a line that is copied takes {LONGEST}."
    elif any(unicodedata.category(char) in _UNSEEN for char in command):
        fact = "That command holds a line break or another character that cannot be seen."
    elif _READ_BY_THE_CLI.match(command):
        fact = "The AWS CLI would read that command from a file or an address instead of running it."
    elif command == "--":
        fact = "The AWS CLI makes nothing of “--” (its argument parser drops it)."
    elif command.endswith("\\"):
        fact = "That command ends in a backslash, which no shell hands on alike."
    if fact:
        raise NotPossible(fact, "Leave --command out for a shell, and type it there.")
    return command


def _insist_on_names(into: Into) -> None:
    """Raises NotPossible: what is not of AWS's charset is no name of AWS's, and might be a command."""
    names = {"cluster": into.cluster, "task": into.task_id, "container": into.container}
    odd = [kind for kind, name in names.items() if not is_name(name)]
    odd += [] if _REGION.fullmatch(into.region) else ["region"]
    odd += [] if not into.profile or _PROFILE.fullmatch(into.profile) else ["profile"]
    if odd:
        fact = f"The {odd[0]}'s name holds characters that I put on no command line."
        raise NotPossible(fact, "Check it in tinystacks.yml and the task definition.")
