"""The command to exec into a container: every shell, and the AWS CLI behind it, gets the arguments back unchanged."""

import subprocess
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from awscli.clidriver import create_clidriver
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotPossible
from bot.domain.exec_command import LONGEST, Into, execute_lines
from tests.domain.shells import OddlyParsed, cmd, powershell, program_arguments

INTO = Into("prod", "0123456789abcdef0123456789abcdef", "app", "eu-west-1")
MANY = 10_000
PIECES = (
    "sh", "bash -c ", "ls -la /tmp", "echo", " ", "  ", "'", '"', "''", '""', "`", "$", "$HOME", "${PATH}", "$(id)",
    "!", "!!", "!ls", "%", "%PATH%", "%USERNAME%", "%%", "%a%", "^", "^^", "&", "&&", "|", ";", "<", ">", ">>", "`id`",
    "(", ")", "\\", "\\\\", "\\'", '\\"', "-", "--", "--x", "=", "=ls", "~", "*", "?", "[a]", "{a,b}", "#", "@", ",",
    ":", "//", "file://x", "é", "日本", "\U0001f4a5", "‘", "’", "‚", "‛", "“", "”", "„", "–", "a", "b", "0", ".", "/",
    "help", "@(1)", "--%", "\u00a0",
)  # fmt: skip


def commands() -> Iterator[str]:
    """Ten thousand of them, made of what means something to some shell."""
    random = Random(20261123)
    while True:
        command = "".join(random.choices(PIECES, k=random.randint(1, 9))).strip()
        if command not in ("", "--") and not command.endswith("\\") and not command.startswith("file://"):
            yield command


COMMANDS = [command for command, _ in zip(commands(), range(MANY), strict=False)]
TEXTS = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=40)


def expected(command: str, into: Into = INTO) -> list[str]:
    given = [f"--command={command}"] if command.startswith("-") else ["--command", command]
    names = ["--cluster", into.cluster, "--task", into.task_id, "--container", into.container]
    return ["aws", "ecs", "execute-command", *names, *given, "--interactive", "--region", into.region]


def line_for(shell: str, command: str) -> str:
    lines = execute_lines(INTO, command)
    return next(one.text for name in (shell, shell.split(maxsplit=1)[0]) for one in lines if name in one.shells)


def lines_for(shell: str) -> list[str]:
    return [line_for(shell, command) for command in COMMANDS]


def parsed_by(shell: Callable[[str], list[str]], lines: Sequence[str]) -> list[str]:
    """The commands that come out wrong."""
    return [one for one, line in zip(COMMANDS, lines, strict=True) if shell(line) != expected(one)]


def test_bash_hands_ten_thousand_commands_on_unchanged() -> None:
    """With history expansion on, as at a prompt."""
    modes = "set -o history -o histexpand\n"
    script = modes + "aws() { printf '%s\\0' aws \"$@\" $'\\n'; }\n" + "\n".join(lines_for("bash"))
    done = subprocess.run(
        ["bash", "--norc"], input=script.encode(), capture_output=True, timeout=60, check=True, env={"HOME": "/nowhere"}
    )
    answers = [one.split("\0") for one in done.stdout.decode().split("\0\n\0")[:-1]]
    assert len(answers) == MANY
    assert [one for one, got in zip(COMMANDS, answers, strict=True) if got != expected(one)] == []
    assert done.stderr == b""


@pytest.mark.parametrize("newer", [True, False], ids=["7.3", "5.1"])
def test_powershell_hands_ten_thousand_commands_on_unchanged(newer: bool) -> None:
    assert (
        parsed_by(lambda line: powershell(line, newer=newer), lines_for("PowerShell 7.3" if newer else "PowerShell up"))
        == []
    )


def test_cmd_hands_ten_thousand_commands_on_unchanged() -> None:
    assert parsed_by(cmd, lines_for("cmd")) == []


@pytest.fixture(scope="module")
def aws() -> Any:
    """The AWS CLI, which answers with the request that it would have sent."""
    driver, asked = create_clidriver(), []

    def keep(call_parameters: Any, parsed_globals: Any, **_: Any) -> int:
        asked.append((call_parameters, parsed_globals.region, parsed_globals.profile))
        return 0

    driver.session.register("calling-command.ecs.execute-command", keep)

    def run(arguments: list[str]) -> Any:
        assert driver.main(arguments[1:]) == 0
        return asked.pop()

    run.operation = driver._get_command_table()["ecs"]._get_command_table()["execute-command"]  # type: ignore[attr-defined]
    return run


def request(command: str) -> dict[str, Any]:
    return {
        "cluster": INTO.cluster,
        "task": INTO.task_id,
        "container": INTO.container,
        "command": command,
        "interactive": True,
    }


