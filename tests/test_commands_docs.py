"""docs/commands.md is what the commands say of themselves, and its links lead somewhere."""

import re
from pathlib import Path

import commands
from bot.engine.commands import discover
from bot.handbook import pages

PAGES = Path("docs/commands.md").read_text(encoding="utf-8")


def test_the_page_of_commands_is_what_the_commands_declare() -> None:
    assert pages() == PAGES, "run: python -m bot.handbook > docs/commands.md"


def test_every_command_has_its_section_with_usage_and_every_option() -> None:
    for verb, command in discover(commands).items():
        (section,) = re.findall(rf"^### {verb}\n(.*?)(?=^##|\Z)", PAGES, re.MULTILINE | re.DOTALL)
        assert f"`{command.usage}`" in section
        assert all(f"`{option}" in section for option in re.findall(r"\[(--[a-z-]+)", command.usage))


def test_every_picture_is_there_and_every_link_has_its_section() -> None:
    assert all((Path("docs") / picture).is_file() for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", PAGES))
    titles = re.findall(r"^### (\w+)$", PAGES, re.MULTILINE)
    assert re.findall(r"\]\(#(\w+)\)", PAGES) == titles
