"""Tasks and the container instances they run on, in ECS's own words, frozen: `bot.domain.ecs` hands them on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ManagedAgent:
    """The ExecuteCommandAgent of a running container; `reason` is AWS's text where it is not RUNNING."""

    last_status: str
    reason: str = ""
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a task. `exit_code` None: it never started, or still runs. `exec_agent` None: ECS Exec was off
    when the task started."""

    name: str
    last_status: str
    image: str = ""
    image_digest: str | None = None
    exit_code: int | None = None
    reason: str = ""
    health_status: str = "UNKNOWN"
    runtime_id: str | None = None
    exec_agent: ManagedAgent | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One task; `started_by` is the deployment id for a service's tasks (ECS facts 1.9). `group`: `service:NAME` for
    them. `cpu` (CPU units) and `memory` (MiB) are what it reserves. `platform_version`, `platform_family`: Fargate's.
    `role_arn`: given when it was started, in place of its task definition's. `interface`: it has a network interface
    of its own (awsvpc)."""

    arn: str
    task_definition_arn: str
    last_status: str
    desired_status: str
    containers: tuple[Container, ...]
    started_by: str = ""
    health_status: str = "UNKNOWN"
    stop_code: str = ""
    stopped_reason: str = ""
    created_at: datetime | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    zone: str = ""
    launch_type: str = ""
    container_instance_arn: str | None = None
    group: str = ""
    capacity_provider: str = ""
    platform_version: str = ""
    platform_family: str = ""
    cpu: int | None = None
    memory: int | None = None
    connectivity: str = ""
    enable_execute_command: bool = False
    role_arn: str = ""
    interface: bool = False

    @property
    def id(self) -> str:
        """The last part of the ARN: 32 hex digits."""
        return self.arn.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class ContainerInstance:
    """One EC2 instance of a cluster and what it has left: CPU units, MiB, GPUs, and the host ports that are *taken*.
    `agent_version`: of its container agent, such as 1.94.0. `registered_cpu`, `registered_memory`, `registered_gpus`:
    what it had when empty. `running_tasks`, `pending_tasks`: of whatever service. `health`: OK, IMPAIRED, …; empty:
    not told."""

    arn: str
    ec2_instance_id: str
    status: str
    agent_connected: bool
    cpu: int
    memory: int
    ports: frozenset[int] = frozenset()
    ports_udp: frozenset[int] = frozenset()
    zone: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    agent_version: str = ""
    gpus: int = 0
    registered_cpu: int = 0
    registered_memory: int = 0
    registered_gpus: int = 0
    running_tasks: int = 0
    pending_tasks: int = 0
    health: str = ""

    @property
    def instance_type(self) -> str:
        """EC2's name for its kind, such as m5.large; empty where ECS does not say."""
        return self.attributes.get("ecs.instance-type", "")

    @property
    def trunk(self) -> bool:
        """Whether its tasks share a trunk network interface, so that many more of them fit (ECS facts 3.1)."""
        return "ecs.awsvpc-trunk-id" in self.attributes
