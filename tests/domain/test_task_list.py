"""The tasks of a service by deployment, page by page, zone by zone."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ecs import Container, Deployment, Service, Task
from bot.domain.task_list import A_PAGE, age, endings, grouped, page_of, spread, unbalanced

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
IDS = ("ecs-svc/1", "ecs-svc/2", "ecs-svc/3", "")
ZONES = ("", "us-east-1a", "us-east-1b", "us-east-1c")


def task(number: int, **fields: Any) -> Task:
    base: dict[str, Any] = {"started_by": IDS[0], "started_at": NOW - timedelta(minutes=number)}
    base |= {"last_status": "RUNNING", "desired_status": "RUNNING", "containers": ()}
    return Task(f"arn:task/{number:032x}", "arn:task-definition/shop:1", **base | fields)


def service(*ids: str) -> Service:
    """The first is PRIMARY, and the youngest."""
    deployments = tuple(
        Deployment(one, "ACTIVE" if at else "PRIMARY", f"arn:task-definition/shop:{at}", 2, 0, 2, 0, NOW - at * MINUTE)
        for at, one in enumerate(ids)
    )
    return Service("arn:a:ecs:r:1:service/c/shop", "shop", "c", "ACTIVE", 2, 2, 0, "d", deployments)


MINUTE = timedelta(minutes=1)
TASKS = st.lists(
    st.builds(
        task,
        st.integers(0, 10**6),
        started_by=st.sampled_from(IDS),
        zone=st.sampled_from(ZONES),
        last_status=st.sampled_from(["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "NEWFANGLED"]),
        health_status=st.sampled_from(["HEALTHY", "UNHEALTHY", "UNKNOWN"]),
        started_at=st.none() | st.integers(-500, 500).map(lambda minutes: NOW + minutes * MINUTE),
    ),
    max_size=40,
    unique_by=lambda one: one.arn,
)
DEPLOYMENTS = st.lists(st.sampled_from(IDS[:3]), max_size=3, unique=True).map(lambda ids: service(*ids))


@given(DEPLOYMENTS, TASKS)
def test_every_task_is_in_exactly_one_group_that_of_its_deployment(service: Service, tasks: list[Task]) -> None:
    groups = grouped(service, tasks)
    assert Counter(one.arn for group in groups for one in group.tasks) == Counter(one.arn for one in tasks)
    for group in groups:
        assert group.deployment is None or {one.started_by for one in group.tasks} <= {group.deployment.id}
        assert group.tasks or (group.deployment and group.deployment.status == "PRIMARY")


@given(DEPLOYMENTS, TASKS)
def test_primary_comes_first_and_what_nobody_knows_last(service: Service, tasks: list[Task]) -> None:
    known = [group.deployment for group in grouped(service, tasks)]
    assert service.primary is None or known[0] == service.primary
    assert known == sorted(known, key=lambda one: one is None)
    stamps = [one.created_at for one in known[1:] if one]
    assert stamps == sorted(stamps, reverse=True)


@given(DEPLOYMENTS, TASKS, st.randoms())
def test_the_order_is_the_same_however_aws_lists_them(service: Service, tasks: list[Task], random: Any) -> None:
    shuffled = random.sample(tasks, len(tasks))
    assert grouped(service, shuffled) == grouped(service, tasks)


@given(DEPLOYMENTS, TASKS)
def test_within_a_group_what_is_unhealthy_and_then_what_starts_comes_first(service: Service, tasks: list[Task]) -> None:
    for group in grouped(service, tasks):
        sick = [one.health_status == "UNHEALTHY" for one in group.tasks]
        assert sick == sorted(sick, reverse=True)
        starting = [one.last_status in ("PROVISIONING", "PENDING", "ACTIVATING") for one in group.tasks]
        well = [first for first, ill in zip(starting, sick, strict=True) if not ill]
        assert well == sorted(well, reverse=True)


@given(DEPLOYMENTS, TASKS, st.integers(1, 15))
def test_the_pages_show_every_task_once_in_order(service: Service, tasks: list[Task], most: int) -> None:
    groups = grouped(service, tasks)
    pages = [page_of(groups, number, most) for number in range(page_of(groups, 0, most).pages)]
    shown = [one.arn for page in pages for group in page.groups for one in group.tasks]
    assert shown == [one.arn for group in groups for one in group.tasks]
    assert all(sum(len(group.tasks) for group in page.groups) <= most for page in pages)
    assert [page.number for page in pages] == list(range(len(pages)))


@given(DEPLOYMENTS, TASKS, st.integers(-3, 99))
def test_a_page_that_is_gone_is_the_last_one(service: Service, tasks: list[Task], number: int) -> None:
    groups = grouped(service, tasks)
    page = page_of(groups, number)
    assert 0 <= page.number < page.pages
    assert page.pages == max(1, -(-len(tasks) // A_PAGE))


def test_a_primary_without_a_task_stands_on_the_first_page_only() -> None:
    groups = grouped(service("ecs-svc/2", "ecs-svc/1"), [task(number) for number in range(20)])
    first, second = page_of(groups, 0), page_of(groups, 1)
    assert [group.deployment.id for group in first.groups if group.deployment] == ["ecs-svc/2", "ecs-svc/1"]
    assert [group.deployment.id for group in second.groups if group.deployment] == ["ecs-svc/1"]


@given(TASKS)
def test_the_spread_counts_every_placed_task(tasks: list[Task]) -> None:
    zones = spread(tasks)
    assert sum(zones.values()) == sum(bool(one.zone) for one in tasks)
    assert "" not in zones
    assert list(zones) == sorted(zones)


@pytest.mark.parametrize(
    ("counts", "odd"),
    [([], False), ([1], False), ([2], True), ([2, 1], False), ([3, 1], True), ([2, 2, 2], False), ([0, 2], True)],
)
def test_a_spread_is_unbalanced_from_two_apart_or_in_a_single_zone(counts: list[int], odd: bool) -> None:
    assert unbalanced({f"zone-{at}": count for at, count in enumerate(counts)}) is odd


@given(TASKS)
def test_no_age_is_negative(tasks: list[Task]) -> None:
    ages = [age(one, NOW) for one in tasks]
    assert all(one is None or one >= timedelta() for one in ages)
    assert age(task(1, started_at=None, created_at=None), NOW) is None
    assert age(task(1, started_at=None, created_at=NOW - MINUTE), NOW) == MINUTE


def stopped(number: int, **fields: Any) -> Task:
    container = Container("app", "STOPPED", exit_code=fields.pop("exit_code", 1))
    base = {"last_status": "STOPPED", "desired_status": "STOPPED", "containers": (container,)}
    told = {"stop_code": "EssentialContainerExited", "stopped_reason": "Essential container in task exited"}
    return replace(task(number, stopped_at=NOW - number * MINUTE), **base | told | fields)


def test_what_ended_alike_is_one_line_with_its_code_newest_first() -> None:
    tasks = [stopped(5, exit_code=137), stopped(1), stopped(2), stopped(9, started_by="ecs-svc/2", exit_code=2)]
    normal = {
        "stop_code": "ServiceSchedulerInitiated",
        "stopped_reason": "Scaling activity initiated by (deployment x)",
    }
    found = endings([*tasks, stopped(3, **normal), stopped(4, **normal)])
    told = [(one.failure.exit_code, one.failure.count, one.stop_code) for one in found.ended]
    assert told == [
        (1, 2, "EssentialContainerExited"),
        (137, 1, "EssentialContainerExited"),
        (2, 1, "EssentialContainerExited"),
    ]
    assert found.replaced == 2
    assert found.ended[0].failure.task_ids == (stopped(1).id, stopped(2).id)


@given(st.lists(st.builds(stopped, st.integers(0, 99), started_by=st.sampled_from(IDS),
       stopped_reason=st.sampled_from(["Scaling activity initiated by x", "Task stopped by user", ""])),
       unique_by=lambda one: one.arn))  # fmt: skip
def test_every_stopped_task_is_counted_once(tasks: list[Task]) -> None:
    found = endings(tasks)
    assert sum(one.failure.count for one in found.ended) + found.replaced == len(tasks)
    stamps = [one.failure.last_at for one in found.ended if one.failure.last_at]
    assert stamps == sorted(stamps, reverse=True)
