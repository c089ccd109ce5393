"""A deploy from the word to the end, over Socket Mode and over HTTP."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.slack.person import ControlError
from tests import nearby
from tests.stories.services import digest_of_tag, push, somebody_deploys
from tests.stories.told import Story, has_button, shown_once, story, text_of

STACKS = ("whole", "short", "double", "again", "dropped", "moved", "other", "taken")


@pytest.fixture(scope="module", params=["Socket Mode", "HTTP"])
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("deploys"), STACKS, over_http=request.param == "HTTP") as told:
        told.deploys("short")
        yield told


def test_a_deploy_is_previewed_confirmed_followed_and_succeeds(here: Story) -> None:
    preview = here.asks("whole", more="--reason new checkout")
    assert "`v42` → `v43`" in text_of(preview)
    assert has_button(preview, "Deploy")
    assert has_button(preview, "Cancel")
    assert here.called("RegisterTaskDefinition", "whole") == []
    here.ana.clicks("Deploy", in_=preview["ts"])
    here.told("Deploy whole → staging: v43", "Started")
    card = text_of(here.card("whole", "succeeded"))
    told = here.thread("whole", "Succeeded after")
    milestones = [re.split(r"[:· ]", one.splitlines()[1])[0] for one in told]
    assert milestones == ["Started", "First", "✅"]
    assert "<@U0ANA>" in told[-1]
    assert not any("<@U0ANA>" in one for one in told[:-1])
    assert "new checkout" in card
    assert here.runs("whole").endswith(f"@{digest_of_tag(here.world, 'v43')}")
    assert here.service("whole").primary.state == "COMPLETED"


def test_what_succeeded_was_registered_and_updated_once_and_is_in_the_log(here: Story) -> None:
    here.card("short", "succeeded")
    assert len(here.called("RegisterTaskDefinition", "short")) == 1
    assert len(here.called("UpdateService", "short")) == 1
    assert "desiredCount" not in here.called("UpdateService", "short")[0].params
    verified = here.runs_cli("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    exported = here.runs_cli("audit", "export", "--format", "csv")
    assert "aws:UpdateService" in exported.stdout


def test_how_deploys_go_is_told_and_drawn_for_who_asks(here: Story) -> None:
    here.card("short", "succeeded")
    here.ana.types("/tinystacks history short staging")
    page = here.ana.waits_for(lambda one: one["ephemeral"] and "1 in 8 weeks · last took" in text_of(one))
    here.ana.clicks("Picture", in_=page["ts"])
    message = here.ana.waits_for(lambda one: bool(one.get("files")), "D0ANA")
    [file] = message["files"]
    assert nearby.get(file["url_private"]).content.startswith(b"\x89PNG")
    assert file["alt_txt"].startswith("Deploys of short / staging: deploys a week ▁▁▁▁▁▁▁█ 1 in 8 weeks")


def test_two_clicks_start_one_deploy(here: Story) -> None:
    preview = here.asks("double")
    here.slack.add_fault("redeliver")
    with ThreadPoolExecutor(3) as pool:
        clicks = list(pool.map(lambda _: _clicked(here, preview["ts"]), range(3)))
    assert clicks[0] or clicks[1] or clicks[2]
    here.thread("double", "Started")
    assert len(here.called("UpdateService", "double")) == 1
    assert len(here.called("RegisterTaskDefinition", "double")) == 1
    written = here.written("double")
    assert (written.count("deploy"), written.count("confirm")) == (1, 1)
    assert shown_once(here.ana, "*Deploy double → staging*")


def test_a_command_that_slack_delivers_twice_is_answered_once(here: Story) -> None:
    here.slack.add_fault("redeliver")
    here.deploys("again")
    here.thread("again", "Started")
    assert len(here.called("UpdateService", "again")) == 1
    assert here.written("again") == ["deploy", "confirm"]
    assert shown_once(here.ana, "*Deploy again → staging*")


def test_a_cancelled_preview_is_dropped_and_nothing_is_touched(here: Story) -> None:
    preview = here.asks("dropped")
    here.ana.clicks("Cancel", in_=preview["ts"])
    assert "[Deploy]" not in here.told("Deploy dropped → staging", "Cancelled")
    assert here.called("RegisterTaskDefinition", "dropped") == []


def test_a_tag_that_moves_after_the_preview_stops_it_and_both_digests_are_told(here: Story) -> None:
    shown = push(here.world, "rolling")
    preview = here.asks("moved", "rolling")
    assert shown.removeprefix("sha256:")[:12] in text_of(preview)
    moved = push(here.world, "rolling", "crash")
    here.ana.clicks("Deploy", in_=preview["ts"])
    card = text_of(here.card("moved", "Nothing was touched"))
    assert shown in card
    assert moved in card
    assert here.called("RegisterTaskDefinition", "moved") == []


def test_a_service_that_changes_after_the_preview_is_left_alone(here: Story) -> None:
    preview = here.asks("other")
    somebody_deploys(here.world, "other", "v41")
    here.ana.clicks("Deploy", in_=preview["ts"])
    assert "Nothing was touched" in text_of(here.card("other", "has changed since the preview"))
    assert here.called("UpdateService", "other") == []
    assert here.called("RegisterTaskDefinition", "other") == []


def test_whoever_comes_second_is_told_who_is_first(here: Story) -> None:
    first, second = here.asks("taken"), here.asks("taken", "v41", who=here.bo)
    here.ana.clicks("Deploy", in_=first["ts"])
    here.card("taken")
    here.bo.clicks("Deploy", in_=second["ts"])
    here.told("ana's deploy of v43 on taken staging", who=here.bo)
    assert "ana's deploy" in here.answers("deploy taken staging v41", "❌", who=here.bo)
    assert len(here.called("UpdateService", "taken")) <= 1


def test_a_stack_may_be_called_payload(here: Story) -> None:
    here.ana.types("/tinystacks deploy payload-svc staging v43 --reason the word payload=1 and payload")
    preview = here.preview("payload-svc")
    assert "payload=1 and payload" in text_of(preview)
    here.ana.clicks("Deploy", in_=preview["ts"])
    here.thread("payload-svc", "Started")


def test_a_killed_rollout_goes_on_in_the_same_card_and_thread(here: Story) -> None:
    here.world.faults.next_deployment("fargate", "web", "slow_start")
    here.ana.types("/tinystacks deploy web prod v43 --yes")
    shows = lambda one: "*Deploy web → prod*" in text_of(one) and "rolling out" in text_of(one)  # noqa: E731
    card = here.ana.waits_for(shows, seconds=20)
    here.box.bot.kill()
    here.starts()
    here.ana.waits_for(lambda one: one["ts"] == card["ts"] and "succeeded" in text_of(one), seconds=30)
    here.ana.waits_for(lambda one: one.get("thread_ts") == card["ts"] and "Succeeded" in text_of(one), seconds=10)
    replies = next(one for one in here.ana.sees() if one["ts"] == card["ts"])["replies"]
    assert sum("Started" in text_of(one) for one in replies) == 1
    assert shown_once(here.ana, "*Deploy web → prod*")
    assert len([one for one in here.world.calls.of("UpdateService") if one.params["service"] == "web"]) == 1


def _clicked(here: Story, ts: str) -> bool:
    """Whether the button was still there to be clicked."""
    try:
        here.ana.clicks("Deploy", in_=ts)
    except (LookupError, ControlError):
        return False
    return True
