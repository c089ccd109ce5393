"""Answers to one person: through the request's response_url while it lives, else as an ephemeral message."""

import json
import logging
from collections import OrderedDict

from bot.domain.errors import Refusal
from bot.domain.requests import Request
from bot.engine.ports import Chat, Json
from bot.messages.kit import ANSWER, answer_view

_log = logging.getLogger(__name__)

_MOST_FORMS = 500


class Addresses:
    """The response_url of the command that opened a form, by the form's view id: the way back into a channel where the
    bot is not. In memory only: whoever has such an address may post there."""

    def __init__(self) -> None:
        self._urls: OrderedDict[str, str] = OrderedDict()

    def keep(self, view_id: str, response_url: str) -> None:
        """Remembers it, and forgets the oldest."""
        self._urls[view_id] = response_url
        while len(self._urls) > _MOST_FORMS:
            self._urls.popitem(last=False)

    def of(self, view_id: str) -> str:
        """Empty where there is none."""
        return self._urls.get(view_id, "")


def remembered(metadata: str, name: str) -> str:
    """What a form of ours remembers under that name; empty for what is none of ours."""
    try:
        told = json.loads(metadata)
    except (ValueError, RecursionError):
        return ""
    return str(told.get(name, "")) if isinstance(told, dict) else ""


def reply(chat: Chat, request: Request, message: Json, *, replace: bool) -> None:
    """`replace`: in place of what was clicked or first answered. A reply that cannot be given is logged, not raised:
    what was done stays done."""
    try:
        _give(chat, request, message, replace)
    except Refusal as error:
        _log.warning("reply_lost user=%s: %s", request.user_id, error)


def _give(chat: Chat, request: Request, message: Json, replace: bool) -> None:
    if request.callback_id == ANSWER:
        return _put_in_window(chat, request, answer_view("TinyStacks", message))
    if request.response_url:
        try:
            return chat.respond(request.response_url, message, replace=replace)
        except Refusal as error:
            _log.info("response_url_refused user=%s: %s", request.user_id, error)
    if request.channel_id:
        chat.post_ephemeral(request.channel_id, request.user_id, message)


def _put_in_window(chat: Chat, request: Request, view: Json) -> None:
    if request.view_id:
        chat.update_view(request.view_id, view)
    else:
        chat.open_view(request.trigger_id, view)
