"""Where the cards of changes stand in Slack."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from bot.domain.errors import Refusal
from bot.engine.ports import Chat

_AT_A_TIME = 6


def card_links(chat: Chat, places: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Change id → the address of its card, from where each stands (channel_id and ts). Those that Slack does not tell
    are left out: a page without a link is better than none."""
    if not places:
        return {}
    with ThreadPoolExecutor(min(_AT_A_TIME, len(places)), thread_name_prefix="link") as pool:
        links = pool.map(lambda place: _link(chat, *place), places.values())
    return {change_id: found for change_id, found in zip(places, links, strict=True) if found}


def _link(chat: Chat, channel_id: str, ts: str) -> str:
    try:
        return chat.permalink(channel_id, ts)
    except Refusal:
        return ""
