"""Which instances leave: by EC2 Auto Scaling's default termination policy."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.instances import Fleet
from bot.domain.instances_leaving import pick_leavers
from tests.domain.instance_cases import fleets, group, joined, machine


def _ids(fleet: Fleet, size: int) -> list[str]:
    return [one.ec2_id for one in pick_leavers(fleet, size)]


def test_the_zone_with_most_instances_gives_first_and_then_they_take_turns() -> None:
    machines = (machine(1, 0), machine(2, 0), machine(3, 0), machine(4, 1), machine(5, 2))
    assert _ids(Fleet(group(*machines)), 2) == ["i-1", "i-2", "i-3"]
    assert _ids(Fleet(group(*machines)), 0) == ["i-1", "i-2", "i-3", "i-4", "i-5"]


def test_within_a_zone_the_oldest_launch_configuration_or_template_goes_first() -> None:
    machines = (
        machine(1, launch_template="lt-1:10"),
        machine(2, launch_template="lt-1:9"),
        machine(3, launch_template="lt-0:99"),
        machine(4, launch_template="lc-2021"),
    )
    assert _ids(Fleet(group(*machines, launch_template="lt-1:10")), 0) == ["i-4", "i-3", "i-2", "i-1"]


def test_among_equals_the_one_with_the_fewest_tasks_goes_pending_ones_counted() -> None:
    machines = (machine(1), machine(2), machine(3))
    known = (joined(machines[0], 3), joined(machines[1], 1, pending_tasks=3), joined(machines[2], 2))
    found = pick_leavers(Fleet(group(*machines), known), 1)
    assert [(one.ec2_id, one.arn, one.tasks) for one in found] == [("i-3", "arn:i-3", 2), ("i-1", "arn:i-1", 3)]


def test_one_that_drains_goes_before_one_that_takes_tasks() -> None:
    machines = (machine(1, 0), machine(2, 0), machine(3, 1))
    known = (*map(joined, machines[:2]), joined(machines[2], 1, status="DRAINING"))
    assert _ids(Fleet(group(*machines), known), 1) == ["i-3", "i-1"]


def test_of_a_group_that_picks_itself_the_worst_is_foreseen() -> None:
    machines = (machine(1), machine(2), machine(3))
    known = (joined(machines[0], 1), joined(machines[1], 3), joined(machines[2], 0, status="DRAINING"))
    assert _ids(Fleet(group(*machines, terminating_hooks=("hook",)), known), 2) == ["i-2"]


def test_a_protected_one_stays_though_its_zone_is_the_fullest() -> None:
    machines = (machine(1, 0, protected=True), machine(2, 0, protected=True), machine(3, 1))
    assert _ids(Fleet(group(*machines)), 0) == ["i-3"]


@given(fleets(), st.integers(0, 9))
def test_as_many_leave_as_are_too_many_none_protected_none_that_takes_no_work(fleet: Fleet, size: int) -> None:
    leavers = pick_leavers(fleet, size)
    in_service = {one.id: one for one in fleet.group.in_service}
    free = [one for one in in_service.values() if not one.protected]
    assert len({one.ec2_id for one in leavers}) == len(leavers) == min(len(free), max(0, len(in_service) - size))
    assert all(not in_service[one.ec2_id].protected for one in leavers)


@given(fleets(), st.integers(0, 9))
def test_no_zone_gives_while_another_one_that_could_give_has_more(fleet: Fleet, size: int) -> None:
    staying = {one.id: one for one in fleet.group.in_service}
    draining = {one.arn for one in fleet.draining}
    for leaver in pick_leavers(fleet, size):
        crowd = Counter(one.zone for one in staying.values())
        most = max(crowd[one.zone] for one in staying.values() if not one.protected)
        assert crowd[leaver.zone] == most or leaver.arn in draining
        del staying[leaver.ec2_id]
