"""Kinds of EC2 instances: what the container agent registers of each, and how many network interfaces it takes."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.ecs.model import Instance


@dataclass(frozen=True)
class Kind:
    """CPU units, MiB, GPUs; `interfaces`: MaximumNetworkInterfaces, `trunked`: tasks with one of their own where the
    instance has a trunk, 0: it can have none (ECS facts 3.1)."""

    cpu: int
    memory: int
    interfaces: int
    trunked: int = 0
    gpus: int = 0
    architecture: str = "x86_64"


KINDS = {
    "m5.large": Kind(2048, 7764, 3, 10),
    "m5.xlarge": Kind(4096, 15773, 4, 20),
    "c5.large": Kind(2048, 3735, 3, 10),
    "r5.large": Kind(2048, 15773, 3, 10),
    "t3.medium": Kind(2048, 3884, 3),
    "m6g.large": Kind(2048, 7704, 3, 10, architecture="arm64"),
    "g4dn.xlarge": Kind(4096, 15704, 3, gpus=1),
}


def made(id: str, ec2_id: str, zone: str, kind: str = "m5.large", trunk: bool = False) -> Instance:
    """An instance of that kind, with nothing on it."""
    what = KINDS[kind]
    attributes: dict[str, str | None] = {"ecs.cpu-architecture": what.architecture}
    if trunk and what.trunked:
        attributes["ecs.awsvpc-trunk-id"] = f"eni-{ec2_id.removeprefix('i-')}"
    return Instance(id, ec2_id, zone, what.cpu, what.memory, instance_type=kind, gpus=what.gpus, attributes=attributes)


def task_interfaces(instance: Instance) -> int:
    """How many tasks with a network interface of their own it takes; one interface is its own, one more its trunk's."""
    kind = KINDS[instance.instance_type]
    return kind.trunked if "ecs.awsvpc-trunk-id" in instance.attributes else kind.interfaces - 1
