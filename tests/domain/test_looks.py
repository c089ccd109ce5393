"""How a service's tasks stand in zones."""

from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ecs import Task
from bot.domain.looks import spread_of
from tests.domain.check_cases import instance
from tests.domain.deploy_cases import target

SERVICE = target().service
ZONES = st.sampled_from(["us-east-1a", "us-east-1b", "us-east-1c"])


def task(zone: str, last: str = "RUNNING", numbers: "count[int]" = count()) -> Task:  # noqa: B008
    return Task(f"arn:aws:ecs:us-east-1:1:task/{next(numbers)}", "td", last, "RUNNING", (), zone=zone)


def spread(*tasks: Task, open_to: str = "", **service: object) -> dict[str, int]:
    """`open_to`: letters of the zones in which the cluster has instances."""
    instances = [instance(zone=f"us-east-1{letter}") for letter in open_to]
    return {zone[-1]: many for zone, many in spread_of(replace(SERVICE, **service), tasks, instances)}  # type: ignore[arg-type]


@given(st.lists(ZONES, min_size=1), st.sets(st.sampled_from("abcd")))
def test_every_running_task_is_counted_once_and_no_zone_is_forgotten(zones: list[str], open_to: set[str]) -> None:
    found = spread(*map(task, zones), open_to="".join(open_to))
    assert sum(found.values()) == len(zones)
    assert found.keys() == {zone[-1] for zone in zones} | open_to
    assert list(found) == sorted(found)


def test_only_running_tasks_that_are_placed_count() -> None:
    assert spread(task("us-east-1a"), task("us-east-1b", "PENDING"), task("")) == {"a": 1}


def test_an_empty_zone_counts_unless_the_service_is_packed_on_purpose() -> None:
    here, packed = task("us-east-1a"), ("binpack", "MEMORY")
    by_zone = ("spread", "attribute:ecs.availability-zone")
    assert spread(here, open_to="ab") == {"a": 1, "b": 0}
    assert spread(here, open_to="ab", placement_strategies=(by_zone, packed)) == {"a": 1, "b": 0}
    assert spread(here, open_to="ab", placement_strategies=(packed,)) == {"a": 1}


def test_an_instance_that_is_draining_opens_no_zone() -> None:
    gone = instance(zone="us-east-1b", status="DRAINING")
    assert spread_of(SERVICE, [task("us-east-1a")], [gone]) == (("us-east-1a", 1),)


def test_a_daemon_and_a_service_without_tasks_have_no_spread() -> None:
    assert spread(task("us-east-1a"), scheduling_strategy="DAEMON") == {}
    assert spread(open_to="ab") == {}
