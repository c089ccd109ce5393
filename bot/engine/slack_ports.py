"""What the engine needs of Slack, as Protocols."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO, Protocol

from bot.domain.channels import ChannelFacts
from bot.domain.people import Person
from bot.engine.rows import Json


class Chat(Protocol):
    """Slack's Web API. Raises NotPossible for Slack's own refusals (`fact` quotes the error code)."""

    def post_message(self, channel_id: str, message: Json, *, thread_ts: str | None, message_id: str) -> str:
        """Posts and answers its ts. `message`: `text` and `blocks`. `message_id` travels as metadata."""
        ...

    def find_message(self, channel_id: str, message_id: str, *, thread_ts: str | None, since: datetime) -> str | None:
        """The ts of a message posted with that id since then, or None. Needs a history scope: NotPossible without."""
        ...

    def update_message(self, channel_id: str, ts: str, message: Json) -> None:
        """Replaces text and blocks."""
        ...

    def post_ephemeral(self, channel_id: str, user_id: str, message: Json) -> None:
        """Only that person sees it."""
        ...

    def respond(self, response_url: str, message: Json, *, replace: bool) -> None:
        """Answers through a response_url: ephemeral, in place of what was clicked or first answered if `replace`."""
        ...

    def open_view(self, trigger_id: str, view: Json) -> str:
        """The new view's id."""
        ...

    def update_view(self, view_id: str, view: Json) -> None:
        """Replaces an open form."""
        ...

    def publish_home(self, user_id: str, view: Json, view_hash: str) -> str:
        """Shows it as that person's App Home and answers its hash. Where `view_hash` is given and is not that of what
        stands there: NotPossible, quoting `hash_conflict`."""
        ...

    def channel(self, channel_id: str) -> ChannelFacts:
        """Whether the bot is in the channel, and whether others are; at the most 60 s old."""
        ...

    def permalink(self, channel_id: str, ts: str) -> str:
        """The address of a message that was posted."""
        ...

    def unfurl(self, channel_id: str, message_ts: str, unfurls: Mapping[str, Json]) -> None:
        """Shows these (`blocks` and `fallback`) under somebody's message, by the address that stands in it. Needs the
        scope links:write: NotPossible without."""
        ...

    def send_file(self, user_id: str, file: IO[bytes], name: str, comment: str, alt: str = "") -> None:
        """Sends `file`, read from its start and never as a whole, to that person in a direct message. `alt`: what a
        picture shows, for screen readers. Needs the scopes files:write and im:write: NotPossible without."""
        ...

    def reply_file(
        self, channel_id: str, file: IO[bytes], name: str, *, thread_ts: str, comment: str, alt: str = ""
    ) -> None:
        """Posts `file` in the thread of that message, with `comment`; else as `send_file`. Needs the scope files:write,
        and to be in the channel: NotPossible without."""
        ...


class People(Protocol):
    """Who somebody is, and who is in a user group. Both raise Unavailable or NotPossible rather than guess."""

    def person(self, team_id: str, user_id: str, *, fresh: bool = False) -> Person:
        """Whoever Slack signed with these; an own member is of the bot's workspace, whichever of an organisation's was
        signed. Cached shortly (60 s at the most); `fresh` goes past the cache."""
        ...

    def members(self, group_id: str, *, fresh: bool) -> frozenset[str]:
        """User ids of a user group (S…); `fresh` goes past the cache."""
        ...
