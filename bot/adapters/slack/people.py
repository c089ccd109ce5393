"""Who somebody is (users.info) and who is in a user group (usergroups.users.list), each remembered for a minute.

Never guesses: what Slack does not tell raises, and the caller refuses (Slack facts 4). One look-up of groups at a time:
whoever waited takes what was asked for meanwhile, so that ten people at once do not use up Slack's 20 a minute.

Slack signs a command with the workspace where it was typed and a click with the clicker's own. In an Enterprise Grid
the two differ for the same own member, so every own member is of the bot's workspace here: one person, one identity.
"""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any

from slack_sdk import WebClient

from bot.adapters.slack.client import Identity
from bot.adapters.slack.errors import translated
from bot.adapters.slack.remembered import Remembered
from bot.domain.people import Person

SLACKBOT = "USLACKBOT"


class SlackPeople:
    """`bot.engine.ports.People`. `home`: the bot's own workspace, asked for at each look-up."""

    def __init__(self, client: WebClient, home: Callable[[], Identity], now: Callable[[], datetime]) -> None:
        self._client = client
        self._home = home
        self._people: Remembered[tuple[str, str], Person] = Remembered(now)
        self._groups: Remembered[str, frozenset[str]] = Remembered(now)
        self._now = now
        self._asking = Lock()

    def person(self, team_id: str, user_id: str, *, fresh: bool = False) -> Person:
        """See People. NotPossible for somebody Slack does not show."""
        asked = self._now()
        known = self._people.recall((team_id, user_id), asked if fresh else None)
        if known is not None:
            return known
        with translated("users.info"):
            user = self._client.api_call("users.info", params={"user": user_id})["user"]
        return self._people.keep((team_id, user_id), person_of(user, team_id, self._home()), asked)

    def members(self, group_id: str, *, fresh: bool) -> frozenset[str]:
        """See People. NotPossible for a group that is not there or disabled."""
        since = self._now() if fresh else None
        with self._asking:
            known = self._groups.recall(group_id, since)
            return known if known is not None else self._ask(group_id)

    def _ask(self, group_id: str) -> frozenset[str]:
        asked = self._now()
        with translated("usergroups.users.list"):
            answer = self._client.api_call("usergroups.users.list", params={"usergroup": group_id})
        return self._groups.keep(group_id, frozenset(answer["users"]), asked)


def person_of(user: dict[str, Any], signed: str, home: Identity) -> Person:
    """The person behind a `user` object of users.info, seen from the workspace `home`. `signed`: the team that Slack
    named beside the user id."""
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), user.get("real_name"), user.get("name"), user["id"])
    name = next(str(one) for one in names if one)
    refused = refused_because(user, signed, home)
    team_id = str(user.get("team_id") or "") if refused else home.team_id
    return Person(team_id, user["id"], name, refused)


def refused_because(user: dict[str, Any], signed: str, home: Identity) -> str | None:
    """Why this user may do nothing at all, in words that follow "you are"; None: an own member (Slack facts 4).

    An id alone is nobody: another workspace may give out the same, so the team that was signed must fit too."""
    if user.get("deleted"):
        return "deactivated"
    if user.get("is_bot") or user.get("is_app_user") or user["id"] == SLACKBOT:
        return "a bot"
    if not _is_own(user, home):
        return f"a member of another workspace ({user.get('team_id') or 'unknown'})"
    if signed not in (home.team_id, user.get("team_id")):
        return f"a member of another workspace ({signed or 'unknown'})"
    if user.get("is_stranger"):
        return "from outside, through Slack Connect"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "a guest in this workspace"
    return None


def _is_own(user: dict[str, Any], home: Identity) -> bool:
    enterprise_id = (user.get("enterprise_user") or {}).get("enterprise_id")
    same_enterprise = bool(home.enterprise_id) and enterprise_id == home.enterprise_id
    return same_enterprise or (bool(home.team_id) and user.get("team_id") == home.team_id)
