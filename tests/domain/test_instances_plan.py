"""Planning another number of instances: which calls, in which order; what is refused, and what to type instead."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotPossible
from bot.domain.instances import Fleet
from bot.domain.plans import Operation, Plan, Step
from bot.domain.scales import Axis, Setting
from tests.domain.instance_cases import (
    activity,
    fleet,
    fleets,
    group,
    machine,
    planned,
    provider,
    refusal,
    wanted,
)

_SET, _UPDATE = Operation.SET_DESIRED_CAPACITY, Operation.UPDATE_AUTO_SCALING_GROUP
_DRAIN, _END = Operation.UPDATE_CONTAINER_INSTANCES_STATE, Operation.TERMINATE_INSTANCE
_NAMED = {"AutoScalingGroupName": "prod-asg"}


def test_more_instances_are_one_call_that_honours_the_cooldown() -> None:
    plan = planned(fleet(), wanted(5))
    assert plan.steps == (Step(_SET, {**_NAMED, "DesiredCapacity": 5, "HonorCooldown": True}),)
    assert plan.scale is not None
    assert (plan.scale.axis, plan.scale.group, plan.scale.leavers) == (Axis.INSTANCES, "prod-asg", ())
    assert (plan.scale.before.instances, plan.scale.after.instances) == (3, 5)
    assert (plan.before.words, plan.after.words) == ("3 instances", "5 instances")


def test_bounds_and_number_move_in_one_call() -> None:
    plan = planned(fleet(), wanted(12, most=12))
    assert plan.steps == (Step(_UPDATE, {**_NAMED, "MaxSize": 12, "DesiredCapacity": 12}),)
    assert (plan.before.words, plan.after.words) == ("3 instances (1 to 10)", "12 instances (1 to 12)")


def test_a_bound_that_moves_the_number_is_one_call_too() -> None:
    plan = planned(fleet(), wanted(least=5))
    assert plan.steps == (Step(_UPDATE, {**_NAMED, "MinSize": 5, "DesiredCapacity": 5}),)
    assert planned(fleet(), wanted(most=20)).steps == (Step(_UPDATE, {**_NAMED, "MaxSize": 20}),)


def test_fewer_instances_are_drained_before_they_are_ended_one_by_one() -> None:
    plan = planned(fleet(), wanted(1))
    drain = {"cluster": "prod", "status": "DRAINING", "containerInstances": ["arn:i-0", "arn:i-1"]}
    ends = [{"InstanceId": name, "ShouldDecrementDesiredCapacity": True} for name in ("i-0", "i-1")]
    assert plan.steps == (Step(_DRAIN, drain), *(Step(_END, end) for end in ends))
    assert plan.later == 1


def test_no_more_than_ten_are_drained_by_one_call_and_all_before_the_first_is_ended() -> None:
    plan = planned(fleet(23, most=30), wanted(2))
    assert [len(one.request["containerInstances"]) for one in plan.steps if one.operation is _DRAIN] == [10, 10, 1]
    assert [one.operation for one in plan.steps[plan.later :]] == [_END] * 21


def test_a_minimum_is_lowered_before_and_a_maximum_after() -> None:
    plan = planned(fleet(least=3), wanted(2, least=2, most=2))
    assert [one.operation for one in plan.steps] == [_UPDATE, _DRAIN, _END, _UPDATE]
    assert (plan.steps[0].request, plan.steps[3].request) == ({**_NAMED, "MinSize": 2}, {**_NAMED, "MaxSize": 2})
    assert plan.later == 2


@pytest.mark.parametrize("parts", [{"terminating_hooks": ("hook",)}, {"providers": (provider(managed_draining=True),)}])
def test_a_group_that_drains_by_itself_is_only_told_the_number(parts: dict[str, Any]) -> None:
    plan = planned(fleet(**parts), wanted(1))
    assert [one.operation for one in plan.steps] == [_SET]
    assert plan.scale is not None
    assert plan.scale.leavers == ()


def test_what_never_came_is_only_not_wanted_any_more() -> None:
    trying = fleet(desired=5, activities=(activity("InProgress", 5), activity("Failed", 9), activity(ago=10)))
    assert planned(trying, wanted(3)).steps == (Step(_SET, {**_NAMED, "DesiredCapacity": 3, "HonorCooldown": False}),)
    assert "is changing" in refusal(trying, wanted(2))
    plan = planned(fleet(desired=5), wanted(2))
    assert plan.steps[0].request["DesiredCapacity"] == 3
    assert [one.operation for one in plan.steps] == [_SET, _DRAIN, _END]


def test_an_instance_that_never_joined_its_cluster_is_ended_without_a_drain() -> None:
    machines = (machine(1), machine(2))
    assert [one.operation for one in planned(Fleet(group(*machines)), wanted(1)).steps] == [_END]


def test_asked_for_as_many_as_there_are_those_that_drain_are_brought_back() -> None:
    there = fleet()
    drained = replace(there, instances=(replace(there.instances[0], status="DRAINING"), *there.instances[1:]))
    plan = planned(drained, wanted(3))
    request = {"cluster": "prod", "status": "ACTIVE", "containerInstances": ["arn:i-0"]}
    assert plan.steps == (Step(_DRAIN, request),)
    assert (plan.before.words, plan.after.words) == ("3 instances, 1 draining", "3 instances")
    assert plan.later == 1
    assert [one.operation for one in planned(drained, wanted(4)).steps] == [_SET]
    assert [one.operation for one in planned(drained, wanted(most=4)).steps] == [_UPDATE]


def test_a_plan_rests_on_the_group_and_on_those_that_leave() -> None:
    seen = dict(planned(fleet(), wanted(2)).rests_on)
    assert seen["group's desired count"] == "3"
    assert seen["group's bounds"] == "1 to 10"
    assert seen["instances that leave"] == "i-0"
    assert seen["group's desired count is set by"] == "people"
    assert "running revision" in seen


_OWNED: dict[str, Any] = {"providers": (provider(managed_scaling=True),)}


def test_bounds_of_a_group_that_ecs_sizes_are_moved_and_nothing_else() -> None:
    plan = planned(fleet(**_OWNED), wanted(least=5, most=12))
    assert plan.steps == (Step(_UPDATE, {**_NAMED, "MinSize": 5, "MaxSize": 12}),)
    assert plan.scale is not None
    assert plan.scale.before.instances is plan.scale.after.instances is None
    assert "group's desired count" not in dict(plan.rests_on)


@given(fleets(), st.builds(wanted, *[st.none() | st.integers(-2, 14)] * 3))
def test_whatever_is_asked_for_ends_in_a_plan_that_comes_to_it_or_in_a_sentence(found: Fleet, asked: Setting) -> None:
    plan = _if_possible(found, asked)
    if plan is None:
        return
    assert plan.scale is not None
    assert _after(found, plan.steps) == _meant(found, asked)
    assert all(one.request["DesiredCapacity"] >= 0 for one in plan.steps if "DesiredCapacity" in one.request)
    assert not (found.owner and any("DesiredCapacity" in one.request for one in plan.steps))


def _if_possible(found: Fleet, asked: Setting) -> Plan | None:
    try:
        return planned(found, asked)
    except NotPossible as error:
        return None if error.remedy else planned(found, asked)


def _meant(found: Fleet, asked: Setting) -> tuple[int, int, int]:
    least = found.group.least if asked.instances_min is None else asked.instances_min
    most = found.group.most if asked.instances_max is None else asked.instances_max
    size = max(least, min(most, found.group.desired)) if asked.instances is None else asked.instances
    return size, least, most


def _after(found: Fleet, steps: Sequence[Step]) -> tuple[int, int, int]:
    """What EC2 makes of the calls, one after the other, refusing what it refuses."""
    size, least, most = found.group.desired, found.group.least, found.group.most
    drained: set[str] = set()
    for step in steps:
        asked = step.request
        least, most = asked.get("MinSize", least), asked.get("MaxSize", most)
        size = asked.get("DesiredCapacity", max(least, min(most, size)))
        drained |= set(asked.get("containerInstances", ()))
        if step.operation is _END:
            known = found.container_instance(asked["InstanceId"])
            assert known is None or known.arn in drained
            assert size > least, "AWS would refuse it"
            size -= 1
        assert least <= size <= most, "AWS would refuse it"
    return size, least, most
