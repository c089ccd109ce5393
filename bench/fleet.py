"""Many services: enough stacks and stages to have thirty rollouts under way at once, in two regions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.ecs import hardware
from sandbox.ecs.model import Deployment, Service
from sandbox.ecs.seed import PLATFORM, document
from sandbox.ecs.world import World

CLUSTERS = (("staging", "us-east-1", "many-staging"), ("prod", "eu-west-1", "many-prod"))
INSTANCES = 18
DESIRED = 4
SETTLE = 120.0


@dataclass(frozen=True)
class Member:
    """One stage of the fleet: stack `app01`, service of the same name. `highest`: maximumPercent."""

    stack: str
    stage: str
    region: str
    cluster: str
    breaker: bool = True
    highest: int = 200

    @property
    def title(self) -> str:
        """How the card calls it."""
        return f"{self.stack} → {self.stage}"


def members(count: int, breaker: bool = True, highest: int = 200) -> list[Member]:
    """Alternately in staging and prod."""
    numbered = ((number, CLUSTERS[number % len(CLUSTERS)]) for number in range(count))
    return [Member(f"app{number:02}", *where, breaker, highest) for number, where in numbered]


def add(world: World, fleet: Sequence[Member]) -> None:
    """Clusters and services on v42, COMPLETED and steady. Before the world starts."""
    world.state.clock.jump(-SETTLE)
    with world.lock:
        for region, cluster in dict.fromkeys((member.region, member.cluster) for member in fleet):
            hardware.add_cluster(world.state, region, cluster, instances=INSTANCES)
        for member in fleet:
            _create(world, member)
    world.tick(SETTLE)


def _create(world: World, member: Member) -> None:
    body = document(member.region, member.stack, "shop", "v42")
    answer = world.call("RegisterTaskDefinition", member.region, PLATFORM, body)
    target_group = hardware.add_target_group(member.region, member.stack, 8080)
    configuration = {
        "deploymentCircuitBreaker": {"enable": member.breaker, "rollback": member.breaker},
        "maximumPercent": member.highest,
        "minimumHealthyPercent": 100,
    }
    params = {
        "cluster": member.cluster,
        "serviceName": member.stack,
        "taskDefinition": answer["taskDefinition"]["taskDefinitionArn"],
        "desiredCount": DESIRED,
        "deploymentConfiguration": configuration,
        "loadBalancers": [{"targetGroupArn": target_group, "containerName": "app", "containerPort": 8080}],
        "healthCheckGracePeriodSeconds": 10,
    }
    world.call("CreateService", member.region, PLATFORM, params)


def write_config(path: Path, fleet: Sequence[Member]) -> Path:
    """`tinystacks.yml` of the fleet (JSON is YAML). People by id: groups are read anew at each confirmation, and Slack
    allows that twenty times a minute (Slack facts 1.3), which thirty deploys at once would run into."""
    names = dict.fromkeys(member.stack for member in fleet)
    common = {"region": "us-east-1", "channel": "C0DEPLOYS", "may_change": ["developers"], "deadline": "60m"}
    people = {"developers": ["U0ANA", "U0BO"]}
    body = {"version": 1, "workspace": "T0ACME", "people": people, "defaults": common}
    path.write_text(json.dumps(body | {"stacks": {name: _stack(name, fleet) for name in names}}))
    return path


def _stack(name: str, fleet: Sequence[Member]) -> dict[str, object]:
    return {"stages": [_stage(member) for member in fleet if member.stack == name]}


def _stage(member: Member) -> dict[str, str]:
    return {"name": member.stage, "region": member.region, "cluster": member.cluster, "service": member.stack}


def service_of(world: World, member: Member) -> Service:
    """What ECS knows of it."""
    found = world.state.services()
    return next(service for cluster, service in found if (cluster.name, service.name) == (member.cluster, member.stack))


def primary_of(world: World, member: Member) -> Deployment:
    """Its PRIMARY deployment."""
    with world.lock:
        return service_of(world, member).primary
