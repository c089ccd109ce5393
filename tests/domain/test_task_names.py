"""Which task and which container somebody means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ecs import Container, ContainerDefinition, Task, TaskDefinition
from bot.domain.errors import NotFound, NotPossible, UnknownName
from bot.domain.stacks import Place, Stage
from bot.domain.task_names import best, container_named, is_full, named, short, task_word

STAGE = Stage("shop", "prod", Place("eu-west-1", "prod"), "shop-prod", "C0")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HEX = st.text("0123456789abcdef", min_size=32, max_size=32)


def task(id_: str, minutes: int = 0, health: str = "HEALTHY", status: str = "RUNNING") -> Task:
    started = NOW - timedelta(minutes=minutes)
    arn = f"arn:aws:ecs:eu-west-1:1:task/prod/{id_}"
    app = (Container("app", "RUNNING"),)
    mine = "service:shop-prod"
    return Task(arn, "d", status, "RUNNING", app, health_status=health, started_at=started, group=mine)


@given(HEX)
def test_an_id_its_beginning_and_its_arn_all_name_the_task(id_: str) -> None:
    one = task(id_)
    for typed in (id_, short(id_), one.arn, id_.upper(), f" {id_} "):
        assert named(STAGE, task_word(typed), [one]) is one
    assert is_full(task_word(one.arn))
    assert not is_full(short(id_))


@pytest.mark.parametrize("typed", ["", "abc", "xyz12345", "<!channel>", "abcd;ls", "a" * 37, "\u202eabcd", "--force"])
def test_what_is_no_id_is_refused(typed: str) -> None:
    with pytest.raises(NotPossible, match="is not a task"):
        task_word(typed)


def test_an_id_that_means_several_asks_for_more_of_it() -> None:
    with pytest.raises(NotPossible, match="2 tasks of shop prod begin so"):
        named(STAGE, "abcd", [task("abcd" + "0" * 28), task("abcd" + "1" * 28)])


def test_a_task_of_another_service_is_not_found() -> None:
    other = replace(task("a" * 32), group="service:other")
    with pytest.raises(NotFound, match="/tinystacks tasks shop prod"):
        named(STAGE, "aaaa", [other, replace(other, group="")])
    assert named(STAGE, "aaaa", [replace(other, group="service:shop-prod")])


def test_the_best_is_the_newest_that_runs_a_healthy_one_before_others() -> None:
    tasks = [
        task("a", 9),
        task("b", 5),
        task("c", 1, "UNHEALTHY"),
        task("d", 0, status="PENDING"),
        task("e", 2, "UNKNOWN"),
    ]
    assert best(STAGE, tasks).id == "b"
    assert best(STAGE, tasks[2:]).id == "e"
    assert best(STAGE, tasks[2:3]).id == "c"
    with pytest.raises(NotPossible, match="--stopped"):
        best(STAGE, tasks[3:4])


REPOSITORY = "1.dkr.ecr.eu-west-1.amazonaws.com/shop"
THREE = replace(
    task("a"),
    containers=(
        Container("proxy", "RUNNING", "envoy:1"),
        Container("web", "RUNNING", "nginx:1"),
        Container("app", "RUNNING", f"{REPOSITORY}:v1"),
    ),
)
DEFINITION = TaskDefinition(
    "d", "shop", 1, "ACTIVE", (ContainerDefinition("proxy", "x", essential=False), ContainerDefinition("web", "x")), {}
)


def test_the_container_is_the_one_typed_else_the_stages_else_the_repositorys_else_an_essential_one() -> None:
    assert container_named(STAGE, THREE, DEFINITION, "proxy") == "proxy"
    assert container_named(replace(STAGE, container="app"), THREE, DEFINITION, "") == "app"
    assert container_named(replace(STAGE, repository=REPOSITORY), THREE, DEFINITION, "") == "app"
    assert container_named(STAGE, THREE, DEFINITION, "") == "web"
    assert container_named(STAGE, THREE, None, "") == "proxy"


def test_a_container_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(UnknownName, match="Did you mean app"):
        container_named(STAGE, THREE, DEFINITION, "apx")
    with pytest.raises(NotPossible, match="no container in that task yet"):
        container_named(STAGE, replace(THREE, containers=()), None, "")
