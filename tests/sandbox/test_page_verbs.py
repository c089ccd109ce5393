"""The page completes what the bot understands: nothing less, nothing more."""

from pathlib import Path

import commands
from bot.engine.commands import discover

VERBS = Path(__file__).parents[2] / "sandbox/page/slack/verbs.js"


def test_the_composer_knows_every_command_by_the_bots_own_usage() -> None:
    wanted = [
        f"{command.usage.removeprefix('/tinystacks ')} | {command.cli.short_help}"
        for command in discover(commands).values()
    ]
    table = VERBS.read_text().partition("const TABLE = `\n")[2].partition("`;")[0]
    assert table.splitlines() == wanted, "\nput this into TABLE of sandbox/page/slack/verbs.js:\n" + "\n".join(wanted)
