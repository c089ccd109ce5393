"""What the engine needs of the world, as Protocols, and the frozen bundle of them.

Every adapter translates its vendor's errors into `bot.domain.errors`: AccessDenied, NotFound, Throttled, Unreachable
(definitely not carried out), Unanswered (unknown), NotPossible (the vendor's own refusal, quoted in `fact`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.charts import Chart
from bot.domain.ecs import (
    ContainerInstance,
    Image,
    LogTarget,
    Service,
    ServiceDeployment,
    ServiceRevision,
    Task,
    TaskDefinition,
)
from bot.domain.groups import CapacityProvider
from bot.domain.log_lines import LogLine
from bot.domain.people import OnBehalf
from bot.domain.stacks import Place
from bot.engine.rows import Call, Json, Moved, Posting, Store, Taken, Tx, Wake
from bot.engine.rows_audit import AuditLog
from bot.engine.rows_tokens import Token
from bot.engine.scaling_ports import Groups, Hardware, Metrics, Scaling
from bot.engine.slack_ports import Chat, People
from bot.engine.time_ports import Calendar

__all__ = [
    "Calendar",
    "Call",
    "Chat",
    "Ecs",
    "Groups",
    "Hardware",
    "Images",
    "Json",
    "Logs",
    "Metrics",
    "Moved",
    "People",
    "Ports",
    "Posting",
    "Scaling",
    "Secrets",
    "Store",
    "Taken",
    "Token",
    "Tx",
    "Wake",
    "Wakes",
]


class Ecs(Protocol):
    """ECS, method for call. `who` names the person and the change in the AWS session of a write."""

    def describe_services(self, place: Place, names: Sequence[str]) -> Mapping[str, Service]:
        """The services by name, batched by 10; unknown ones are left out. NotFound when the cluster is not there."""
        ...

    def describe_service_deployments(self, place: Place, arns: Sequence[str]) -> Mapping[str, ServiceDeployment]:
        """By ARN, batched by 20; unknown ones are left out."""
        ...

    def list_service_deployments(self, place: Place, service: str, most: int) -> tuple[ServiceDeployment, ...]:
        """Newest first."""
        ...

    def describe_service_revisions(self, place: Place, arns: Sequence[str]) -> Mapping[str, ServiceRevision]:
        """By ARN, batched by 20; unknown ones are left out."""
        ...

    def describe_task_definition(self, place: Place, arn: str) -> TaskDefinition:
        """With its tags. NotFound when there is none."""
        ...

    def list_task_definitions(self, place: Place, family: str, most: int) -> tuple[str, ...]:
        """ARNs of the family's ACTIVE revisions, newest first."""
        ...

    def stopped_tasks(self, place: Place, service: str, deployment_id: str | None) -> tuple[Task, ...]:
        """Tasks of that deployment, or of the whole service, which ECS still remembers as stopped (about an hour),
        newest first."""
        ...

    def live_tasks(self, place: Place, service: str, deployment_id: str | None) -> tuple[Task, ...]:
        """Tasks that should run, of one deployment or of the whole service."""
        ...

    def tasks_on(self, place: Place, container_instance_arn: str) -> tuple[Task, ...]:
        """Tasks that should run on that instance of the cluster: of every service, and of none."""
        ...

    def cluster_tasks(self, place: Place, *, stopping: bool, most: int) -> tuple[Task, ...] | None:
        """Tasks of the cluster, of every service and of none: those that should run, or that were told to stop and are
        not STOPPED yet. None: ECS lists `most` or more (for an hour those that are STOPPED too), so these would not be
        all."""
        ...

    def describe_tasks(self, place: Place, ids: Sequence[str]) -> Mapping[str, Task]:
        """Tasks of the cluster by id, batched by 100, stopped ones too while ECS remembers them (about an hour);
        unknown ones are left out."""
        ...

    def describe_container_instances(
        self, place: Place, arns: Sequence[str] | None = None
    ) -> tuple[ContainerInstance, ...]:
        """All ACTIVE instances of the cluster; with `arns` these, batched by 100, whatever their status."""
        ...

    def matching_instances(self, place: Place, expression: str) -> frozenset[str]:
        """ARNs of the cluster's instances, in any status, of which AWS says that this expression of its cluster query
        language is true (memberOf constraints are such); an empty one: of all. NotPossible: AWS cannot read it."""
        ...

    def cluster_capacity_providers(self, place: Place) -> tuple[str, ...]:
        """Names in the cluster's default capacity provider strategy. NotFound when the cluster is not there."""
        ...

    def describe_capacity_providers(self, place: Place, names: Sequence[str]) -> Mapping[str, CapacityProvider]:
        """By name, batched by 10; unknown ones are left out. None asked for: none answered."""
        ...

    def register_task_definition(self, place: Place, request: Json, who: OnBehalf) -> str:
        """The new revision's ARN. Never retried inside."""
        ...

    def update_service(self, place: Place, request: Json, who: OnBehalf) -> Service:
        """The service as ECS answers it. Never retried inside."""
        ...

    def stop_task(self, place: Place, request: Json, who: OnBehalf) -> Task:
        """The task as ECS answers it: on its way to STOPPED, for this reason or for an earlier one. Never retried
        inside."""
        ...

    def update_container_instances_state(self, place: Place, request: Json, who: OnBehalf) -> None:
        """`cluster`, `containerInstances` (at most 10 ARNs), `status`: DRAINING or ACTIVE. Those that are not there any
        more are passed over. Never retried inside."""
        ...

    def stop_service_deployment(self, place: Place, request: Json, who: OnBehalf) -> None:
        """Asks ECS to roll back. NotPossible when that deployment cannot be stopped any more."""
        ...


