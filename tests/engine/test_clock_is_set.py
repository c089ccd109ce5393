"""Somebody sets the machine's clock while a deploy is under way: nothing hangs, nothing is done or said twice."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.changes import State
from bot.domain.errors import Throttled, Unanswered, Unreachable
from tests.engine.conftest import Build
from tests.engine.house import CHANNEL, STAGING, World, words_of
from tests.engine.sayings import channel, says

HOURS = 3 * 3_600.0


def is_set(world: World, seconds: float) -> None:
    """The clock jumps; as the scheduler does, what waits keeps its distance when it jumps back."""
    world.clock.advance(timedelta(seconds=seconds))
    if seconds < 0:
        with world.store.transaction() as tx:
            for wake in tx.wakes():
                tx.put_wake(wake.key, wake.at + timedelta(seconds=seconds), taken=wake.version)


@pytest.mark.parametrize(
    "failure",
    [
        Unreachable("Slack", "chat.postMessage"),
        Unanswered("Slack", "chat.postMessage"),
        Throttled("Slack", "chat.postMessage", retry_after=30),
    ],
)
def test_a_message_that_waits_is_sent_within_minutes_of_a_set_back(world: World, failure: Exception) -> None:
    world.chat.failures.add("post_message", failure)  # type: ignore[arg-type]
    says(world, "posted")
    world.runs()
    is_set(world, -HOURS)
    world.advances(60)
    assert channel(world) == ["posted"]


def test_a_message_that_landed_unanswered_is_found_after_a_set_back(world: World) -> None:
    world.chat.failures.add("post_message", Unanswered("Slack", "chat.postMessage"), after=True)
    says(world, "posted")
    world.runs()
    is_set(world, -HOURS)
    world.advances(120)
    assert channel(world) == ["posted"]
    assert len(world.chat.posts("card:1")) == 1


def test_edits_go_on_after_a_set_back(world: World) -> None:
    says(world, "posted")
    for number in range(60):
        says(world, f"progress {number}", urgency=0)
        world.advances(1)
    world.chat.failures.add("update_message", Throttled("Slack", "chat.update", retry_after=60))
    says(world, "throttled", urgency=0)
    world.advances(1)
    is_set(world, -HOURS)
    says(world, "over", urgency=0)
    world.advances(70)
    assert channel(world) == ["over"]


def test_an_unanswered_update_is_looked_for_after_a_set_back_and_not_repeated(world: World) -> None:
    world.ecs.applies_but_does_not_answer("UpdateService")
    world.deploys()
    is_set(world, -HOURS)
    world.advances(90)
    assert world.change().state is State.ROLLING_OUT
    assert len(world.calls("UpdateService")) == 1


def test_the_cause_of_a_failure_is_still_found_after_a_set_back(world: World) -> None:
    world.deploys()
    world.advances(10)
    world.ecs.task_dies(STAGING, "shop", exit_code=1)
    world.advances(15)
    is_set(world, -HOURS)
    world.ecs.task_dies(STAGING, "shop", exit_code=42)
    world.advances(30)
    assert "42" in "\n".join(world.thread())


def test_a_preview_that_expired_stays_expired_when_the_clock_is_set_back(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    world.advances(31 * 60)
    is_set(world, -HOURS)
    world.clicks(preview, "Deploy")
    assert world.change().state is State.EXPIRED
    assert world.calls("UpdateService") == []


def test_a_preview_does_not_outlive_a_clock_that_is_set_forward(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    is_set(world, HOURS)
    answer = words_of(world.clicks(preview, "Deploy"))
    assert "expired" in answer
    assert world.calls("UpdateService") == []


@pytest.mark.timeout(60)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([-HOURS, -90.0, 45.0, HOURS])), max_size=3))
def test_however_the_clock_is_set_a_deploy_is_done_once_and_told_once(
    build: Build, jumps: list[tuple[int, float]]
) -> None:
    world = build()
    world.ecs.applies_but_does_not_answer("UpdateService")
    world.deploys()
    for pause, by in jumps:
        world.advances(pause)
        is_set(world, by)
    world.advances(120)
    world.ecs.completes(STAGING, "shop")
    world.advances(120)
    assert world.change().state is State.SUCCEEDED
    assert len(world.calls("UpdateService")) == len(world.calls("RegisterTaskDefinition")) == 1
    told = world.chat.transcript(CHANNEL)
    assert len(told) == len(set(told))
    assert world.postings() == ()


def test_a_preview_lives_no_longer_because_the_clock_is_set_back(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    is_set(world, -HOURS)
    world.advances(31 * 60)
    world.clicks(preview, "Deploy")
    assert world.change().state is State.EXPIRED
