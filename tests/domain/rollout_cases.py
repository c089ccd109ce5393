"""Snapshots of one service as the tests of the verdict need them: desired 2, ours `ecs-svc/2` over `ecs-svc/1`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.diagnosis import Cause, Failure
from bot.domain.ecs import (
    Breaker,
    Deployment,
    DeploymentConfiguration,
    Service,
    ServiceDeployment,
    ServiceEvent,
    Task,
)
from bot.domain.rollouts import Rollout, Snapshot

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OURS, BEFORE, LATER = "ecs-svc/2", "ecs-svc/1", "ecs-svc/3"
_FAMILY = "arn:aws:ecs:eu-west-1:111122223333:task-definition/shop"
NEW_ARN, OLD_ARN, OTHER_ARN = f"{_FAMILY}:8", f"{_FAMILY}:7", f"{_FAMILY}:9"
ROLLOUT = Rollout(OURS, NEW_ARN, START, timedelta(minutes=20))

BREAKER_BACK = f"ECS deployment circuit breaker: rolling back to deploymentId {BEFORE}."
BREAKER_FAILED = "ECS deployment circuit breaker: tasks failed to start."
NO_ROOM = (
    "(service shop) was unable to place a task because no container instance met all of its requirements. "
    "The closest matching (container-instance 0123456789abcdef0123456789abcdef) has insufficient memory available."
)
CANNOT_MOVE = (
    "(service shop) was unable to stop or start tasks during a deployment because of the service deployment "
    "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
)
IMPAIRED = "service (shop) is unable to consistently start tasks successfully."


def at(seconds: float) -> datetime:
    """That long after the start."""
    return START + timedelta(seconds=seconds)


def ours(**fields: Any) -> Deployment:
    """Our deployment: PRIMARY, nothing up yet."""
    made = Deployment(OURS, "PRIMARY", NEW_ARN, 2, 2, 0, 0, START, "IN_PROGRESS", f"ECS deployment {OURS} in progress.")
    return replace(made, **fields)


def before(**fields: Any) -> Deployment:
    """The one that ran before: all of it still up."""
    made = Deployment(BEFORE, "ACTIVE", OLD_ARN, 2, 0, 2, 0, at(-86_400), "COMPLETED", "")
    return replace(made, **fields)


def later(**fields: Any) -> Deployment:
    """One that somebody else started a minute after ours."""
    return replace(Deployment(LATER, "PRIMARY", OTHER_ARN, 2, 2, 0, 0, at(60), "IN_PROGRESS", ""), **fields)


def service(*deployments: Deployment, events: tuple[ServiceEvent, ...] = (), **fields: Any) -> Service:
    """A service of two tasks; events in any order."""
    arn = "arn:aws:ecs:eu-west-1:111122223333:service/prod/shop"
    made = Service(arn, "shop", "arn:c", "ACTIVE", 2, 2, 0, NEW_ARN, deployments, events)
    return replace(made, **fields)


def event(seconds: float, message: str) -> ServiceEvent:
    """A line of `events[]`."""
    return ServiceEvent(f"e{seconds}", at(seconds), message)


def record(status: str, **fields: Any) -> ServiceDeployment:
    """Our service deployment."""
    return replace(ServiceDeployment("arn:sd", status, at(1)), **fields)


def failure(count: int, cause: Cause = Cause.EXIT, seconds: float = 20) -> Failure:
    """Tasks that died alike."""
    ids = tuple(f"t{number}" for number in range(count))
    return Failure(cause, "app", 1, "Essential container in task exited", count, ids, at(seconds))


def task(health: str = "HEALTHY", started_by: str = OURS, number: int = 0) -> Task:
    """A running task."""
    return Task(f"arn:task/{number}", NEW_ARN, "RUNNING", "RUNNING", (), started_by, health)


def snapshot(*deployments: Deployment, **fields: Any) -> Snapshot:
    """What one look saw; `events` go to the service, the rest to the snapshot."""
    configuration = fields.pop("configuration", DeploymentConfiguration())
    known = {key: fields.pop(key) for key in ("events", "desired", "capacity_providers") if key in fields}
    return Snapshot(service(*deployments, configuration=configuration, **known), **fields)


COUNTING = record("IN_PROGRESS", breaker=Breaker("MONITORING", 2, 3))
WITH_ROLLBACK = DeploymentConfiguration(breaker=True, breaker_rollback=True)
