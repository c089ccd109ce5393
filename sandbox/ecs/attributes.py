"""Attributes of a container instance: what the agent registers, and what its kind and place add."""

from __future__ import annotations

from sandbox.ecs.model import Instance

CAPABILITIES: dict[str, str | None] = {
    "ecs.os-type": "linux",
    "ecs.cpu-architecture": "x86_64",
    "ecs.ami-id": "ami-0123456789abcdef0",
    "com.amazonaws.ecs.capability.logging-driver.awslogs": None,
    "com.amazonaws.ecs.capability.logging-driver.json-file": None,
    "com.amazonaws.ecs.capability.logging-driver.none": None,
    "com.amazonaws.ecs.capability.docker-remote-api.1.19": None,
    "com.amazonaws.ecs.capability.docker-remote-api.1.24": None,
    "com.amazonaws.ecs.capability.task-iam-role": None,
    "com.amazonaws.ecs.capability.ecr-auth": None,
    "ecs.capability.execution-role-awslogs": None,
    "ecs.capability.execution-role-ecr-pull": None,
    "ecs.capability.container-health-check": None,
    "ecs.capability.task-eni": None,
}


def attributes_of(one: Instance) -> dict[str, str | None]:
    """By name; None where the attribute has no value."""
    own = {"ecs.availability-zone": one.zone, "ecs.instance-type": one.instance_type}
    return CAPABILITIES | own | one.attributes
