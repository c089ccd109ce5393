"""What a payload says becomes a Request, and nothing else."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.payloads import (
    action_request,
    command_request,
    home_request,
    link_request,
    mention_request,
    plain,
    shortcut_request,
    submission_request,
)
from bot.domain.requests import Kind, Request
from tests.adapters.slack_samples import NINE, USER, click, command, event, submission

OPTION = {"text": {"type": "plain_text", "text": "Prod"}, "value": "prod"}
words = st.text(max_size=40)


def hashed(moment: str) -> str:
    """What of a trigger_id may be stored."""
    return hashlib.sha256(moment.encode()).hexdigest()[:32]


def test_a_command_is_its_words_and_where_they_were_typed() -> None:
    assert command_request(command(), NINE) == Request(
        key=f"cmd:{hashed('1.2.abc')}",
        kind=Kind.COMMAND,
        team_id="T1",
        user_id="U1",
        user_name="ana",
        at=NINE,
        channel_id="C1",
        text="deploy shop prod v42",
        trigger_id="1.2.abc",
        response_url="http://127.0.0.1:1/commands/T1/1/x",
    )


@given(words)
def test_the_words_of_a_command_arrive_untouched(text: str) -> None:
    assert command_request(command(text=text), NINE).text == text


def test_a_click_names_the_button_and_the_row() -> None:
    request = action_request(click(), NINE)
    assert (request.key, request.kind, request.action_id, request.value) == (
        f"act:{hashed('1.2.abc')}",
        Kind.ACTION,
        "deploy:approve",
        "row7",
    )
    assert (request.channel_id, request.message_ts, request.block_id) == ("C1", "1.1", "b1")


def test_a_click_without_a_trigger_is_known_by_message_and_moment() -> None:
    assert action_request(click(trigger_id=None), NINE).key == f"act:{hashed('1.1:1.3')}"


def test_a_click_belongs_to_who_clicked_not_to_the_workspace() -> None:
    request = action_request(click(user=USER | {"id": "U9", "team_id": "T9"}), NINE)
    assert (request.team_id, request.user_id) == ("T9", "U9")


def test_a_choice_is_the_value_of_its_option() -> None:
    chosen = {"action_id": "deploy:stage", "type": "static_select", "selected_option": OPTION}
    assert action_request(click(actions=[chosen]), NINE).value == "prod"


def test_a_choice_in_a_form_carries_the_form() -> None:
    values = {"b1": {"a1": {"type": "plain_text_input", "value": "hi"}}}
    view = {"id": "V1", "callback_id": "deploy", "private_metadata": "m", "state": {"values": values}}
    body = click(view=view, container={"type": "view", "view_id": "V1"}, channel=None, message=None, response_url=None)
    request = action_request(body, NINE)
    assert (request.view_id, request.callback_id, request.metadata) == ("V1", "deploy", "m")
    assert (request.values, request.channel_id) == ({"b1": {"a1": "hi"}}, "")


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ({"type": "plain_text_input", "value": "hi"}, "hi"),
        ({"type": "plain_text_input", "value": None}, ""),
        ({"type": "static_select", "selected_option": OPTION}, "prod"),
        ({"type": "static_select", "selected_option": None}, ""),
        ({"type": "checkboxes", "selected_options": [OPTION]}, ["prod"]),
        ({"type": "checkboxes", "selected_options": []}, []),
        ({"type": "users_select", "selected_user": "U1"}, "U1"),
        ({"type": "multi_users_select", "selected_users": ["U1", "U2"]}, ["U1", "U2"]),
        ({"type": "conversations_select", "selected_conversation": "C1"}, "C1"),
        ({"type": "datepicker", "selected_date": "2026-12-01"}, "2026-12-01"),
        ({"type": "datetimepicker", "selected_date_time": 1764000000}, 1764000000),
        ({"type": "something_new"}, ""),
    ],
)
def test_a_field_is_its_plain_value(entry: dict[str, Any], value: object) -> None:
    assert plain(entry) == value


def test_a_submission_carries_what_was_entered() -> None:
    request = submission_request(submission({"b1": {"a1": {"value": "v42"}}}), NINE)
    assert (request.kind, request.view_id, request.callback_id) == (Kind.SUBMISSION, "V1", "deploy")
    assert (request.metadata, request.values) == ("m", {"b1": {"a1": "v42"}})


@given(words, words)
def test_a_submission_is_the_same_only_with_the_same_entries(one: str, other: str) -> None:
    keys = [submission_request(submission({"b1": {"a1": {"value": text}}}), NINE).key for text in (one, one, other)]
    assert keys[0] == keys[1]
    assert (keys[0] == keys[2]) == (one == other)


def test_a_shortcut_is_known_by_its_trigger() -> None:
    body = {"type": "shortcut", "team": {"id": "T1"}, "user": USER, "callback_id": "open", "trigger_id": "1.2.abc"}
    request = shortcut_request(body, NINE)
    assert (request.key, request.kind, request.callback_id, request.user_id) == (
        f"act:{hashed('1.2.abc')}",
        Kind.SHORTCUT,
        "open",
        "U1",
    )


def test_an_opened_home_is_known_by_its_event() -> None:
    request = home_request(event("app_home_opened", channel="D1", tab="home"), NINE)
    assert (request.key, request.kind, request.user_id, request.channel_id) == ("ev:Ev1", Kind.HOME, "U1", "D1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<@UBOT> status shop", "status shop"),
        ("<@UBOT|tinystacks> status", "status"),
        ("please <@UBOT> status", "please  status"),
        ("<@UBOT> lock <@UBOT>", "lock <@UBOT>"),
        ("<@UANA> status", "<@UANA> status"),
    ],
)
def test_a_mention_is_what_was_said_beside_the_name(text: str, said: str) -> None:
    assert mention_request(event("app_mention", text=text), NINE).text == said


def test_a_mention_in_a_thread_is_answered_in_that_thread() -> None:
    assert mention_request(event("app_mention", text="", thread_ts="0.9"), NINE).message_ts == "0.9"
    assert mention_request(event("app_mention", text=""), NINE).message_ts == "1.1"


def test_links_are_taken_word_for_word_and_belong_to_the_message_they_stand_in() -> None:
    urls = ["https://console.aws.amazon.com/ecs/home?a=1&b=2#/x", "https://eu-west-1.console.aws.amazon.com/"]
    request = link_request(event("link_shared", message_ts="1.0", links=[{"url": url} for url in urls]), NINE)
    assert (request.kind, request.text.split(), request.message_ts) == (Kind.LINK, urls, "1.0")
    assert (request.channel_id, request.user_id, request.key) == ("C1", "U1", "ev:Ev1")


def test_a_stranger_in_a_shared_channel_keeps_their_own_team() -> None:
    body = event("app_mention", text="", team="T9") | {"is_ext_shared_channel": True}
    request = mention_request(body, NINE)
    assert (request.team_id, request.external_channel) == ("T9", True)
