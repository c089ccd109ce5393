"""What every Chat keeps, told by what people see afterwards."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest

from bot.domain.channels import ChannelFacts
from bot.domain.errors import NotPossible, Throttled, Unanswered
from bot.engine.ports import Chat

HERE, THERE, UNINVITED, NOWHERE, SHARED = "C0DEPLOYS", "C0PROD", "C0RANDOM", "C0NOWHERE", "C0SHARED"
ANA, BO = "U0ANA", "U0BO"
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*shop* staging"}}]

LINK = "https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/prod/services/shop?region=eu-west-1&tab=1"


@dataclass(frozen=True)
class Seen:
    """A message as one person sees it; `under`: the ts of its thread."""

    ts: str
    text: str
    blocks: int = 0
    under: str | None = None


class World(ABC):
    """A Chat in a workspace where the bot is in HERE, THERE and SHARED, not in UNINVITED; SHARED is shared with another
    workspace."""

    chat: Chat

    @abstractmethod
    def now(self) -> datetime:
        """The time in the workspace."""

    @abstractmethod
    def seen(self, channel_id: str, by: str) -> Sequence[Seen]:
        """What a person sees in a channel, oldest first, replies among them."""

    @abstractmethod
    def files(self, by: str, channel_id: str = "") -> list[tuple[str, str, bytes]]:
        """What that person sees in that channel and its threads, else in the direct message with the bot: text, file
        name, content."""

    @abstractmethod
    def view(self, view_id: str) -> dict[str, Any]:
        """An open view as it stands."""

    @abstractmethod
    def home(self, by: str) -> dict[str, Any]:
        """That person's App Home as it stands."""

    @abstractmethod
    def posted(self, text: str) -> str:
        """The ts of what ANA posts HERE."""

    @abstractmethod
    def unfurled(self, ts: str) -> dict[str, Any]:
        """The blocks under the links of that message HERE, by address."""

    @abstractmethod
    def trigger_id(self) -> str:
        """A fresh one of ANA's."""

    @abstractmethod
    def response_url(self) -> str:
        """A fresh one of ANA's, HERE."""

    @abstractmethod
    def throttle(self, method: str, seconds: int) -> None:
        """The next call of the Chat's `method` comes too often."""

    @abstractmethod
    def lose_answer(self, method: str) -> None:
        """The next call of the Chat's `method` is carried out, but no answer comes."""


def say(text: str, *, blocks: bool = False) -> dict[str, Any]:
    return {"text": text, "blocks": BLOCKS if blocks else []}


def form(title: str) -> dict[str, Any]:
    return {"type": "modal", "title": {"type": "plain_text", "text": title}, "blocks": BLOCKS}


