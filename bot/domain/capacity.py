"""Will N more tasks fit, and what stops them: a forecast from what the instances have left (ECS facts 3.1)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

from bot.domain.ecs import ContainerInstance, DeploymentConfiguration, Service, TaskDefinition


@dataclass(frozen=True, slots=True)
class Surge:
    """The peak of a rollout: tasks that may run beside the old ones, and old ones that may be stopped at once.
    `can_move` False: neither is allowed, so the rollout never ends (ECS facts 3.1.6)."""

    extra: int
    must_stop_first: int
    can_move: bool


def surge_of(desired: int, configuration: DeploymentConfiguration) -> Surge:
    """maximumPercent is rounded down, minimumHealthyPercent up; the blue/green family starts a whole second set."""
    if configuration.strategy != "ROLLING":
        return Surge(desired, 0, True)
    extra = max(0, desired * configuration.maximum_percent // 100 - desired)
    kept = -(-desired * configuration.minimum_healthy_percent // 100)
    stops = 0 if extra else max(0, desired - kept)
    return Surge(extra, stops, desired == 0 or extra + stops > 0)


@dataclass(frozen=True, slots=True)
class Need:
    """What one task takes: CPU units, MiB, host ports; `architecture` as ECS writes it (`X86_64`, `ARM64`), empty
    where the task definition has no runtimePlatform: ECS then places the task on any instance."""

    cpu: int
    memory: int
    ports: frozenset[int] = frozenset()
    ports_udp: frozenset[int] = frozenset()
    architecture: str = ""


def need_of(definition: TaskDefinition) -> Need:
    """The task's own size, else the sum of its containers'; memoryReservation before memory; a port only where it is
    fixed: host mode, or bridge with a hostPort (ECS facts 3.1.3). GPUs and network interfaces are not counted."""
    containers = definition.containers
    cpu = sum(one.cpu for one in containers) if definition.cpu is None else definition.cpu
    reserved = sum(one.memory_reservation or one.memory or 0 for one in containers)
    memory = reserved if definition.memory is None else definition.memory
    platform = definition.document.get("runtimePlatform") or {}
    return Need(cpu, memory, _ports(definition, "tcp"), _ports(definition, "udp"), platform.get("cpuArchitecture", ""))


def _ports(definition: TaskDefinition, protocol: str) -> frozenset[int]:
    mappings = [port for one in definition.containers for port in one.ports if port.protocol.lower() == protocol]
    if definition.network_mode == "host":
        return frozenset(port.host_port or port.container_port for port in mappings)
    fixed = definition.network_mode in ("bridge", "default")
    return frozenset(port.host_port for port in mappings if fixed and port.host_port)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Fits now: `fits` of `of` tasks. Where it does not fit, `limiting` is what lacks on most instances (CPU, MEMORY,
    PORTS, ARCHITECTURE; INSTANCES: there is none to use) and `on` how many of `instances` lack it first. A forecast:
    tasks that stop hold their room until they are STOPPED, and others may come."""

    fits: int
    of: int
    limiting: str = ""
    on: int = 0
    instances: int = 0


def forecast(instances: Iterable[ContainerInstance], need: Need, n: int) -> Forecast:
    """How many of `n` more tasks have room; instances that are not ACTIVE or not connected hold none."""
    usable = [one for one in instances if one.status == "ACTIVE" and one.agent_connected]
    rooms = [_room(one, need, n) for one in usable]
    fits = min(n, sum(held for held, _ in rooms))
    if fits == n:
        return Forecast(n, n, instances=len(usable))
    if not usable:
        return Forecast(0, n, "INSTANCES")
    limiting, on = Counter(what for _, what in rooms).most_common(1)[0]
    return Forecast(fits, n, limiting, on, len(usable))


def surge_forecast(
    service: Service, definition: TaskDefinition, instances: Iterable[ContainerInstance]
) -> Forecast | None:
    """Room for the tasks that a rollout of `definition` runs beside the old ones. None: not known, since the service
    does not (or not surely) place its tasks on these instances: Fargate, EXTERNAL, DAEMON."""
    if service.scheduling_strategy != "REPLICA" or not _on_instances(service):
        return None
    return forecast(instances, need_of(definition), surge_of(service.desired, service.configuration).extra)


def _on_instances(service: Service) -> bool:
    if service.launch_type:
        return service.launch_type == "EC2"
    return bool(service.capacity_providers) and not any("FARGATE" in name for name in service.capacity_providers)


def _room(instance: ContainerInstance, need: Need, n: int) -> tuple[int, str]:
    """How many of n tasks this instance holds, and what ends it."""
    held: tuple[tuple[int, str], ...] = (
        (n if _runs(instance, need) else 0, "ARCHITECTURE"),
        (_ports_left(instance, need, n), "PORTS"),
        (_times(instance.memory, need.memory, n), "MEMORY"),
        (_times(instance.cpu, need.cpu, n), "CPU"),
    )
    return min(held, key=itemgetter(0))


def _runs(instance: ContainerInstance, need: Need) -> bool:
    own = instance.attributes.get("ecs.cpu-architecture", "")
    return not own or not need.architecture or own.lower() == need.architecture.lower()


def _ports_left(instance: ContainerInstance, need: Need, n: int) -> int:
    if need.ports & instance.ports or need.ports_udp & instance.ports_udp:
        return 0
    return min(n, 1) if need.ports or need.ports_udp else n


def _times(left: int, need: int, n: int) -> int:
    return min(n, max(0, left) // need) if need > 0 else n
