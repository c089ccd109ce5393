"""What each instance leaves for one kind of task: how many it holds by each factor, and what keeps it out
altogether."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.capacity_needs import Need
from bot.domain.ecs import ContainerInstance

FIRM = ("CONSTRAINT", "ATTRIBUTES", "ARCHITECTURE", "ZONE")
"""Factors that let an instance take none of the tasks or any number, however empty it is."""

_TRUNKED = {"medium": 4, "large": 10, "xlarge": 20, "2xlarge": 40, "4xlarge": 60, "8xlarge": 60, "9xlarge": 60}
_TRUNKED |= {"12xlarge": 60, "16xlarge": 120, "18xlarge": 120, "24xlarge": 120, "32xlarge": 120, "48xlarge": 120}
"""Tasks with an interface of their own on an instance with a trunk, by size, for the m, c and r families from the fifth
generation on (ECS developer guide, "Supported instances for increased Amazon ECS container network interfaces");
where a newer family takes more, the smaller number."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """How a service places its tasks, as far as it decides whether they fit. `distinct`: one on an instance;
    `occupied`: ARNs of instances that have one which should run. `allowed`: ARNs that meet its memberOf expressions;
    None: any. `addresses`: zone → free addresses of its subnets there, for tasks with a network interface of their
    own; None: any zone. `interfaces`: EC2 type → network interfaces it takes; `attached`: instance ARN → tasks on it
    with one of their own, None: not known, so that every task on it is counted. `unknown`: factors that could not be
    read."""

    distinct: bool = False
    occupied: frozenset[str] = frozenset()
    allowed: frozenset[str] | None = None
    addresses: Mapping[str, int] | None = None
    interfaces: Mapping[str, int] = field(default_factory=dict)
    attached: Mapping[str, int] | None = None
    unknown: tuple[str, ...] = ()


def state_of(instance: ContainerInstance) -> str:
    """Why ECS places nothing on it whatever the task: its status, AGENT (not connected) or IMPAIRED; empty: it does."""
    if instance.status != "ACTIVE":
        return instance.status or "UNKNOWN"
    if not instance.agent_connected:
        return "AGENT"
    return "IMPAIRED" if instance.health == "IMPAIRED" else ""


def limits_of(instance: ContainerInstance, need: Need, strategy: Strategy, most: int) -> dict[str, int]:
    """By factor, how many of `most` such tasks the instance takes; the smallest of them is what it takes."""
    firm = (
        strategy.allowed is None or instance.arn in strategy.allowed,
        all(_has(instance, name, value) for name, value in need.attributes.items()),
        _runs(instance, need),
        strategy.addresses is None or instance.zone in strategy.addresses,
    )
    return {
        **{name: most if met else 0 for name, met in zip(FIRM, firm, strict=True)},
        "PORTS": _ports_left(instance, need, most),
        "DISTINCT": min(most, int(instance.arn not in strategy.occupied)) if strategy.distinct else most,
        "GPU": _times(instance.gpus, need.gpus, most),
        "ENI": _interfaces_left(instance, strategy, most) if need.interface else most,
        "MEMORY": _times(instance.memory, need.memory, most),
        "CPU": _times(instance.cpu, need.cpu, most),
    }


def most_interfaces(instance: ContainerInstance, interfaces: Mapping[str, int]) -> int | None:
    """How many tasks with a network interface of their own an instance takes when it is empty: one interface is its
    own. None: not known."""
    if instance.trunk and (trunked := trunked_tasks(instance.instance_type)):
        return trunked
    return interfaces[instance.instance_type] - 1 if instance.instance_type in interfaces else None


def trunked_tasks(instance_type: str) -> int:
    """Tasks with an interface of their own on such an instance with a trunk, at least; 0: not known, or none."""
    kind = re.fullmatch(r"[mcr][5-9][a-z-]*\.(\w+)", instance_type)
    return _TRUNKED.get(kind[1], 0) if kind else 0


def _interfaces_left(instance: ContainerInstance, strategy: Strategy, most: int) -> int:
    whole, on_it = most_interfaces(instance, strategy.interfaces), instance.running_tasks + instance.pending_tasks
    if whole is None:
        return most
    taken = on_it if strategy.attached is None else strategy.attached.get(instance.arn, 0)
    return min(most, max(0, whole - taken))


def _has(instance: ContainerInstance, name: str, value: str) -> bool:
    return name in instance.attributes and value in ("", instance.attributes[name])


def _runs(instance: ContainerInstance, need: Need) -> bool:
    own = instance.attributes.get("ecs.cpu-architecture", "")
    return not own or not need.architecture or own.lower() == need.architecture.lower()


def _ports_left(instance: ContainerInstance, need: Need, most: int) -> int:
    if need.ports & instance.ports or need.ports_udp & instance.ports_udp:
        return 0
    return min(most, 1) if need.ports or need.ports_udp else most


def _times(left: int, need: int, most: int) -> int:
    return min(most, max(0, left) // need) if need > 0 else most
