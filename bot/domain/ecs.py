"""Services, task definitions, deployments and tasks in ECS's own words, frozen.

Shapes follow the answers of DescribeServices, DescribeTaskDefinition, DescribeTasks, DescribeServiceDeployments and
DescribeContainerInstances (ECS facts 1.1, 1.7, 2, 3.1). Statuses are open sets: unknown ones are carried, not refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.ecs_tasks import Container, ContainerInstance, ManagedAgent, Task

__all__ = [
    "Breaker",
    "Container",
    "ContainerDefinition",
    "ContainerInstance",
    "Deployment",
    "DeploymentConfiguration",
    "Image",
    "LogTarget",
    "ManagedAgent",
    "PortMapping",
    "Service",
    "ServiceDeployment",
    "ServiceEvent",
    "ServiceRevision",
    "Task",
    "TaskDefinition",
]


@dataclass(frozen=True, slots=True)
class ServiceEvent:
    """One line of `events[]`; `message` is quoted, never rephrased."""

    id: str
    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """One of `deployments[]`. `rollout_state` is None where ECS gives none (other controllers, Classic LB)."""

    id: str
    status: str
    task_definition_arn: str
    desired: int
    pending: int
    running: int
    failed_tasks: int
    created_at: datetime
    rollout_state: str | None = None
    rollout_state_reason: str = ""


@dataclass(frozen=True, slots=True)
class DeploymentConfiguration:
    """How a service replaces its tasks; percentages of the desired count. `strategy`: ROLLING, BLUE_GREEN, … `alarms`:
    CloudWatch alarms that make a deployment fail; none where they are switched off."""

    maximum_percent: int = 200
    minimum_healthy_percent: int = 100
    breaker: bool = False
    breaker_rollback: bool = False
    strategy: str = "ROLLING"
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """One service as DescribeServices tells it; events newest first. `placement_constraints`: (type, expression),
    `placement_strategies`: (type, field), `capacity_strategy`: (capacity provider, weight, base). `subnets`: of awsvpc
    tasks. `zone_rebalancing`: ECS moves tasks by itself to even out the zones."""

    arn: str
    name: str
    cluster_arn: str
    status: str
    desired: int
    running: int
    pending: int
    task_definition_arn: str
    deployments: tuple[Deployment, ...]
    events: tuple[ServiceEvent, ...] = ()
    controller: str = "ECS"
    scheduling_strategy: str = "REPLICA"
    launch_type: str | None = None
    capacity_providers: tuple[str, ...] = ()
    configuration: DeploymentConfiguration = field(default_factory=DeploymentConfiguration)
    enable_execute_command: bool = False
    service_deployment_arn: str | None = None
    placement_constraints: tuple[tuple[str, str], ...] = ()
    placement_strategies: tuple[tuple[str, str], ...] = ()
    capacity_strategy: tuple[tuple[str, int, int], ...] = ()
    subnets: tuple[str, ...] = ()
    zone_rebalancing: bool = False

    @property
    def primary(self) -> Deployment | None:
        """The deployment ECS is working towards; None while ECS shows none (INACTIVE, other controllers)."""
        return next((d for d in self.deployments if d.status == "PRIMARY"), None)

    def deployment(self, deployment_id: str) -> Deployment | None:
        """The deployment of that id, while ECS still lists it."""
        return next((d for d in self.deployments if d.id == deployment_id), None)

    @property
    def account(self) -> str:
        """The AWS account number, read from the ARN."""
        return self.arn.split(":")[4]


@dataclass(frozen=True, slots=True)
class Breaker:
    """The circuit breaker of one service deployment, counted by ECS."""

    status: str
    failures: int
    threshold: int


@dataclass(frozen=True, slots=True)
class ServiceDeployment:
    """ECS's own record of a deployment and its end (ECS facts 1.7); authoritative for the verdict."""

    arn: str
    status: str
    created_at: datetime
    status_reason: str = ""
    finished_at: datetime | None = None
    target_revision_arn: str = ""
    breaker: Breaker | None = None
    rollback_reason: str = ""


@dataclass(frozen=True, slots=True)
class ServiceRevision:
    """What a service deployment worked towards (ECS facts 1.7)."""

    arn: str
    task_definition_arn: str


@dataclass(frozen=True, slots=True)
class LogTarget:
    """Where a container's `awslogs` driver writes (ECS facts 2, Logs). `region` None: the task's own."""

    group: str
    stream_prefix: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class PortMapping:
    """A container's port on its instance; host_port 0: chosen by Docker."""

    container_port: int
    host_port: int
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class ContainerDefinition:
    """What the bot needs of one of `containerDefinitions[]`; the whole of it stays in `TaskDefinition.document`."""

    name: str
    image: str
    essential: bool = True
    cpu: int = 0
    memory: int | None = None
    memory_reservation: int | None = None
    ports: tuple[PortMapping, ...] = ()
    log_driver: str | None = None
    logs: LogTarget | None = None
    has_health_check: bool = False


@dataclass(frozen=True, slots=True)
class TaskDefinition:
    """One revision. `document` is DescribeTaskDefinition's `taskDefinition` as plain JSON values (times as ISO 8601),
    `tags` its tags as ECS gives them (`[{"key": …, "value": …}]`); cpu (CPU units), memory (MiB) are the task's own.
    `requires_attributes`: name → value an instance must have; an empty value is no value. `placement_constraints`:
    (type, expression). `gpus`: of all containers."""

    arn: str
    family: str
    revision: int
    status: str
    containers: tuple[ContainerDefinition, ...]
    document: Mapping[str, Any]
    tags: tuple[Mapping[str, str], ...] = ()
    network_mode: str = "bridge"
    cpu: int | None = None
    memory: int | None = None
    execution_role_arn: str | None = None
    task_role_arn: str | None = None
    architecture: str = "X86_64"
    requires_attributes: Mapping[str, str] = field(default_factory=dict)
    placement_constraints: tuple[tuple[str, str], ...] = ()
    gpus: int = 0

    def container(self, name: str) -> ContainerDefinition | None:
        """The container of that name."""
        return next((c for c in self.containers if c.name == name), None)


@dataclass(frozen=True, slots=True)
class Image:
    """One image of a repository. `architectures` (`amd64`, `arm64`) is empty where the registry did not say."""

    repository: str
    digest: str
    tags: tuple[str, ...] = ()
    pushed_at: datetime | None = None
    size_bytes: int | None = None
    architectures: tuple[str, ...] = ()
