"""`python -m bot.handbook > docs/commands.md`: every command, from what it declares of itself."""

import sys
from collections.abc import Iterator
from pathlib import Path

import commands
from bot.engine.commands import Command, discover
from bot.engine.forms import has_form
from bot.messages.help import GROUPS, group_of

_PICTURES = Path("docs/img")

_SHOWN_TOO = {
    "deploy": {
        "form": "its form",
        "approval": "a request, as who may approve it sees it",
        "crash": "a deploy whose tasks crash: the cause in the thread, Abort on the card",
    }
}
"""Pictures whose names do not begin with the verb, with what they show."""

_BEGINNING = """\
# Commands

<!-- Made by `python -m bot.handbook > docs/commands.md` from the commands' own declarations. -->

Everything begins with `/tinystacks`, in any channel. What stands in [brackets] may be left out; capitals do not matter
in verbs, stacks and stages. Where you leave out a stack or a stage that a command needs, a form asks for it; sent off,
it is the command as you would have typed it. Answers are for you alone, and changes are told in the stage's channel.
`/tinystacks help` lists what follows in Slack, and a word that nobody knows is answered with the nearest.

In a channel you may also write `@tinystacks status shop`. **Deploy…** in Slack's menu of shortcuts opens the deploy
form from anywhere.
"""


def pages() -> str:
    """All of docs/commands.md."""
    found = discover(commands)
    groups = [(title, [one for verb, one in found.items() if group_of(verb) == title]) for title in GROUPS]
    lists = [f"- {title}: {', '.join(f'[{one.verb}](#{one.verb})' for one in part)}" for title, part in groups]
    sections = [text for title, part in groups for text in (f"## {title}", *map(_section, part))]
    return "\n\n".join([_BEGINNING.rstrip(), "\n".join(lists), *sections]) + "\n"


def _section(command: Command) -> str:
    return "\n\n".join(part for part in _parts(command) if part)


def _parts(command: Command) -> Iterator[str]:
    help_text = " ".join((command.cli.help or "").split())
    yield f"### {command.verb}"
    yield f"`{command.usage}`"
    yield help_text.replace("<", "&lt;")
    yield "\n".join(["```", *command.examples, "```"]) if command.examples else ""
    yield "\n".join(f"- `{name}`: {meaning}" for name, meaning in command.options)
    if has_form(command):
        yield "Without a stage it opens a form."
    for picture in _pictures(command.verb):
        yield f"![{command.verb}: {command.cli.short_help}](img/{picture.name})"
    for name, shows in _SHOWN_TOO.get(command.verb, {}).items():
        yield f"![{command.verb}: {shows}](img/{name}.webp)"


def _pictures(verb: str) -> list[Path]:
    """docs/img/VERB.webp, and docs/img/VERB-SOMETHING.webp."""
    return [*_PICTURES.glob(f"{verb}.webp"), *sorted(_PICTURES.glob(f"{verb}-*.webp"))]


if __name__ == "__main__":
    sys.stdout.write(pages())
