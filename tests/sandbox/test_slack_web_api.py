"""slack_sdk's own WebClient against the local Slack: it works, and it is refused as Slack refuses."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.slack import Person, SlackServer, seed
from sandbox.slack.rates import RATES
from tests import nearby
from tests.sandbox.slack_world import Clock, actions, button, modal, section, text_field, web


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackServer]:
    with SlackServer(seed(), rates=None, clock=clock) as server:
        yield server


@pytest.fixture
def ana(slack: SlackServer) -> Person:
    return Person(slack.base_url, "U0ANA")


def refusal(slack: SlackServer, method: str, token: str = "xoxb-sandbox", **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        web(slack, token).api_call(method, json=args)
    return str(caught.value.response["error"])


def test_auth_test_says_who_the_bot_is_and_what_it_may(slack: SlackServer) -> None:
    answer = web(slack).auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0ACME", "U0BOT", "B0TINY")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


def test_a_posted_message_is_seen_with_its_thread(slack: SlackServer, ana: Person) -> None:
    card = web(slack).chat_postMessage(channel="C0DEPLOYS", text="card", blocks=[section("*card*")])
    web(slack).chat_postMessage(channel="C0DEPLOYS", text="news", thread_ts=card["ts"])
    [seen] = ana.sees()
    assert seen["ts"] == card["ts"]
    assert [reply["text"] for reply in seen["replies"]] == ["news"]
    assert "metadata" not in seen


def test_a_reply_to_a_reply_joins_the_thread(slack: SlackServer, ana: Person) -> None:
    card = web(slack).chat_postMessage(channel="C0DEPLOYS", text="card")
    reply = web(slack).chat_postMessage(channel="C0DEPLOYS", text="1", thread_ts=card["ts"])
    web(slack).chat_postMessage(channel="C0DEPLOYS", text="2", thread_ts=reply["ts"])
    assert [one["text"] for one in ana.sees()[0]["replies"]] == ["1", "2"]


def test_an_ephemeral_is_seen_by_one_person_only(slack: SlackServer, ana: Person) -> None:
    web(slack).chat_postEphemeral(channel="C0DEPLOYS", user="U0ANA", text="psst")
    assert [one["ephemeral"] for one in ana.sees()] == [True]
    assert Person(slack.base_url, "U0BO").sees() == []


def test_text_without_blocks_removes_the_blocks_of_an_updated_message(slack: SlackServer, ana: Person) -> None:
    ts = web(slack).chat_postMessage(channel="C0DEPLOYS", text="old", blocks=[section("old")])["ts"]
    web(slack).chat_update(channel="C0DEPLOYS", ts=ts, text="new")
    [seen] = ana.sees()
    assert (seen["text"], seen["blocks"], seen["edited"]) == ("new", [], True)


def test_metadata_is_found_again_in_history_and_replies(slack: SlackServer) -> None:
    metadata = {"event_type": "card", "event_payload": {"id": "7"}}
    client = web(slack)
    ts = client.chat_postMessage(channel="C0DEPLOYS", text="card", metadata=metadata)["ts"]
    client.chat_postMessage(channel="C0DEPLOYS", text="news", thread_ts=ts, metadata=metadata)
    history = client.conversations_history(channel="C0DEPLOYS", include_all_metadata=True)["messages"]
    replies = client.conversations_replies(channel="C0DEPLOYS", ts=ts, include_all_metadata=True)["messages"]
    assert [one["metadata"] for one in history] == [metadata]
    assert [one["metadata"] for one in replies] == [metadata, metadata]
    assert "metadata" not in client.conversations_history(channel="C0DEPLOYS")["messages"][0]


def test_history_comes_in_pages_newest_first_and_from_a_moment_on(slack: SlackServer) -> None:
    client = web(slack)
    stamps = [client.chat_postMessage(channel="C0DEPLOYS", text=str(n))["ts"] for n in range(5)]
    first = client.conversations_history(channel="C0DEPLOYS", limit=3)
    rest = client.conversations_history(channel="C0DEPLOYS", limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert [one["text"] for one in first["messages"] + rest["messages"]] == ["4", "3", "2", "1", "0"]
    newer = client.conversations_history(channel="C0DEPLOYS", oldest=stamps[2])
    assert [one["text"] for one in newer["messages"]] == ["4", "3"]


def test_a_deleted_message_is_gone(slack: SlackServer, ana: Person) -> None:
    ts = web(slack).chat_postMessage(channel="C0DEPLOYS", text="x")["ts"]
    web(slack).chat_delete(channel="C0DEPLOYS", ts=ts)
    assert ana.sees() == []


def test_people_and_groups_are_told_as_slack_tells_them(slack: SlackServer) -> None:
    client = web(slack)
    assert client.users_info(user="U0GUEST")["user"]["is_restricted"] is True
    assert client.users_info(user="U0GONE")["user"]["deleted"] is True
    assert client.users_info(user="U0STRANGER")["user"]["team_id"] == "T0OTHER"
    assert client.usergroups_users_list(usergroup="S0REL")["users"] == ["U0CY"]
    assert "users" not in client.usergroups_list()["usergroups"][0]
    assert client.usergroups_list(include_users=True)["usergroups"][0]["users"] == ["U0ANA", "U0BO"]
    assert client.conversations_info(channel="C0SHARED")["channel"]["is_ext_shared"] is True
    assert "U0ANA" in client.conversations_members(channel="C0PROD")["members"]


def test_a_direct_message_reaches_one_person(slack: SlackServer, ana: Person) -> None:
    assert web(slack).chat_postMessage(channel="U0ANA", text="hello")["channel"] == "D0ANA"
    assert [one["text"] for one in ana.sees("D0ANA")] == ["hello"]


def test_a_home_is_published_and_updated_against_its_hash(slack: SlackServer, ana: Person) -> None:
    view = {"type": "home", "blocks": [section("hi")]}
    published = web(slack).views_publish(user_id="U0ANA", view=view)["view"]
    home = ana.home()
    assert home
    assert home["id"] == published["id"]
    assert refusal(slack, "views.publish", user_id="U0ANA", view=view, hash="old") == "hash_conflict"
    web(slack).views_publish(user_id="U0ANA", view=view, hash=published["hash"])


REFUSALS: list[tuple[str, str, dict[str, Any]]] = [
    ("unknown_method", "chat.shout", {}),
    ("channel_not_found", "chat.postMessage", {"channel": "C0NONE", "text": "x"}),
    ("not_in_channel", "chat.postMessage", {"channel": "C0RANDOM", "text": "x"}),
    ("no_text", "chat.postMessage", {"channel": "C0DEPLOYS"}),
    ("thread_not_found", "chat.postMessage", {"channel": "C0DEPLOYS", "text": "x", "thread_ts": "1.1"}),
    ("invalid_blocks", "chat.postMessage", {"channel": "C0DEPLOYS", "blocks": [section("")]}),
    ("invalid_blocks_format", "chat.postMessage", {"channel": "C0DEPLOYS", "blocks": "["}),
    ("msg_blocks_too_long", "chat.postMessage", {"channel": "C0DEPLOYS", "blocks": [section("&" * 2_600)] * 5}),
    ("msg_blocks_too_long", "chat.postMessage", {"channel": "C0DEPLOYS", "blocks": [section("x" * 2_541)] * 5}),
    ("invalid_metadata_schema", "chat.postMessage", {"channel": "C0DEPLOYS", "text": "x", "metadata": {"a": 1}}),
    ("user_not_found", "chat.postEphemeral", {"channel": "C0DEPLOYS", "user": "U0NONE", "text": "x"}),
    ("user_not_in_channel", "chat.postEphemeral", {"channel": "C0PROD", "user": "U0GUEST", "text": "x"}),
    ("msg_too_long", "chat.postEphemeral", {"channel": "C0DEPLOYS", "user": "U0ANA", "text": "é" * 2_001}),
    ("message_not_found", "chat.update", {"channel": "C0DEPLOYS", "ts": "1.1", "text": "x"}),
    ("message_not_found", "chat.delete", {"channel": "C0DEPLOYS", "ts": "1.1"}),
    ("user_not_found", "users.info", {"user": "U0NONE"}),
    ("no_such_subteam", "usergroups.users.list", {"usergroup": "S0NONE"}),
    ("channel_not_found", "conversations.info", {"channel": "C0NONE"}),
    ("not_in_channel", "conversations.history", {"channel": "C0RANDOM"}),
    ("thread_not_found", "conversations.replies", {"channel": "C0DEPLOYS", "ts": "1.1"}),
    ("invalid_arguments", "conversations.history", {"channel": "C0DEPLOYS", "limit": "many"}),
    ("invalid_trigger_id", "views.open", {"trigger_id": "1.1.x", "view": modal()}),
    ("invalid_arguments", "views.open", {"trigger_id": "1.1.x", "view": {"type": "modal"}}),
    ("not_found", "views.update", {"view_id": "V0NONE", "view": modal()}),
    ("file_not_found", "files.completeUploadExternal", {"files": [{"id": "F0NONE"}], "channel_id": "C0DEPLOYS"}),
    ("not_allowed_token_type", "apps.connections.open", {}),
]


def test_what_slack_refuses_is_refused_with_slack_s_word(slack: SlackServer) -> None:
    answers = [(refusal(slack, method, **args), method, args) for _, method, args in REFUSALS]
    assert answers == REFUSALS


def test_tokens_are_checked(slack: SlackServer) -> None:
    assert refusal(slack, "auth.test", token="xoxb-wrong") == "invalid_auth"
    assert refusal(slack, "auth.test", token="") == "not_authed"
    assert refusal(slack, "auth.test", token="xapp-sandbox") == "not_allowed_token_type"


def test_a_missing_scope_is_named(slack: SlackServer) -> None:
    slack.workspace = replace(slack.workspace, app=replace(slack.workspace.app, scopes=("chat:write",)))
    with pytest.raises(SlackApiError) as caught:
        web(slack).users_info(user="U0ANA")
    body = caught.value.response
    assert (body["error"], body["needed"], body["provided"]) == ("missing_scope", "users:read", "chat:write")


def test_refused_blocks_come_with_pointers(slack: SlackServer) -> None:
    with pytest.raises(SlackApiError) as caught:
        web(slack).chat_postMessage(channel="C0DEPLOYS", text="x", blocks=[actions(button("x" * 76))])
    [problem] = caught.value.response["response_metadata"]["messages"]
    assert problem == "[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"


def test_an_update_is_shorter_than_a_post(slack: SlackServer) -> None:
    ts = web(slack).chat_postMessage(channel="C0DEPLOYS", text="x" * 40_001)["ts"]
    assert len(web(slack).conversations_history(channel="C0DEPLOYS")["messages"][0]["text"]) == 40_000
    web(slack).chat_update(channel="C0DEPLOYS", ts=ts, text="x" * 4_000)
    assert refusal(slack, "chat.update", channel="C0DEPLOYS", ts=ts, text="x" * 4_001) == "msg_too_long"


def test_ephemerals_and_other_people_s_messages_are_not_updated(slack: SlackServer, ana: Person) -> None:
    ts = web(slack).chat_postEphemeral(channel="C0DEPLOYS", user="U0ANA", text="x")["message_ts"]
    assert refusal(slack, "chat.update", channel="C0DEPLOYS", ts=ts, text="y") == "message_not_found"
    theirs = ana.types("hello")["ts"]
    assert refusal(slack, "chat.update", channel="C0DEPLOYS", ts=theirs, text="y") == "cant_update_message"
    assert refusal(slack, "chat.delete", channel="C0DEPLOYS", ts=theirs) == "cant_delete_message"


def test_too_many_updates_are_put_off(clock: Clock) -> None:
    with SlackServer(seed(), rates=RATES, clock=clock) as slack:
        ts = web(slack).chat_postMessage(channel="C0DEPLOYS", text="x")["ts"]
        for _ in range(10):
            web(slack).chat_update(channel="C0DEPLOYS", ts=ts, text="y")
        with pytest.raises(SlackApiError) as caught:
            web(slack).chat_update(channel="C0DEPLOYS", ts=ts, text="z")
        assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
        clock.passes(int(caught.value.response.headers["Retry-After"]))
        web(slack).chat_update(channel="C0DEPLOYS", ts=ts, text="z")


def test_a_view_refused_says_where(slack: SlackServer) -> None:
    with pytest.raises(SlackApiError) as caught:
        web(slack).views_open(trigger_id="1.1.x", view=modal(text_field("b", "a", max_length=9_999)))
    assert "/view/blocks/0/element/max_length" in str(caught.value.response["response_metadata"])


VALIDATED: list[tuple[Any, list[str]]] = [
    ({"blocks": [section("fine")]}, []),
    ({"message": {"text": "fine", "blocks": [section("fine")]}}, []),
    ({"view": modal(section("fine"))}, []),
    ({"blocks": [section("x"), {"type": "plan"}]}, ["/blocks/1/type"]),
    ({"message": {"blocks": [section("x" * 3_001)]}}, ["/message/blocks/0/text/text"]),
    ({"view": modal(section("x")) | {"type": "letter"}}, ["/view/type"]),
    ({"view": modal(section("x" * 3_000), *[section("y" * 3_000)] * 85)}, ["/view"]),
]


@pytest.mark.parametrize(("given", "pointers"), VALIDATED)
def test_blocks_are_validated_without_a_token_and_without_posting(
    slack: SlackServer, ana: Person, given: Any, pointers: list[str]
) -> None:
    form = {name: json.dumps(value) for name, value in given.items()}
    answer = nearby.post(f"{slack.api_url}blocks.validate", data=form).json()
    assert (answer["ok"], [one["pointer"] for one in answer["errors"]]) == (not pointers, pointers)
    assert all({"code", "message", "field"} <= one.keys() for one in answer["errors"])
    assert ana.sees() == []


@pytest.mark.parametrize("given", [{}, {"blocks": "[]", "view": "{}"}, {"blocks": "{"}, {"view": "[1]"}])
def test_validating_nothing_or_two_things_is_refused(slack: SlackServer, given: Any) -> None:
    assert nearby.post(f"{slack.api_url}blocks.validate", data=given).json()["error"] == "invalid_arguments"


def test_who_a_message_calls_is_settled_when_it_is_posted(slack: SlackServer, ana: Person) -> None:
    rich = {"type": "rich_text_section", "elements": [{"type": "usergroup", "usergroup_id": "S0DEV"}]}
    card = web(slack).chat_postMessage(
        channel="C0DEPLOYS",
        text="for <@U0CY>",
        blocks=[section("<!here> and <!subteam^S0REL|release>"), {"type": "rich_text", "elements": [rich]}],
    )
    assert ana.sees()[0]["pings"] == ["S0DEV", "S0REL", "U0CY", "here"]
    web(slack).chat_update(channel="C0DEPLOYS", ts=card["ts"], text="and <@U0BO>")
    web(slack).chat_postMessage(channel="C0DEPLOYS", text="not &lt;@U0BO&gt;")
    assert [one["pings"] for one in ana.sees()] == [["S0DEV", "S0REL", "U0CY", "here"], []]
