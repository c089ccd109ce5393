"""Nobody is told to type what does not exist."""

import re
from pathlib import Path

import pytest

import commands
from bot.engine.commands import discover
from tests.test_manifest import COMMAND

VERBS = set(discover(commands))
SOURCES = sorted(path for folder in ("bot", "commands") for path in Path(folder).rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_every_command_that_the_source_names_is_there(path: Path) -> None:
    text = re.sub(r'"\n\s*f?"', "", path.read_text(encoding="utf-8"))
    assert set(re.findall(r"/tinystacks ([a-z]+)", text)) <= VERBS


def test_what_slack_shows_while_somebody_types_is_there() -> None:
    assert {part.split()[0] for part in COMMAND["usage_hint"].split(" · ")} <= VERBS
