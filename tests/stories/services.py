"""The world of the stories: stacks of their own in tinystacks.yml, a service each on a cluster of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from moto.ecr.models import ecr_backends

from sandbox.ecs import hardware
from sandbox.ecs.act import SOMEBODY
from sandbox.ecs.model import ACCOUNT
from sandbox.ecs.seed import SECONDS_TO_SETTLE, document
from sandbox.ecs.world import World
from sandbox.whole import CONFIG

REGION, CLUSTER = "us-east-1", "stories"
_BREAKER = {"enable": True, "rollback": True}


def configured(stacks: Sequence[str], deadline: str, more: Mapping[str, Any]) -> str:
    """The sandbox's own tinystacks.yml, and the story's stacks."""
    known = yaml.safe_load(CONFIG.read_text())
    for name in stacks:
        stage = {"name": "staging", "cluster": CLUSTER, "service": name, "deadline": deadline} | more.get(name, {})
        known["stacks"][name] = {"stages": [stage]}
    return yaml.safe_dump(known)


def add_services(world: World, stacks: Sequence[str], breaker: Sequence[str] = ()) -> None:
    """One service of two tasks a stack on a cluster of their own, on v42 and steady."""
    hardware.add_cluster(world.state, REGION, CLUSTER, instances=max(3, len(stacks)))
    for name in stacks:
        circuit = _BREAKER if name in breaker else {"enable": False, "rollback": False}
        rules = {"maximumPercent": 200, "minimumHealthyPercent": 100, "deploymentCircuitBreaker": circuit}
        arn = world.act.register(REGION, **document(REGION, name, "shop", "v42"))
        wanted = {"cluster": CLUSTER, "serviceName": name, "taskDefinition": arn, "desiredCount": 2}
        world.call("CreateService", REGION, SOMEBODY, wanted | {"deploymentConfiguration": rules})
    world.tick(SECONDS_TO_SETTLE)
    world.state.clock.jump(-SECONDS_TO_SETTLE)


def push(world: World, tag: str, kind: str = "fine") -> str:
    """Another image under that tag; the answer is its digest."""
    name = f"{tag}-{len(world.state.images.behaviours)}"
    with world.lock:
        return world.state.images.push(REGION, "shop", (name, tag), world.now(), kind=kind)


def digest_of_tag(world: World, tag: str) -> str:
    """The digest that the tag stands at now."""
    with world.lock:
        images = list(ecr_backends[ACCOUNT][REGION].repositories["shop"].images)
    (image,) = [one for one in images if tag in one.image_tags]
    return str(image.get_image_digest())


def somebody_deploys(world: World, stack: str, tag: str) -> None:
    """By console or pipeline, past the bot."""
    arn = world.act.register(REGION, **document(REGION, stack, "shop", tag))
    world.act.update_service(REGION, CLUSTER, stack, taskDefinition=arn)
