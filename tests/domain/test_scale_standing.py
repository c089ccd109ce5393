"""How a scaling goes: one look at counts and events."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.diagnosis import Cause, Failure
from bot.domain.ecs import ServiceEvent
from bot.domain.follows import Follow, Standing
from bot.domain.scale_standing import CATCHES_UP, Looked, progress_line, tasks_standing
from bot.domain.scales import Axis, Scale, Setting
from bot.domain.scaling import ScalingBounds
from tests.domain.deploy_cases import NOW, service
from tests.domain.scale_cases import bounds, counts

TO_SIX = Scale(Axis.TASKS, Setting(4), Setting(6))
BOUNDS = Scale(Axis.AUTOSCALING, Setting(4, ScalingBounds(2, 8)), Setting(4, ScalingBounds(3, 5)))
DEADLINE = timedelta(minutes=20)
UNABLE = "(service shop) was unable to place a task because no container instance met all of its requirements."
DIED = Failure(Cause.EXIT, "app", 1, "OutOfMemoryError", 2, ("t1",), NOW)


def look(scale: Scale = TO_SIX, after: float = 60, died: tuple[Failure, ...] = (), **fields: Any) -> Standing:
    counts = {"desired": 6, "running": 5, "pending": 1, **fields}
    looked = Looked(service(**counts), died, NOW, NOW + timedelta(seconds=after), DEADLINE)
    return tasks_standing(scale, "shop prod", looked)


def said(message: str, after: float) -> tuple[ServiceEvent, ...]:
    return (ServiceEvent(f"e{after}", NOW + timedelta(seconds=after), message),)


def test_it_tells_from_what_to_what_how_many_run_and_how_many_are_on_their_way() -> None:
    assert look() == Standing(Follow.UNDER_WAY, "4 → 6 tasks · 5 running · 1 pending")
    assert look(running=6, pending=0) == Standing(Follow.DONE, "4 → 6 tasks · 6 running")
    down = Scale(Axis.TASKS, Setting(4), Setting(1))
    assert look(down, desired=1, running=3, pending=0) == Standing(Follow.UNDER_WAY, "4 → 1 task · 3 running")


@given(counts, counts, counts, st.floats(31, 5_000))
def test_it_is_done_exactly_when_as_many_run_as_are_wanted(
    desired: int, running: int, pending: int, after: float
) -> None:
    scale = Scale(Axis.TASKS, Setting(desired + 1), Setting(desired))
    found = look(scale, after, desired=desired, running=running, pending=pending)
    assert (found.follow is Follow.DONE) == (running == desired and pending == 0)
    if found.follow is not Follow.DONE:
        assert found.follow is (Follow.STUCK if after > DEADLINE.total_seconds() else Follow.UNDER_WAY)
    assert not found.ready


@given(counts, counts, st.floats(0, 2_000))
def test_another_count_than_was_asked_for_is_somebody_elses(wanted: int, desired: int, after: float) -> None:
    """Right after the call a describe may still show what was before."""
    scale = Scale(Axis.TASKS, Setting(4), Setting(wanted))
    found = look(scale, after, desired=desired, running=desired, pending=0)
    if desired == wanted:
        assert found.follow is Follow.DONE
    elif after < CATCHES_UP.total_seconds():
        assert found.follow is Follow.UNDER_WAY
    else:
        assert found.follow is Follow.SUPERSEDED
        assert f"The desired count is {desired} by now, not {wanted}" in found.problem


@given(bounds(), counts)
def test_between_its_bounds_autoscaling_may_do_as_it_likes(limits: ScalingBounds, desired: int) -> None:
    found = look(replace(BOUNDS, after=Setting(4, limits)), desired=desired, running=desired, pending=0)
    inside = limits.suspended or limits.least <= desired <= limits.most
    assert found.follow is (Follow.DONE if inside else Follow.SUPERSEDED)
    if not inside:
        assert f"The count is {desired}, outside the new bounds" in found.problem


@pytest.mark.parametrize(
    "message",
    [
        UNABLE,
        "(service shop) is unable to consistently start tasks successfully.",
        "(service shop) operations are being throttled on elb. Will try again later.",
        "(service shop) was unable to scale in due to task protection.",
    ],
)
def test_what_keeps_it_from_its_end_is_told_at_once_in_the_words_of_ecs(message: str) -> None:
    found = look(after=5, events=said(message, 2))
    assert found.follow is Follow.FAILING
    assert f"ECS: “{message}” ECS goes on" in found.problem
    assert found.problem.endswith("ECS goes on trying. Take it back: /tinystacks scale shop prod --restore")


@pytest.mark.parametrize(
    "events",
    [
        said(UNABLE, -6),
        (*said("(service shop) has started 1 tasks: (task 1).", 9), *said(UNABLE, 2)),
        said("(service shop) has reached a steady state.", 3),
        said(UNABLE.replace("(service shop)", "(service shop) (deployment ecs-svc/9)"), 3),
    ],
    ids=["before", "and yet it moved", "something else", "of another deployment"],
)
def test_what_is_over_or_about_something_else_is_no_trouble(events: tuple[ServiceEvent, ...]) -> None:
    assert look(after=20, events=events).follow is Follow.UNDER_WAY


def test_tasks_that_die_are_told_with_what_killed_them() -> None:
    found = look(died=(DIED,))
    assert (found.follow, found.failures) == (Follow.FAILING, (DIED,))
    assert "2 tasks stopped as soon as started: “OutOfMemoryError”." in found.problem
    assert "1 task stopped as" in look(died=(replace(DIED, count=1),)).problem
    assert look(died=(DIED,), running=6, pending=0).follow is Follow.DONE


def test_after_the_deadline_it_says_how_far_it_got_and_why() -> None:
    found = look(after=1_201, events=said(UNABLE, 30))
    assert found.follow is Follow.STUCK
    assert found.problem == (
        f"5 of 6 tasks run by now; 6 stay wanted. ECS: “{UNABLE}” Take it back: /tinystacks scale shop prod --restore"
    )
    assert "ECS does not say why." in look(after=1_201).problem
    assert look(after=1_200).follow is Follow.UNDER_WAY


def test_a_service_that_is_gone_or_going_scales_no_more() -> None:
    looked = Looked(None, (), NOW, NOW, DEADLINE)
    assert tasks_standing(TO_SIX, "shop prod", looked).follow is Follow.GONE
    for status in ("INACTIVE", "DRAINING"):
        assert look(status=status).follow is Follow.GONE


@given(counts, counts, counts, counts)
def test_a_line_is_short_enough_for_a_phone(before: int, desired: int, running: int, pending: int) -> None:
    line = progress_line(
        Scale(Axis.TASKS, Setting(before), Setting(desired)),
        service(desired=desired, running=running, pending=pending),
    )
    assert len(line) <= 45
    assert ("→" in line) == (before != desired)
    assert ("pending" in line) == (pending > 0)
