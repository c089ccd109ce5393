"""Links that people post, and the event that tells the app of those to its own domains."""

import re
from html import unescape

from sandbox.slack.messages import Message
from sandbox.slack.workspace import Json, SlackApp

LINK = re.compile(r"https?://[^\s<>|]+")
HOST = re.compile(r"https?://([^/?#:]+)")


def links_in(words: str, app: SlackApp) -> dict[str, str]:
    """The domain of the app's by each address in a message as Slack stores it; those below a domain are its too."""
    found = [unescape(one) for one in LINK.findall(words)]
    domains = {url: _domain(url, app.unfurl_domains) for url in found}
    return {url: domain for url, domain in domains.items() if domain}


def link_shared(message: Message, links: dict[str, str]) -> Json:
    """The event (Slack facts 2.6)."""
    where = {"channel": message.channel_id, "message_ts": message.ts, "is_bot_user_member": True}
    shown = [{"domain": domain, "url": url} for url, domain in links.items()]
    unfurl_id = f"{message.channel_id}.{message.ts}.sandbox"
    what = {"type": "link_shared", "user": message.user_id, "links": shown, "source": "conversations_history"}
    return what | where | {"unfurl_id": unfurl_id} | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _domain(url: str, domains: tuple[str, ...]) -> str:
    found = HOST.match(url)
    host = found[1].lower() if found else ""
    return next((one for one in domains if host == one or host.endswith(f".{one}")), "")
