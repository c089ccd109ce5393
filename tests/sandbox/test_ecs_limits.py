"""The arithmetic of rollouts, and that whole rollouts keep to it, for any desired count and percentages."""

from __future__ import annotations

from math import ceil, floor
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.ecs import rollout, seed
from sandbox.ecs.api_definitions import register_task_definition
from sandbox.ecs.api_services import create_service, update_service
from sandbox.ecs.call import ApiCall
from sandbox.ecs.clock import Clock
from sandbox.ecs.limits import Tally, bounds_of, breaker_threshold, cannot_move, retry_delay, starts, stops
from sandbox.ecs.model import Cluster, Instance
from sandbox.ecs.state import State
from tests.sandbox.ecs_kit import CLUSTER, REGION, SERVICE

COUNTS = st.integers(0, 40)
PERCENTAGES = st.fixed_dictionaries(
    {"minimumHealthyPercent": st.integers(0, 100), "maximumPercent": st.integers(100, 200)}
)
IMAGE = "docker.io/library/nginx:1.29"


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    placed = draw(COUNTS)
    return Tally(placed, draw(st.integers(0, placed)))


@given(COUNTS, PERCENTAGES, tallies(), tallies())
def test_starting_and_stopping_at_once_never_breaks_a_bound(
    desired: int, configuration: dict[str, Any], new: Tally, old: Tally
) -> None:
    bounds = bounds_of(desired, configuration)
    started, stopped = starts(bounds, new, old), stops(bounds, new, old)
    assert started == 0 or new.placed + old.placed + started <= bounds.upper
    assert stopped == 0 or new.healthy + old.healthy - stopped >= bounds.lower
    assert 0 <= stopped <= old.healthy


@given(st.integers(1, 40), PERCENTAGES)
def test_a_rollout_cannot_move_exactly_when_both_bounds_are_the_desired_count(
    desired: int, configuration: dict[str, Any]
) -> None:
    bounds = bounds_of(desired, configuration)
    assert cannot_move(bounds, Tally(0, 0), Tally(desired, desired)) == (bounds.lower == bounds.upper == desired)


@given(st.integers(0, 5000))
def test_the_default_breaker_threshold_is_half_of_desired_between_3_and_200(desired: int) -> None:
    assert breaker_threshold(desired, {}) == min(200, max(3, ceil(desired / 2)))


def test_breaker_thresholds_can_be_counts_and_unbounded_percentages() -> None:
    assert breaker_threshold(100, {"thresholdConfiguration": {"type": "COUNT", "value": 7}}) == 7
    assert breaker_threshold(1000, {"thresholdConfiguration": {"type": "UNBOUNDED_PERCENT", "value": 50}}) == 500


@given(st.integers(1, 100), st.booleans())
def test_retries_slow_down_and_longest_for_tasks_that_never_ran(failures: int, ran: bool) -> None:
    assert retry_delay(failures, ran) <= retry_delay(failures + 1, ran) <= (120.0 if ran else 27 * 60)


def small_state(rng_seed: int) -> tuple[State, Cluster]:
    state, cluster = State(Clock(lambda: 1_800_000_000.0), Random(rng_seed)), Cluster(REGION, CLUSTER, ["a", "b", "c"])
    state.clusters[(REGION, CLUSTER)] = cluster
    for number in range(6):
        cluster.instances[str(number)] = Instance(str(number), f"i-{number}", "abc"[number % 3], 10**5, 10**6)
    return state, cluster


def register(state: State) -> str:
    document = seed.document(REGION, SERVICE, "shop", "v41")
    document["containerDefinitions"][0] |= {"image": IMAGE, "logConfiguration": {}}
    answer = register_task_definition(ApiCall(state, REGION, "test", document))
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def run(state: State, cluster: Cluster, seconds: float) -> tuple[int, int]:
    """The fewest RUNNING and the most RUNNING or PENDING tasks on the way."""
    service = cluster.services[SERVICE]
    fewest, most = 10**6, 0
    for _ in range(int(seconds)):
        state.clock.advance(1.0)
        rollout.step(state, cluster, service)
        tasks = cluster.tasks_of(SERVICE)
        fewest = min(fewest, sum(task.last_status == "RUNNING" for task in tasks))
        most = max(most, sum(task.placed for task in tasks))
    return fewest, most


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), PERCENTAGES, st.integers(0, 2**16), st.sampled_from(["fine", "crash", "health", "pull"]))
def test_a_rollout_never_runs_fewer_than_the_minimum_or_more_than_the_maximum(
    desired: int, configuration: dict[str, Any], rng_seed: int, kind: str
) -> None:
    state, cluster = small_state(rng_seed)
    create = {"cluster": CLUSTER, "serviceName": SERVICE, "desiredCount": desired, "taskDefinition": register(state)}
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    create_service(ApiCall(state, REGION, "test", create | {"deploymentConfiguration": configuration | breaker}))
    run(state, cluster, 40)
    assert cluster.services[SERVICE].steady
    state.next_faults[(CLUSTER, SERVICE)] = kind
    update = {"cluster": CLUSTER, "service": SERVICE, "taskDefinition": register(state)}
    update_service(ApiCall(state, REGION, "test", update))
    fewest, most = run(state, cluster, 150)
    assert fewest >= ceil(desired * configuration["minimumHealthyPercent"] / 100)
    assert most <= floor(desired * configuration["maximumPercent"] / 100)
