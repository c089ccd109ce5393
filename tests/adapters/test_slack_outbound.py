"""What only the real Chat can show: pages, metadata, and texts of any length."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.client import web_client
from bot.adapters.slack.outbound import MOST_TEXT, SlackChat, clipped, facts_of
from bot.domain.channels import ChannelFacts
from bot.domain.errors import NotPossible, Unavailable
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import seed
from tests.fakes.wakes import HandClock

HERE = "C0DEPLOYS"


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer(seed(), rates=None) as server:
        yield server


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 11, 23, 9, tzinfo=UTC))


@pytest.fixture
def chat(slack: SlackServer, clock: HandClock) -> SlackChat:
    return SlackChat(web_client("xoxb-sandbox", slack.api_url, timedelta(seconds=10)), clock.now)


def test_a_message_is_found_behind_many_others(slack: SlackServer, chat: SlackChat) -> None:
    since = datetime.fromtimestamp(slack.state.clock(), UTC)
    ts = chat.post_message(HERE, {"text": "ours"}, thread_ts=None, message_id="card:1")
    for number in range(450):
        slack.state.post(HERE, "U0ANA", f"chatter {number}")
    assert chat.find_message(HERE, "card:1", thread_ts=None, since=since) == ts
    assert [call["method"] for call in slack.state.calls].count("conversations.history") == 3


def test_a_message_of_long_ago_is_not_looked_for(slack: SlackServer, chat: SlackChat) -> None:
    chat.post_message(HERE, {"text": "ours"}, thread_ts=None, message_id="card:1")
    later = datetime.fromtimestamp(slack.state.clock(), UTC) + timedelta(minutes=6)
    assert chat.find_message(HERE, "card:1", thread_ts=None, since=later) is None


def test_somebody_else_s_metadata_is_no_match(slack: SlackServer, chat: SlackChat) -> None:
    since = datetime.fromtimestamp(slack.state.clock(), UTC)
    slack.state.post_as_bot(HERE, "x", metadata={"event_type": "other", "event_payload": {"id": "card:1"}})
    assert chat.find_message(HERE, "card:1", thread_ts=None, since=since) is None


@pytest.mark.parametrize("scope", ["im:write", "files:write"])
def test_without_the_scope_no_file_is_sent_and_the_scope_is_named(
    slack: SlackServer, chat: SlackChat, scope: str
) -> None:
    app = slack.workspace.app
    scopes = tuple(one for one in app.scopes if one != scope)
    slack.workspace = replace(slack.workspace, app=replace(app, scopes=scopes))
    with pytest.raises(NotPossible, match=f"lacks the scope {scope}.*missing_scope"):
        chat.send_file("U0ANA", BytesIO(b"id"), "audit.csv", "Here it is")
    assert not [one for one in slack.state.uploads.values() if one["content"]]


def test_a_picture_says_what_it_shows_to_who_does_not_see_it(slack: SlackServer, chat: SlackChat) -> None:
    chat.send_file("U0ANA", BytesIO(b"png"), "history.png", "Here it is", "Deploys: 3 in 8 weeks" + "." * 2_000)
    chat.send_file("U0ANA", BytesIO(b"id"), "audit.csv", "Here it is")
    picture, table = (one.files[0] for one in slack.state.messages.visible("D0ANA", "U0ANA"))
    assert picture["alt_txt"].startswith("Deploys: 3 in 8 weeks.")
    assert len(picture["alt_txt"]) == 1_000
    assert "alt_txt" not in table


def test_an_upload_that_is_not_taken_is_no_file_sent(slack: SlackServer, chat: SlackChat) -> None:
    class Longer(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(size) + b"."

    with pytest.raises(Unavailable, match="the upload of a file"):
        chat.send_file("U0ANA", Longer(b"id"), "audit.csv", "Here it is")
    assert slack.state.messages.visible("D0ANA", "U0ANA") == []


def test_each_link_is_asked_for_once(slack: SlackServer, chat: SlackChat) -> None:
    ts = chat.post_message(HERE, {"text": "ours"}, thread_ts=None, message_id="card:1")
    assert chat.permalink(HERE, ts) == chat.permalink(HERE, ts)
    assert [call["method"] for call in slack.state.calls].count("chat.getPermalink") == 1


def test_without_the_scope_membership_is_unknown(slack: SlackServer, chat: SlackChat) -> None:
    app = slack.workspace.app
    fewer = tuple(scope for scope in app.scopes if scope not in ("channels:read", "groups:read"))
    slack.workspace = replace(slack.workspace, app=replace(app, scopes=fewer))
    assert chat.channel(HERE) == ChannelFacts(member=None, external=None)


def test_a_private_channel_without_the_bot_is_no_membership(slack: SlackServer, chat: SlackChat) -> None:
    private = slack.workspace.channel("C0PROD")
    assert private is not None
    slack.workspace = slack.workspace.with_channel(replace(private, members=frozenset({"U0ANA"})))
    assert chat.channel("C0PROD") == ChannelFacts(member=False, external=None)


def test_a_minute_of_looks_at_a_channel_asks_slack_once(slack: SlackServer, chat: SlackChat, clock: HandClock) -> None:
    for _ in range(3):
        assert chat.channel(HERE).external is False
        clock.advance(timedelta(seconds=19))
    share(slack, HERE)
    assert chat.channel(HERE).external is False
    clock.advance(timedelta(seconds=3))
    assert chat.channel(HERE).external is True
    assert [call["method"] for call in slack.state.calls].count("conversations.info") == 2


def test_a_bot_that_was_just_invited_knows_it_at_once(slack: SlackServer, chat: SlackChat) -> None:
    assert chat.channel("C0RANDOM").member is False
    channel = slack.workspace.channel("C0RANDOM")
    assert channel is not None
    slack.workspace = slack.workspace.with_channel(replace(channel, members=channel.members | {"U0BOT"}))
    assert chat.channel("C0RANDOM").member is True


@pytest.mark.parametrize(
    ("told", "external"),
    [
        ({}, None),
        ({"is_ext_shared": False, "is_pending_ext_shared": False}, False),
        ({"is_ext_shared": False}, False),
        ({"is_ext_shared": True, "is_pending_ext_shared": False}, True),
        ({"is_ext_shared": False, "is_pending_ext_shared": True}, True),
    ],
)
def test_a_channel_is_external_from_the_invitation_on(told: dict[str, bool], external: bool | None) -> None:
    assert facts_of({"is_member": True, **told}) == ChannelFacts(member=True, external=external)


def test_a_direct_message_has_the_bot_in_it() -> None:
    assert facts_of({"is_im": True}).member is True


def share(slack: SlackServer, channel_id: str) -> None:
    channel = slack.workspace.channel(channel_id)
    assert channel is not None
    slack.workspace = slack.workspace.with_channel(replace(channel, is_ext_shared=True))


def test_links_are_never_unfolded(slack: SlackServer, chat: SlackChat) -> None:
    chat.post_message(HERE, {"text": "https://example.com"}, thread_ts=None, message_id="card:1")
    sent = slack.state.calls[-1]["args"]
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)


def test_blocks_that_slack_refuses_are_pointed_at(chat: SlackChat) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}]
    with pytest.raises(NotPossible, match="/blocks/0/text"):
        chat.post_message(HERE, {"text": "x", "blocks": blocks}, thread_ts=None, message_id="card:1")


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.integers(60, 400))
def test_a_text_fits_and_what_is_missing_is_counted(text: str, most: int) -> None:
    cut = clipped(text, most)
    assert len(cut.encode()) <= most
    if cut != text:
        kept, _, note = cut.rpartition(" … (")
        assert text.startswith(kept)
        assert note == f"{len(text) - len(kept)} more characters cut)"


@given(st.text(st.characters(codec="utf-8"), max_size=MOST_TEXT // 4))
def test_a_text_that_fits_stays_as_it_is(text: str) -> None:
    assert clipped(text) == text


def test_a_cut_never_halves_an_entity() -> None:
    for most in range(60, 80):
        kept = clipped("&amp;" * 100, most).partition(" … ")[0]
        assert kept == "&amp;" * (len(kept) // 5)
