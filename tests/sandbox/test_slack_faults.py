"""Faults asked for, the log of calls and the feed of changes."""

import threading
import time
from collections.abc import Iterator
from urllib.error import URLError

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler

from sandbox.slack import Person, SlackServer, seed
from sandbox.slack.faults import Fault, Faults, fault_from
from tests import nearby
from tests.sandbox.slack_world import ask, fault, web


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer(seed(), rates=None) as server:
        yield server


@pytest.fixture
def ana(slack: SlackServer) -> Person:
    return Person(slack.base_url, "U0ANA")


def post(slack: SlackServer, text: str = "x") -> str:
    return str(web(slack).chat_postMessage(channel="C0DEPLOYS", text=text)["ts"])


def calls(slack: SlackServer, query: str = "") -> list[tuple[str, bool, str | None]]:
    found = ask(slack, f"calls{query}").json()["calls"]
    return [(one["method"], one["ok"], one["error"]) for one in found]


def test_a_fault_strikes_its_method_as_often_as_asked() -> None:
    faults = Faults()
    faults.add(Fault("error", "chat.update", times=2))
    faults.add(Fault("slow"))
    kinds = ("error", "slow")
    struck = [faults.take(kinds, "chat.update") for _ in range(4)]
    assert [one.kind if one else None for one in struck] == ["error", "error", "slow", None]


@pytest.mark.parametrize("body", [{"kind": "none"}, {}, {"kind": "slow", "secs": 3}])
def test_a_wrong_fault_is_refused_with_what_is_allowed(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"drop_after|retry_after"):
        fault_from(body)


def test_ratelimited_says_when_to_come_back(slack: SlackServer, ana: Person) -> None:
    fault(slack, "ratelimited", method="chat.postMessage", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        post(slack)
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    assert ana.sees() == []
    post(slack)


def test_an_error_of_choice_changes_nothing(slack: SlackServer, ana: Person) -> None:
    fault(slack, "error", method="*", error="fatal_error")
    with pytest.raises(SlackApiError, match="fatal_error"):
        post(slack)
    assert ana.sees() == []


def test_slow_is_done_at_once_and_answered_later(slack: SlackServer, ana: Person) -> None:
    fault(slack, "slow", method="chat.postMessage", seconds=0.5)
    thread = threading.Thread(target=post, args=(slack, "slow"))
    started = time.monotonic()
    thread.start()
    ana.waits_for("slow")
    seen_after = time.monotonic() - started
    thread.join()
    assert seen_after < 0.5 <= time.monotonic() - started


def test_late_is_done_although_the_caller_has_gone(slack: SlackServer, ana: Person) -> None:
    fault(slack, "late", method="chat.postMessage", seconds=0.4)
    client = web(slack)
    client.timeout = 0.1  # type: ignore[assignment]
    with pytest.raises((TimeoutError, URLError)):
        client.chat_postMessage(channel="C0DEPLOYS", text="ghost")
    assert ana.sees() == []
    assert ana.waits_for("ghost")


def test_drop_after_leaves_the_caller_in_doubt(slack: SlackServer, ana: Person) -> None:
    fault(slack, "drop_after", method="chat.postMessage")
    with pytest.raises((ConnectionError, URLError)):
        post(slack, "done")
    assert [one["text"] for one in ana.sees()] == ["done"]


def test_a_client_that_retries_after_a_drop_posts_twice(slack: SlackServer, ana: Person) -> None:
    fault(slack, "drop_after", method="chat.postMessage")
    client = web(slack)
    client.retry_handlers = [ConnectionErrorRetryHandler()]
    client.chat_postMessage(channel="C0DEPLOYS", text="twice")
    assert [one["text"] for one in ana.sees()] == ["twice", "twice"]


def test_every_call_is_logged_without_its_token(slack: SlackServer) -> None:
    post(slack)
    with pytest.raises(SlackApiError):
        web(slack).users_info(user="U0NONE")
    assert calls(slack) == [("chat.postMessage", True, None), ("users.info", False, "user_not_found")]
    assert calls(slack, "?method=chat.postMessage") == [("chat.postMessage", True, None)]
    assert calls(slack, "?since=1") == [("users.info", False, "user_not_found")]
    assert nearby.post(f"{slack.api_url}auth.test", data={"token": "xoxb-sandbox"}).json()["ok"] is True
    assert "xoxb" not in ask(slack, "calls").text


def test_the_workspace_is_shown_without_its_tokens(slack: SlackServer) -> None:
    shown = ask(slack, "workspace").json()
    assert [one["id"] for one in shown["channels"]] == ["C0DEPLOYS", "C0PROD", "C0RANDOM", "C0SHARED"]
    assert "xapp" not in str(shown)


def test_the_feed_tells_each_change_once_and_keeps_secrets(slack: SlackServer) -> None:
    client = web(slack)
    ts = post(slack)
    client.chat_update(channel="C0DEPLOYS", ts=ts, text="y")
    client.chat_postEphemeral(channel="C0DEPLOYS", user="U0ANA", text="psst")
    client.views_publish(user_id="U0BO", view={"type": "home", "blocks": []})
    client.chat_delete(channel="C0DEPLOYS", ts=ts)
    assert kinds(slack, "U0BO", 4) == ["message", "changed", "home", "deleted"]
    assert kinds(slack, "U0ANA", 4) == ["message", "changed", "ephemeral", "deleted"]


def kinds(slack: SlackServer, user_id: str, count: int) -> list[str]:
    found: list[str] = []
    url = f"{slack.base_url}/sandbox/slack/feed?since=0&user={user_id}"
    with httpx.stream("GET", url) as response:
        for line in response.iter_lines():
            found += [line.removeprefix("event: ")] if line.startswith("event: ") else []
            if len(found) == count:
                return found
    return found


def test_what_a_person_is_told_went_wrong_is_in_the_feed(slack: SlackServer, ana: Person) -> None:
    ana.types("/tinystacks status")
    assert kinds(slack, "U0ANA", 1) == ["toast"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("type", {"user": "U0ANA"}, 400),
        ("click", {"user": "U0NONE", "channel": "C0DEPLOYS", "ts": "1", "action_id": "a"}, 404),
        ("click", {"user": "U0ANA", "channel": "C0DEPLOYS", "ts": "1", "action_id": "a"}, 404),
        ("view/submit", {"user": "U0ANA"}, 404),
        ("faults", {"kind": "none"}, 400),
        ("shortcut", {"user": "U0ANA"}, 404),
        ("messages?user=U0GUEST&channel=C0PROD", None, 404),
    ],
)
def test_the_control_api_says_what_is_wrong(
    slack: SlackServer, path: str, body: dict[str, object] | None, status: int
) -> None:
    answer = ask(slack, path, body)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)
