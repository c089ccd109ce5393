"""What the bot understands, from the commands' own declarations."""

from collections.abc import Sequence

from bot.domain.stacks import Config
from bot.messages.kit import Message, code, context, escape, message, section


def all_verbs(verbs: Sequence[tuple[str, str]], config: Config) -> Message:
    """`verbs`: usage and summary of each. The stacks follow, so that nobody has to know them."""
    lines = [f"{code(usage)}\n{escape(summary)}" for usage, summary in verbs]
    stacks = [f"*{escape(s.name)}*: {', '.join(escape(stage.name) for stage in s.stages)}" for s in config.stacks[:20]]
    blocks = [section("*What I understand*\n" + "\n".join(lines))]
    blocks += [section("*Stacks and their stages*\n" + "\n".join(stacks))] if stacks else []
    blocks += [context("More about one: `/tinystacks help deploy`")]
    return message("What I understand", *blocks)


def one_verb(usage: str, text: str, options: Sequence[tuple[str, str]]) -> Message:
    """Usage, meaning, options."""
    lines = [f"{code(name)} {escape(meaning)}" for name, meaning in options]
    blocks = [section(f"{code(usage)}\n{escape(' '.join(text.split()), 1_500)}")]
    blocks += [section("\n".join(lines))] if lines else []
    return message(usage, *blocks)
