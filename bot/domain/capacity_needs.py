"""What one task takes of an instance: the reservation rules of ECS (ECS facts 3.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.ecs import TaskDefinition


@dataclass(frozen=True, slots=True)
class Need:
    """What one task takes: CPU units, MiB, host ports, GPUs; `interface`: a network interface of its own (awsvpc).
    `architecture` as ECS writes it (`X86_64`, `ARM64`), empty where the task definition has no runtimePlatform: ECS
    then places the task on any instance. `attributes`: name → value that the instance must have; an empty value is
    none."""

    cpu: int
    memory: int
    ports: frozenset[int] = frozenset()
    ports_udp: frozenset[int] = frozenset()
    architecture: str = ""
    gpus: int = 0
    interface: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


def need_of(definition: TaskDefinition) -> Need:
    """The task's own size, else the sum of its containers'; memoryReservation before memory; a port only where it is
    fixed: host mode, or bridge with a hostPort (ECS facts 3.1.3)."""
    containers = definition.containers
    reserved = sum(one.memory_reservation or one.memory or 0 for one in containers)
    platform = definition.document.get("runtimePlatform") or {}
    return Need(
        cpu=sum(one.cpu for one in containers) if definition.cpu is None else definition.cpu,
        memory=reserved if definition.memory is None else definition.memory,
        ports=_ports(definition, "tcp"),
        ports_udp=_ports(definition, "udp"),
        architecture=platform.get("cpuArchitecture", ""),
        gpus=definition.gpus,
        interface=definition.network_mode == "awsvpc",
        attributes=definition.requires_attributes,
    )


def _ports(definition: TaskDefinition, protocol: str) -> frozenset[int]:
    mappings = [port for one in definition.containers for port in one.ports if port.protocol.lower() == protocol]
    if definition.network_mode == "host":
        return frozenset(port.host_port or port.container_port for port in mappings)
    fixed = definition.network_mode in ("bridge", "default")
    return frozenset(port.host_port for port in mappings if fixed and port.host_port)
