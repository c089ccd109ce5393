"""Clicks, selects and response URLs, from the person's hand to the app and back."""

from collections.abc import Iterator

import pytest
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.webhook import WebhookClient

from sandbox.slack import Pace, Person, SlackServer, seed
from sandbox.slack.person import ControlError
from sandbox.slack.workspace import Json
from tests.sandbox.slack_world import Clock, SocketApp, actions, ask, button, option, posted, section, select


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackServer]:
    with SlackServer(seed(), rates=None, clock=clock, pace=Pace(ack=1.0)) as server:
        yield server


@pytest.fixture
def app(slack: SlackServer) -> Iterator[SocketApp]:
    with SocketApp(slack) as connected:
        yield connected


@pytest.fixture
def ana(slack: SlackServer) -> Person:
    return Person(slack.base_url, "U0ANA")


def test_a_click_carries_the_button_the_message_and_who(app: SocketApp, ana: Person) -> None:
    ts = posted(app, actions(button("Approve", "deploy:approve", value="row-7"), block_id="b1"))
    assert ana.clicks("Approve")["delivered"]
    body = app.last
    [action] = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("deploy:approve", "b1", "row-7")
    assert body["user"] == {"id": "U0ANA", "username": "ana", "name": "ana", "team_id": "T0ACME"}
    assert body["container"] == {"type": "message", "message_ts": ts, "channel_id": "C0DEPLOYS", "is_ephemeral": False}
    assert (body["message"]["ts"], body["channel"]) == (ts, {"id": "C0DEPLOYS", "name": "deploys"})


def test_a_click_on_an_ephemeral_does_not_repeat_the_message(app: SocketApp, ana: Person) -> None:
    app.web.chat_postEphemeral(channel="C0DEPLOYS", user="U0ANA", text="x", blocks=[actions(button("Cancel"))])
    ana.clicks("Cancel")
    assert app.last["container"]["is_ephemeral"] is True
    assert "message" not in app.last


def test_a_click_in_a_thread_says_which(app: SocketApp, ana: Person) -> None:
    ts = posted(app, section("card"))
    app.web.chat_postMessage(channel="C0DEPLOYS", text="x", thread_ts=ts, blocks=[actions(button("Logs"))])
    ana.clicks("Logs")
    assert app.last["container"]["thread_ts"] == ts


def test_the_newest_button_of_that_name_is_clicked_unless_told(app: SocketApp, ana: Person) -> None:
    old = posted(app, actions(button("Go", value="old")))
    posted(app, actions(button("Go", value="new")))
    ana.clicks("Go")
    ana.clicks("Go", in_=old)
    assert [one.payload["actions"][0]["value"] for one in app.requests] == ["new", "old"]


def test_nobody_clicks_what_is_not_on_their_screen(slack: SlackServer, app: SocketApp, ana: Person) -> None:
    app.web.chat_postEphemeral(channel="C0DEPLOYS", user="U0ANA", text="x", blocks=[actions(button("Deploy"))])
    bo = Person(slack.base_url, "U0BO")
    with pytest.raises(LookupError, match="no button 'Deploy'"):
        bo.clicks("Deploy")
    click = {"user": "U0BO", "channel": "C0DEPLOYS", "ts": ana.sees()[0]["ts"], "action_id": "deploy:go"}
    assert ask(slack, "click", click).status_code == 404
    assert ask(slack, "click", click | {"user": "U0ANA"}).status_code == 200


def test_a_choice_arrives_as_an_option_and_stays_in_the_state(app: SocketApp, ana: Person) -> None:
    ts = posted(app, actions(select("stage", "dev", "prod"), button("Go"), block_id="b1"))
    ana.chooses("stage", "Prod", ts)
    assert app.last["actions"][0]["selected_option"] == option("prod")
    ana.clicks("Go")
    assert app.last["state"]["values"]["b1"]["stage"]["selected_option"] == option("prod")
    with pytest.raises(ControlError, match="there are Dev, Prod"):
        ana.chooses("stage", "moon", ts)


def test_a_response_url_answers_the_typer_then_replaces_and_deletes(app: SocketApp, ana: Person) -> None:
    app.answer = lambda _: {"text": "looking"}
    ana.types("/tinystacks status")
    hook = WebhookClient(app.last["response_url"])
    assert hook.send(text="found", replace_original=True).status_code == 200
    assert [(one["text"], one["ephemeral"]) for one in ana.sees()] == [("found", True)]
    hook.send(text="more")
    hook.send(text="for all", response_type="in_channel")
    assert [(one["text"], one["ephemeral"]) for one in ana.sees()][1:] == [("more", True), ("for all", False)]
    hook.send_dict({"delete_original": True})
    assert [one["text"] for one in ana.sees()] == ["more", "for all"]


def test_without_an_ack_s_message_the_first_one_posted_is_replaced(app: SocketApp, ana: Person) -> None:
    ana.types("/tinystacks status")
    hook = WebhookClient(app.last["response_url"])
    hook.send(text="looking")
    hook.send(text="found", replace_original=True)
    assert [one["text"] for one in ana.sees()] == ["found"]


def test_a_response_url_replaces_the_message_that_was_clicked(app: SocketApp, ana: Person) -> None:
    ts = posted(app, actions(button("Go")))
    ana.clicks("Go")
    WebhookClient(app.last["response_url"]).send(text="gone", replace_original=True)
    assert [(one["ts"], one["text"], one["blocks"]) for one in ana.sees()] == [(ts, "gone", [])]


REFUSED: list[tuple[Json, str]] = [
    ({"delete_original": True, "text": "x"}, "invalid_payload"),
    ({"text": "x", "thread_ts": "1.1"}, "invalid_payload"),
    ({"blocks": [section("")]}, "invalid_blocks"),
    ({"replace_original": True}, "no_text"),
    ({}, "invalid_payload"),
]


@pytest.mark.parametrize(("body", "error"), REFUSED)
def test_a_response_url_refuses(app: SocketApp, ana: Person, body: Json, error: str) -> None:
    ana.types("/tinystacks status")
    answer = WebhookClient(app.last["response_url"]).send_dict(body)
    assert (answer.status_code, error in answer.body) == (400, True)


def test_a_response_url_ends_after_five_uses_or_half_an_hour(app: SocketApp, ana: Person, clock: Clock) -> None:
    ana.types("/tinystacks status")
    hook = WebhookClient(app.last["response_url"])
    assert [hook.send(text="x").status_code for _ in range(6)] == [200] * 5 + [404]
    ana.types("/tinystacks status")
    clock.passes(1_801)
    assert WebhookClient(app.last["response_url"]).send(text="x").status_code == 404


def test_what_people_wait_for_is_found_when_it_comes(app: SocketApp, ana: Person) -> None:
    def answer(request: SocketModeRequest) -> Json:
        return {"text": f"you said {request.payload['text']}"}

    app.answer = answer
    ana.types("/tinystacks hello")
    assert ana.waits_for("you said hello")["ephemeral"] is True
    assert ana.waits_for(lambda message: "hello" in message["text"])["text"] == "you said hello"
    with pytest.raises(TimeoutError, match="you said hello"):
        ana.waits_for("never said", seconds=0.2)
