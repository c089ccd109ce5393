"""Stopping one task: the plan, and how it is seen to be over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checks import Seen
from bot.domain.ecs import ContainerDefinition, Service, Task, TaskDefinition
from bot.domain.errors import NotPossible
from bot.domain.follows import Follow
from bot.domain.images import Reference
from bot.domain.locks import Hold
from bot.domain.people import Person
from bot.domain.plans import Level, Operation
from bot.domain.stacks import Place, Stage
from bot.domain.stops import is_by, plan_stop, stop_checks, stop_reason, stop_standing
from bot.domain.targets import Target

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
STAGE = Stage("shop", "prod", Place("eu-west-1", "prod"), "shop-prod", "C0")
SERVICE = Service(
    "arn:aws:ecs:eu-west-1:111122223333:service/prod/shop-prod", "shop-prod", "c", "ACTIVE", 2, 2, 0, "d", ()
)
DEFINITION = TaskDefinition("d", "shop", 7, "ACTIVE", (ContainerDefinition("app", "r/shop:v42"),), {})
TARGET = Target(SERVICE, DEFINITION)
ANA = Person("T0ACME", "U0ANA", "ana")
SEEN = Seen(None, Reference())
STATUSES = ("PENDING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED", "DELETED")


def task(number: int, status: str = "RUNNING", desired: str = "RUNNING", reason: str = "") -> Task:
    return Task(f"arn/{number:032x}", "d", status, desired, (), stopped_reason=reason)


TASKS = st.builds(task, st.integers(0, 6), st.sampled_from(STATUSES), st.sampled_from(["RUNNING", "STOPPED"]))
MANY = st.lists(TASKS, max_size=6, unique_by=lambda one: one.id)


def test_the_plan_is_one_call_that_names_the_change_and_the_person() -> None:
    plan = plan_stop(STAGE, TARGET, task(1), "c0ffee", ANA)
    (step,) = plan.steps
    assert step.operation is Operation.STOP_TASK
    assert step.request == {"cluster": "prod", "task": task(1).id, "reason": "tinystacks c0ffee by ana"}
    assert (plan.before, plan.task) == (plan.after, task(1).id)
    assert plan.bare.steps[0].request == {"cluster": "prod", "task": task(1).id}


@given(st.text(max_size=300), st.from_regex(r"[0-9a-f]{4,36}", fullmatch=True))
def test_the_reason_is_one_that_ecs_takes_and_is_known_again(name: str, change_id: str) -> None:
    reason = stop_reason(change_id, replace(ANA, name=name))
    assert len(reason) <= 255
    assert reason.isprintable()
    assert is_by(change_id, task(1, "STOPPED", "STOPPED", reason))
    assert not is_by(change_id, task(1, "RUNNING", "RUNNING", reason))
    assert not is_by(change_id[:-1], task(1, "STOPPED", "STOPPED", reason))


@pytest.mark.parametrize(
    "gone", [task(1, "STOPPED", "STOPPED", "Essential container exited"), task(1, "DEACTIVATING", "STOPPED")]
)
def test_a_task_that_stops_already_is_not_stopped_again(gone: Task) -> None:
    with pytest.raises(NotPossible, match="stops already"):
        plan_stop(STAGE, TARGET, gone, "c1", ANA)


@given(st.none() | TASKS, MANY, st.integers(0, 5), st.integers(0, 90))
def test_it_is_done_exactly_when_the_task_is_stopped_and_enough_others_run(
    mine: Task | None, tasks: list[Task], desired: int, minutes: int
) -> None:
    seen = stop_standing(
        replace(SERVICE, desired=desired), mine, tasks, timedelta(minutes=minutes), timedelta(minutes=20)
    )
    others = [one for one in tasks if mine is None or one.id != mine.id]
    running = sum((one.last_status, one.desired_status) == ("RUNNING", "RUNNING") for one in others)
    stopped = mine is None or mine.last_status in ("STOPPED", "DELETED")
    assert (seen.follow is Follow.DONE) is (stopped and running >= desired)
    assert (seen.follow is Follow.STUCK) is (minutes > 20 and seen.follow is not Follow.DONE)
    assert (seen.stopped, seen.running, seen.desired) == (stopped, running, desired)


def test_a_service_that_is_gone_ends_it() -> None:
    for service in (None, replace(SERVICE, status="INACTIVE")):
        assert stop_standing(service, task(1), [], timedelta(), timedelta(minutes=20)).follow is Follow.GONE


def test_the_only_task_that_runs_is_warned_of() -> None:
    pending = task(2, "PENDING")
    lines = {one.name: one for one in stop_checks(STAGE, TARGET, task(1), [task(1), pending], SEEN, NOW)}
    assert lines["others"].level is Level.WARNING
    assert "down until ECS has started another one" in lines["others"].sentence
    lines = {one.name: one for one in stop_checks(STAGE, TARGET, task(1), [task(1), task(3)], SEEN, NOW)}
    assert lines["others"].level is Level.OK
    assert set(lines) == {"others", "tasks"}


def test_a_lock_is_in_the_way() -> None:
    held = replace(SEEN, hold=Hold("bo has locked shop prod.", "Ask bo."), bot_in_channel=False)
    lines = {one.name: one.level for one in stop_checks(STAGE, TARGET, task(1), [task(1), task(2)], held, NOW)}
    assert (lines["lock"], lines["channel"]) == (Level.BAD, Level.BAD)
