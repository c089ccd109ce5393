"""The tests' own look at what is handed to Slack: does it see what Slack would refuse?"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.messages.kit import actions, button, home, message, modal, section
from sandbox.slack.errors import invalid
from sandbox.slack.socket_mode import SocketDelivery
from sandbox.slack.state import State
from sandbox.slack.workspace import seed
from tests.fakes.chat import FakeChat
from tests.fitness import faults_of, judge_answer, objections

FINE = message("fine", section("fine"))
UNFIT = {
    "no words": {"text": " ", "blocks": [section("only for eyes")]},
    "too many blocks": message("many", *[section("one")] * 51),
    "the same action twice in a row": message("twice", actions(*[button("Go", "deploy:go", "1")] * 2)),
    "too long together": message("long", *[section("x" * 3_000)] * 5),
    "a block that Slack does not know": {"text": "odd", "blocks": [{"type": "carousel"}]},
}


@pytest.fixture
def chat() -> Iterator[FakeChat]:
    yield FakeChat(datetime(2026, 11, 23, tzinfo=UTC))
    objections()


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT)
def test_a_message_that_slack_would_refuse_is_objected_to(chat: FakeChat, unfit: dict[str, object]) -> None:
    chat.post_message("C0DEPLOYS", FINE, thread_ts=None, message_id="1")
    assert objections() == []
    chat.post_message("C0DEPLOYS", unfit, thread_ts=None, message_id="2")
    assert len(objections()) == 1


def test_a_view_that_slack_would_refuse_is_objected_to(chat: FakeChat) -> None:
    chat.publish_home("U0ANA", home([section("fine")]), "")
    chat.triggers.add("t")
    chat.open_view("t", modal("Fine", "Send", "deploy", "", [section("fine")]))
    assert objections() == []
    chat.publish_home("U0ANA", {"type": "home", "blocks": [{"type": "carousel"}]}, "")
    judge_answer({"response_action": "update", "view": modal("x", "Send", "deploy", "m" * 3_001, [section("x")])})
    assert len(objections()) == 2


def test_what_a_whole_sandbox_refused_is_told_afterwards() -> None:
    state = State(seed(), "http://127.0.0.1", SocketDelivery())
    state.post_as_bot("C0DEPLOYS", "fine", blocks=[])
    assert faults_of(state) == []
    state.post_as_bot("C0DEPLOYS", "", blocks=[{"type": "divider"}])
    state.refuse("chat.update", invalid("invalid_blocks", ["too many"]))
    assert len(faults_of(state)) == 2
