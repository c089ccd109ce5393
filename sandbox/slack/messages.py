"""Messages of all channels, ephemeral ones among them, as Slack keeps them."""

import json
import re
from dataclasses import dataclass, field

from sandbox.slack.values import Values
from sandbox.slack.workspace import Json

PING = re.compile(r'<@(\w+)|<!subteam\^(\w+)|<!(channel|here|everyone)|"(?:user_id|usergroup_id|range)": "(\w+)"')


@dataclass
class Message:
    """One message. `ephemeral_to`: the only person who sees it; `thread_ts`: the parent's `ts` for a reply.

    `given`: what each person chose in its selects, by user id; `pings`: see `pinged`.
    """

    channel_id: str
    ts: str
    user_id: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    bot_id: str | None = None
    ephemeral_to: str | None = None
    edited_ts: str | None = None
    files: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    given: dict[str, Values] = field(default_factory=dict)
    pings: tuple[str, ...] = ()

    def as_json(self, with_metadata: bool = False) -> Json:
        """The message as the Web API and payloads carry it."""
        body: Json = {"type": "message", "ts": self.ts, "user": self.user_id, "text": self.text, "blocks": self.blocks}
        optional: Json = {
            "bot_id": self.bot_id,
            "thread_ts": self.thread_ts,
            "metadata": self.metadata if with_metadata else None,
            "edited": {"user": self.user_id, "ts": self.edited_ts} if self.edited_ts else None,
            "files": self.files or None,
            "attachments": self.attachments or None,
        }
        return body | {name: value for name, value in optional.items() if value is not None}


@dataclass
class Messages:
    """Every message by channel, in order of `ts`."""

    channels: dict[str, dict[str, Message]] = field(default_factory=dict)
    _last: int = 0
    _blocks: int = 0

    def next_ts(self, now: float) -> str:
        """A `ts` for this moment, later than every one before: microseconds as Slack writes them."""
        self._last = max(self._last + 1, round(now * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def add(self, message: Message) -> Message:
        message.blocks = self.with_ids(message.blocks)
        message.pings = pinged(message.text, message.blocks)
        self.channels.setdefault(message.channel_id, {})[message.ts] = message
        return message

    def find(self, channel_id: str, ts: str) -> Message | None:
        return self.channels.get(channel_id, {}).get(ts)

    def remove(self, message: Message) -> None:
        self.channels.get(message.channel_id, {}).pop(message.ts, None)

    def public(self, channel_id: str) -> list[Message]:
        """Oldest first, without ephemeral messages."""
        return [one for one in self.channels.get(channel_id, {}).values() if one.ephemeral_to is None]

    def visible(self, channel_id: str, user_id: str) -> list[Message]:
        """Oldest first: what this person sees."""
        return [one for one in self.channels.get(channel_id, {}).values() if one.ephemeral_to in (None, user_id)]

    def with_ids(self, blocks: list[Json]) -> list[Json]:
        """The blocks with a `block_id` and `action_id` wherever the app gave none, as Slack fills them in."""
        return [self._with_id(block) for block in blocks]

    def _with_id(self, block: Json) -> Json:
        filled = {"block_id": self._new_id(), **block}
        for name in ("accessory", "element"):
            if name in filled and filled[name].get("type") != "image":
                filled[name] = {"action_id": self._new_id(), **filled[name]}
        if block["type"] in ("actions", "context_actions"):
            filled["elements"] = [{"action_id": self._new_id(), **element} for element in block["elements"]]
        return filled

    def _new_id(self) -> str:
        self._blocks += 1
        return f"b{self._blocks:05x}"


def pinged(text: str, blocks: list[Json]) -> tuple[str, ...]:
    """Ids of the people and groups a new message calls, and `channel`, `here` or `everyone`. An edit calls nobody."""
    found = PING.findall(json.dumps([text, blocks]))
    return tuple(sorted({"".join(one) for one in found}))
