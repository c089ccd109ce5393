"""The server itself: ports, and what it takes to stop."""

import threading

import pytest

from sandbox.slack import Person, SlackServer, seed
from sandbox.slack.workspace import User
from tests.sandbox.slack_world import web


def test_a_taken_port_says_what_to_do() -> None:
    with SlackServer(seed()) as slack, pytest.raises(OSError, match="choose another one"):
        SlackServer(seed(), port=slack.port)


def test_a_stopped_port_is_free_again() -> None:
    with SlackServer(seed()) as slack:
        port = slack.port
    with SlackServer(seed(), port=port) as again:
        assert web(again).auth_test()["ok"]


def test_stopping_ends_the_feed_of_who_waits() -> None:
    ended = threading.Event()

    def wait(base_url: str) -> None:
        try:
            Person(base_url, "U0ANA").waits_for("never", seconds=30)
        except (TimeoutError, OSError):
            ended.set()

    with SlackServer(seed()) as slack:
        thread = threading.Thread(target=wait, args=(slack.base_url,))
        thread.start()
        Person(slack.base_url, "U0BO").types("hello")
    thread.join(5)
    assert ended.is_set()


def test_a_changed_workspace_is_seen_at_once() -> None:
    with SlackServer(seed()) as slack:
        slack.workspace = slack.workspace.with_user(User("U0CY", "cy", "Cy Castillo", deleted=True))
        assert web(slack).users_info(user="U0CY")["user"]["deleted"] is True
