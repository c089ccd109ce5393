"""The people, channels, user groups and the app of one workspace: frozen values, replaced and never edited.

Shapes follow users.info, conversations.info and usergroups.list (docs.slack.dev).
"""

from dataclasses import dataclass, replace
from typing import Any

Json = dict[str, Any]

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:write",
    "links:read",
    "links:write",
    "users:read",
    "usergroups:read",
)


@dataclass(frozen=True)
class User:
    """A member of the workspace, or an outsider who is `is_stranger` (Slack Connect)."""

    id: str
    name: str
    real_name: str
    team_id: str = "T0ACME"
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False

    def as_json(self) -> Json:
        flags = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
        names: Json = {"id": self.id, "team_id": self.team_id, "name": self.name, "real_name": self.real_name}
        profile = {"display_name": self.name, "real_name": self.real_name, "team": self.team_id}
        return names | {flag: getattr(self, flag) for flag in flags} | {"is_app_user": False, "profile": profile}


@dataclass(frozen=True)
class UserGroup:
    """A user group; `users` are user ids."""

    id: str
    handle: str
    users: tuple[str, ...]
    disabled: bool = False

    def as_json(self) -> Json:
        names: Json = {"id": self.id, "handle": self.handle, "name": self.handle, "is_usergroup": True}
        return names | {"users": list(self.users), "date_delete": int(self.disabled)}


@dataclass(frozen=True)
class Channel:
    """A channel or a direct message (`is_im`); `members` are user ids, the bot's among them where it was invited."""

    id: str
    name: str
    members: frozenset[str]
    is_private: bool = False
    is_ext_shared: bool = False
    is_im: bool = False

    def as_json(self) -> Json:
        names: Json = {"id": self.id, "name": self.name, "is_channel": not self.is_im, "is_im": self.is_im}
        shared: Json = {"is_ext_shared": self.is_ext_shared, "is_pending_ext_shared": False, "is_archived": False}
        return names | shared | {"is_private": self.is_private, "num_members": len(self.members)}


@dataclass(frozen=True)
class SlackApp:
    """The app as installed: its tokens, its granted scopes, its slash commands and global shortcuts."""

    id: str = "A0TINY"
    bot_token: str = "xoxb-sandbox"
    app_token: str = "xapp-sandbox"
    bot_id: str = "B0TINY"
    bot_user_id: str = "U0BOT"
    scopes: tuple[str, ...] = SCOPES
    commands: tuple[str, ...] = ("/tinystacks",)
    should_escape: bool = True
    unfurl_domains: tuple[str, ...] = ("console.aws.amazon.com",)


@dataclass(frozen=True)
class Workspace:
    """One Slack team with one app installed."""

    team_id: str
    domain: str
    app: SlackApp
    users: tuple[User, ...]
    channels: tuple[Channel, ...]
    user_groups: tuple[UserGroup, ...]

    def user(self, user_id: str) -> User | None:
        return next((user for user in self.users if user.id == user_id), None)

    def channel(self, channel_id: str) -> Channel | None:
        """A channel by id; a person's id or `D…` id is the direct message between that person and the bot."""
        found = next((channel for channel in self.channels if channel.id == channel_id), None)
        return found or self._direct_message(channel_id)

    def _direct_message(self, channel_id: str) -> Channel | None:
        user = self.user("U" + channel_id[1:]) if channel_id[:1] in ("D", "U") else None
        if user is None or user.is_bot:
            return None
        return Channel("D" + user.id[1:], user.name, frozenset({user.id, self.app.bot_user_id}), is_im=True)

    def user_group(self, usergroup_id: str) -> UserGroup | None:
        return next((group for group in self.user_groups if group.id == usergroup_id), None)

    def with_user(self, user: User) -> "Workspace":
        """The same workspace with this person added, or in place of the one with the same id."""
        return replace(self, users=(*(one for one in self.users if one.id != user.id), user))

    def with_channel(self, channel: Channel) -> "Workspace":
        """The same workspace with this channel added, or in place of the one with the same id."""
        return replace(self, channels=(*(one for one in self.channels if one.id != channel.id), channel))

    def with_user_group(self, group: UserGroup) -> "Workspace":
        """The same workspace with this user group added, or in place of the one with the same id."""
        return replace(self, user_groups=(*(one for one in self.user_groups if one.id != group.id), group))


def seed() -> Workspace:
    """The workspace everyone starts with: two developers, an approver, a guest, a leaver, a stranger and the bot."""
    users = (
        User("U0ANA", "ana", "Ana Alvarez"),
        User("U0BO", "bo", "Bo Berg"),
        User("U0CY", "cy", "Cy Castillo"),
        User("U0GUEST", "guest", "Gus Guest", is_restricted=True),
        User("U0GONE", "gone", "Gil Gone", deleted=True),
        User("U0STRANGER", "stranger", "Sam Stranger", team_id="T0OTHER", is_stranger=True),
        User("U0BOT", "tinystacks", "TinyStacks", is_bot=True),
    )
    team = frozenset({"U0ANA", "U0BO", "U0CY"})
    channels = (
        Channel("C0DEPLOYS", "deploys", team | {"U0GUEST", "U0BOT"}),
        Channel("C0PROD", "prod", team | {"U0BOT"}, is_private=True),
        Channel("C0RANDOM", "random", team),
        Channel("C0SHARED", "shared", team | {"U0STRANGER", "U0BOT"}, is_ext_shared=True),
    )
    groups = (UserGroup("S0DEV", "dev", ("U0ANA", "U0BO")), UserGroup("S0REL", "release", ("U0CY",)))
    return Workspace("T0ACME", "acme", SlackApp(), users, channels, groups)
