"""Everything the local Slack remembers. Touched from the server's event loop only: that loop is the one lock."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.delivery import Ack, Delivery, Envelope
from sandbox.slack.errors import SlackError
from sandbox.slack.faults import ENVELOPE_KINDS, Faults
from sandbox.slack.feed import Feed
from sandbox.slack.messages import Message, Messages
from sandbox.slack.rates import RATES, Limiter, Rate
from sandbox.slack.tickets import ResponseUrl, Tickets
from sandbox.slack.views import View, Views
from sandbox.slack.workspace import Channel, Json, User, Workspace

CALLS_KEPT = 5_000


@dataclass(frozen=True)
class Pace:
    """Slack's waits in seconds, to be compressed by tests (Slack facts 1.1, 2.3).

    `ack`: how long the app may take; `event_retries`: pauses before an un-acked event comes again;
    `grace`: how long an old socket stays open after a disconnect message.
    """

    ack: float = 3.0
    event_retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    grace: float = 10.0


@dataclass
class State:
    """One workspace with all that happened in it."""

    workspace: Workspace
    base_url: str
    delivery: Delivery
    clock: Callable[[], float] = time.time
    pace: Pace = field(default_factory=Pace)
    rates: Mapping[str, Rate] | None = field(default_factory=lambda: RATES)
    messages: Messages = field(default_factory=Messages)
    views: Views = field(default_factory=Views)
    tickets: Tickets = field(default_factory=Tickets)
    feed: Feed = field(default_factory=Feed)
    faults: Faults = field(default_factory=Faults)
    background: set[asyncio.Task[None]] = field(default_factory=set)
    socket_tickets: set[str] = field(default_factory=set)
    uploads: dict[str, Json] = field(default_factory=dict)
    calls: deque[Json] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))
    call_count: int = 0

    def __post_init__(self) -> None:
        self.limiter = Limiter(self.rates)

    def post(self, channel_id: str, user_id: str, text: str, **rest: Any) -> Message:
        """Adds a message (fields of Message by name) and tells the feed."""
        ts = self.messages.next_ts(self.clock())
        message = self.messages.add(Message(channel_id, ts, user_id, text, **rest))
        self._tell("ephemeral" if message.ephemeral_to else "message", message)
        return message

    def post_as_bot(self, channel_id: str, text: str, **rest: Any) -> Message:
        app = self.workspace.app
        return self.post(channel_id, app.bot_user_id, text, bot_id=app.bot_id, **rest)

    def edit(self, message: Message, text: str, blocks: list[Json]) -> None:
        """Replaces text and blocks in place: the message keeps its `ts`."""
        message.text, message.blocks = text, self.messages.with_ids(blocks)
        message.edited_ts = self.messages.next_ts(self.clock())
        self._tell("changed", message)

    def attach(self, message: Message, attachments: list[Json]) -> None:
        """Shows these under a message, which is not edited by that."""
        message.attachments = attachments
        self._tell("changed", message)

    def delete(self, message: Message) -> None:
        self.messages.remove(message)
        self._tell("deleted", message)

    def show(self, user_id: str, view: View | None, kind: str = "view") -> None:
        """Tells the feed that a person's modal (or `home`) changed; None: all closed."""
        self.feed.add(kind, {"user_id": user_id, "view_id": view.id if view else None}, user_id)

    def toast(self, user_id: str, error: str) -> None:
        self.feed.add("toast", {"user_id": user_id, "error": error}, user_id)

    def refuse(self, method: str, error: SlackError) -> None:
        """Tells the feed of a call that is refused and why; a rate limit is only a delay."""
        if error.code != "ratelimited":
            self.feed.add("refused", {"method": method, "error": error.code, "problems": error.extra.get("errors", [])})

    def member(self, channel_id: str, user_id: str) -> tuple[Channel, User] | None:
        """The channel and the person if both exist and the person is in it."""
        channel, user = self.workspace.channel(channel_id), self.workspace.user(user_id)
        return (channel, user) if channel and user and user_id in channel.members else None

    def response_url(self, kind: str, channel_id: str, user_id: str, source_ts: str | None = None) -> tuple[str, str]:
        """A new response URL and its key; kind is `commands` or `actions`."""
        where = ResponseUrl(channel_id, user_id, self.clock(), source_ts, is_command=kind == "commands")
        key = self.tickets.response_url(where)
        return f"{self.base_url}/{kind}/{self.workspace.team_id}/{key}", key

    async def deliver(self, kind: str, payload: Json, accepts_payload: bool = False, retry: int = 0) -> Ack:
        """Sends one request to the app and waits for its ack, at most `pace.ack` seconds."""
        copies = 2 if self.faults.take(ENVELOPE_KINDS) else 1
        envelope = Envelope(kind, payload, self.clock(), accepts_payload, retry, copies)
        return await self.delivery.deliver(envelope, self.pace.ack)

    def _tell(self, kind: str, message: Message) -> None:
        data = {"channel_id": message.channel_id, "ts": message.ts, "thread_ts": message.thread_ts}
        self.feed.add(kind, data, message.ephemeral_to)
