"""Everything the simulated world knows, and the two or three questions all others ask of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from sandbox.ecs.clock import Clock
from sandbox.ecs.errors import client_error, cluster_not_found, service_not_found
from sandbox.ecs.images import Images
from sandbox.ecs.model import Answer, Cluster, Definition, Service


@dataclass
class State:
    """Clusters by (region, name), task definitions by (region, family) oldest first, faults still to come, what
    Auto Scaling groups live through (`groups.GroupLife`) by (region, name); by service ARN how busy it is
    (`metrics.Load`), what tracks it (`tracking.Tracker`) and what scaled it, newest first."""

    clock: Clock
    rng: Random
    images: Images = field(default_factory=Images)
    clusters: dict[tuple[str, str], Cluster] = field(default_factory=dict)
    definitions: dict[tuple[str, str], list[Definition]] = field(default_factory=dict)
    next_faults: dict[tuple[str, str], str] = field(default_factory=dict)
    stale_describes: int = 0
    no_ec2_capacity: bool = False
    groups: dict[tuple[str, str], Any] = field(default_factory=dict)
    loads: dict[str, Any] = field(default_factory=dict)
    trackers: dict[str, Any] = field(default_factory=dict)
    scalings: dict[str, list[Answer]] = field(default_factory=dict)

    def hexadecimal(self, digits: int = 32) -> str:
        return f"{self.rng.getrandbits(digits * 4):0{digits}x}"

    def number(self) -> str:
        return str(self.rng.randrange(10**18, 10**19))

    def cluster(self, region: str, name_or_arn: str | None) -> Cluster:
        """Raises ClusterNotFoundException."""
        found = self.clusters.get((region, (name_or_arn or "default").rpartition("/")[2]))
        if found is None:
            raise cluster_not_found()
        return found

    def service(self, region: str, cluster: str | None, name_or_arn: str) -> Service:
        """Raises ClusterNotFoundException or ServiceNotFoundException."""
        found = self.cluster(region, cluster).services.get(name_or_arn.rpartition("/")[2])
        if found is None:
            raise service_not_found()
        return found

    def services(self) -> list[tuple[Cluster, Service]]:
        return [(cluster, one) for cluster in self.clusters.values() for one in cluster.services.values()]

    def definition(self, region: str, name: str) -> Definition:
        """`family`, `family:revision` or an ARN; the family alone is its latest ACTIVE one. Raises ClientException."""
        family, _, revision = name.rpartition("/")[2].partition(":")
        revisions = self.definitions.get((region, family), [])
        active = [one for one in revisions if one.body["status"] == "ACTIVE"]
        wanted = [one for one in revisions if str(one.body["revision"]) == revision] if revision else active[-1:]
        if not wanted:
            raise client_error("Unable to describe task definition.")
        return wanted[0]

    def tell(self, service: Service, text: str) -> None:
        """A service event: real prefix, newest first, 100 kept (ECS facts 1.6)."""
        event: Answer = {
            "id": self.uuid(),
            "createdAt": self.clock.now(),
            "message": f"(service {service.name}) {text}",
        }
        service.events.insert(0, event)
        del service.events[100:]

    def uuid(self) -> str:
        digits = self.hexadecimal()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
