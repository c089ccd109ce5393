"""Modals, external selects, the App Home and shortcuts, from the person's hand to the app and back."""

from collections.abc import Iterator

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.slack import Pace, Person, SlackServer, seed
from tests.sandbox.slack_world import (
    FORM,
    Clock,
    SocketApp,
    actions,
    button,
    modal,
    opened,
    option,
    plain,
    section,
    select,
    text_field,
)


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


def test_a_form_is_submitted_with_defaults_and_choices(app: SocketApp, ana: Person) -> None:
    view = opened(app, ana)
    assert ana.submits({"stage": "prod"})["delivered"]
    body = app.last
    values = body["view"]["state"]["values"]
    assert (body["type"], body["view"]["id"]) == ("view_submission", view["id"])
    assert (body["view"]["callback_id"], body["view"]["private_metadata"]) == ("deploy", "7")
    assert values["b_reason"]["reason"] == {"type": "plain_text_input", "value": "because"}
    assert values["b_stage"]["stage"] == {"type": "static_select", "selected_option": option("prod")}
    assert ana.view() is None


def test_a_required_field_left_empty_never_reaches_the_app(app: SocketApp, ana: Person) -> None:
    opened(app, ana)
    assert ana.submits()["errors"] == {"b_stage": "Please complete this required field."}
    assert [one.type for one in app.requests] == ["slash_commands"]


def test_errors_keep_the_form_open(app: SocketApp, ana: Person) -> None:
    opened(app, ana)
    app.answer = lambda _: {"response_action": "errors", "errors": {"b_stage": "locked"}}
    assert ana.submits({"b_stage": {"stage": "prod"}})["errors"] == {"b_stage": "locked"}
    assert ana.view()
    app.answer = lambda _: {"response_action": "errors", "errors": {"nowhere": "x"}}
    assert ana.submits()["error"] == "invalid_errors"


def test_an_update_replaces_the_form_and_keeps_what_was_filled_in(app: SocketApp, ana: Person) -> None:
    opened(app, ana)
    new = FORM | {"blocks": [*FORM["blocks"], section("sure?")]}
    app.answer = lambda _: {"response_action": "update", "view": new}
    ana.submits({"reason": "mine", "stage": "dev"})
    view = ana.view()
    assert view
    assert len(view["blocks"]) == 3
    assert view["state"]["values"]["b_reason"]["reason"]["value"] == "mine"


def test_forms_stack_three_high_and_clear_closes_all(app: SocketApp, ana: Person) -> None:
    opened(app, ana, modal(section("1")))
    app.answer = lambda _: {"response_action": "push", "view": modal(section("2"))}
    assert [ana.submits()["error"] for _ in range(3)] == [None, None, "push_limit_reached"]
    app.answer = lambda _: {"response_action": "clear"}
    ana.submits()
    assert ana.view() is None


def test_closing_is_told_only_where_asked_for(app: SocketApp, ana: Person) -> None:
    opened(app, ana)
    ana.closes()
    opened(app, ana, FORM | {"notify_on_close": True})
    ana.closes()
    kinds = [one.payload.get("type") for one in app.requests]
    assert kinds == [None, None, "view_closed"]
    assert app.last["is_cleared"] is False


def test_a_trigger_opens_one_form_in_three_seconds(app: SocketApp, ana: Person, clock: Clock) -> None:
    opened(app, ana)
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        app.web.views_open(trigger_id=app.last["trigger_id"], view=FORM)
    ana.types("/tinystacks deploy")
    clock.passes(3.1)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        app.web.views_open(trigger_id=app.last["trigger_id"], view=FORM)


def test_a_view_is_updated_against_its_hash(app: SocketApp, ana: Person) -> None:
    view = opened(app, ana)
    app.web.views_update(view_id=view["id"], hash=view["hash"], view=FORM)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        app.web.views_update(view_id=view["id"], hash=view["hash"], view=FORM)


def test_an_input_tells_the_app_only_if_it_should(app: SocketApp, ana: Person) -> None:
    told = text_field("b_told", "told") | {"dispatch_action": True}
    opened(app, ana, modal(text_field("b_quiet", "quiet"), told, actions(select("kind", "a", "b"))))
    ana.uses("quiet", "x")
    ana.uses("told", "y")
    ana.uses("kind", "b")
    assert [one.payload["actions"][0]["action_id"] for one in app.requests[1:]] == ["told", "kind"]
    assert app.last["view"]["state"]["values"]["b_quiet"]["quiet"]["value"] == "x"
    assert app.last["container"] == {"type": "view", "view_id": app.last["view"]["id"]}


def test_an_external_select_offers_what_the_app_suggests(app: SocketApp, ana: Person) -> None:
    element = {"type": "external_select", "action_id": "image"}
    opened(app, ana, modal({"type": "input", "block_id": "b", "label": plain("Image"), "element": element}))
    app.answer = lambda request: {"options": [option("v42")]} if "value" in request.payload else None
    assert ana.suggests("image", "v4") == []
    assert ana.suggests("image", "v42") == [option("v42")]
    assert (app.last["type"], app.last["action_id"], app.last["value"]) == ("block_suggestion", "image", "v42")
    ana.submits({"image": "v42"})
    assert app.last["view"]["state"]["values"]["b"]["image"]["selected_option"] == option("v42")


def test_the_home_is_opened_and_used(app: SocketApp, ana: Person) -> None:
    assert ana.opens_home()["delivered"]
    assert app.last["event"] | {"event_ts": ""} == {
        "type": "app_home_opened", "user": "U0ANA", "channel": "D0ANA", "tab": "home", "event_ts": "",
    }  # fmt: skip
    app.web.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [actions(button("Go", "home:go"))]})
    assert ana.uses("home:go", home=True)["delivered"]
    assert app.last["view"]["type"] == "home"


def test_a_shortcut_brings_a_trigger(app: SocketApp, ana: Person) -> None:
    ana.runs_shortcut("deploy_open")
    assert (app.last["type"], app.last["callback_id"]) == ("shortcut", "deploy_open")
    app.web.views_open(trigger_id=app.last["trigger_id"], view=FORM)


def test_suggestions_may_come_in_groups(app: SocketApp, ana: Person) -> None:
    search = {"type": "external_select", "action_id": "image", "min_query_length": 1}
    opened(app, ana, modal({"type": "input", "block_id": "b", "label": plain("Image"), "element": search}))
    group = {"label": plain("shop"), "options": [option("v41"), option("v42")]}
    app.answer = lambda _: {"option_groups": [group]}
    assert ana.suggests("image", "v") == group["options"]
    assert ana.submits({"image": "v42"})["delivered"]
    assert app.last["view"]["state"]["values"]["b"]["image"]["selected_option"] == option("v42")


def test_suggestions_slack_would_refuse_are_not_offered(app: SocketApp, slack: SlackServer, ana: Person) -> None:
    search = {"type": "external_select", "action_id": "image", "min_query_length": 1}
    opened(app, ana, modal({"type": "input", "block_id": "b", "label": plain("Image"), "element": search}))
    app.answer = lambda _: {"options": [option("x" * 151)]}
    assert ana.suggests("image", "v") == []
    refused = [one.data for one in slack.state.feed.changes if one.kind == "refused"]
    assert refused[-1]["method"] == "block_suggestion"
    assert "[json-pointer:/options/0/value]" in refused[-1]["problems"][1]
