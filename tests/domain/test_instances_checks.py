"""What is told before instances come or go: what moves, whether it can, what it costs, who else is there."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.capacity import Strategy
from bot.domain.ecs import DeploymentConfiguration, Service, Task, TaskDefinition
from bot.domain.errors import NotPossible
from bot.domain.instances import Fleet
from bot.domain.instances_checks import instances_checks
from bot.domain.instances_plan import plan_instances
from bot.domain.plans import Check, Level, Plan
from bot.domain.scales import Setting
from tests.domain.instance_cases import (
    DEFINITION,
    NOW,
    SERVICE,
    STAGE,
    TARGET,
    fleet,
    fleets,
    group,
    joined,
    machine,
    provider,
    room,
    task,
    wanted,
)

_BILLING = replace(SERVICE, name="billing", desired=4, running=4)
_FULL = DeploymentConfiguration(maximum_percent=100, minimum_healthy_percent=100)
_OURS, _THEIRS, _NOBODYS = task(1, "i-0"), task(2, "i-0", "billing"), task(3, "i-0", "")


def _checks(found: Fleet, asked: Setting, **rooms: Any) -> dict[str, Check]:
    plan = plan_instances(STAGE, TARGET, found, asked, NOW)
    told = instances_checks(STAGE, found, plan, room(**rooms))
    assert len({one.name for one in told}) == len(told)
    return {one.name: one for one in told}


def _with(*tasks: Task, services: tuple[Service, ...] = (SERVICE,), **parts: Any) -> Fleet:
    """Three machines, of which i-0 would leave first, with these tasks on it."""
    known = {"tasks": tasks, "services": services, "definitions": (DEFINITION,), **parts}
    return fleet(**known)


def test_what_moves_is_counted_by_service_and_a_strangers_is_warned_of() -> None:
    mine = _checks(_with(_OURS, task(4, "i-0")), wanted(2))["moving"]
    assert mine == Check("moving", Level.OK, "2 tasks of shop-prod move: i-0 (us-east-1a) leaves.")
    both = _checks(_with(_OURS, _THEIRS, services=(SERVICE, _BILLING)), wanted(2))["moving"]
    assert both.level is Level.WARNING
    assert "1 task of billing and 1 task of shop-prod move: i-0 (us-east-1a) leaves. Tell" in both.sentence
    one = _checks(_with(_OURS), wanted(2))["moving"]
    assert one.sentence.startswith("1 task of shop-prod moves: ")


def test_a_group_that_picks_itself_is_said_to() -> None:
    told = _checks(_with(_OURS, terminating_hooks=("hook",)), wanted(2))["moving"]
    assert told.sentence == (
        "Group prod-asg itself picks which 1 of 3 go. If it takes i-0 (us-east-1a): 1 task of shop-prod moves."
    )


def test_tasks_that_could_not_be_read_are_counted_and_not_taken_for_ours() -> None:
    told = _checks(fleet(each=2), wanted(2))["moving"]
    assert (told.level, "with 2 tasks that I did not look into" in told.sentence) == (Level.WARNING, True)
    empty = Fleet(group(machine(1), machine(2)), (joined(machine(1)), joined(machine(2))))
    assert _checks(empty, wanted(1))["moving"].level is Level.OK


def test_a_daemons_task_ends_with_its_instance_and_moves_nowhere() -> None:
    agent = replace(_BILLING, name="billing", scheduling_strategy="DAEMON", configuration=_FULL)
    told = _checks(_with(_OURS, _THEIRS, services=(SERVICE, agent)), wanted(2))
    assert told["moving"].sentence.startswith("1 task of shop-prod moves: ")
    assert "drain" not in told


def test_what_moves_has_room_on_those_that_stay_or_it_is_said_what_lacks() -> None:
    found = _with(*(task(number, "i-0") for number in range(3)))
    assert "room for 3 tasks more" in _checks(found, wanted(2))["room"].sentence
    tight = replace(found, instances=tuple(replace(one, cpu=512) for one in found.instances))
    told = _checks(tight, wanted(2))["room"]
    assert told.level is Level.WARNING
    assert "Room elsewhere for 2 of the 3 tasks of shop-prod that would move: CPU is short on 2 of 2" in told.sentence


def test_the_room_that_one_service_takes_is_gone_for_the_next_one() -> None:
    theirs = TaskDefinition("td:billing", "billing", 1, "ACTIVE", DEFINITION.containers, {})
    tasks = (task(1, "i-0"), task(2, "i-0"), task(3, "i-0", "billing", "td:billing"))
    found = _with(*tasks, services=(SERVICE, _BILLING), definitions=(DEFINITION, theirs))
    tight = replace(found, instances=tuple(replace(one, cpu=512) for one in found.instances))
    told = _checks(tight, wanted(2))["room"]
    assert "for 1 of the 2 tasks of shop-prod" in told.sentence


def test_one_on_an_instance_needs_as_many_instances_as_tasks() -> None:
    everywhere = Strategy(distinct=True, occupied=frozenset({"arn:i-0", "arn:i-1", "arn:i-2"}))
    told = _checks(_with(_OURS), wanted(2), strategy=everywhere)["room"]
    assert "for 0 of the 1 task of shop-prod" in told.sentence
    assert "distinctInstance" in told.sentence


def test_a_task_definition_that_may_not_be_read_leaves_it_open() -> None:
    told = _checks(_with(_OURS, definitions=()), wanted(2))["room"]
    assert (told.level, "cannot tell whether the tasks of shop-prod fit" in told.sentence) == (Level.WARNING, True)


@pytest.mark.parametrize("stuck", ["shop-prod", "billing"])
def test_a_drain_that_could_never_end_is_in_the_way_with_the_command_that_lets_it(stuck: str) -> None:
    services = tuple(replace(one, configuration=_FULL) if one.name == stuck else one for one in (SERVICE, _BILLING))
    told = _checks(_with(_OURS, _THEIRS, services=services), wanted(2))["drain"]
    assert told.level is Level.BAD
    command = f"aws ecs update-service --region us-east-1 --cluster prod --service {stuck} --deployment-configuration"
    assert told.sentence.endswith(f"{command} maximumPercent=200,minimumHealthyPercent=100")
    hooked = _checks(_with(_OURS, _THEIRS, services=services, terminating_hooks=("hook",)), wanted(2))["drain"]
    assert (hooked.level, "they stop at once" in hooked.sentence) == (Level.WARNING, True)


def test_a_task_of_nobody_is_waited_for() -> None:
    told = _checks(_with(_NOBODYS), wanted(2))
    assert told["standalone"].level is Level.WARNING
    assert told["standalone"].sentence.startswith("1 task of no service is not moved: I wait until it ends.")
    assert told["standalone"].sentence.endswith(f"--cluster prod --task {_NOBODYS.id}")
    assert "No task moves: " in told["moving"].sentence


def test_where_nothing_drains_that_is_said_with_how_to_switch_it_on() -> None:
    owned = provider(managed_scaling=True)
    told = _checks(_with(_OURS, providers=(owned,)), wanted(most=2))["drain"]
    assert told.level is Level.WARNING
    assert "--name main --auto-scaling-group-provider managedDraining=ENABLED" in told.sentence
    assert "drain" not in _checks(_with(_OURS, providers=(replace(owned, managed_draining=True),)), wanted(most=2))


def test_protected_instances_are_counted_and_managed_protection_is_named() -> None:
    machines = (machine(1, protected=True), machine(2), machine(3))
    told = _checks(Fleet(group(*machines), tuple(map(joined, machines)), tasks=()), wanted(2))["protection"]
    assert told.sentence == "1 of 3 instances is protected from scale-in and will stay."
    managed = provider(managed_scaling=True, managed_termination_protection=True)
    found = Fleet(group(*machines), tuple(map(joined, machines)), (managed,), tasks=())
    assert _checks(found, wanted(most=2))["protection"].level is Level.WARNING


def test_more_instances_say_what_they_cost_and_nothing_of_what_moves() -> None:
    told = _checks(fleet(), wanted(5))
    assert told["cost"].sentence == "2 more m5.large run, and cost, all day."
    assert set(told) == {"group", "cost"}
    assert told["group"].sentence == "prod-asg: 3 of 3 instances InService, kept between 1 and 10."
    assert _checks(fleet(), wanted(4))["cost"].sentence == "1 more m5.large runs, and costs, all day."


def test_machines_that_never_joined_are_told_of_before_more_like_them_come() -> None:
    machines = (machine(1), machine(2))
    found = Fleet(group(*machines), (joined(machines[0]),))
    assert "cluster" not in _checks(found, wanted(1))
    told = _checks(found, wanted(3))["cluster"]
    assert (told.level, "i-2 of group prod-asg is not connected to cluster prod" in told.sentence) == (
        Level.WARNING,
        True,
    )


def test_those_that_drain_are_told_of() -> None:
    there = fleet()
    drained = replace(there, instances=(replace(there.instances[0], status="DRAINING"), *there.instances[1:]))
    assert "Would take tasks again: i-0." in _checks(drained, wanted(3))["draining"].sentence
    assert _checks(drained, wanted(5))["draining"].sentence.endswith("--instances 3")
    assert "DRAINING already: i-0." in _checks(drained, wanted(2))["draining"].sentence
    assert "draining" not in _checks(there, wanted(2))


def test_others_on_the_same_instances_are_counted() -> None:
    assert _checks(fleet(each=4), wanted(5))["shared"].sentence == (
        "6 of the 12 tasks on these instances are not of shop-prod."
    )
    assert "shared" not in _checks(fleet(each=2), wanted(5))
    assert "shared" not in _checks(fleet(each=1), wanted(5))


@given(fleets(), st.integers(0, 12), st.data())
def test_only_a_drain_of_ours_that_could_never_end_is_in_the_way(found: Fleet, size: int, data: st.DataObject) -> None:
    ids = st.sampled_from([one.id for one in found.group.instances] or ["i-0"])
    names = st.sampled_from(["shop-prod", "billing", ""])
    tasks = data.draw(st.lists(st.builds(task, st.integers(0, 99), ids, names), max_size=5))
    frozen = {one.name: data.draw(st.booleans()) for one in (SERVICE, _BILLING)}
    services = tuple(replace(one, configuration=_FULL) if frozen[one.name] else one for one in (SERVICE, _BILLING))
    known = replace(found, tasks=tuple(tasks), services=services, definitions=(DEFINITION,))
    plan = _if_possible(known, wanted(size))
    if plan is None or plan.scale is None:
        return
    told = instances_checks(STAGE, known, plan, room())
    stuck = any(frozen.get(one.group.removeprefix("service:")) for one in tasks)
    assert any(one.level is Level.BAD for one in told) is bool(plan.scale.leavers and stuck)
    assert len({one.sentence for one in told}) == len(told)
    assert all(one.sentence.isprintable() and len(one.sentence) < 400 for one in told)


def _if_possible(found: Fleet, asked: Setting) -> Plan | None:
    try:
        return plan_instances(STAGE, TARGET, found, asked, NOW)
    except NotPossible:
        return None
