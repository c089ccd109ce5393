"""ECS's answers about container instances and capacity providers as frozen values (ECS facts 3.1, 3.2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.ecs import ContainerInstance
from bot.domain.groups import CapacityProvider

Answer = Mapping[str, Any]


def container_instance(answer: Answer) -> ContainerInstance:
    """One of DescribeContainerInstances' `containerInstances[]`. In `remainingResources`, PORTS are those taken."""
    left, registered = _resources(answer, "remainingResources"), _resources(answer, "registeredResources")
    attributes = {one["name"]: one.get("value", "") for one in answer.get("attributes", ())}
    return ContainerInstance(
        arn=answer["containerInstanceArn"],
        ec2_instance_id=answer.get("ec2InstanceId", ""),
        status=answer.get("status", ""),
        agent_connected=answer.get("agentConnected", False),
        cpu=_count(left, "CPU"),
        memory=_count(left, "MEMORY"),
        ports=_ports(left.get("PORTS", {})),
        ports_udp=_ports(left.get("PORTS_UDP", {})),
        zone=attributes.get("ecs.availability-zone", ""),
        attributes=attributes,
        agent_version=answer.get("versionInfo", {}).get("agentVersion", ""),
        gpus=len(left.get("GPU", {}).get("stringSetValue", ())),
        registered_cpu=_count(registered, "CPU"),
        registered_memory=_count(registered, "MEMORY"),
        registered_gpus=len(registered.get("GPU", {}).get("stringSetValue", ())),
        running_tasks=answer.get("runningTasksCount", 0),
        pending_tasks=answer.get("pendingTasksCount", 0),
        health=answer.get("healthStatus", {}).get("overallStatus", ""),
    )


def capacity_provider(answer: Answer) -> CapacityProvider:
    """One of DescribeCapacityProviders' `capacityProviders[]`; FARGATE and FARGATE_SPOT have no group."""
    group = answer.get("autoScalingGroupProvider", {})
    scaling = group.get("managedScaling", {})
    return CapacityProvider(
        name=answer["name"],
        group_arn=group.get("autoScalingGroupArn", ""),
        managed_scaling=scaling.get("status") == "ENABLED",
        managed_draining=group.get("managedDraining") == "ENABLED",
        managed_termination_protection=group.get("managedTerminationProtection") == "ENABLED",
        target_capacity=scaling.get("targetCapacity"),
    )


def _resources(answer: Answer, key: str) -> Mapping[str, Answer]:
    return {one["name"]: one for one in answer.get(key, ())}


def _count(resources: Mapping[str, Answer], name: str) -> int:
    return int(resources.get(name, {}).get("integerValue", 0))


def _ports(answer: Answer) -> frozenset[int]:
    ports: Iterable[str] = answer.get("stringSetValue", ())
    return frozenset(int(port) for port in ports)
