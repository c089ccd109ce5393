"""Everything from Slack through one function: what is answered, and what never starts."""

import logging
import os
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.inbound import Inbound, Reply
from bot.domain.requests import Ack, Kind, Request
from tests.adapters.slack_samples import HOME, NINE, USER, click, command, event, submission

ERRORS = {"response_action": "errors", "errors": {"b1": "no such image"}}


class Intake:
    """Notes requests and answers what it is told."""

    def __init__(self, ack: Ack | Exception = Ack("Reading …")) -> None:  # noqa: B008
        self.ack = ack
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Ack:
        self.requests.append(request)
        if isinstance(self.ack, Exception):
            raise self.ack
        return self.ack


def received(intake: Intake, body: dict[str, Any], late: timedelta = timedelta()) -> Reply:
    return Inbound(intake, lambda: HOME, lambda: NINE + late).receive(body, NINE, {})


def test_a_command_is_answered_for_the_typer_only() -> None:
    intake = Intake()
    assert received(intake, command()) == (200, {"response_type": "ephemeral", "text": "Reading …"})
    assert [request.text for request in intake.requests] == ["deploy shop prod v42"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (click(), Kind.ACTION),
        (click(actions=[{"action_id": "", "type": "button", "value": "x"}]), Kind.ACTION),
        (submission({}), Kind.SUBMISSION),
        (event("app_home_opened", tab="home"), Kind.HOME),
        (event("app_mention", text="<@UBOT> help"), Kind.MENTION),
        (event("link_shared", message_ts="1.1", links=[{"url": "https://x.example/"}]), Kind.LINK),
        (
            {"type": "shortcut", "team": {"id": "T1"}, "user": USER, "callback_id": "deploy_open", "trigger_id": "1"},
            Kind.SHORTCUT,
        ),
    ],
)
def test_everything_we_listen_to_reaches_the_intake_and_is_acked_bare(body: dict[str, Any], kind: Kind) -> None:
    intake = Intake()
    assert received(intake, body) == (200, None)
    assert [request.kind for request in intake.requests] == [kind]


def test_a_form_is_answered_with_its_errors() -> None:
    assert received(Intake(Ack(payload=ERRORS)), submission({})) == (200, ERRORS)


def test_what_is_typed_into_a_searched_select_is_answered_with_options() -> None:
    intake = Intake(Ack(payload={"options": []}))
    view = {"id": "V1", "type": "modal", "callback_id": "lock", "private_metadata": "m", "state": {"values": {}}}
    asked = {"type": "block_suggestion", "team": {"id": "T1"}, "user": USER, "action_id": "lock:stage", "block_id": "b"}
    assert received(intake, asked | {"value": "sh pr", "view": view}) == (200, {"options": []})
    (request,) = intake.requests
    assert (request.kind, request.action_id, request.value) == (Kind.SUGGESTION, "lock:stage", "sh pr")
    assert (request.view_id, request.callback_id) == ("V1", "lock")


def test_an_empty_payload_is_still_an_answer() -> None:
    assert received(Intake(Ack(payload={})), submission({})) == (200, {})


@pytest.mark.parametrize(
    "body",
    [
        command(command="/other"),
        event("app_home_opened", tab="messages"),
        event("message", text="hi"),
        event("app_mention", user="UBOT", bot_id="B1", text="myself"),
        event("link_shared", source="composer", message_ts="U1-x", links=[{"url": "https://x.example/"}]),
        event("link_shared", user=None, message_ts="1.1", links=[{"url": "https://x.example/"}]),
        {"type": "view_closed", "team": {"id": "T1"}, "user": USER, "view": {"id": "V1", "type": "modal"}},
        {},
    ],
)
def test_the_rest_is_acked_in_silence(body: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    intake = Intake()
    assert received(intake, body).status == 200
    assert intake.requests == []
    assert caplog.records == []


@pytest.mark.parametrize("body", [command(), click(), submission({})])
def test_what_waited_three_seconds_never_starts(body: dict[str, Any]) -> None:
    intake = Intake()
    assert received(intake, body, timedelta(seconds=3)).status == 503
    assert intake.requests == []
    assert received(intake, body, timedelta(seconds=2.9)).status == 200


def test_a_late_event_is_still_taken() -> None:
    intake = Intake()
    assert received(intake, event("app_mention", text="hi"), timedelta(minutes=5)).status == 200
    assert len(intake.requests) == 1


def test_a_retried_event_reaches_the_intake_with_the_same_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    intake = Intake()
    inbound = Inbound(intake, lambda: HOME, lambda: NINE)
    for headers in ({}, {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}):
        inbound.receive(event("app_mention", text="hi"), NINE, headers)
    assert [request.key for request in intake.requests] == ["ev:Ev1", "ev:Ev1"]
    assert "Ev1 again (http_timeout)" in caplog.text


def test_a_fault_of_ours_is_told_with_the_number_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    status, payload = received(Intake(ZeroDivisionError("secret")), command())
    assert (status, isinstance(payload, dict)) == (200, True)
    text = payload["text"] if isinstance(payload, dict) else ""
    number = text.partition("error ")[2][:8]
    assert f"Error {number}" in caplog.text
    assert "secret" not in text
    assert "before you try again" in text


@pytest.mark.parametrize("body", [click(), submission({}), event("app_mention", text="hi")])
def test_a_fault_behind_a_click_or_event_is_not_acked(body: dict[str, Any]) -> None:
    assert received(Intake(ZeroDivisionError()), body) == (500, None)


def test_oauth_stays_off_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
    assert received(Intake(), command()).status == 200
    assert "SLACK_CLIENT_ID" not in os.environ


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TAKEN = Inbound(Intake(), lambda: HOME, lambda: NINE)


@given(st.sampled_from([command(), click(), submission({}), event("app_mention", text="hi")]), st.data())
def test_a_payload_in_another_shape_is_an_answer_never_an_exception(body: dict[str, Any], data: st.DataObject) -> None:
    bent = body | {data.draw(st.sampled_from(sorted(body))): data.draw(json_values)}
    assert TAKEN.receive(bent, NINE, {}).status in (200, 500)
