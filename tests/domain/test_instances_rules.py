"""What keeps a group from getting another size: each a sentence that ends in what to type instead."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.instances import Fleet
from bot.domain.scales import Setting
from tests.domain.instance_cases import (
    LIMITED,
    activity,
    fleet,
    group,
    joined,
    machine,
    planned,
    provider,
    refusal,
    wanted,
)

_OWNED: dict[str, Any] = {"providers": (provider(managed_scaling=True),)}


@pytest.mark.parametrize(
    ("size", "way"),
    [
        (5, "at least 5: /tinystacks scale shop prod --instances-min 5"),
        (15, "at least 15: /tinystacks scale shop prod --instances-min 15 --instances-max 15"),
        (2, "at most 2: /tinystacks scale shop prod --instances-max 2"),
        (0, "at most 0: /tinystacks scale shop prod --instances-min 0 --instances-max 0"),
    ],
)
def test_a_number_that_ecs_itself_sets_is_refused_and_bounds_offered(size: int, way: str) -> None:
    told = refusal(fleet(**_OWNED), wanted(size))
    assert "Capacity provider main sets the desired count of group prod-asg by managed scaling" in told
    assert told.endswith(way)


def test_a_tag_of_managed_scaling_counts_where_no_provider_was_found() -> None:
    assert "managed scaling" in refusal(fleet(ecs_managed=True), wanted(5))
    assert planned(fleet(ecs_managed=True, providers=(provider(),)), wanted(5))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (wanted(12), ("kept between 1 and 10 instances, and 12", "prod --instances 12 --instances-max 12")),
        (wanted(0), ("kept between 1 and 10 instances, and 0", "prod --instances 0 --instances-min 0")),
        (wanted(8, most=6), ("kept between 1 and 6 instances, and 8", "--instances 8 --instances-max 8")),
        (wanted(least=11), ("minimum of group prod-asg would be 11, above its maximum 10", "--instances-max 11")),
        (wanted(most=0), ("minimum of group prod-asg would be 1, above its maximum 0", "--instances-max 1")),
        (wanted(10**9), ("1,000,000,000 instances is out of range", "from 0 to 5,000")),
        (wanted(-1), ("-1 instances is out of range", "from 0 to 5,000")),
        (wanted(least=-3), ("-3 instances is out of range", "from 0 to 5,000")),
        (wanted(3), ("3 instances wanted, between 1 and 10, already", "--instances 4")),
        (wanted(), ("already", "--instances 4")),
    ],
)
def test_what_cannot_be_is_a_sentence_that_ends_in_what_to_type(asked: Setting, words: Sequence[str]) -> None:
    told = refusal(fleet(), asked)
    assert all(one in told for one in (*words, "Nothing was changed.")), told


@pytest.mark.parametrize("asked", [wanted(1), wanted(9), wanted(least=1), wanted(most=9)])
def test_the_limits_of_the_stage_come_before_any_other_bound(asked: Setting) -> None:
    assert "shop prod may have 2 to 8 instances" in refusal(fleet(), asked, LIMITED)
    assert planned(fleet(), wanted(8), LIMITED)


def test_a_group_that_is_changing_or_cools_down_is_left_alone_until_a_named_time() -> None:
    busy = activity("InProgress", 60, description="Launching a new EC2 instance: i-9")
    told = refusal(fleet(activities=(busy,)), wanted(5))
    assert "is changing since 11:59 UTC: “Launching a new EC2 instance: i-9”" in told
    told = refusal(fleet(activities=(activity(ago=100),)), wanted(5))
    assert "scaled at 11:58:20 UTC and cools down until 12:03:20 UTC" in told
    assert "is getting smaller: 3 instances, and 2 wanted" in refusal(fleet(desired=2), wanted(1))
    assert planned(fleet(activities=(activity(ago=100),)), wanted(2)), "what is ended by its id needs no cooldown"
    assert planned(fleet(activities=(activity(ago=301), activity("Failed", 10))), wanted(5))
    assert planned(fleet(activities=(activity("InProgress"),)), wanted(most=20))


def test_replacing_a_sick_machine_is_no_scaling_and_starts_no_cooldown() -> None:
    replaced = activity(ago=10, cause="an instance was taken out of service in response to an EC2 health check")
    assert planned(fleet(activities=(replaced,)), wanted(5))


@pytest.mark.parametrize(("size", "process"), [(5, "Launch"), (2, "Terminate")])
def test_a_suspended_process_is_named_with_how_to_resume_it(size: int, process: str) -> None:
    told = refusal(fleet(suspended=(process,)), wanted(size))
    command = "aws autoscaling resume-processes --region us-east-1 --auto-scaling-group-name prod-asg"
    assert told.endswith(f"{command} --scaling-processes {process}")


def test_protected_instances_bound_how_few_there_can_be() -> None:
    machines = (machine(1, protected=True), machine(2, protected=True), machine(3))
    guarded = Fleet(group(*machines), tuple(map(joined, machines)))
    told = refusal(guarded, wanted(1))
    assert "2 instances of group prod-asg are protected from scale-in" in told
    assert told.endswith("--instances 2")
    assert [one.request.get("InstanceId") for one in planned(guarded, wanted(2)).steps] == [None, "i-3"]
    everyone = replace(guarded, group=group(*machines[:2]))
    assert "set-instance-protection" in refusal(everyone, wanted(1))
    ecs_lifts_it = provider(managed_scaling=True, managed_termination_protection=True)
    assert planned(replace(everyone, providers=(ecs_lifts_it,)), wanted(most=1))
