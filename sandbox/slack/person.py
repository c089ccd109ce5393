"""A person at the keyboard: a typed client of the control API, for tests and the terminal."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode

from sandbox.slack.blocks import elements_of
from sandbox.slack.transcript import transcript
from sandbox.slack.workspace import Json

Wanted = str | Callable[[Json], bool]
CALL_SECONDS = 60.0


class ControlError(Exception):
    """The control API refused; the text is its reason."""


class Person:
    """One member of the workspace at `base_url` of the local Slack; `channel` is where they are unless told."""

    def __init__(self, base_url: str, user_id: str, channel: str = "C0DEPLOYS") -> None:
        self.host = base_url.removeprefix("http://").rstrip("/")
        self.user_id = user_id
        self.channel = channel

    def types(self, words: str, channel: str = "", thread_ts: str | None = None) -> Json:
        """Types a message or a slash command: {delivered, acked_ms, error}."""
        where = {"channel": channel or self.channel, "thread_ts": thread_ts}
        return self._do("type", text=words, **where)

    def sees(self, channel: str = "") -> list[Json]:
        """The messages on their screen, oldest first, replies inside `replies`."""
        query = {"user": self.user_id, "channel": channel or self.channel}
        messages: list[Json] = self._look("messages", query)["messages"]
        return messages

    def screen(self, channel: str = "", names: Mapping[str, str] | None = None) -> str:
        """The same as plain text; `names`: of user and channel ids."""
        return transcript(self.sees(channel), names)

    def clicks(self, label: str, channel: str = "", in_: str = "") -> Json:
        """Clicks the newest visible button that says `label` (in the message `in_`). LookupError if there is none."""
        for message in reversed(flat(self.sees(channel))):
            button = button_of(message, label) if in_ in ("", message["ts"]) else None
            if button:
                return self._do("click", channel=message["channel"], ts=message["ts"], **button)
        raise LookupError(f"no button {label!r} on the screen of {self.user_id}:\n{self.screen(channel)}")

    def chooses(self, action_id: str, selected: Any, ts: str, channel: str = "") -> Json:
        """Chooses in a select of a message; `selected` is an option's text or value, an id or a date."""
        return self._do("click", channel=channel or self.channel, ts=ts, action_id=action_id, selected=selected)

    def waits_for(self, wanted: Wanted, channel: str = "", seconds: float = 10.0) -> Json:
        """The newest message that shows this text or satisfies this predicate, waiting for it on the feed.

        TimeoutError with the screen as text if it does not come within `seconds`.
        """
        deadline = time.monotonic() + seconds
        connection = HTTPConnection(self.host, timeout=seconds)
        try:
            for _ in self._changes(connection, deadline):
                found = self._newest(wanted, channel)
                if found:
                    return found
        except TimeoutError:
            pass
        finally:
            connection.close()
        raise TimeoutError(f"{self.user_id} waited {seconds} s for {wanted!r} and sees:\n{self.screen(channel)}")

    def view(self) -> Json | None:
        """The modal on top, or None."""
        views = self._look("view", {"user": self.user_id})["views"]
        return views[-1] if views else None

    def uses(self, action_id: str, selected: Any = None, home: bool = False) -> Json:
        """Uses an element of the open modal or of the App Home."""
        return self._do("view/action", action_id=action_id, selected=selected, home=home)

    def submits(self, values: Json | None = None) -> Json:
        """Fills in {block_id: {action_id: value}} or {action_id: value} and submits; `errors` by block_id."""
        return self._do("view/submit", values=values or {})

    def closes(self, everything: bool = False) -> Json:
        return self._do("view/close", all=everything)

    def suggests(self, action_id: str, value: str) -> list[Json]:
        """Types into an external select of the open modal; the options the app offers."""
        options: list[Json] = self._do("suggest", action_id=action_id, value=value)["options"]
        return options

    def opens_home(self) -> Json:
        return self._do("home")

    def home(self) -> Json | None:
        """The published App Home, or None."""
        view: Json | None = self._look("home", {"user": self.user_id})["view"]
        return view

    def runs_shortcut(self, callback_id: str) -> Json:
        return self._do("shortcut", callback_id=callback_id)

    def _newest(self, wanted: Wanted, channel: str) -> Json | None:
        for message in reversed(flat(self.sees(channel))):
            alone = message | {"replies": []}
            if wanted in transcript([alone]) if isinstance(wanted, str) else wanted(message):
                return message
        return None

    def _changes(self, connection: HTTPConnection, deadline: float) -> Iterator[None]:
        """Once at the start, then once for each change; TimeoutError after the deadline (monotonic seconds)."""
        connection.request("GET", f"/sandbox/slack/feed?user={self.user_id}")
        wire = connection.sock
        response = connection.getresponse()
        while line := response.readline():
            if line.startswith((b":", b"id:")):
                yield
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            wire.settimeout(left)

    def _do(self, act: str, **body: Any) -> Json:
        words = json.dumps({"user": self.user_id, **body})
        return self._ask("POST", act, words)

    def _look(self, look: str, query: dict[str, str]) -> Json:
        return self._ask("GET", f"{look}?{urlencode(query)}")

    def _ask(self, method: str, path: str, words: str | None = None) -> Json:
        connection = HTTPConnection(self.host, timeout=CALL_SECONDS)
        try:
            connection.request(method, f"/sandbox/slack/{path}", words, {"Connection": "close"})
            return answer_of(connection.getresponse())
        finally:
            connection.close()


def answer_of(response: HTTPResponse) -> Json:
    """The JSON body. ControlError with the reason unless the status is 200."""
    body: Json = json.loads(response.read())
    if response.status != 200:
        raise ControlError(body["error"])
    return body


def flat(messages: list[Json]) -> list[Json]:
    """Messages and their replies in one list, oldest first."""
    everything = [*messages, *(reply for message in messages for reply in message["replies"])]
    return sorted(everything, key=lambda message: float(message["ts"]))


def button_of(message: Json, label: str) -> Json | None:
    """The action_id and block_id of the button with this text."""
    for block in message["blocks"]:
        for element in elements_of(block):
            if element["type"] == "button" and element["text"]["text"] == label:
                return {"action_id": element["action_id"], "block_id": block["block_id"]}
    return None
