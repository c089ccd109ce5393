"""Clusters and what they stand on, made in moto: subnets, auto scaling groups, target groups."""

from __future__ import annotations

import os
from typing import Any

from moto.autoscaling.models import autoscaling_backends
from moto.core.base_backend import BackendDict
from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends
from moto.moto_api._internal import mock_random

from sandbox.ecs.fleet import follow
from sandbox.ecs.groups import HOOK
from sandbox.ecs.model import ACCOUNT, Cluster, arn
from sandbox.ecs.state import State

IMAGE = "ami-0123456789abcdef0"


def forget(seed: int) -> None:
    """Empties moto's stores, without the thousands of machine images it would load again for each region."""
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    BackendDict.reset()
    mock_random.seed(seed)


def subnets(region: str) -> list[Any]:
    """moto's default subnets, one in each of three zones."""
    found = ec2_backends[ACCOUNT][region].describe_subnets()
    return sorted(found, key=lambda subnet: str(subnet.availability_zone))[:3]


def add_cluster(
    state: State, region: str, name: str, instances: int = 0, kinds: tuple[str, ...] = ("m5.large",)
) -> Cluster:
    """A cluster; with `instances`, on an auto scaling group `NAME-ecs` over three zones, of these kinds in turn."""
    cluster = Cluster(region, name, [str(subnet.availability_zone) for subnet in subnets(region)], kinds=kinds)
    state.clusters[(region, name)] = cluster
    ecs_backends[ACCOUNT][region].create_cluster(name, [], [], {}, [], [])
    if instances:
        cluster.auto_scaling_group = f"{name}-ecs"
        _add_group(cluster, instances)
        follow(state, cluster, boot=0.0)
    return cluster


def _add_group(cluster: Cluster, instances: int) -> None:
    name, zones = cluster.auto_scaling_group or "", subnets(cluster.region)
    template = {"ImageId": IMAGE, "InstanceType": "m5.large"}
    ec2_backends[ACCOUNT][cluster.region].create_launch_template(name, "", template, {})
    autoscaling_backends[ACCOUNT][cluster.region].create_auto_scaling_group(
        name=name,
        availability_zones=[str(zone.availability_zone) for zone in zones],
        desired_capacity=instances,
        max_size=2 * instances,
        min_size=len(zones),
        launch_config_name="",
        launch_template={"LaunchTemplateName": name},
        vpc_zone_identifier=",".join(str(zone.id) for zone in zones),
        default_cooldown=None,
        health_check_period=None,
        health_check_type=None,
        load_balancers=[],
        target_group_arns=[],
        placement_group=None,
        termination_policies=[],
        tags=[],
    )


def add_capacity_provider(
    cluster: Cluster, scaling: bool = False, draining: bool = False, default: bool = False
) -> None:
    """The group as a capacity provider; `scaling`: ECS sizes the group, `draining`: an instance is emptied first,
    `default`: services of the cluster use it that name nothing else."""
    name, status = cluster.auto_scaling_group or "", {True: "ENABLED", False: "DISABLED"}
    backend = autoscaling_backends[ACCOUNT][cluster.region]
    provider = {
        "capacityProviderArn": arn(cluster.region, f"capacity-provider/{name}"),
        "name": name,
        "status": "ACTIVE",
        "autoScalingGroupProvider": {
            "autoScalingGroupArn": backend.autoscaling_groups[name].arn,
            "managedScaling": {"status": status[scaling], "targetCapacity": 100},
            "managedDraining": status[draining],
            "managedTerminationProtection": "DISABLED",
        },
    }
    cluster.capacity_providers.append(provider)
    if default:
        cluster.default_strategy.append({"capacityProvider": name, "weight": 1, "base": 0})
    if scaling:
        backend.autoscaling_groups[name].tags = [{"Key": "AmazonECSManaged", "Value": ""}]
    if draining:
        backend.create_lifecycle_hook("ecs-managed-draining-termination-hook", name, HOOK, 172800, "CONTINUE")


def add_target_group(region: str, name: str, port: int) -> str:
    """A target group of the default VPC; the answer is its ARN."""
    backend, vpc_id = elbv2_backends[ACCOUNT][region], subnets(region)[0].vpc_id
    group = backend.create_target_group(name, vpc_id=vpc_id, protocol="HTTP", port=str(port), target_type="ip")
    return str(group.arn)


def announce(region: str, cluster: str, service: str) -> None:
    """Lets moto's Application Auto Scaling know that the service exists."""
    ecs_backends[ACCOUNT][region].create_service(cluster, service, 0)
