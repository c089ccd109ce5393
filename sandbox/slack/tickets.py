"""The short-lived keys Slack hands out: trigger ids (3 s, once) and response URLs (30 min, 5 uses). Slack facts 1.1."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.slack.errors import SlackError

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass
class Trigger:
    """Who did something when; `used` once a view was opened with it."""

    user_id: str
    at: float
    used: bool = False


@dataclass
class ResponseUrl:
    """Where a response URL leads: `source_ts` is the message it may replace, None until there is one."""

    channel_id: str
    user_id: str
    at: float
    source_ts: str | None = None
    is_command: bool = False
    uses: int = 0


@dataclass
class Tickets:
    """Every trigger id and response URL handed out so far, by key."""

    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def trigger(self, user_id: str, now: float) -> str:
        trigger_id = f"{next(self._numbers)}.{int(now)}.sandbox"
        self.triggers[trigger_id] = Trigger(user_id, now)
        return trigger_id

    def exchange(self, trigger_id: str, now: float) -> str:
        """The person behind a trigger id, which is then used up. SlackError: unknown, used or older than 3 s."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if now - trigger.at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user_id

    def response_url(self, where: ResponseUrl) -> str:
        """A new key for this place; the URL is built where the server's address is known."""
        key = f"{next(self._numbers)}/sandbox"
        self.response_urls[key] = where
        return key

    def use(self, key: str, now: float) -> ResponseUrl:
        """Counts one use. SlackError `expired_url` after 30 min or if unknown, `used_url` after 5 uses."""
        where = self.response_urls.get(key)
        if where is None or now - where.at > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        if where.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        where.uses += 1
        return where
