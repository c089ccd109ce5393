"""What ECS knows: clusters, container instances, task definitions, tasks, services, deployments. Mutable, no rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.ecs.behaviours import FINE, Behaviour

ACCOUNT = "111122223333"
Params = dict[str, Any]
Answer = dict[str, Any]
PLACED = ("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING")


def arn(region: str, path: str, vendor: str = "ecs") -> str:
    return f"arn:aws:{vendor}:{region}:{ACCOUNT}:{path}"


@dataclass
class Definition:
    """One revision: `body` is what was registered, every field, plus what ECS adds."""

    region: str
    body: Params
    tags: list[dict[str, str]] = field(default_factory=list)

    @property
    def arn(self) -> str:
        return str(self.body["taskDefinitionArn"])

    @property
    def name(self) -> str:
        return f"{self.body['family']}:{self.body['revision']}"

    @property
    def containers(self) -> list[Params]:
        containers: list[Params] = self.body["containerDefinitions"]
        return containers


@dataclass
class Instance:
    """A container instance; CPU in units, memory in MiB, as the agent registers an m5.large (others: `machines`).
    `attributes`: its own beside what every instance has; None: without a value. `health`: OK, IMPAIRED."""

    id: str
    ec2_id: str
    zone: str
    cpu: int = 2048
    memory: int = 7764
    status: str = "ACTIVE"
    agent_connected: bool = True
    instance_type: str = "m5.large"
    gpus: int = 0
    health: str = "OK"
    attributes: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Task:
    """`steps` are the (simulated second, name) still to come; `steady` means RUNNING and healthy; `waiting`: for an
    instance with room, since `waiting_since`."""

    id: str
    region: str
    cluster: str
    definition: Definition
    service: str
    started_by: str
    zone: str
    instance: Instance | None
    created_at: datetime
    behaviour: Behaviour = FINE
    failing: str | None = None
    pull_error: str = ""
    digests: dict[str, str] = field(default_factory=dict)
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    health: str = "UNKNOWN"
    steady: bool = False
    exec_enabled: bool = False
    agent: str = "PENDING"
    steps: list[tuple[float, str]] = field(default_factory=list)
    times: dict[str, datetime] = field(default_factory=dict)
    stop_code: str | None = None
    stopped_reason: str | None = None
    exit_code: int | None = None
    stopped_elapsed: float = 0.0
    failed: bool = False
    waiting: bool = False
    waiting_since: float = 0.0
    version: int = 1

    @property
    def arn(self) -> str:
        return arn(self.region, f"task/{self.cluster}/{self.id}")

    @property
    def placed(self) -> bool:
        return self.last_status in PLACED


@dataclass
class ServiceDeployment:
    """ECS's record of one attempt; counts freeze when it ends (ECS facts 1.7)."""

    arn: str
    target: str
    sources: list[str]
    created_at: datetime
    configuration: Params
    status: str = "PENDING"
    reason: str | None = None
    breaker: str = "DISABLED"
    failures: int = 0
    threshold: int = 0
    rollback: Params | None = None
    times: dict[str, datetime] = field(default_factory=dict)
    frozen: Answer | None = None


@dataclass
class Deployment:
    """One of `service.deployments`; `retry_at` is the simulated second before which ECS starts no further task."""

    id: str
    definition: Definition
    revision_arn: str
    created_at: datetime
    updated_at: datetime
    record: ServiceDeployment
    status: str = "PRIMARY"
    state: str = "IN_PROGRESS"
    reason: str = ""
    failed_tasks: int = 0
    breaker_failures: int = 0
    attempts: int = 0
    refusals: int = 0
    retry_at: float = 0.0
    fault: str | None = None
    told: set[str] = field(default_factory=set)


@dataclass
class Service:
    """`settings` are CreateService's parameters as later updated; `deployments` newest first."""

    region: str
    cluster: str
    name: str
    desired: int
    settings: Params
    created_at: datetime
    created_by: str
    tags: list[dict[str, str]] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    records: list[ServiceDeployment] = field(default_factory=list)
    revisions: dict[str, Answer] = field(default_factory=dict)
    events: list[Answer] = field(default_factory=list)
    steady: bool = False
    stale: list[Answer] = field(default_factory=list)

    @property
    def arn(self) -> str:
        return arn(self.region, f"service/{self.cluster}/{self.name}")

    @property
    def primary(self) -> Deployment:
        return next(deployment for deployment in self.deployments if deployment.status == "PRIMARY")

    @property
    def configuration(self) -> Params:
        configuration: Params = self.settings["deploymentConfiguration"]
        return configuration


@dataclass
class Cluster:
    """A cluster of one region with all that is in it; keys are ids and names. `kinds`: of instances that its group
    starts, in turn."""

    region: str
    name: str
    zones: list[str]
    instances: dict[str, Instance] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    capacity_providers: list[Params] = field(default_factory=list)
    default_strategy: list[Params] = field(default_factory=list)
    auto_scaling_group: str | None = None
    joining: dict[str, float] = field(default_factory=dict)
    kinds: tuple[str, ...] = ("m5.large",)

    @property
    def arn(self) -> str:
        return arn(self.region, f"cluster/{self.name}")

    def tasks_of(self, service: str, deployment_id: str | None = None) -> list[Task]:
        return [
            task for task in self.tasks.values() if task.service == service and deployment_id in (None, task.started_by)
        ]
