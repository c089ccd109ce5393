"""One snapshot, sorted out for the verdict: which deployment is ours, which record, which events, how far."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.diagnosis import Failure
from bot.domain.ecs import Deployment, Service, ServiceDeployment, ServiceEvent, Task
from bot.domain.rollouts.events import since
from bot.domain.rollouts.values import Outcome, Progress, Rollout, Snapshot, Verdict, Why

CONSISTENCY = timedelta(seconds=30)
"""For so long DescribeServices may still show what was before UpdateService (ECS facts 1.9)."""

LONGEST = timedelta(hours=24)
"""Nobody looks any longer than that: one lifecycle stage or bake time may last so long (ECS facts 1.7)."""

_SAME_CLOCK = timedelta(seconds=2)
_RECORD_LATE = timedelta(seconds=60)
_CLOCKS_DIFFER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Scene:
    """`mine`: our deployment while ECS lists it. `record`: our service deployment, None where it cannot be read.
    `began`: when our deployment was made, by ECS's clock where it is told. `events`: ours or nobody's, oldest first."""

    rollout: Rollout
    now: datetime
    service: Service
    mine: Deployment | None
    record: ServiceDeployment | None
    began: datetime
    events: tuple[ServiceEvent, ...]
    failures: tuple[Failure, ...]
    progress: Progress

    @property
    def ours(self) -> Deployment | None:
        """Our deployment where it is PRIMARY."""
        return self.mine if self.mine and self.service.primary == self.mine else None

    @property
    def age(self) -> timedelta:
        """Since the rollout was started."""
        return self.now - self.rollout.started_at

    @property
    def overdue(self) -> bool:
        """Whether the stage's deadline has passed."""
        return self.age > self.rollout.deadline

    @property
    def too_old(self) -> bool:
        """Whether nobody looks any longer, whatever ECS is still at."""
        return self.age >= max(LONGEST, self.rollout.deadline)

    def outcome(self, verdict: Verdict, why: Why, quote: str = "") -> Outcome:
        """That verdict with the evidence at hand. What runs now is told only where it is not ours that went away."""
        primary = self.service.primary
        gone = verdict is Verdict.ROLLED_BACK and self.ours is not None
        running = primary.task_definition_arn if primary and not gone else ""
        told = tuple(event.message for event in self.events[-3:]) if verdict is not Verdict.SUCCEEDED else ()
        return Outcome(verdict, why, quote, self.failures, told, running)


def scene_of(rollout: Rollout, snapshot: Snapshot, service: Service, now: datetime) -> Scene:
    """The snapshot seen from this rollout."""
    mine = service.deployment(rollout.deployment_id)
    record = snapshot.service_deployment
    record = record if record and is_ours(record, rollout, mine) else None
    began = mine.created_at if mine else record.created_at if record else rollout.started_at
    return Scene(
        rollout=rollout,
        now=now,
        service=service,
        mine=mine,
        record=record,
        began=began,
        events=since(service.events, began, rollout.deployment_id),
        failures=snapshot.failures,
        progress=_progress(service, mine, record, _healthy(snapshot.tasks, rollout)),
    )


def is_ours(record: ServiceDeployment, rollout: Rollout, mine: Deployment | None) -> bool:
    """Whether that service deployment was made with our deployment. Right after UpdateService the service may still
    name the one before (ECS facts 1.9), whose SUCCESSFUL or ROLLBACK_SUCCESSFUL says nothing about us."""
    if mine:
        return mine.created_at - _SAME_CLOCK <= record.created_at <= mine.created_at + _RECORD_LATE
    start = rollout.started_at
    return start - CONSISTENCY <= record.created_at <= start + _RECORD_LATE + _CLOCKS_DIFFER


def _healthy(tasks: tuple[Task, ...] | None, rollout: Rollout) -> int | None:
    if tasks is None:
        return None
    own = [task for task in tasks if task.started_by == rollout.deployment_id and task.last_status == "RUNNING"]
    return sum(task.health_status == "HEALTHY" for task in own)


def _progress(
    service: Service, mine: Deployment | None, record: ServiceDeployment | None, healthy: int | None
) -> Progress:
    running = mine.running if mine else 0
    breaker = record.breaker if record and record.breaker and record.breaker.status != "DISABLED" else None
    return Progress(
        desired=mine.desired if mine and service.primary == mine else service.desired,
        new_running=running,
        new_starting=(mine.pending if mine else 0) + (max(0, running - healthy) if healthy is not None else 0),
        old_running=sum(other.running for other in service.deployments if other != mine),
        new_healthy=healthy,
        failed_tasks=mine.failed_tasks if mine else 0,
        breaker_failures=breaker.failures if breaker else None,
        breaker_threshold=breaker.threshold if breaker else None,
    )
