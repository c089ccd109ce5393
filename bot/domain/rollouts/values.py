"""The values of a rollout: what we started, what a look saw, what follows from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.diagnosis import Failure
from bot.domain.ecs import Service, ServiceDeployment, Task


class Verdict(StrEnum):
    """GOING and FAILING are not final: FAILING means that it will not succeed as it goes, while ECS still tries."""

    GOING = "going"
    FAILING = "failing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    SUPERSEDED = "superseded"


class Why(StrEnum):
    """What the verdict rests on."""

    COMPLETED = "completed"
    BREAKER = "breaker"
    ALARM = "alarm"
    CRASH_LOOP = "crash_loop"
    NO_PLACEMENT = "no_placement"
    CANNOT_MOVE = "cannot_move"
    STUCK = "stuck"
    ABORTED = "aborted"
    REPLACED = "replaced"
    SERVICE_GONE = "service_gone"
    FAILED_BY_ECS = "failed_by_ecs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rollout:
    """What we started: our deployment on the revision asked for. `stop_asked_at`: when an abort was accepted by ECS.
    `previous_task_definition_arn`: what ran before, to which an abort goes back (empty: unknown)."""

    deployment_id: str
    task_definition_arn: str
    started_at: datetime
    deadline: timedelta
    stop_asked_at: datetime | None = None
    previous_task_definition_arn: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one look saw. `service` None: ECS says it is not there. `tasks`: the deployment's live tasks where they
    were read (only where a health check makes RUNNING and healthy differ), else None. `failures`: what killed
    tasks of this deployment so far."""

    service: Service | None
    service_deployment: ServiceDeployment | None = None
    tasks: tuple[Task, ...] | None = None
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of the rollout as last seen. `new_healthy` None: the tasks have no health check that ECS would report.
    `failures` and `threshold` are the breaker's count, None where it is off or not told."""

    desired: int
    new_running: int
    new_starting: int
    old_running: int
    new_healthy: int | None = None
    failed_tasks: int = 0
    breaker_failures: int | None = None
    breaker_threshold: int | None = None

    @property
    def done(self) -> int:
        """New tasks that count as up: healthy where ECS tells health, else running."""
        return self.new_running if self.new_healthy is None else self.new_healthy


class NewsKind(StrEnum):
    """What can be new in a thread."""

    STARTED = "started"
    FIRST_TASK = "first_task"
    HALF = "half"
    FAILURE = "failure"
    BREAKER = "breaker"
    EVENT = "event"
    FAILING = "failing"
    STOP_ASKED = "stop_asked"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell in the thread, once: `key` is unique within the change. `quote`: AWS's own words."""

    key: str
    kind: NewsKind
    progress: Progress | None = None
    failure: Failure | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict with its evidence. `quote` is AWS's own text; `running` is the task definition ARN that PRIMARY runs
    now (empty: unknown)."""

    verdict: Verdict
    why: Why
    quote: str = ""
    failures: tuple[Failure, ...] = ()
    events: tuple[str, ...] = ()
    running: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What follows from one snapshot. `outcome` None: verdict GOING. `next_look` None: the rollout is over.
    `rolling_back`: ECS is on its way back (verdict FAILING), so nobody needs to ask for it."""

    verdict: Verdict
    progress: Progress
    news: tuple[News, ...]
    outcome: Outcome | None
    next_look: timedelta | None
    rolling_back: bool = False
