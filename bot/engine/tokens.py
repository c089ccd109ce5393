"""A button's value: a random token in Slack, its hash and what it means in the store.

The token is made when a message is sent, so that no row, no queued message and no log line ever holds it. It carries
no right: it says which row, which message and which action a click is about; who clicked decides the rest.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from bot.domain.errors import NotPossible
from bot.domain.requests import Kind, Request
from bot.engine.ports import Json, Ports, Tx
from bot.engine.rows_tokens import Token

LIFE = timedelta(days=8)
"""Longer than anything that a button offers: a roll back, for seven days."""

_TOKEN, _HASH = "tk-", "th-"
_MOST_KEPT = 5_000
_KEPT_FOR = timedelta(days=1)
"""A button that is shown anew after this has a token that lives as long as one shown for the first time."""


class Tokens:
    """Seals messages on their way out. In memory it only keeps what spares a row: one token a button and message."""

    def __init__(self, ports: Ports) -> None:
        self._ports, self._lock = ports, Lock()
        self._kept: OrderedDict[tuple[str, str, str], tuple[str, datetime]] = OrderedDict()

    def sealed(self, message: Json, about: str) -> Json:
        """The message with a token in place of each button's value. `about`: the posting's id, or `eyes_of`."""
        with self._lock:
            fresh: dict[str, Token] = {}
            sealed: Json = self._sealed(message, about, fresh)
            if fresh:
                self._write(fresh)
        return sealed

    def _sealed(self, node: Any, about: str, fresh: dict[str, Token]) -> Any:
        if isinstance(node, list | tuple):
            return [self._sealed(one, about, fresh) for one in node]
        if not isinstance(node, Mapping):
            return node
        if node.get("type") == "button" and node.get("value"):
            return {**node, "value": self._token(str(node["value"]), str(node["action_id"]), about, fresh)}
        return {key: self._sealed(one, about, fresh) for key, one in node.items()}

    def _token(self, value: str, action_id: str, about: str, fresh: dict[str, Token]) -> str:
        now = self._ports.now()
        token, at = self._kept.get((value, action_id, about), ("", now))
        if token and timedelta(0) <= now - at < _KEPT_FOR:
            return token
        token = f"{_TOKEN}{self._ports.new_id()}{self._ports.new_id()}"
        fresh[token] = Token(_hash(token), value, action_id, about, now + LIFE)
        return token

    def _write(self, fresh: Mapping[str, Token]) -> None:
        """All of a message's in one transaction; only what is durable is remembered."""
        with self._ports.store.transaction() as tx:
            for one in fresh.values():
                tx.insert_token(one)
        for token, one in fresh.items():
            self._kept[one.value, one.action_id, one.about] = (token, one.expires_at - LIFE)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)


def eyes_of(team_id: str, user_id: str) -> str:
    """What a token is about when only that person sees the message."""
    return f"@{team_id}:{user_id}"


def hidden(request: Request) -> Request:
    """The request as it comes in and may be stored: the hash in the token's place. A hash that comes from outside, out
    of a stolen database perhaps, is nothing."""
    if request.value.startswith(_HASH):
        return replace(request, value="")
    if request.value.startswith(_TOKEN):
        return replace(request, value=f"{_HASH}{_hash(request.value)}")
    return request


def token_of(tx: Tx, request: Request) -> Token | None:
    """The row behind a clicked button, of a request that went through `hidden`. None: its value is no token (a
    select's option), or not one of ours."""
    return tx.token(request.value.removeprefix(_HASH)) if request.value.startswith(_HASH) else None


def opened(ports: Ports, request: Request) -> tuple[Request, Token | None]:
    """The request with the id that its button stands for, and the button's token; None for what is no button of a
    message (a form's select).

    Raises NotPossible for a value that is no token of ours, is too old, or was sent with another message, action or to
    another person: forged, copied or stale, it does nothing."""
    if request.kind is not Kind.ACTION or (request.view_id and not request.value.startswith(_HASH)):
        return request, None
    with ports.store.transaction() as tx:
        token = token_of(tx, request)
        if token is None or token.action_id != request.action_id or not _same_message(tx, token, request):
            raise NotPossible("I do not know this button.", "Use the buttons of a newer message, or type the command.")
    if token.expires_at <= ports.now():
        raise NotPossible("This button has expired.", "Type the command again.")
    return replace(request, value=token.value), token


def _same_message(tx: Tx, token: Token, request: Request) -> bool:
    if token.about.startswith("@"):
        if token.about != eyes_of(request.team_id, request.user_id):
            raise NotPossible("This message is somebody else's.", "Ask for your own: type the command.")
        return True
    posting = tx.posting(token.about)
    if posting is None or posting.channel_id != request.channel_id:
        return False
    return posting.ts in ("", request.message_ts)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
