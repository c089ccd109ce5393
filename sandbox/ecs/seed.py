"""The world as the demonstration finds it: three clusters, four services, their images and their past."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from moto.ecr.models import ecr_backends

from sandbox.ecs import hardware
from sandbox.ecs.images import registry
from sandbox.ecs.model import ACCOUNT, Params

if TYPE_CHECKING:
    from sandbox.ecs.world import World

ROLES = f"arn:aws:iam::{ACCOUNT}:role"
PLATFORM = f"arn:aws:sts::{ACCOUNT}:assumed-role/platform/terraform"
REGIONS = ("us-east-1", "eu-west-1")
REPOSITORIES = ("shop", "payload-svc", "web")
KINDS = {"v41": "fine", "v42": "fine", "v43": "fine", "v44": "crash", "v45": "oom", "v46": "health", "v47": "fine"}
ONLY_ARM = "v47"
FIRST, SECOND = -2 * 86400.0, -3 * 3600.0  # when v41 and v42 were deployed, seconds from now
SECONDS_TO_SETTLE = 120.0


def seed(world: World) -> None:
    """Fills an empty world; afterwards every service is COMPLETED and steady on its second deployment."""
    with world.lock:
        world.state.clock.jump(FIRST)
        for region in REGIONS:
            for name in REPOSITORIES:
                push_images(world, region, name)
        _clusters(world)
        _services(world, "v41")
    world.state.clock.jump(SECOND - FIRST)
    world.tick(SECONDS_TO_SETTLE)
    with world.lock:
        _upgrade(world, "v42")
    world.tick(SECONDS_TO_SETTLE)
    world.state.clock.jump(-SECOND - 2 * SECONDS_TO_SETTLE)
    with world.lock:
        _forget_stopped(world)


def _forget_stopped(world: World) -> None:
    for cluster in world.state.clusters.values():
        cluster.tasks = {key: one for key, one in cluster.tasks.items() if one.last_status != "STOPPED"}


def push_images(world: World, region: str, repository: str) -> None:
    """v41 to v47, a day apart; `latest` is what production runs, v42."""
    ecr_backends[ACCOUNT][region].create_repository(repository, None, {}, None, "MUTABLE", [])
    for age, (tag, kind) in enumerate(reversed(KINDS.items())):
        tags = (tag, "latest") if tag == "v42" else (tag,)
        what: Params = {"kind": kind, "architectures": ("arm64",) if tag == ONLY_ARM else ("amd64", "arm64")}
        world.state.images.push(region, repository, tags, world.now() - timedelta(days=age, hours=3), **what)


def _clusters(world: World) -> None:
    hardware.add_cluster(world.state, "us-east-1", "staging", instances=9)
    production = hardware.add_cluster(world.state, "eu-west-1", "prod", instances=9)
    hardware.add_capacity_provider(production)
    hardware.add_cluster(world.state, "us-east-1", "fargate")


def document(region: str, family: str, repository: str, tag: str) -> Params:
    """RegisterTaskDefinition's parameters for one container `app` on EC2, as a careful team writes them."""
    logs = {"awslogs-group": f"/ecs/{family}", "awslogs-region": region, "awslogs-stream-prefix": "ecs"}
    container: Params = {
        "name": "app",
        "image": f"{registry(region)}/{repository}:{tag}",
        "cpu": 256,
        "memory": 768,
        "memoryReservation": 512,
        "essential": True,
        "portMappings": [{"containerPort": 8080, "hostPort": 0, "protocol": "tcp", "name": "http"}],
        "environment": [{"name": "STAGE", "value": family}, {"name": "WORKERS", "value": "4"}],
        "secrets": [{"name": "API_KEY", "valueFrom": f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/{family}/api-key"}],
        "healthCheck": {"command": ["CMD-SHELL", "curl -fs localhost:8080/health"], "interval": 5, "retries": 2},
        "linuxParameters": {"initProcessEnabled": True},
        "logConfiguration": {"logDriver": "awslogs", "options": logs},
    }
    return {
        "family": family,
        "networkMode": "bridge",
        "requiresCompatibilities": ["EC2"],
        "taskRoleArn": f"{ROLES}/{family}-task",
        "executionRoleArn": f"{ROLES}/ecs-execution",
        "containerDefinitions": [container],
        "tags": [{"key": "team", "value": "storefront"}, {"key": "stage", "value": family}],
    }


def on_fargate(body: Params) -> Params:
    container = body["containerDefinitions"][0] | {"portMappings": [{"containerPort": 8080, "protocol": "tcp"}]}
    platform = {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}
    size = {"cpu": "512", "memory": "1024", "runtimePlatform": platform}
    return body | size | {
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [container],
    }  # fmt: skip


def _configuration(breaker: bool, highest: int, lowest: int) -> Params:
    circuit = {"enable": breaker, "rollback": breaker}
    return {"deploymentCircuitBreaker": circuit, "maximumPercent": highest, "minimumHealthyPercent": lowest}


# (region, cluster, service, repository, desired, deploymentConfiguration)
SERVICES = (
    ("us-east-1", "staging", "shop", "shop", 2, _configuration(False, 200, 100)),
    ("eu-west-1", "prod", "shop-prod", "shop", 4, _configuration(True, 150, 50)),
    ("us-east-1", "staging", "payload-svc", "payload-svc", 2, _configuration(True, 200, 100)),
    ("us-east-1", "fargate", "web", "web", 2, _configuration(True, 200, 100)),
)


def _register(world: World, region: str, cluster: str, family: str, image: tuple[str, str]) -> str:
    body = document(region, family, *image)
    body = on_fargate(body) if cluster == "fargate" else body
    answer = world.call("RegisterTaskDefinition", region, PLATFORM, body)
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def _services(world: World, tag: str) -> None:
    for region, cluster, name, repository, desired, configuration in SERVICES:
        target_group = hardware.add_target_group(region, name, 8080)
        body: Params = {
            "cluster": cluster,
            "serviceName": name,
            "taskDefinition": _register(world, region, cluster, name, (repository, tag)),
            "desiredCount": desired,
            "deploymentConfiguration": configuration,
            "enableExecuteCommand": True,
            "loadBalancers": [{"targetGroupArn": target_group, "containerName": "app", "containerPort": 8080}],
            "healthCheckGracePeriodSeconds": 10,
            "tags": [{"key": "team", "value": "storefront"}],
        }
        world.call("CreateService", region, PLATFORM, body | (_network(region) if cluster == "fargate" else {}))
        hardware.announce(region, cluster, name)


def _network(region: str) -> Params:
    subnets = [str(subnet.id) for subnet in hardware.subnets(region)]
    awsvpc = {"subnets": subnets, "securityGroups": ["sg-0a1b2c3d4e5f60718"], "assignPublicIp": "DISABLED"}
    return {
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "placementStrategy": [],
        "networkConfiguration": {"awsvpcConfiguration": awsvpc},
    }


def _upgrade(world: World, tag: str) -> None:
    for region, cluster, name, repository, _, _ in SERVICES:
        definition = _register(world, region, cluster, name, (repository, tag))
        params = {"cluster": cluster, "service": name, "taskDefinition": definition}
        world.call("UpdateService", region, PLATFORM, params)
