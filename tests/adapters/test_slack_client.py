"""One client: no surprises from the environment, no second try, no waiting for ever."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.adapters.scheduler import Clock
from bot.adapters.slack.client import Identity, identity, proxy_for, seconds_of, tidy_environment, tls_for, web_client
from bot.adapters.slack.outbound import SlackChat
from bot.domain.errors import NotPossible, Unanswered, Unreachable
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import seed

TIMEOUT = timedelta(seconds=2)
PROXY = "http://proxy.example:3128"


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackServer]:
    with SlackServer(seed(), rates=None) as server:
        yield server


def chat_at(url: str) -> SlackChat:
    return SlackChat(web_client("xoxb-sandbox", url, TIMEOUT), Clock().now)


def test_the_bot_learns_who_it_is(slack: SlackServer) -> None:
    who = identity(web_client("xoxb-sandbox", slack.api_url, TIMEOUT))
    assert (who.team_id, who.bot_id, who.bot_user_id, who.enterprise_id) == ("T0ACME", "B0TINY", "U0BOT", "")
    assert "chat:write" in who.scopes
    assert Identity("T1").scopes == frozenset()


def test_a_wrong_token_says_which_variable_to_mend(slack: SlackServer) -> None:
    with pytest.raises(NotPossible, match="SLACK_BOT_TOKEN"):
        identity(web_client("xoxb-wrong", slack.api_url, TIMEOUT))


def test_a_missing_scope_is_told(slack: SlackServer) -> None:
    slack.add_fault("error", "chat.update", error="missing_scope")
    with pytest.raises(NotPossible, match="scope"):
        chat_at(slack.api_url).update_message("C0PROD", "1.1", {"text": "x"})


def test_a_slack_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        identity(web_client("xoxb-sandbox", "http://127.0.0.1:1/api/", TIMEOUT))


def test_a_slow_slack_is_given_up_in_time_and_asked_once(slack: SlackServer) -> None:
    slack.add_fault("slow", "chat.postMessage", seconds=1.5)
    chat = chat_at(slack.api_url)
    with pytest.raises(Unanswered):
        chat.post_message("C0DEPLOYS", {"text": "hello"}, thread_ts=None, message_id="m1")
    assert [call["method"] for call in slack.state.calls].count("chat.postMessage") == 1


class Broken(BaseHTTPRequestHandler):
    """Answers like a gateway in front of Slack in trouble."""

    def do_POST(self) -> None:
        self.send_response(502)
        self.end_headers()
        self.wfile.write(b"<html>bad gateway</html>")

    def log_message(self, format: str, *args: object) -> None:
        """Not on the terminal."""


def test_a_gateway_s_page_is_no_answer() -> None:
    server = HTTPServer(("127.0.0.1", 0), Broken)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/"
        with pytest.raises(Unanswered):
            identity(web_client("xoxb-sandbox", url, TIMEOUT))
        with pytest.raises(Unanswered):
            chat_at(url).respond(url, {"text": "hi"}, replace=False)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_proxy_is_obeyed_but_never_for_loopback(slack: SlackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", "internal.example")
    monkeypatch.delenv("no_proxy", raising=False)
    assert proxy_for("https://slack.com/api/") == PROXY
    assert proxy_for("wss://wss-primary.slack.com/link") == PROXY
    assert proxy_for("https://internal.example/api/") is None
    assert proxy_for("ws://127.0.0.1:3000/link") is None
    assert proxy_for("http://localhost:3000/api/") is None
    assert identity(web_client("xoxb-sandbox", slack.api_url, TIMEOUT)).team_id == "T0ACME"


def test_no_proxy_keeps_what_it_had() -> None:
    environ = {"NO_PROXY": "internal.example", "SLACK_CLIENT_ID": "1", "SLACK_API_URL": "kept"}
    tidy_environment(environ)
    tidy_environment(environ)
    spared = "internal.example,localhost,127.0.0.1,::1"
    assert environ == {"NO_PROXY": spared, "no_proxy": spared, "SLACK_API_URL": "kept"}


def test_a_star_spares_everything_already() -> None:
    environ = {"no_proxy": "*"}
    tidy_environment(environ)
    assert environ == {"no_proxy": "*", "NO_PROXY": "*"}


def test_tls_is_prepared_once_and_only_where_it_is_spoken() -> None:
    assert tls_for("http://127.0.0.1/") is None
    assert tls_for("https://slack.com/api/") is tls_for("wss://slack.com/link")


def test_connecting_and_reading_share_the_time_there_is() -> None:
    assert [seconds_of(timedelta(seconds=some)) for some in (1, 10, 11)] == [1, 5, 5]
