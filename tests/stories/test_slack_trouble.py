"""Slack limits, stumbles, forgets and cuts: the card still ends right, and nothing is said or done twice."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests import nearby
from tests.stories.hasty import HASTY
from tests.stories.told import Story, has_button, shown_once, story, text_of, waits_until

STACKS = ("limited", "slow", "cut", "lost", "uninvited", "thrown-out", "refreshed")
MORE = {"uninvited": {"channel": "C0RANDOM"}, "thrown-out": {"channel": "C0PROD"}}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("slack"), STACKS, more=MORE, command=HASTY) as told:
        yield told


def test_a_card_ends_right_however_often_slack_says_too_many(here: Story) -> None:
    here.deploys("limited")
    here.thread("limited", "Started")
    here.slack.add_fault("ratelimited", "chat.update", times=3, retry_after=1)
    here.slack.add_fault("ratelimited", "chat.postMessage", times=2, retry_after=1)
    here.card("limited", "succeeded")
    told = here.thread("limited", "Succeeded")
    assert len(told) == len(set(told))


def test_a_slow_slack_delays_what_is_said_and_changes_nothing_else(here: Story) -> None:
    here.slack.add_fault("slow", "chat.postMessage", times=2, seconds=2)
    here.deploys("slow")
    here.card("slow", "succeeded")
    here.thread("slow", "Succeeded")
    assert shown_once(here.ana, "*Deploy slow → staging*")


def test_a_socket_that_is_cut_in_the_middle_is_opened_again(here: Story) -> None:
    here.deploys("cut")
    here.card("cut")
    _fault(here, "cut_socket")
    waits_until(lambda: _connections(here) == 1 and here.health() == 200)
    here.card("cut", "succeeded")
    here.answers("help", "What I understand")


def test_a_refresh_of_the_socket_loses_no_command(here: Story) -> None:
    _fault(here, "refresh_requested")
    preview = here.asks("refreshed")
    here.ana.clicks("Deploy", in_=preview["ts"])
    here.thread("refreshed", "Started")
    assert len(here.called("UpdateService", "refreshed")) == 1


def test_a_card_whose_answer_was_lost_is_found_and_not_posted_twice(here: Story) -> None:
    here.slack.add_fault("drop_after", "chat.postMessage")
    here.deploys("lost")
    here.card("lost", "succeeded", seconds=60)
    here.thread("lost", "Succeeded")
    assert shown_once(here.ana, "*Deploy lost → staging*")


def test_a_stage_whose_channel_lacks_the_bot_is_not_deployed_and_says_how_to_invite(here: Story) -> None:
    preview = here.asks("uninvited", "v43", "--yes")
    assert "/invite @tinystacks" in text_of(preview)
    assert not has_button(preview, "Deploy")
    assert here.called("RegisterTaskDefinition", "uninvited") == []


def test_a_bot_that_was_thrown_out_says_so_and_touches_nothing(here: Story) -> None:
    before = here.slack.workspace
    prod = before.channel("C0PROD")
    assert prod
    here.slack.workspace = before.with_channel(replace(prod, members=prod.members - {"U0BOT"}))
    try:
        preview = here.asks("thrown-out")
    finally:
        here.slack.workspace = before
    assert "/invite @tinystacks" in text_of(preview)
    assert not has_button(preview, "Deploy")


def _fault(here: Story, kind: str) -> None:
    nearby.post(f"{here.slack.base_url}/sandbox/slack/faults", json={"kind": kind}).raise_for_status()


def _connections(here: Story) -> int:
    return int(nearby.get(f"{here.slack.base_url}/sandbox/slack/workspace").json()["connections"])