def test_the_aws_cli_reads_ten_thousand_commands_unchanged(aws: Any) -> None:
    operation, globals_ = aws.operation, Namespace(command="ecs", region="")
    parser, wrong = operation._create_operation_parser(operation.arg_table), []
    for command in COMMANDS:
        parsed, rest = parser.parse_known_args(expected(command)[3:])
        asked = operation._build_call_parameters(parsed, operation.arg_table, globals_)
        wrong += [] if (asked, rest) == (request(command), ["--region", INTO.region]) else [command]
    assert wrong == []


def test_the_whole_aws_cli_takes_the_line(aws: Any) -> None:
    for command in COMMANDS[:100]:
        assert aws(expected(command)) == (request(command), INTO.region, None)


@pytest.mark.parametrize(
    "command", ["file:///etc/passwd", "fileb://x", "FILE://x", "https://x", "http://169.254.169.254/"]
)
def test_what_the_aws_cli_would_fetch_is_refused(command: str) -> None:
    with pytest.raises(NotPossible, match="from a file or an address"):
        execute_lines(INTO, command)


@given(TEXTS)
def test_any_text_comes_back_unchanged_or_is_refused(text: str) -> None:
    try:
        execute_lines(INTO, text)
    except NotPossible:
        return
    command = text.strip()
    assert cmd(line_for("cmd", command)) == expected(command)
    for newer, name in ((True, "PowerShell 7.3"), (False, "PowerShell up")):
        assert powershell(line_for(name, command), newer=newer) == expected(command)


def test_a_plain_command_is_one_line_for_every_shell_in_the_original_order() -> None:
    (line,) = execute_lines(INTO, "sh")
    assert line.shells == "bash, zsh, PowerShell and cmd"
    assert line.text == (
        'aws ecs execute-command --cluster "prod" --task "0123456789abcdef0123456789abcdef" --container "app" '
        '--command "sh" --interactive --region "eu-west-1"'
    )


def test_a_profile_stands_at_the_end() -> None:
    (line,) = execute_lines(replace(INTO, profile="acme-prod"), "sh")
    assert line.text.endswith(' --interactive --region "eu-west-1" --profile "acme-prod"')
    assert powershell(line.text, newer=False)[-2:] == ["--profile", "acme-prod"]


@pytest.mark.parametrize("odd", ["", "a b", 'a"', "$x", "a`b`", "a;b", "x\ny", "é", "a" * 256])
@pytest.mark.parametrize("field", ["cluster", "task_id", "container", "region", "profile"])
def test_a_name_outside_the_charset_of_aws_is_refused(field: str, odd: str) -> None:
    if field == "profile" and not odd:
        return
    with pytest.raises(NotPossible, match="no command line"):
        execute_lines(replace(INTO, **{field: odd}), "sh")


@pytest.mark.parametrize(
    "command", ["", "  ", "--", "a\nb", "a\rb", "a\x07", "a\u202eb", "a\u200bb", "a\ud800", "dir c:\\", "x" * 401]
)
def test_a_command_that_no_line_carries_is_refused_with_what_to_do(command: str) -> None:
    with pytest.raises(NotPossible, match="Leave --command out"):
        execute_lines(INTO, command)


def test_the_longest_command_makes_lines_that_fit_into_one_message() -> None:
    names = Into("c" * 255, "t" * 36, "n" * 255, "eu-west-1")
    lines = execute_lines(names, "'\"" * (LONGEST // 2))
    assert sum(len(one.text) for one in lines) < 8_000


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        (r'"a\\\b" d"e f"g h', ["a\\\\\\b", "de fg", "h"]),
        (r'a\\"b" \"c', ["a\\b", '"c']),
        (r'"a \"b\\" c', ['a "b\\', "c"]),
    ],
)
def test_the_model_of_a_windows_program_agrees_with_microsofts_examples(line: str, meant: list[str]) -> None:
    assert program_arguments(line) == meant


@pytest.mark.parametrize("line", ['aws "a" & calc', 'aws a"b', 'aws ^"a" & b^"'])
def test_the_model_of_cmd_notices_what_would_run(line: str) -> None:
    with pytest.raises(OddlyParsed):
        cmd(line)


def test_the_models_expand_what_is_set() -> None:
    assert cmd('aws "%USERNAME%" ^%USERNAME^% "%NOSUCH%"') == ["aws", "ana", "%USERNAME%", "%NOSUCH%"]
    for line in ('aws "$HOME"', 'aws "a`nb"', "aws 'a", "aws a$b", "aws 'a'b"):
        with pytest.raises(OddlyParsed):
            powershell(line, newer=True)
    assert powershell("aws 'a \"b c\"'", newer=False) != ["aws", 'a "b c"']
