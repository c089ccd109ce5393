"""What a channel is, as Slack tells it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """`member`: whether the bot is in it. `external`: whether it is shared with another workspace, or about to be
    (Slack facts 4). None: Slack does not tell (a scope is missing; a private channel the bot is not in)."""

    member: bool | None
    external: bool | None
