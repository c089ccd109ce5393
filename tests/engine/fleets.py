"""Stage staging on an Auto Scaling group, and what happens to its instances."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain.ecs import ContainerInstance
from tests.engine.house import STAGING, World

GROUP = "staging-asg"
SET, DRAIN = "SetDesiredCapacity", "UpdateContainerInstancesState"
END = "TerminateInstanceInAutoScalingGroup"
_ZONES = tuple(f"{STAGING.region}{letter}" for letter in "abc")


def arn_of(ec2_id: str) -> str:
    """What the cluster calls it."""
    return f"arn:aws:ecs:{STAGING.region}:111122223333:container-instance/staging/{ec2_id}"


def on_instances(world: World, size: int = 3, **group: Any) -> World:
    """So many instances. The first is the one that would leave: its launch template is the oldest, and both tasks of
    the service are on it."""
    ids = [f"i-{number}" for number in range(size)]
    world.groups.has_group(STAGING, GROUP, ids, **group)
    world.ecs.has_cluster(STAGING, *(_instance(name, _ZONES[at % 3]) for at, name in enumerate(ids)))
    world.groups.instance_is(STAGING, GROUP, ids[0], launch_template="lt-0:1")
    moves_to(world, ids[0])
    return world


def _instance(name: str, zone: str) -> ContainerInstance:
    attributes = {"ecs.availability-zone": zone, "ecs.instance-type": "m5.large"}
    return ContainerInstance(
        arn_of(name),
        name,
        "ACTIVE",
        True,
        2048,
        7764,
        zone=zone,
        attributes=attributes,
        registered_cpu=2048,
        registered_memory=7764,
    )


def moves_to(world: World, ec2_id: str) -> None:
    """All tasks run on that instance now."""
    for task in world.ecs.live_tasks(STAGING, "shop", None):
        world.ecs.task_is(STAGING, "shop", task.id, container_instance_arn=arn_of(ec2_id))
    for one in world.ecs.instances[STAGING.region, STAGING.cluster]:
        world.ecs.instance_is(STAGING, one.arn, running_tasks=2 * (one.ec2_instance_id == ec2_id))


def asked(world: World, call: str) -> list[Mapping[str, Any]]:
    """What EC2 Auto Scaling was asked by that name."""
    return [one.request for one in world.groups.asked(call)]


def writes(world: World) -> list[str]:
    """Every call that changes something, in ECS and in EC2, and was carried out."""
    done = (*world.ecs.carried_out, *world.groups.carried_out)
    return [one.call for one in done if one.who is not None]


def keeps(world: World, **fields: Any) -> None:
    """The service with these fields of its deployment configuration changed."""
    service = world.ecs.service(STAGING, "shop")
    world.ecs.sets(STAGING, "shop", configuration=replace(service.configuration, **fields))