class ChatContract:
    """Run with a fixture `world`."""

    def test_a_posted_message_is_seen_by_everybody_there(self, world: World) -> None:
        ts = world.chat.post_message(HERE, say("deploying", blocks=True), thread_ts=None, message_id="card:1")
        assert list(world.seen(HERE, BO)) == [Seen(ts, "deploying", blocks=1)]
        assert list(world.seen(THERE, BO)) == []

    def test_a_reply_hangs_under_its_message(self, world: World) -> None:
        ts = world.chat.post_message(HERE, say("deploying"), thread_ts=None, message_id="card:1")
        reply = world.chat.post_message(HERE, say("started"), thread_ts=ts, message_id="news:1")
        assert Seen(reply, "started", under=ts) in world.seen(HERE, BO)

    def test_a_message_is_found_by_its_id(self, world: World) -> None:
        since = world.now()
        ts = world.chat.post_message(HERE, say("one"), thread_ts=None, message_id="card:1")
        world.chat.post_message(HERE, say("two"), thread_ts=None, message_id="card:2")
        assert world.chat.find_message(HERE, "card:1", thread_ts=None, since=since) == ts
        assert world.chat.find_message(HERE, "card:3", thread_ts=None, since=since) is None
        assert world.chat.find_message(THERE, "card:1", thread_ts=None, since=since) is None

    def test_a_reply_is_found_in_its_thread_only(self, world: World) -> None:
        since = world.now()
        ts = world.chat.post_message(HERE, say("one"), thread_ts=None, message_id="card:1")
        reply = world.chat.post_message(HERE, say("two"), thread_ts=ts, message_id="news:1")
        assert world.chat.find_message(HERE, "news:1", thread_ts=ts, since=since) == reply
        assert world.chat.find_message(HERE, "news:1", thread_ts=None, since=since) is None

    def test_an_edit_replaces_text_and_blocks(self, world: World) -> None:
        ts = world.chat.post_message(HERE, say("deploying", blocks=True), thread_ts=None, message_id="card:1")
        world.chat.update_message(HERE, ts, say("done"))
        assert list(world.seen(HERE, BO)) == [Seen(ts, "done", blocks=0)]

    def test_an_edited_message_is_still_found(self, world: World) -> None:
        since = world.now()
        ts = world.chat.post_message(HERE, say("deploying"), thread_ts=None, message_id="card:1")
        world.chat.update_message(HERE, ts, say("done"))
        assert world.chat.find_message(HERE, "card:1", thread_ts=None, since=since) == ts

    def test_editing_what_is_not_there_is_refused(self, world: World) -> None:
        with pytest.raises(NotPossible, match="message_not_found"):
            world.chat.update_message(HERE, "1.000001", say("done"))

    def test_a_channel_without_the_bot_says_how_to_invite_it(self, world: World) -> None:
        with pytest.raises(NotPossible, match=f"/invite @tinystacks in <#{UNINVITED}>"):
            world.chat.post_message(UNINVITED, say("hello"), thread_ts=None, message_id="card:1")
        assert list(world.seen(UNINVITED, BO)) == []

    def test_an_unknown_channel_is_refused(self, world: World) -> None:
        with pytest.raises(NotPossible, match="channel_not_found"):
            world.chat.post_message(NOWHERE, say("hello"), thread_ts=None, message_id="card:1")

    def test_an_ephemeral_message_is_seen_by_one_person(self, world: World) -> None:
        world.chat.post_ephemeral(HERE, ANA, say("psst"))
        assert [one.text for one in world.seen(HERE, ANA)] == ["psst"]
        assert list(world.seen(HERE, BO)) == []

    def test_an_answer_is_seen_by_who_asked(self, world: World) -> None:
        world.chat.respond(world.response_url(), say("reading"), replace=False)
        assert [one.text for one in world.seen(HERE, ANA)] == ["reading"]
        assert list(world.seen(HERE, BO)) == []

    def test_a_second_answer_takes_the_place_of_the_first(self, world: World) -> None:
        url = world.response_url()
        world.chat.respond(url, say("reading"), replace=False)
        world.chat.respond(url, say("preview", blocks=True), replace=True)
        assert [(one.text, one.blocks) for one in world.seen(HERE, ANA)] == [("preview", 1)]

    def test_a_spent_response_url_is_refused(self, world: World) -> None:
        url = world.response_url()
        for number in range(5):
            world.chat.respond(url, say(str(number)), replace=False)
        with pytest.raises(NotPossible, match="Type the command again"):
            world.chat.respond(url, say("six"), replace=False)

    def test_a_form_opens_and_changes(self, world: World) -> None:
        view_id = world.chat.open_view(world.trigger_id(), form("Deploy"))
        assert world.view(view_id)["title"]["text"] == "Deploy"
        world.chat.update_view(view_id, form("Deploy shop"))
        assert world.view(view_id)["title"]["text"] == "Deploy shop"

    def test_a_trigger_opens_one_form_only(self, world: World) -> None:
        trigger_id = world.trigger_id()
        world.chat.open_view(trigger_id, form("Deploy"))
        with pytest.raises(NotPossible, match="again"):
            world.chat.open_view(trigger_id, form("Deploy"))

    def test_changing_a_form_that_is_not_open_is_refused(self, world: World) -> None:
        with pytest.raises(NotPossible, match="Open it again"):
            world.chat.update_view("V999999", form("Deploy"))

    def test_a_home_is_its_owners_and_is_replaced(self, world: World) -> None:
        first = world.chat.publish_home(ANA, {"type": "home", "blocks": BLOCKS}, "")
        world.chat.publish_home(BO, {"type": "home", "blocks": []}, "")
        assert len(world.home(ANA)["blocks"]) == 1
        assert world.chat.publish_home(ANA, {"type": "home", "blocks": [*BLOCKS, *BLOCKS]}, first) != first
        assert (len(world.home(ANA)["blocks"]), len(world.home(BO)["blocks"])) == (2, 0)

    def test_a_home_that_was_replaced_meanwhile_is_left_alone(self, world: World) -> None:
        first = world.chat.publish_home(ANA, {"type": "home", "blocks": BLOCKS}, "")
        world.chat.publish_home(ANA, {"type": "home", "blocks": [*BLOCKS, *BLOCKS]}, "")
        with pytest.raises(NotPossible, match="hash_conflict"):
            world.chat.publish_home(ANA, {"type": "home", "blocks": []}, first)
        assert len(world.home(ANA)["blocks"]) == 2

    def test_nobody_has_no_home(self, world: World) -> None:
        with pytest.raises(NotPossible, match="user_not_found"):
            world.chat.publish_home("U0NOBODY", {"type": "home", "blocks": BLOCKS}, "")

    def test_the_bot_knows_where_it_is_and_whether_outsiders_are_there_too(self, world: World) -> None:
        assert world.chat.channel(HERE) == ChannelFacts(member=True, external=False)
        assert world.chat.channel(UNINVITED) == ChannelFacts(member=False, external=False)
        assert world.chat.channel(SHARED) == ChannelFacts(member=True, external=True)

    def test_a_channel_that_slack_does_not_show_is_one_without_the_bot(self, world: World) -> None:
        assert world.chat.channel(NOWHERE) == ChannelFacts(member=False, external=None)

    def test_a_message_has_an_address(self, world: World) -> None:
        ts = world.chat.post_message(HERE, say("one"), thread_ts=None, message_id="card:1")
        for _ in range(2):
            assert world.chat.permalink(HERE, ts).endswith(f"/archives/{HERE}/p{ts.replace('.', '')}")
        with pytest.raises(NotPossible, match="message_not_found"):
            world.chat.permalink(HERE, "1.000001")
        with pytest.raises(NotPossible, match="not_in_channel"):
            world.chat.permalink(UNINVITED, ts)

    def test_a_line_stands_under_a_link_in_somebodys_message(self, world: World) -> None:
        ts = world.posted(f"look: {LINK} and {LINK}&tab=2")
        world.chat.unfurl(HERE, ts, {LINK: {"blocks": BLOCKS, "fallback": "shop staging"}})
        world.chat.unfurl(HERE, ts, {f"{LINK}&tab=2": {"blocks": BLOCKS, "fallback": "shop staging"}})
        assert world.unfurled(ts).keys() == {LINK, f"{LINK}&tab=2"}
        assert [one.text for one in world.seen(HERE, BO)] == [world.seen(HERE, ANA)[0].text]

    def test_under_a_message_that_is_not_there_nothing_stands(self, world: World) -> None:
        with pytest.raises(NotPossible, match="cannot_unfurl_message"):
            world.chat.unfurl(HERE, "1.000001", {LINK: {"blocks": BLOCKS, "fallback": "shop staging"}})

    def test_a_file_comes_to_one_person_alone(self, world: World) -> None:
        file = BytesIO("id,at\n1,ä\n".encode() * 20_000)
        file.seek(5)
        world.chat.send_file(ANA, file, "audit.csv", "Here it is")
        assert world.files(ANA) == [("Here it is", "audit.csv", file.getvalue())]
        assert world.files(BO) == []

    def test_a_file_for_nobody_is_refused(self, world: World) -> None:
        with pytest.raises(NotPossible, match="user_not_found"):
            world.chat.send_file("U0NOBODY", BytesIO(b"x"), "audit.csv", "Here it is")

    def test_a_file_in_a_thread_is_seen_by_everybody_there(self, world: World) -> None:
        ts = world.chat.post_message(HERE, say("scale?"), thread_ts=None, message_id="card:1")
        world.chat.reply_file(HERE, BytesIO(b"id"), "usage.csv", thread_ts=ts, comment="How busy", alt="busy")
        assert world.files(BO, HERE) == [("How busy", "usage.csv", b"id")]
        assert [(one.text, one.under) for one in world.seen(HERE, BO)] == [("scale?", None), ("How busy", ts)]

    def test_no_file_goes_to_a_channel_without_the_bot(self, world: World) -> None:
        with pytest.raises(NotPossible, match="not_in_channel"):
            world.chat.reply_file(UNINVITED, BytesIO(b"id"), "usage.csv", thread_ts="1.000001", comment="How busy")

    def test_too_often_says_how_long_to_wait_and_nothing_is_posted(self, world: World) -> None:
        world.throttle("post_message", 7)
        with pytest.raises(Throttled) as refused:
            world.chat.post_message(HERE, say("hello"), thread_ts=None, message_id="card:1")
        assert refused.value.retry_after == 7
        assert list(world.seen(HERE, BO)) == []

    def test_a_post_without_an_answer_may_be_there_and_is_found(self, world: World) -> None:
        since = world.now()
        world.lose_answer("post_message")
        with pytest.raises(Unanswered):
            world.chat.post_message(HERE, say("hello"), thread_ts=None, message_id="card:1")
        found = world.chat.find_message(HERE, "card:1", thread_ts=None, since=since)
        assert [one.ts for one in world.seen(HERE, BO)] == [found]

    def test_a_lost_answer_is_never_asked_for_twice(self, world: World) -> None:
        world.lose_answer("update_message")
        ts = world.chat.post_message(HERE, say("one"), thread_ts=None, message_id="card:1")
        with pytest.raises(Unanswered):
            world.chat.update_message(HERE, ts, say("two"))
        assert [one.text for one in world.seen(HERE, BO)] == ["two"]

    @pytest.mark.parametrize("letter", ["x", "é", "😀"])
    def test_a_long_text_is_cut_and_says_by_how_much(self, world: World, letter: str) -> None:
        world.chat.post_ephemeral(HERE, ANA, say(letter * 10_000))
        (text,) = [one.text for one in world.seen(HERE, ANA)]
        kept = text.partition(" … ")[0].count(letter)
        assert text.endswith(f"({10_000 - kept} more characters cut)")
