"""What holds for every command, discovered as the bot discovers them."""

import pkgutil
import re
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest

import commands
from bot.domain.requests import Kind
from bot.engine.commands import Command, discover
from sandbox.slack.blocks import block_problems
from sandbox.slack.views import checked_view
from tests.engine.house import GUEST, World

COMMANDS = discover(commands)
EVERY = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
HOSTILE = ["", "<!channel>", "*", "`", "x" * 1_900, "\u202e", "-", "--", '"', "=", "$(reboot)", "\U0001f4a5" * 400]


def test_every_file_is_a_command_named_like_it() -> None:
    files = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    assert files == set(COMMANDS)
    assert {"deploy", "help"} <= files


def test_a_verb_that_is_not_its_files_name_is_refused_at_start(tmp_path: Path) -> None:
    (tmp_path / "strays").mkdir()
    (tmp_path / "strays" / "wrong.py").write_text("from commands.help import COMMAND\n")
    package = ModuleType("strays")
    package.__path__ = [str(tmp_path / "strays")]
    sys.modules["strays"] = package
    try:
        with pytest.raises(ValueError, match=re.escape("commands/wrong.py declares the verb 'help'")):
            discover(package)
    finally:
        sys.modules.pop("strays", None)
        sys.modules.pop("strays.wrong", None)


@EVERY
def test_the_summary_is_one_short_line(command: Command) -> None:
    summary = command.cli.short_help or ""
    assert 5 <= len(summary) <= 60
    assert "\n" not in summary
    assert not summary.endswith(".")


@EVERY
def test_the_help_explains_in_sentences(command: Command) -> None:
    assert (command.cli.help or "").rstrip().endswith(".")


@EVERY
def test_every_option_explains_itself(command: Command) -> None:
    options = [param for param in command.cli.params if isinstance(param, click.Option)]
    assert all(option.help for option in options)


@EVERY
def test_the_usage_names_every_argument_and_starts_with_the_verb(command: Command) -> None:
    assert command.usage.startswith(f"/tinystacks {command.verb}")
    for param in command.cli.params:
        name = param.opts[-1] if isinstance(param, click.Option) else (param.name or "").upper()
        assert name in command.usage


@EVERY
def test_what_the_usage_shows_can_be_parsed(command: Command) -> None:
    shown = re.sub(r"[\[\]]", "", command.usage).split()[2:]
    with command.cli.make_context(command.verb, list(shown)) as context:
        assert set(context.params) == {param.name for param in command.cli.params}


@EVERY
def test_action_ids_are_legal_and_their_own(command: Command) -> None:
    for name in command.actions:
        assert re.fullmatch(r"[a-z]+:[a-z_]+", f"{command.verb}:{name}")
        assert len(f"{command.verb}:{name}") <= 255


@EVERY
def test_a_form_can_be_sent_off_and_checked(command: Command) -> None:
    shows_errors = command.errors is not Command.__dataclass_fields__["errors"].default
    assert not shows_errors or command.submit is not None


@EVERY
@pytest.mark.parametrize("words", [[one] * times for one in HOSTILE for times in (1, 2, 3)], ids=repr)
def test_any_words_get_an_answer_that_slack_accepts(world: World, command: Command, words: list[str]) -> None:
    answer = world.types(" ".join([command.verb, *words]))
    assert answer is not None
    assert block_problems([dict(block) for block in answer.blocks]) == []
    assert 0 < len(answer.text) <= 4_000
    assert "went wrong" not in answer.text
    for view in world.chat.views.values():
        checked_view(dict(view), "modal")


@EVERY
def test_a_guest_gets_nothing(world: World, command: Command) -> None:
    answer = world.types(command.verb, GUEST)
    assert answer is not None
    assert "guest" in answer.text
    assert world.ecs.calls == []


@EVERY
def test_a_forged_click_is_answered_and_changes_nothing(world: World, command: Command) -> None:
    for name in command.actions:
        for value in ("", "x", "../..", "<!channel>", "x" * 2_000):
            request = world.request(Kind.ACTION, action_id=f"{command.verb}:{name}", value=value, view_id="V0")
            answer = world.does(request)
            assert answer is None or "went wrong" not in answer.text
    assert world.ecs.writes == []


@EVERY
@pytest.mark.parametrize("stage", ["", "no/where", "/", "shop", "shop/x", "<!channel>/x"])
def test_a_forged_form_names_wrong_fields_or_is_refused(world: World, command: Command, stage: str) -> None:
    values = {"stage": {"a": stage}, "other": {"a": "v42"}}
    request = world.request(Kind.SUBMISSION, callback_id=command.verb, values=values)
    errors = command.errors(request, world.house.config)
    assert all(field in values and told for field, told in errors.items())
    answer = world.does(request)
    assert answer is None or "went wrong" not in answer.text
    assert world.ecs.writes == []
