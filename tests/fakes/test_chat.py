"""The fake Slack keeps the contract of the real one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.errors import Throttled, Unanswered
from tests.adapters.contracts import chat as chats
from tests.adapters.contracts import people as peoples
from tests.fakes.chat import FakeChat, Link, Said, seeded_people

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


class FakeWorld(chats.World):
    def __init__(self) -> None:
        self.chat: FakeChat = FakeChat(NINE)

    def now(self) -> datetime:
        return NINE

    def seen(self, channel_id: str, by: str) -> Sequence[chats.Seen]:
        said = [one for one in self.chat.channels[channel_id] if one.only_for in ("", by)]
        return [chats.Seen(one.ts, one.text, len(one.blocks), one.thread_ts) for one in said]

    def files(self, by: str, channel_id: str = "") -> list[tuple[str, str, bytes]]:
        said = self.chat.channels.get(channel_id or f"D{by[1:]}", [])
        return [(one.text, *one.file) for one in said if one.file]

    def view(self, view_id: str) -> dict[str, Any]:
        return dict(self.chat.views[view_id])

    def home(self, by: str) -> dict[str, Any]:
        return dict(self.chat.homes[by][0])

    def posted(self, text: str) -> str:
        self.chat.channels[chats.HERE].append(Said("1.000009", text, ()))
        return "1.000009"

    def unfurled(self, ts: str) -> dict[str, Any]:
        said = next(one for one in self.chat.channels[chats.HERE] if one.ts == ts)
        return {url: one["blocks"] for url, one in said.unfurled.items()}

    def trigger_id(self) -> str:
        self.chat.triggers.add("1.2.abc")
        return "1.2.abc"

    def response_url(self) -> str:
        self.chat.links["https://slack/1"] = Link(chats.HERE, chats.ANA)
        return "https://slack/1"

    def throttle(self, method: str, seconds: int) -> None:
        self.chat.failures.add(method, Throttled("Slack", method, retry_after=seconds))

    def lose_answer(self, method: str) -> None:
        self.chat.failures.add(method, Unanswered("Slack", method), after=True)


class FakePeopleWorld(peoples.World):
    def __init__(self) -> None:
        self.fake = self.people = seeded_people()

    def set_members(self, group_id: str, user_ids: frozenset[str]) -> None:
        self.fake.groups[group_id] = user_ids

    def deactivate(self, user_id: str) -> None:
        self.fake.persons[user_id] = replace(self.fake.persons[user_id], refused="deactivated")

    def let(self, by: timedelta) -> None:
        """Nothing is remembered, so time changes nothing."""

    def throttle(self, method: str) -> None:
        self.fake.failures.add(method, Throttled("Slack", method))


class TestFakeChat(chats.ChatContract):
    @pytest.fixture
    def world(self) -> FakeWorld:
        return FakeWorld()


class TestFakePeople(peoples.PeopleContract):
    @pytest.fixture
    def world(self) -> FakePeopleWorld:
        return FakePeopleWorld()
