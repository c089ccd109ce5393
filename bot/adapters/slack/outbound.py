"""Chat on Slack's Web API: one method of ours for one of theirs."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import IO, Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.adapters.slack.errors import translated
from bot.adapters.slack.files import Said, direct_message, share
from bot.adapters.slack.remembered import Remembered
from bot.adapters.slack.response_url import post_to
from bot.domain.channels import ChannelFacts
from bot.domain.errors import NotPossible
from bot.engine.ports import Json

MOST_TEXT = 4_000
EVENT_TYPE = "tinystacks_message"
PAGE = 200
MOST_LINKS = 2_000
# Slack's clock stamps messages, ours says since when: they may differ by this much.
CLOCKS_DIFFER = timedelta(minutes=5)
HALF_AN_ENTITY = re.compile(r"&[a-z]{0,3}$")


def clipped(text: str, most: int = MOST_TEXT) -> str:
    """`text` within `most` UTF-8 bytes (chat.postEphemeral's limit, the tightest; Slack facts 1.2), saying how many
    characters were cut."""
    if len(text.encode()) <= most:
        return text
    room = most - len(_cut_note(len(text)).encode())
    kept = HALF_AN_ENTITY.sub("", text.encode()[:room].decode(errors="ignore"))
    return kept + _cut_note(len(text) - len(kept))


def _cut_note(characters: int) -> str:
    return f" … ({characters} more characters cut)"


def _body(message: Json) -> dict[str, Any]:
    # A text without blocks removes the blocks of the message it replaces (Slack facts 3.7).
    blocks = list(message.get("blocks") or ())
    return {"text": clipped(str(message.get("text", "")))} | ({"blocks": blocks} if blocks else {})


class SlackChat:
    """`bot.engine.ports.Chat`. Never retries; whoever calls paces (Slack facts 1.3)."""

    def __init__(self, client: WebClient, now: Callable[[], datetime]) -> None:
        self._client = client
        self._channels: Remembered[str, ChannelFacts] = Remembered(now)
        self._links: dict[tuple[str, str], str] = {}

    def post_message(self, channel_id: str, message: Json, *, thread_ts: str | None, message_id: str) -> str:
        """See Chat."""
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": message_id}}
        quiet = {"unfurl_links": False, "unfurl_media": False}
        sent = {"channel": channel_id, "metadata": metadata, **quiet, **_body(message)}
        with translated("chat.postMessage", channel_id):
            answer = self._client.api_call("chat.postMessage", json=sent | _thread(thread_ts))
        return str(answer["ts"])

    def find_message(self, channel_id: str, message_id: str, *, thread_ts: str | None, since: datetime) -> str | None:
        """See Chat. Looks some minutes further back than `since`, for clocks differ."""
        oldest = f"{(since - CLOCKS_DIFFER).timestamp():.6f}"
        for message in self._messages(channel_id, thread_ts, oldest):
            metadata = message.get("metadata") or {}
            ours = metadata.get("event_type") == EVENT_TYPE
            if ours and (metadata.get("event_payload") or {}).get("id") == message_id:
                return str(message["ts"])
        return None

    def _messages(self, channel_id: str, thread_ts: str | None, oldest: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            answer = self._page(channel_id, thread_ts, {"oldest": oldest, "cursor": cursor})
            yield from answer.get("messages") or ()
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _page(self, channel_id: str, thread_ts: str | None, span: dict[str, str]) -> SlackResponse:
        call = "conversations.replies" if thread_ts else "conversations.history"
        where = {"channel": channel_id, "limit": PAGE, "inclusive": True, "include_all_metadata": True}
        asked = where | {name: value for name, value in span.items() if value}
        with translated(call, channel_id):
            return self._client.api_call(call, params=asked | ({"ts": thread_ts} if thread_ts else {}))

    def update_message(self, channel_id: str, ts: str, message: Json) -> None:
        """See Chat."""
        with translated("chat.update", channel_id):
            self._client.api_call("chat.update", json={"channel": channel_id, "ts": ts, **_body(message)})

    def post_ephemeral(self, channel_id: str, user_id: str, message: Json) -> None:
        """See Chat."""
        with translated("chat.postEphemeral", channel_id):
            sent = {"channel": channel_id, "user": user_id, **_body(message)}
            self._client.api_call("chat.postEphemeral", json=sent)

    def respond(self, response_url: str, message: Json, *, replace: bool) -> None:
        """See Chat."""
        # An answer in place of another keeps the kind of that one (Slack facts 1.1).
        kind = {"replace_original": True} if replace else {"replace_original": False, "response_type": "ephemeral"}
        post_to(response_url, _body(message) | kind, self._client.timeout)

    def open_view(self, trigger_id: str, view: Json) -> str:
        """See Chat."""
        with translated("views.open"):
            answer = self._client.api_call("views.open", json={"trigger_id": trigger_id, "view": dict(view)})
        return str(answer["view"]["id"])

    def update_view(self, view_id: str, view: Json) -> None:
        """See Chat."""
        with translated("views.update"):
            self._client.api_call("views.update", json={"view_id": view_id, "view": dict(view)})

    def publish_home(self, user_id: str, view: Json, view_hash: str) -> str:
        """See Chat."""
        given = {"hash": view_hash} if view_hash else {}
        with translated("views.publish"):
            answer = self._client.api_call("views.publish", json={"user_id": user_id, "view": dict(view), **given})
        return str(answer["view"]["hash"])

    def channel(self, channel_id: str) -> ChannelFacts:
        """See Chat. A private channel the bot is not in looks to Slack's apps as if it did not exist."""
        known = self._channels.recall(channel_id)
        if known is not None:
            return known
        try:
            with translated("conversations.info", channel_id):
                answer = self._client.api_call("conversations.info", params={"channel": channel_id})
        except NotPossible as refusal:
            if "channel_not_found" in refusal.fact:
                return ChannelFacts(member=False, external=None)
            if "missing_scope" in refusal.fact:
                return ChannelFacts(member=None, external=None)
            raise
        facts = facts_of(answer["channel"])
        # Whoever was told to invite the bot does it and tries again at once.
        return self._channels.keep(channel_id, facts) if facts.member else facts

    def permalink(self, channel_id: str, ts: str) -> str:
        """See Chat. A message's link never changes, so each is asked for once."""
        link = self._links.get((channel_id, ts))
        if link is None:
            with translated("chat.getPermalink", channel_id):
                answer = self._client.api_call("chat.getPermalink", params={"channel": channel_id, "message_ts": ts})
            if len(self._links) >= MOST_LINKS:
                self._links.clear()
            link = self._links[channel_id, ts] = str(answer["permalink"])
        return link

    def unfurl(self, channel_id: str, message_ts: str, unfurls: Mapping[str, Json]) -> None:
        """See Chat."""
        shown = {url: dict(one) for url, one in unfurls.items()}
        with translated("chat.unfurl", channel_id):
            self._client.api_call("chat.unfurl", json={"channel": channel_id, "ts": message_ts, "unfurls": shown})

    def send_file(self, user_id: str, file: IO[bytes], name: str, comment: str, alt: str = "") -> None:
        """See Chat."""
        share(self._client, direct_message(self._client, user_id), file, Said(name, clipped(comment), alt))

    def reply_file(
        self, channel_id: str, file: IO[bytes], name: str, *, thread_ts: str, comment: str, alt: str = ""
    ) -> None:
        """See Chat."""
        share(self._client, channel_id, file, Said(name, clipped(comment), alt), thread_ts)


def facts_of(channel: Json) -> ChannelFacts:
    """The facts in a `channel` object of conversations.info."""
    member = channel.get("is_member", True if channel.get("is_im") else None)
    shared = [channel[key] for key in ("is_ext_shared", "is_pending_ext_shared") if channel.get(key) is not None]
    return ChannelFacts(None if member is None else bool(member), any(shared) if shared else None)


def _thread(thread_ts: str | None) -> dict[str, str]:
    return {"thread_ts": thread_ts} if thread_ts else {}
