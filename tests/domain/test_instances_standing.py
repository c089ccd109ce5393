"""How far a scaling of instances is, look by look."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ecs import ContainerInstance, ServiceEvent
from bot.domain.follows import Follow, Standing
from bot.domain.groups import GroupInstance
from bot.domain.instances import Fleet, tasks_on
from bot.domain.instances_standing import instances_standing
from bot.domain.scales import Axis, Leaver, Scale, Setting
from tests.domain.instance_cases import NOW, SERVICE, STAGE, activity, fleets, group, joined, machine

_BEGAN = NOW - timedelta(minutes=5)
_LATE = STAGE.deadline + timedelta(seconds=1)
_NO_CAPACITY = "We currently do not have sufficient m5.large capacity in the Availability Zone you requested"


def _scale(before: int | None, after: int | None, *leavers: str, **bounds: Any) -> Scale:
    was = Setting(instances=before, instances_min=1, instances_max=10)
    will = replace(Setting(instances=after, instances_min=1, instances_max=10), **bounds)
    gone = tuple(Leaver(f"arn:{name}", name, "us-east-1a") for name in leavers)
    return Scale(Axis.INSTANCES, was, will, group="prod-asg", leavers=gone)


def _look(
    scale: Scale,
    machines: Iterable[GroupInstance],
    known: Iterable[ContainerInstance] | None = None,
    *,
    running: int = 6,
    ago: timedelta = timedelta(minutes=5),
    activities: Any = (),
    events: Any = (),
    was_short: bool = False,
    **parts: Any,
) -> Standing:
    told = tuple(machines)
    size = scale.after.instances if scale.after.instances is not None else len(told)
    found = Fleet(
        group(*told, **{"desired": size, **parts}),
        tuple(map(joined, told)) if known is None else tuple(known),
        activities=activities,
    )
    service = replace(SERVICE, running=running, events=events)
    return instances_standing(STAGE, scale, found, service, NOW - ago, NOW, was_short=was_short)


_MACHINES = [machine(number, number % 3) for number in range(5)]
_OUT, _IN = _scale(3, 5), _scale(5, 3, "i-3", "i-4")


def test_a_scale_out_is_told_from_launching_over_registered_to_done() -> None:
    pending = [*_MACHINES[:3], *(replace(one, lifecycle_state="Pending") for one in _MACHINES[3:])]
    assert _look(_OUT, _MACHINES[:3]).line == "3 → 5 instances · 2 launching"
    assert _look(_OUT, pending, map(joined, pending[:3])).line == "3 → 5 instances · 2 launching"
    started = _look(_OUT, _MACHINES, map(joined, _MACHINES[:4]))
    assert (started.follow, started.line) == (Follow.UNDER_WAY, "3 → 5 instances · 1 starting · 1 registered")
    done = _look(_OUT, _MACHINES)
    assert (done.follow, done.line, done.problem) == (Follow.DONE, "3 → 5 instances · 2 registered", "")


def test_where_tasks_were_missing_more_instances_are_not_enough() -> None:
    short = _look(_OUT, _MACHINES, running=4, was_short=True)
    assert (short.follow, short.line) == (Follow.UNDER_WAY, "3 → 5 instances · 2 registered · 4 of 6 tasks running")
    assert _look(_OUT, _MACHINES, running=4).follow is Follow.DONE
    assert _look(_OUT, _MACHINES, running=6, was_short=True).follow is Follow.DONE


def _draining(*tasks: int, status: str = "DRAINING") -> list[ContainerInstance]:
    leaving = [joined(one, count, status=status) for one, count in zip(_MACHINES[3:], tasks, strict=True)]
    return [*map(joined, _MACHINES[:3]), *leaving]


def test_a_scale_in_waits_until_the_last_task_has_gone() -> None:
    full = _look(_IN, _MACHINES, _draining(2, 1), desired=5)
    assert (full.follow, full.ready) == (Follow.UNDER_WAY, False)
    assert full.line == "5 → 3 instances · draining 2 (3 tasks left)"
    half = _look(_IN, _MACHINES, _draining(0, 1), desired=5)
    assert (half.ready, half.line) == (False, "5 → 3 instances · draining 1 (1 task left) · 1 empty")
    empty = _look(_IN, _MACHINES, _draining(0, 0), desired=5)
    assert (empty.follow, empty.ready, empty.line) == (Follow.UNDER_WAY, True, "5 → 3 instances · 2 empty")


def test_an_empty_instance_that_is_not_seen_draining_is_not_ended() -> None:
    """Another task may be placed on it at any moment."""
    assert not _look(_IN, _MACHINES, _draining(0, 0, status="ACTIVE"), desired=5).ready
    assert not _look(_IN, _MACHINES, map(joined, _MACHINES[:3]), desired=5).ready


def test_what_is_left_to_do_is_not_forgotten_once_the_first_has_gone() -> None:
    going = [*_MACHINES[:3], replace(_MACHINES[3], lifecycle_state="Terminating:Wait"), _MACHINES[4]]
    seen = _look(_IN, going, _draining(0, 0), desired=4)
    assert (seen.follow, seen.ready, seen.line) == (Follow.UNDER_WAY, True, "5 → 3 instances · 2 empty")
    assert _look(_IN, going, [*map(joined, _MACHINES[:3]), _draining(0, 0)[4]], desired=4).ready
    narrower = _scale(5, 3, "i-3", "i-4", instances_max=4)
    last = _look(narrower, _MACHINES[:3])
    assert (last.follow, last.ready) == (Follow.UNDER_WAY, True)
    assert _look(narrower, _MACHINES[:3], most=4).follow is Follow.DONE


def test_a_scale_in_is_done_when_they_are_gone_and_the_tasks_run_elsewhere() -> None:
    assert _look(_IN, _MACHINES[:3]).follow is Follow.DONE
    assert _look(_IN, _MACHINES[:3]).line == "5 → 3 instances"
    assert _look(_IN, _MACHINES[:3], desired=4).follow is Follow.UNDER_WAY
    homeless = _look(_IN, _MACHINES[:3], running=5)
    assert (homeless.follow, homeless.line) == (Follow.UNDER_WAY, "5 → 3 instances · 5 of 6 tasks running")
    assert _look(_IN, _MACHINES[:3], running=5, was_short=True).follow is Follow.DONE


def test_a_group_that_picks_itself_is_followed_by_what_terminates() -> None:
    picked = _scale(5, 3)
    going = [*_MACHINES[:3], *(replace(one, lifecycle_state="Terminating:Wait") for one in _MACHINES[3:])]
    seen = _look(picked, going, _draining(1, 1))
    assert (seen.follow, seen.ready) == (Follow.UNDER_WAY, False)
    assert seen.line == "5 → 3 instances · draining 2 (2 tasks left)"
    assert _look(picked, _MACHINES).follow is Follow.UNDER_WAY
    assert _look(picked, _MACHINES[:3]).follow is Follow.DONE


def test_a_launch_that_fails_is_told_in_the_groups_own_words_until_one_succeeds() -> None:
    failed = activity("Failed", 60, message=_NO_CAPACITY)
    told = _look(_OUT, _MACHINES[:3], activities=(activity("InProgress", 5), failed))
    assert told.follow is Follow.FAILING
    assert f"Group prod-asg says: “{_NO_CAPACITY}”" in told.problem
    assert told.problem.endswith("To go back: /tinystacks scale shop prod --instances 3")
    assert _look(_OUT, _MACHINES[:3], activities=(activity(ago=30), failed)).follow is Follow.UNDER_WAY
    assert _look(_OUT, _MACHINES[:3], activities=(activity("Failed", 3_600),)).follow is Follow.UNDER_WAY


def test_a_drain_that_finds_no_room_is_told_in_the_words_of_ecs() -> None:
    text = "(service shop-prod) was unable to place a task because no container instance met all of its requirements."
    event = ServiceEvent("e", NOW - timedelta(minutes=1), text)
    told = _look(_IN, _MACHINES, _draining(2, 1), desired=5, events=(event,))
    assert told.follow is Follow.FAILING
    assert f"ECS says: “{text.removesuffix('.')}”. " in told.problem
    old = replace(event, at=_BEGAN - timedelta(minutes=1))
    assert _look(_IN, _MACHINES, _draining(2, 1), desired=5, events=(old,)).follow is Follow.UNDER_WAY


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({"desired": 7}, "desired count of group prod-asg is 7"),
        ({"desired": 4}, "desired count of group prod-asg is 4"),
        ({"least": 2}, "minimum of group prod-asg is 2"),
        ({"most": 9}, "maximum of group prod-asg is 9"),
    ],
)
def test_somebody_elses_number_supersedes_ours(parts: dict[str, Any], what: str) -> None:
    told = _look(_OUT, _MACHINES[:3], **parts)
    assert (told.follow, what in told.problem) == (Follow.SUPERSEDED, True)


def test_a_drain_that_is_superseded_says_how_to_bring_back_what_drains() -> None:
    told = _look(_IN, _MACHINES, _draining(1, 0), desired=7)
    assert told.follow is Follow.SUPERSEDED
    assert told.problem.endswith("To bring back what drains: /tinystacks scale shop prod --instances 7")
    assert "Still DRAINING: i-3, i-4." in told.problem


def test_a_read_from_before_the_write_supersedes_nothing_for_half_a_minute() -> None:
    soon, later = timedelta(seconds=30), timedelta(seconds=31)
    assert _look(_OUT, _MACHINES[:3], desired=3, ago=soon).follow is Follow.UNDER_WAY
    assert _look(_OUT, _MACHINES[:3], desired=3, ago=later).follow is Follow.SUPERSEDED


def test_after_the_deadline_it_says_what_lacks() -> None:
    nothing = _look(_OUT, _MACHINES[:3], ago=_LATE)
    assert nothing.follow is Follow.STUCK
    assert "Group prod-asg has 3 of 5 instances InService." in nothing.problem
    alone = _look(_OUT, _MACHINES, map(joined, _MACHINES[:3]), ago=_LATE)
    assert "Not ACTIVE and connected in cluster prod: i-3, i-4." in alone.problem
    tasks = _look(_OUT, _MACHINES, running=4, was_short=True, ago=_LATE)
    assert "4 of 6 tasks of shop-prod are running." in tasks.problem
    drain = _look(_IN, _MACHINES, _draining(2, 1), desired=5, ago=_LATE)
    assert "3 tasks are still on i-3, i-4." in drain.problem
    assert drain.problem.endswith("To go back: /tinystacks scale shop prod --instances 5")
    stays = _look(_scale(5, 3), [*_MACHINES[:3], machine(8, lifecycle_state="Terminating:Wait")], ago=_LATE)
    assert "i-8 should have left group prod-asg by now." in stays.problem


def test_bounds_of_a_group_that_ecs_sizes_are_done_as_soon_as_it_is_within() -> None:
    wider = _scale(None, None, instances_max=12)
    assert _look(wider, _MACHINES, most=12).follow is Follow.DONE
    assert _look(wider, _MACHINES, most=12).line == "5 instances"
    assert _look(wider, _MACHINES, most=12, desired=4).follow is Follow.DONE
    narrower = _scale(None, None, instances_max=4)
    assert _look(narrower, _MACHINES, most=4, desired=4).follow is Follow.UNDER_WAY
    assert _look(narrower, _MACHINES[:4], most=4).follow is Follow.DONE


def test_without_its_group_or_its_service_there_is_nothing_to_follow() -> None:
    found = Fleet(group(*_MACHINES))
    for gone in (
        instances_standing(STAGE, _OUT, None, SERVICE, _BEGAN, NOW),
        instances_standing(STAGE, _OUT, found, None, _BEGAN, NOW),
        instances_standing(STAGE, _OUT, found, replace(SERVICE, status="INACTIVE"), _BEGAN, NOW),
    ):
        assert gone.follow is Follow.GONE
        assert gone.problem.endswith("/tinystacks status shop prod")


@given(fleets(), st.integers(0, 12), st.integers(0, 12), st.integers(0, 7), st.integers(0, 1_500), st.booleans())
def test_done_is_only_said_of_a_group_that_is_as_asked_with_every_machine_in_the_cluster(
    found: Fleet, before: int, after: int, running: int, seconds: int, was_short: bool
) -> None:
    service = replace(SERVICE, running=running)
    since = NOW - timedelta(seconds=seconds)
    seen = instances_standing(STAGE, _scale(before, after), found, service, since, NOW, was_short=was_short)
    if seen.follow is Follow.DONE:
        ids = {one.ec2_instance_id for one in found.instances if one.status in ("ACTIVE", "DRAINING")}
        in_service = found.group.in_service
        assert len(in_service) == after == found.group.desired
        assert {one.id for one in in_service} <= ids
        assert not any("Terminating" in one.lifecycle_state for one in found.group.instances)
    assert bool(seen.problem) is (seen.follow not in (Follow.DONE, Follow.UNDER_WAY))
    assert (seen.follow is Follow.STUCK) <= (seconds > STAGE.deadline.total_seconds())


@given(fleets(), st.data())
def test_nothing_is_ended_while_a_task_is_on_it_or_may_come_to_it(found: Fleet, data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.sampled_from([one.id for one in found.group.in_service] or ["i-gone"]), unique=True))
    seen = instances_standing(STAGE, _scale(9, 3, *ids), found, SERVICE, _BEGAN, NOW)
    mine = [one for one in found.instances if one.ec2_instance_id in ids]
    if seen.ready:
        assert ids
        assert not tasks_on(mine)
        assert all(one.status == "DRAINING" for one in mine)
