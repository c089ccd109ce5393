"""Somebody's App Home in the hand of a test."""

from dataclasses import replace
from typing import Any

from bot.domain.requests import Kind, Request
from bot.engine.tokens import hidden
from sandbox.slack.views import checked_view
from tests.engine.house import World, words_of
from tests.fakes.chat import Said


class Home:
    """Somebody's Home: opened, looked at, clicked in."""

    def __init__(self, world: World, user: str) -> None:
        self.world, self.user = world, user

    def opens(self) -> str:
        """All its words, once it is there."""
        self.world.dispatch.run(self._request(Kind.HOME))
        return self.words()

    def words(self) -> str:
        """As it stands."""
        return words_of(Said("", "", tuple(self.blocks())))

    def blocks(self) -> list[dict[str, Any]]:
        view, _ = self.world.chat.homes[self.user]
        checked_view(dict(view), "home")
        return list(view["blocks"])

    def publishes(self) -> int:
        """How often anybody's was published so far."""
        return self.world.chat.failures.calls.count("publish_home")

    def elements(self) -> list[dict[str, Any]]:
        rows = [block["elements"] for block in self.blocks() if block["type"] == "actions"]
        return [one for row in rows for one in row] + [b["accessory"] for b in self.blocks() if "accessory" in b]

    def button(self, text: str) -> dict[str, Any]:
        return next(one for one in self.elements() if one.get("text", {}).get("text") == text)

    def clicks(self, text: str, by: str = "", **fields: str) -> None:
        """Presses the button with that text; `value`: another one than it has."""
        element = self.button(text)
        self.does(element["action_id"], fields.get("value", element["value"]), by)

    def chooses(self, action_id: str, value: str) -> None:
        """An option of a select."""
        self.does(action_id, value)

    def submits(self, callback_id: str, values: dict[str, dict[str, str]]) -> None:
        """The form that stands open."""
        view = list(self.world.chat.views.values())[-1]
        metadata = view["private_metadata"]
        self.world.dispatch.run(
            self._request(Kind.SUBMISSION, callback_id=callback_id, metadata=metadata, values=values)
        )

    def does(self, action_id: str, value: str, by: str = "") -> None:
        """A click or a choice in it."""
        where = {"view_id": "V0HOME", "callback_id": "home"}
        request = self._request(Kind.ACTION, by, **where, action_id=action_id, value=value)
        self.world.dispatch.run(hidden(request))
        self.world.runs()

    def _request(self, kind: Kind, by: str = "", **fields: Any) -> Request:
        request = self.world.request(kind, by or self.user, channel_id="", **fields)
        return replace(request, response_url="")
