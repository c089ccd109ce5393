"""Logs of the real bot, read in the sandbox's Slack."""

from collections.abc import Iterator

import pytest

from sandbox.ecs.logs import lines_of
from sandbox.slack.workspace import Json
from tests import nearby
from tests.stories.services import CLUSTER, REGION
from tests.stories.told import Story, story, text_of, waits_until


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("logs"), ["shop", "sick"], deadline="15s") as told:
        yield told


def test_lines_come_masked_follow_and_are_sent_as_a_file(told: Story) -> None:
    waits_until(lambda: written(told, "shop") >= 20)
    told.ana.types("/tinystacks logs shop staging --lines 15")
    page = told.ana.waits_for(lambda one: one["ephemeral"] and "Logs of shop / staging" in text_of(one))
    assert "newest at the bottom" in text_of(page)
    assert text_of(page).count("INFO") + text_of(page).count("WARN") == 15
    told.ana.clicks("As a file", in_=page["ts"])
    message = told.ana.waits_for(lambda one: bool(one.get("files")), "D0ANA")
    [file] = message["files"]
    assert nearby.get(file["url_private"]).text.count("\n") >= 15
    told.ana.waits_for(lambda one: one["ts"] == page["ts"] and "I sent it to you" in text_of(one))
    told.ana.clicks("Follow 2 min", in_=page["ts"])
    followed = told.ana.waits_for(lambda one: one["ts"] == page["ts"] and "Following until" in text_of(one))
    told.ana.waits_for(
        lambda one: one["ts"] == page["ts"] and lines(one) != lines(followed) and "Following" in text_of(one)
    )


def test_the_lines_of_a_task_that_died_come_without_their_secret(told: Story) -> None:
    told.deploys("sick", "v44")
    waits_until(lambda: dead(told))
    page = told.answers(f"logs sick staging {dead(told)[0]}", "Logs of sick / staging", who=told.bo)
    assert "postgres://user:•••@db.internal:5432/shop" in page
    assert "secret@" not in page
    assert ", stopped" in page


def lines(message: Json) -> list[str]:
    return [line for line in text_of(message).split("\n") if "INFO" in line or "WARN" in line]


def written(told: Story, service: str) -> int:
    """How many lines its tasks have written: the bot is often ready before they have."""
    with told.world.lock:
        tasks = [one for one in told.world.state.cluster(REGION, CLUSTER).tasks.values() if one.service == service]
        return sum(len(lines_of(task, 100)) for task in tasks)


def dead(told: Story) -> list[str]:
    with told.world.lock:
        tasks = list(told.world.state.cluster(REGION, CLUSTER).tasks.values())
    return [task.id for task in tasks if task.service == "sick" and task.last_status == "STOPPED" and task.failed]