class Images(Protocol):
    """The image registry (ECR)."""

    def image(self, place: Place, repository: str, reference: str) -> Image | None:
        """The image behind a tag or `sha256:…` of `repository` (as written in task definitions, without tag), with its
        architectures. None: not an ECR repository, so nothing can be known. NotFound: ECR has no such image or
        repository; `known` then holds the newest tags."""
        ...

    def newest(self, place: Place, repository: str, most: int) -> tuple[Image, ...]:
        """Newest first, untagged ones too; empty when it is not an ECR repository."""
        ...


class Logs(Protocol):
    """Container logs."""

    def tail(self, place: Place, target: LogTarget, container: str, task_id: str, lines: int) -> tuple[str, ...]:
        """The last lines, oldest first; empty when nothing was written. NotFound: no such log group."""
        ...

    def newest(
        self, place: Place, target: LogTarget, streams: Sequence[str], until: datetime, most: int
    ) -> tuple[LogLine, ...]:
        """The last `most` lines at or before `until`, oldest first, over all these streams; nothing where nobody wrote
        for two weeks. NotFound: no such log group."""
        ...

    def group_exists(self, place: Place, target: LogTarget) -> bool:
        """Whether the log group is there; True where the role may not look."""
        ...


class Secrets(Protocol):
    """A detector of secrets in a line of text."""

    def find(self, line: str) -> Iterable[str]:
        """The secrets as they stand in the line. Asks nobody, and takes about 25 µs."""
        ...


class Charts(Protocol):
    """Draws."""

    def png(self, chart: Chart) -> bytes:
        """The picture of 800 x 400 pixels; takes about a tenth of a second."""
        ...


class Wakes(Protocol):
    """Wake-ups: after commit, step(key) runs at least once at or after `at`, never two of one key at a time; an
    exception runs it again with back-off."""

    def wake_at(self, tx: Tx, key: str, at: datetime) -> None:
        """A row of the same transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """All of it. `new_id` answers an opaque random id."""

    ecs: Ecs
    images: Images
    logs: Logs
    secrets: Secrets
    scaling: Scaling
    groups: Groups
    metrics: Metrics
    hardware: Hardware
    charts: Charts
    chat: Chat
    people: People
    store: Store
    audit: AuditLog
    wakes: Wakes
    calendar: Calendar
    now: Callable[[], datetime]
    new_id: Callable[[], str]
