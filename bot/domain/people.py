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


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """For whom, and as part of which change, something is changed on AWS. A person without an id is the bot itself."""

    person: Person
    change_id: str
    stack: str
    stage: str
