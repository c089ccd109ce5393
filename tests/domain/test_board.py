"""How a stage stands, what it runs, and how far neighbours are apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.board import (
    Condition,
    Drift,
    Release,
    Tile,
    condition_of,
    drift_of,
    drifts,
    needs_definition,
    running_side,
)
from bot.domain.changes import State
from bot.domain.ecs import ContainerDefinition, Deployment, Service, TaskDefinition
from bot.domain.people import Person
from bot.domain.plans import Side
from bot.domain.stacks import Place, Stage

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANA = Person("T0ACME", "U0ANA", "ana")
ARN = "arn:aws:ecs:us-east-1:111122223333:task-definition/shop:"
PLACE = Place("us-east-1", "main")
EARLIER, LATER = (Stage("shop", name, PLACE, f"shop-{name}", "C0") for name in ("staging", "prod"))
images = st.integers(0, 6)


def side(image: int) -> Side:
    return Side("shop:1", f"shop:v{image}", f"v{image}", f"sha256:{image:064x}")


def release(after: int, before: int = 0, at: int = 0, state: State = State.SUCCEEDED) -> Release:
    return Release(
        f"c{at}", "deploy", state, ANA, NINE + timedelta(minutes=at), side(before), side(after), f"{ARN}{at}"
    )


def tile_that_ran(stage: Stage, images: list[int]) -> Tile:
    """The first was there before us; our changes put the others there, one after the other."""
    made = [release(after, before, at) for at, (before, after) in enumerate(pairwise(images))]
    return Tile(stage, image=side(images[-1]), releases=tuple(reversed(made)))


def service(state: str | None = "COMPLETED", *more: Deployment, **fields: Any) -> Service:
    primary = Deployment("ecs-svc/1", "PRIMARY", f"{ARN}1", 2, 0, 2, 0, NINE, state)
    usual = Service("arn:a:b:c:111:service/main/shop", "shop", "arn", "ACTIVE", 2, 2, 0, f"{ARN}1", (primary, *more))
    return replace(usual, **fields)


def with_primary(service: Service, **fields: Any) -> Service:
    return replace(service, deployments=(replace(service.deployments[0], **fields), *service.deployments[1:]))


@given(st.lists(images, min_size=1, max_size=8))
def test_stages_that_run_the_same_are_not_apart(run: list[int]) -> None:
    assert drift_of(tile_that_ran(EARLIER, run), tile_that_ran(LATER, run[-1:])) is None


@given(st.lists(images, min_size=1, max_size=8, unique=True), st.data())
def test_a_stage_is_as_many_changes_ahead_as_it_took_since(run: list[int], data: st.DataObject) -> None:
    behind = data.draw(st.integers(0, len(run) - 1))
    found = drift_of(tile_that_ran(EARLIER, run), tile_that_ran(LATER, run[: behind + 1]))
    ahead = len(run) - 1 - behind
    assert found == (Drift("staging", "prod", ahead) if ahead else None)


@given(st.lists(images, min_size=2, max_size=8, unique=True))
def test_a_stage_that_was_hurried_is_ahead_of_the_one_before_it(run: list[int]) -> None:
    found = drift_of(tile_that_ran(EARLIER, run[:1]), tile_that_ran(LATER, run))
    assert found == Drift("prod", "staging", len(run) - 1)


@given(st.lists(images, min_size=1, max_size=6), st.lists(images, min_size=1, max_size=6))
def test_whatever_ran_a_drift_names_both_stages_and_a_way_that_was_gone(one: list[int], other: list[int]) -> None:
    found = drift_of(tile_that_ran(EARLIER, one), tile_that_ran(LATER, other))
    assert (found is None) == (one[-1] == other[-1])
    if found:
        assert {found.ahead, found.behind} == {"staging", "prod"}
        ran = {"staging": one, "prod": other}
        known = ran[found.behind][-1] in ran[found.ahead][:-1]
        assert (found.changes is None) == (not known)
        assert found.changes is None or 1 <= found.changes < len(ran[found.ahead])


def test_the_same_image_put_there_twice_is_no_way_further() -> None:
    assert drift_of(tile_that_ran(EARLIER, [1, 2, 2, 2]), tile_that_ran(LATER, [1])) == Drift("staging", "prod", 1)


def test_what_did_not_succeed_is_no_way_further() -> None:
    ran = tile_that_ran(EARLIER, [1, 2])
    failed = replace(ran, releases=(release(3, 2, 9, State.FAILED), *ran.releases))
    assert drift_of(failed, tile_that_ran(LATER, [1])) == Drift("staging", "prod", 1)


def test_images_that_somebody_else_put_there_differ_by_nobody_knows_how_much() -> None:
    assert drift_of(tile_that_ran(EARLIER, [1]), tile_that_ran(LATER, [2])) == Drift("staging", "prod", None)


def test_a_digest_and_a_tag_that_may_be_the_same_are_not_called_different() -> None:
    digest, tag = Side("shop:1", "shop", "", "sha256:1"), Side("shop:1", "shop:v1", "v1", "")
    assert drift_of(Tile(EARLIER, image=digest), Tile(LATER, image=tag)) is None
    assert drift_of(Tile(EARLIER), Tile(LATER, image=tag)) is None


def test_neighbours_of_one_stack_only_are_compared() -> None:
    other = replace(LATER, stack="web")
    tiles = [tile_that_ran(EARLIER, [1]), tile_that_ran(LATER, [2]), tile_that_ran(other, [3])]
    assert drifts(tiles) == (Drift("staging", "prod", None),)


@pytest.mark.parametrize(
    ("seen", "condition"),
    [
        (service(), Condition.SETTLED),
        (service(None), Condition.SETTLED),
        (service(running=1), Condition.SHORT),
        (service(running=0, desired=0), Condition.EMPTY),
        (service(running=3, desired=0, scheduling_strategy="DAEMON"), Condition.SETTLED),
        (service("IN_PROGRESS"), Condition.ROLLING),
        (service("FAILED"), Condition.FAILING),
        (with_primary(service("IN_PROGRESS"), failed_tasks=3), Condition.FAILING),
        (
            with_primary(service("IN_PROGRESS"), rollout_state_reason="circuit breaker: rolling back to ecs-svc/1."),
            Condition.ROLLING_BACK,
        ),
        (service(deployments=(), controller="CODE_DEPLOY"), Condition.FOREIGN),
        (service(status="DRAINING"), Condition.GONE),
        (None, Condition.UNREAD),
    ],
)
def test_a_stage_stands_as_ecs_says(seen: Service | None, condition: Condition) -> None:
    assert condition_of(Tile(EARLIER, service=seen)) is condition


def test_a_roll_back_by_ecs_shows_until_something_else_is_deployed() -> None:
    rolled_back = (release(2, 1, at=5, state=State.ROLLED_BACK),)
    assert condition_of(Tile(EARLIER, service=service(), releases=rolled_back)) is Condition.ROLLED_BACK
    newer = with_primary(service(), created_at=NINE + timedelta(hours=1))
    assert condition_of(Tile(EARLIER, service=newer, releases=rolled_back)) is Condition.SETTLED


def definition(*images: str) -> TaskDefinition:
    containers = tuple(ContainerDefinition(f"c{at}", image) for at, image in enumerate(images))
    return TaskDefinition(f"{ARN}1", "shop", 1, "ACTIVE", containers, {})


def test_what_runs_is_known_from_our_own_change_without_reading_its_revision() -> None:
    ours = (release(4, at=1),)
    assert not needs_definition(service(), ours)
    assert running_side(EARLIER, service(), None, ours).tag == "v4"


def test_what_somebody_else_deployed_is_read_from_the_revision() -> None:
    assert needs_definition(service(), ())
    assert running_side(EARLIER, service(), definition("repo/shop:v9"), ()).tag == "v9"


def test_a_digest_gets_the_tag_under_which_we_deployed_it_once() -> None:
    ours = (release(4, at=7),)
    found = running_side(EARLIER, service(), definition(f"repo/shop@{side(4).digest}"), ours)
    assert (found.tag, found.digest) == ("v4", side(4).digest)


@pytest.mark.parametrize("read", [None, definition("repo/shop:v1", "repo/proxy:v2")])
def test_where_nobody_knows_which_image_the_revision_is_told(read: TaskDefinition | None) -> None:
    assert running_side(EARLIER, service(), read, ()) == Side("shop:1", "")
