"""Who somebody is, as Slack tells it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """One Slack user. Identity is (team_id, user_id); `name` is only shown. `refused` says why this person may do
    nothing at all (guest, bot, deactivated, another workspace), in words that follow "you are"; None: an own member
    (Slack facts 4)."""

    team_id: str
    user_id: str
    name: str
    refused: str | None = None
