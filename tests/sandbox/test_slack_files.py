"""Files, links to messages and direct messages of the local Slack, as Slack's own client uses them."""

from collections.abc import Iterator

import pytest

from sandbox.slack import Person, SlackServer, seed
from tests import nearby
from tests.sandbox.slack_world import web
from tests.sandbox.test_slack_web_api import refusal


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer(seed(), rates=None) as server:
        yield server


@pytest.fixture
def ana(slack: SlackServer) -> Person:
    return Person(slack.base_url, "U0ANA")


def test_a_file_is_uploaded_and_shared_in_a_thread(slack: SlackServer, ana: Person) -> None:
    ts = web(slack).chat_postMessage(channel="C0DEPLOYS", text="card")["ts"]
    web(slack).files_upload_v2(channel="C0DEPLOYS", thread_ts=ts, filename="audit.csv", content="a,b\n")
    [reply] = ana.sees()[0]["replies"]
    [file] = reply["files"]
    names = {"name": "audit.csv", "title": "audit.csv", "mimetype": "text/csv", "filetype": "csv", "size": 4}
    assert names.items() <= file.items()
    got = nearby.get(file["url_private"])
    assert (got.content, got.headers["content-type"]) == (b"a,b\n", "text/csv; charset=utf-8")
    assert got.headers["content-disposition"] == 'attachment; filename="audit.csv"'


def test_a_message_and_a_reply_have_links_as_slack_writes_them(slack: SlackServer) -> None:
    client = web(slack)
    ts = client.chat_postMessage(channel="C0DEPLOYS", text="card")["ts"]
    reply = client.chat_postMessage(channel="C0DEPLOYS", text="news", thread_ts=ts)["ts"]
    link = client.chat_getPermalink(channel="C0DEPLOYS", message_ts=ts)["permalink"]
    assert link == f"{slack.base_url}/archives/C0DEPLOYS/p{ts.replace('.', '')}"
    link = client.chat_getPermalink(channel="C0DEPLOYS", message_ts=reply)["permalink"]
    assert link.endswith(f"/p{reply.replace('.', '')}?thread_ts={ts}&cid=C0DEPLOYS")
    assert refusal(slack, "chat.getPermalink", channel="C0DEPLOYS", message_ts="1.1") == "message_not_found"


def test_a_direct_message_is_opened_with_who_can_have_one(slack: SlackServer) -> None:
    client = web(slack)
    assert client.conversations_open(users="U0ANA")["channel"] == {"id": "D0ANA"}
    assert client.conversations_open(users="U0ANA", return_im=True)["channel"]["is_im"] is True
    assert refusal(slack, "conversations.open") == "users_list_not_supplied"
    assert refusal(slack, "conversations.open", users="U0NOBODY") == "user_not_found"
    assert refusal(slack, "conversations.open", users="U0GONE") == "user_disabled"
    assert refusal(slack, "conversations.open", users="U0BOT") == "cannot_dm_bot"


def test_an_upload_of_another_length_is_refused(slack: SlackServer) -> None:
    step = web(slack).files_getUploadURLExternal(filename="a.csv", length=4)
    assert nearby.post(step["upload_url"], content=b"longer").status_code == 400
    assert nearby.post(step["upload_url"], content=b"four").status_code == 200
    assert nearby.get(step["upload_url"]).content == b"four"
