"""The Slack adapter keeps the contracts of Chat and People against the local Slack."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.slack.client import identity, web_client
from bot.adapters.slack.outbound import SlackChat
from bot.adapters.slack.people import SlackPeople
from sandbox.slack.person import Person, flat
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import seed
from tests import nearby
from tests.adapters.contracts import chat as chats
from tests.adapters.contracts import people as peoples

METHODS = {
    "post_message": "chat.postMessage",
    "update_message": "chat.update",
    "members": "usergroups.users.list",
}
TIMEOUT = timedelta(seconds=4)


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer(seed(), rates=None) as server:
        yield server


class SlackWorld(chats.World):
    def __init__(self, slack: SlackServer) -> None:
        self.slack = slack
        self.chat = SlackChat(web_client("xoxb-sandbox", slack.api_url, TIMEOUT), self.now)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.slack.state.clock(), UTC)

    def seen(self, channel_id: str, by: str) -> Sequence[chats.Seen]:
        messages = flat(Person(self.slack.base_url, by).sees(channel_id))
        return [chats.Seen(one["ts"], one["text"], len(one["blocks"]), one.get("thread_ts")) for one in messages]

    def files(self, by: str, channel_id: str = "") -> list[tuple[str, str, bytes]]:
        messages = flat(Person(self.slack.base_url, by).sees(channel_id or f"D{by[1:]}"))
        shared = [(one["text"], file) for one in messages for file in one.get("files", [])]
        assert all(file["mimetype"] == "text/csv" for _, file in shared)
        return [(text, file["name"], nearby.get(file["url_private"]).content) for text, file in shared]

    def view(self, view_id: str) -> dict[str, Any]:
        view = Person(self.slack.base_url, chats.ANA).view()
        assert view is not None
        assert view["id"] == view_id
        return view

    def home(self, by: str) -> dict[str, Any]:
        home = Person(self.slack.base_url, by).home()
        assert home is not None
        return home

    def posted(self, text: str) -> str:
        return str(Person(self.slack.base_url, chats.ANA).types(text)["ts"])

    def unfurled(self, ts: str) -> dict[str, Any]:
        (message,) = [one for one in Person(self.slack.base_url, chats.BO).sees() if one["ts"] == ts]
        return {one["from_url"]: one["blocks"] for one in message["attachments"]}

    def trigger_id(self) -> str:
        return self.slack.state.tickets.trigger(chats.ANA, self.slack.state.clock())

    def response_url(self) -> str:
        return self.slack.state.response_url("commands", chats.HERE, chats.ANA)[0]

    def throttle(self, method: str, seconds: int) -> None:
        self.slack.add_fault("ratelimited", METHODS[method], retry_after=seconds)

    def lose_answer(self, method: str) -> None:
        self.slack.add_fault("drop_after", METHODS[method])


class SlackPeopleWorld(peoples.World):
    def __init__(self, slack: SlackServer) -> None:
        self.slack = slack
        self.at = datetime(2026, 11, 23, 9, tzinfo=UTC)
        client = web_client("xoxb-sandbox", slack.api_url, TIMEOUT)
        home = identity(client)
        self.people = SlackPeople(client, lambda: home, lambda: self.at)

    def set_members(self, group_id: str, user_ids: frozenset[str]) -> None:
        group = self.slack.workspace.user_group(group_id)
        assert group is not None
        self.slack.workspace = self.slack.workspace.with_user_group(replace(group, users=tuple(sorted(user_ids))))

    def deactivate(self, user_id: str) -> None:
        user = self.slack.workspace.user(user_id)
        assert user is not None
        self.slack.workspace = self.slack.workspace.with_user(replace(user, deleted=True))

    def let(self, by: timedelta) -> None:
        self.at += by

    def throttle(self, method: str) -> None:
        self.slack.add_fault("ratelimited", METHODS[method])


class TestSlackChat(chats.ChatContract):
    @pytest.fixture
    def world(self, slack: SlackServer) -> SlackWorld:
        return SlackWorld(slack)


class TestSlackPeople(peoples.PeopleContract):
    @pytest.fixture
    def world(self, slack: SlackServer) -> SlackPeopleWorld:
        return SlackPeopleWorld(slack)

    def test_a_minute_of_clicks_asks_slack_once(self, world: SlackPeopleWorld) -> None:
        for _ in range(3):
            world.people.person("T0ACME", "U0ANA")
            world.people.members("S0DEV", fresh=False)
            world.let(timedelta(seconds=19))
        asked = [call["method"] for call in world.slack.state.calls]
        assert asked == ["auth.test", "users.info", "usergroups.users.list"]

    def test_people_who_ask_at_once_share_what_slack_answered(self, world: SlackPeopleWorld) -> None:
        """Slack lets a group be read twenty times a minute (Slack facts 1.3)."""
        world.slack.add_fault("slow", "usergroups.users.list", seconds=0.3)
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: world.people.members("S0DEV", fresh=False), range(8)))
        asked = [call for call in world.slack.state.calls if call["method"] == "usergroups.users.list"]
        assert (len(asked), set(found)) == (1, {frozenset({"U0ANA", "U0BO"})})

    def test_who_asks_anew_never_gets_what_was_asked_for_before(self, world: SlackPeopleWorld) -> None:
        world.people.members("S0DEV", fresh=True)
        world.let(timedelta(microseconds=1))
        world.set_members("S0DEV", frozenset({"U0BO"}))
        assert world.people.members("S0DEV", fresh=True) == {"U0BO"}
