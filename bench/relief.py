"""Takes one limiting factor out of a cluster's way, to see that it was what bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bench.clusters import REGION, Case
from sandbox.ecs import hardware
from sandbox.ecs.model import Params

PLENTY = 10**6


def relieve(case: Case, factors: Iterable[str]) -> None:
    """Nothing of that kind is short any more, for the subject's definition and every instance."""
    for factor in factors:
        RELIEF[factor](case)


def _body(case: Case) -> Params:
    return case.subject.primary.definition.body


def _more_cpu(case: Case) -> None:
    for one in case.cluster.instances.values():
        one.cpu += PLENTY


def _more_memory(case: Case) -> None:
    for one in case.cluster.instances.values():
        one.memory += PLENTY


def _no_ports(case: Case) -> None:
    for container in _body(case)["containerDefinitions"]:
        container["portMappings"] = []


def _more_gpus(case: Case) -> None:
    for one in case.cluster.instances.values():
        one.gpus += 100


def _no_interface(case: Case) -> None:
    """Only the interface: it takes no port of the host either, and a constraint keeps it in its subnets' zones."""
    _no_ports(case)
    zones = ", ".join(sorted(case.zones_of_subnets()))
    _body(case)["networkMode"] = "none"
    expression = f"attribute:ecs.availability-zone in [{zones}]"
    _body(case)["placementConstraints"].append({"type": "memberOf", "expression": expression})


def _not_distinct(case: Case) -> None:
    _drop(case, "distinctInstance")


def _no_expression(case: Case) -> None:
    _drop(case, "memberOf")


def _drop(case: Case, kind: str) -> None:
    for holder in (case.subject.settings, _body(case)):
        holder["placementConstraints"] = [one for one in holder["placementConstraints"] if one["type"] != kind]


def _no_attributes(case: Case) -> None:
    _body(case)["requiresAttributes"] = []


def _any_architecture(case: Case) -> None:
    _body(case).pop("runtimePlatform", None)


def _every_zone(case: Case) -> None:
    subnets = [str(one.id) for one in hardware.subnets(REGION)]
    case.subject.settings["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": subnets}}


RELIEF: dict[str, Callable[[Case], None]] = {
    "CPU": _more_cpu,
    "MEMORY": _more_memory,
    "PORTS": _no_ports,
    "GPU": _more_gpus,
    "ENI": _no_interface,
    "DISTINCT": _not_distinct,
    "CONSTRAINT": _no_expression,
    "ATTRIBUTES": _no_attributes,
    "ARCHITECTURE": _any_architecture,
    "ZONE": _every_zone,
}
