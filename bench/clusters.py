"""Random clusters in the sandbox: kinds of instances, states, other services' tasks, and a service to place more of."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from sandbox.ecs import hardware, machines
from sandbox.ecs.images import registry
from sandbox.ecs.model import Cluster, Instance, Params, Service
from sandbox.ecs.placement import subnet_zones
from sandbox.ecs.seed import PLATFORM
from sandbox.ecs.world import World

REGION, NAME, SUBJECT = "eu-west-1", "random", "subject"
SETTLE = 20.0
PORTS = (8080, 8081, 9000)
SPREADS = ("attribute:ecs.availability-zone", "instanceId")
MEMBER_OF = (
    "attribute:disk == fast",
    "attribute:disk in [fast, slow]",
    "attribute:disk !exists",
    "attribute:ecs.instance-type =~ m5.*",
    "attribute:disk exists && !(attribute:ecs.instance-type == t3.medium)",
    "attribute:disk == slow || attribute:ecs.availability-zone == eu-west-1a",
)


@dataclass
class Case:
    """One cluster, alone in the world; `rng` decides what is in it."""

    world: World
    rng: Random

    def build(self) -> None:
        """A cluster with other services' tasks on it and the subject, some of it stopping or out of order."""
        zones = [str(one.availability_zone) for one in hardware.subnets(REGION)]
        cluster = Cluster(REGION, NAME, zones)
        self.world.state.clusters = {(REGION, NAME): cluster}
        for number in range(self.rng.randint(1, 6)):
            one = self._instance(number, zones)
            cluster.instances[one.id] = one
        for number in range(self.rng.randint(0, 3)):
            self._service(f"other{number}", self.rng.randint(0, 5))
        self._service(SUBJECT, self.rng.randint(0, 3))
        self.world.tick(SETTLE)
        for name in [name for name in cluster.services if name != SUBJECT and self.rng.random() < 0.4]:
            self.world.act.scale(REGION, NAME, name, self.rng.randint(0, 2))
        for one in cluster.instances.values():
            self._put_out_of_order(one)
        self.world.tick(1.0)

    @property
    def cluster(self) -> Cluster:
        return self.world.state.clusters[(REGION, NAME)]

    @property
    def subject(self) -> Service:
        return self.cluster.services[SUBJECT]

    def zones_of_subnets(self) -> frozenset[str]:
        """Where the subject's tasks have subnets."""
        return subnet_zones(REGION, self.subject)

    def build_large(self, instances: int, fancy: bool) -> None:
        """A group of so many m5.large and a subject with two tasks; `fancy`: with all that could have to be read."""
        cluster = hardware.add_cluster(self.world.state, REGION, NAME, instances)
        container = {"name": "c0", "image": f"{registry(REGION)}/shop:v42", "cpu": 256, "memory": 512}
        body: Params = {"family": SUBJECT, "networkMode": "bridge", "containerDefinitions": [container]}
        self._create(SUBJECT, 2, body | ({"networkMode": "awsvpc"} if fancy else {}), [])
        self.world.tick(SETTLE)
        if not fancy:
            return
        hardware.add_capacity_provider(cluster)
        cluster.capacity_providers[0]["autoScalingGroupProvider"]["managedScaling"]["status"] = "ENABLED"
        self.subject.settings |= {"launchType": None, "capacityProviderStrategy": [{"capacityProvider": f"{NAME}-ecs"}]}

    def steady(self) -> bool:
        """Whether the subject has all its tasks, RUNNING and healthy, and at least one."""
        tasks = self.cluster.tasks_of(SUBJECT)
        return bool(tasks) and len(tasks) == self.subject.desired and all(one.steady for one in tasks)

    def placed(self) -> int:
        """Tasks of the subject that have an instance and are not told to stop."""
        return sum(one.placed and one.desired_status == "RUNNING" for one in self.cluster.tasks_of(SUBJECT))

    def tries(self) -> None:
        """The scheduler has its next turn now, and nothing stops meanwhile."""
        self.subject.primary.retry_at = 0.0
        self.world.tick(1e-6)

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _instance(self, number: int, zones: list[str]) -> Instance:
        kind = self.rng.choice(sorted(machines.KINDS))
        one = machines.made(f"{number:032x}", f"i-{number:017x}", self.rng.choice(zones), kind, trunk=self._chance(0.3))
        if self._chance(0.6):
            one.attributes["disk"] = self.rng.choice(("fast", "slow"))
        return one

    def _put_out_of_order(self, one: Instance) -> None:
        """A DRAINING one is not listed; the others are, and take nothing."""
        one.agent_connected = not self._chance(0.06)
        one.health = "IMPAIRED" if self._chance(0.05) else "OK"
        one.status = "DRAINING" if self._chance(0.06) else "ACTIVE"

    def _create(self, name: str, desired: int, body: Params, constraints: list[Params]) -> None:
        arn = self._call("RegisterTaskDefinition", body)["taskDefinition"]["taskDefinitionArn"]
        params: Params = {
            "cluster": NAME,
            "serviceName": name,
            "taskDefinition": arn,
            "desiredCount": desired,
            "placementConstraints": constraints,
            "placementStrategy": self._strategies(),
            "deploymentConfiguration": {"maximumPercent": self.rng.choice((150, 200)), "minimumHealthyPercent": 100},
        }
        if body["networkMode"] == "awsvpc":
            subnets = [str(one.id) for one in hardware.subnets(REGION)]
            chosen = self.rng.sample(subnets, self.rng.randint(1, len(subnets)))
            params["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": chosen}}
        self._call("CreateService", params)

    def _service(self, name: str, desired: int) -> None:
        self._create(name, desired, self.definition(name), self._constraints())

    def _call(self, operation: str, params: Params) -> Any:
        return self.world.call(operation, REGION, PLATFORM, params)

    def _constraints(self) -> list[Params]:
        found: list[Params] = [{"type": "distinctInstance"}] if self._chance(0.15) else []
        if self._chance(0.2):
            found.append({"type": "memberOf", "expression": self.rng.choice(MEMBER_OF)})
        return found

    def _strategies(self) -> list[Params]:
        spread = {"type": "spread", "field": self.rng.choice(SPREADS)}
        return self.rng.choice(([], [spread], [spread, {"type": "binpack", "field": "memory"}], [{"type": "random"}]))

    def definition(self, family: str) -> Params:
        """What a team might register: a task-level size or the containers', ports, GPUs, network modes, platforms."""
        mode = self.rng.choice(("bridge", "bridge", "host", "awsvpc"))
        containers = [self._container(number, mode) for number in range(self.rng.randint(1, 2))]
        if self._chance(0.15):
            containers[0]["resourceRequirements"] = [{"type": "GPU", "value": "1"}]
        body: Params = {"family": family, "networkMode": mode, "containerDefinitions": containers}
        if self._chance(0.3):
            body |= {"cpu": str(self.rng.choice((256, 512, 1024))), "memory": str(self.rng.choice((512, 2048, 4096)))}
        if self._chance(0.25):
            body["runtimePlatform"] = {"cpuArchitecture": self.rng.choice(("X86_64", "X86_64", "ARM64"))}
        if self._chance(0.1):
            body["placementConstraints"] = [{"type": "memberOf", "expression": self.rng.choice(MEMBER_OF)}]
        return body

    def _container(self, number: int, mode: str) -> Params:
        size = {"cpu": self.rng.choice((0, 64, 256, 512)), "memory": self.rng.choice((256, 900, 1500, 3000))}
        if self._chance(0.5):
            size["memoryReservation"] = self.rng.choice((128, 256, 700))
        container: Params = {"name": f"c{number}", "image": f"{registry(REGION)}/shop:v42", **size}
        if self._chance(0.25):
            port = PORTS[number] if mode == "host" else self.rng.choice((0, PORTS[number]))
            protocol = self.rng.choice(("tcp", "tcp", "udp"))
            container["portMappings"] = [{"containerPort": PORTS[number], "hostPort": port, "protocol": protocol}]
        if self._chance(0.08):
            container["logConfiguration"] = {"logDriver": self.rng.choice(("awslogs", "splunk"))}
        return container
