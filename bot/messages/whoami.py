"""What somebody may do, and which rule says so. Only they see it."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from bot.domain.people import Person
from bot.domain.stacks import CHANGING_VERBS, ApprovalRule, Config, Stage
from bot.domain.standing import VERBS, Right, Standing
from bot.messages.kit import Block, Message, channel, code, context, escape, message, section

MOST_PARTS, MOST_CHARACTERS = 40, 9_000
"""What one message takes, of paragraphs and of characters in them (Slack facts 1.2), with room for the rest."""

_DOING = {
    "deploy": "change it",
    "approve": "approve changes",
    "emergency": "skip approval and locks (`--emergency`)",
    "take_over": "take over locks",
}


def whoami(person: Person, found: Mapping[Standing, Sequence[Stage]], freeze: Right, config: Config) -> Message:
    """`found`: the stages by what the person may do there; `freeze`: whether they may freeze everything."""
    who = (
        f"You are *{escape(person.name)}* ({code(person.user_id)}), a member of this workspace. You may look at it all."
    )
    told, left = _fitting([(_told(standing, stages, config), len(stages)) for standing, stages in found.items()])
    blocks: list[Block] = [section(who), *map(section, told)]
    blocks += [context(f"… and {left} more stages: type `/tinystacks whoami STACK`.")] if left else []
    blocks += [section(_line("freeze everything", freeze, "takes an admin of every stage"))]
    blocks += [context("Rules are in `tinystacks.yml`; who is in a user group is up to Slack.")]
    return message(f"What {escape(person.name)} may do", *blocks)


def _fitting(parts: Sequence[tuple[str, int]]) -> tuple[list[str], int]:
    """The first texts, as many as one message takes, and how many stages the others are about."""
    lengths = accumulate(len(text) for text, _ in parts)
    fits = sum(length <= MOST_CHARACTERS for length in lengths)
    shown = min(fits, MOST_PARTS)
    return [text for text, _ in parts[:shown]], sum(stages for _, stages in parts[shown:])


def _told(standing: Standing, stages: Sequence[Stage], config: Config) -> str:
    lines = [f"*{escape(_named(stages, config), 1_000)}*"]
    for verb, right in zip(VERBS, standing.rights, strict=True):
        if verb != "approve" or standing.approval:
            lines.append(_line(_DOING[verb], right, _who_could(right)))
    lines += [_approval(standing.approval)] if standing.approval else ["No approval is needed."]
    lines += [f"Changed only from {', '.join(map(channel, standing.channels[:10]))}."] if standing.channels else []
    lines += ["In channels shared with other workspaces too."] if standing.shared_channels else []
    return "\n".join(lines)


def _line(doing: str, right: Right, otherwise: str) -> str:
    if right.rule:
        return f"✓ {doing}: {escape(right.rule)}"
    if right.unread:
        return f"⚠️ {doing}: I cannot read {escape(', '.join(right.unread))} from Slack now, so not now"
    return f"✗ {doing}: {otherwise}"


def _who_could(right: Right) -> str:
    return f"ask {escape(' or '.join(right.groups))}" if right.groups else "nobody may"


def _approval(rule: ApprovalRule) -> str:
    people = "1 approval" if rule.count == 1 else f"{rule.count} approvals"
    verbs = "Every change" if set(rule.verbs) == set(CHANGING_VERBS) else ", ".join(rule.verbs).capitalize()
    needs = "needs" if "," not in verbs else "need"
    return f"{verbs} {needs} {people} of {escape(' or '.join(rule.by))}, never the asker's own."


def _named(stages: Sequence[Stage], config: Config) -> str:
    """`all of shop, web; api prod`."""
    here = {(stage.stack, stage.name) for stage in stages}
    whole = [
        stack.name
        for stack in config.stacks
        if len(stack.stages) > 1 and all((stack.name, stage.name) in here for stage in stack.stages)
    ]
    parts = [f"{stage.stack} {stage.name}" for stage in stages if stage.stack not in whole]
    return "; ".join([f"all of {', '.join(whole)}", *parts] if whole else parts)
