"""What the bot understands, from the commands' own declarations."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.policy import HOLDING_VERBS, READING_VERBS
from bot.domain.stacks import Config
from bot.messages.kit import Message, clean, code, code_block, context, escape, message, section

GROUPS = ("Look", "Change", "Hold changes up")
"""In this order."""


@dataclass(frozen=True, slots=True)
class Verb:
    """`arguments`: as `STACK [STAGE]`, without options."""

    name: str
    arguments: str
    summary: str


def all_verbs(verbs: Sequence[Verb], config: Config) -> Message:
    """What looks, what changes something, what holds changes up. The stacks follow, so that nobody has to know them."""
    stacks = [f"*{escape(s.name)}*: {', '.join(escape(stage.name) for stage in s.stages)}" for s in config.stacks[:20]]
    more = len(config.stacks) - 20
    stacks += [f"… and {more} more: `/tinystacks status`"] if more > 0 else []
    parts = [(title, [one for one in verbs if group_of(one.name) == title]) for title in GROUPS]
    blocks = [section("*What I understand*\nType `/tinystacks` and:")]
    blocks += [section("\n".join([f"*{title}*", *map(_line, part)])) for title, part in parts if part]
    blocks += [section("*Stacks and their stages*\n" + "\n".join(stacks))] if stacks else []
    blocks += [context("Leave out what you do not know: a form asks. More about one: `/tinystacks help deploy`")]
    return message("What I understand", *blocks)


def group_of(verb: str) -> str:
    """Which of GROUPS it belongs to."""
    if verb in HOLDING_VERBS:
        return GROUPS[2]
    return GROUPS[0] if verb in READING_VERBS else GROUPS[1]


def _line(verb: Verb) -> str:
    return f"{code(f'{verb.name} {verb.arguments}')}\n{escape(verb.summary)}"


def first_run(user_id: str, channel_id: str) -> Message:
    """For a tinystacks.yml without any stack: one to begin with, for who asks and where they ask."""
    first = code_block(_first(user_id, channel_id))
    text = "I am here, but tinystacks.yml names no stack yet, so there is nothing to look at or to change."
    return message(
        text,
        section(f"👋 {text}"),
        section(f"*1.* Name your first one in `tinystacks.yml`, for example:\n{first}"),
        section("*2.* See whether I reach it, in a terminal beside me: `python -m bot check`"),
        section("*3.* Restart me, then type `/tinystacks status`"),
    )


def _first(user_id: str, channel_id: str) -> list[str]:
    return [
        "people:",
        f"  developers: [{user_id}]",
        "stacks:",
        "  shop:",
        "    stages:",
        "      - name: staging",
        "        region: us-east-1",
        "        cluster: my-cluster",
        "        service: my-service",
        f"        channel: {channel_id or 'C0123456789'}",
        "        may_change: [developers]",
    ]


def _prose(text: str) -> str:
    """A command's own help, which is written in Markdown; it is ours, so its marks may live."""
    inert = clean(" ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return inert.replace("**", "*")


def one_verb(usage: str, text: str, options: Sequence[tuple[str, str]], examples: Sequence[str] = ()) -> Message:
    """Usage, meaning, examples, options."""
    lines = [f"{code(name)} {escape(meaning)}" for name, meaning in options]
    blocks = [section(f"{code(usage, 600)}\n{_prose(text)}")]
    blocks += [section("For example:\n" + "\n".join(map(code, examples)))] if examples else []
    blocks += [section("\n".join(lines))] if lines else []
    return message(usage, *blocks)
