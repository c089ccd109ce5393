"""HTTP delivery's door: what does not carry Slack's signature does not get in, and leaves nothing behind."""

import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from sandbox.slack.http_delivery import FORM, signed
from sandbox.whole import SIGNING_SECRET
from tests import nearby
from tests.stories.told import Story, story

SECRET_WORDS = "hush-7f3a"
COMMAND = {
    "command": "/tinystacks",
    "text": f"deploy door staging v43 --yes --reason {SECRET_WORDS}",
    "team_id": "T0ACME",
    "user_id": "U0ANA",
    "channel_id": "C0DEPLOYS",
    "trigger_id": "1.2.3",
}
BODY = urlencode(COMMAND).encode()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("door"), ["door"], over_http=True) as told:
        yield told


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed("another secret", BODY, int(time.time())),
        signed(SIGNING_SECRET, b"another body", int(time.time())),
        signed(SIGNING_SECRET, BODY, int(time.time()) - 301),
        signed(SIGNING_SECRET, BODY, int(time.time())) | {"X-Slack-Signature": "v0="},
        {"X-Slack-Request-Timestamp": "now", "X-Slack-Signature": "v0=0"},
    ],
    ids=["unsigned", "another secret", "another body", "old", "empty", "nonsense"],
)
def test_what_slack_did_not_sign_is_refused_and_not_logged(here: Story, headers: dict[str, str]) -> None:
    answer = nearby.post(_url(here), content=BODY, headers=headers | {"Content-Type": FORM})
    assert answer.status_code == 401
    assert SECRET_WORDS not in here.log
    assert SECRET_WORDS not in answer.text
    assert "valid Slack signature" in here.log
    assert here.called("RegisterTaskDefinition", "door") == []


def test_what_is_signed_and_no_payload_is_a_bad_request(here: Story) -> None:
    body = b"not a form"
    headers = signed(SIGNING_SECRET, body, int(time.time())) | {"Content-Type": FORM}
    assert nearby.post(_url(here), content=body, headers=headers).status_code == 400


def test_slack_can_verify_the_url(here: Story) -> None:
    body = b'{"type": "url_verification", "challenge": "prove it"}'
    headers = signed(SIGNING_SECRET, body, int(time.time())) | {"Content-Type": "application/json"}
    assert nearby.post(_url(here), content=body, headers=headers).text == "prove it"


def test_the_same_command_signed_is_carried_out_once_however_often_it_comes(here: Story) -> None:
    headers = signed(SIGNING_SECRET, BODY, int(time.time())) | {"Content-Type": FORM}
    answers = [nearby.post(_url(here), content=BODY, headers=headers) for _ in range(3)]
    assert {one.status_code for one in answers} == {200}
    assert len({one.text for one in answers}) == 1
    here.thread("door", "Started")
    assert len(here.called("UpdateService", "door")) == 1
    assert here.written("door") == ["deploy", "confirm"]


def test_health_and_metrics_are_served_beside_it(here: Story) -> None:
    assert here.health() == 200
    assert "tinystacks_ack_seconds_count" in nearby.get(_url(here).replace("slack/events", "metrics")).text


def _url(here: Story) -> str:
    return f"http://127.0.0.1:{here.port}/slack/events"
