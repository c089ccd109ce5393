"""Answers to one person: through the request's response_url while it lives, else as an ephemeral message."""

import logging

from bot.domain.errors import Refusal
from bot.domain.requests import Kind, Request
from bot.engine.ports import Chat, Json

_log = logging.getLogger(__name__)


def reply(chat: Chat, request: Request, message: Json) -> None:
    """Takes the place of what was clicked or first answered. A reply that cannot be given is logged, not raised: what
    was done stays done."""
    try:
        _give(chat, request, message)
    except Refusal as error:
        _log.warning("reply_lost user=%s: %s", request.user_id, error)


def _give(chat: Chat, request: Request, message: Json) -> None:
    if request.response_url:
        try:
            return chat.respond(request.response_url, message, replace=_replaces(request))
        except Refusal as error:
            _log.info("response_url_refused user=%s: %s", request.user_id, error)
    if request.channel_id:
        chat.post_ephemeral(request.channel_id, request.user_id, message)


def _replaces(request: Request) -> bool:
    """A click on a public card must not replace the card: there the answer is a message of its own."""
    return request.kind is Kind.COMMAND or request.action_id.endswith((":confirm", ":cancel"))
