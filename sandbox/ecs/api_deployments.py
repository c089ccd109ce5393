"""Service deployments and service revisions: the authoritative verdict (ECS facts 1.7)."""

from __future__ import annotations

from typing import Any

from sandbox.ecs import answers
from sandbox.ecs.call import ApiCall, Operation, missing
from sandbox.ecs.deployments import request_stop
from sandbox.ecs.errors import EcsError, invalid
from sandbox.ecs.model import Answer, Cluster, Service, ServiceDeployment


def list_service_deployments(call: ApiCall) -> Answer:
    """Newest first."""
    service, cluster = call.service, call.cluster
    found = [one for one in service.records if _matches(call.params, one)]
    briefs = [answers.service_deployment_brief(cluster, service, one) for one in found]
    return call.page("serviceDeployments", briefs, default=20)


def _matches(params: dict[str, Any], one: ServiceDeployment) -> bool:
    created, at = params.get("createdAt", {}), one.created_at.timestamp()
    after, before = created.get("after", 0), created.get("before", float("inf"))
    return after <= at <= before and one.status in (params.get("status") or [one.status])


def _of(call: ApiCall, arn: str) -> tuple[Cluster, Service] | None:
    cluster_name, service_name = [*arn.split("/"), "", ""][1:3]
    cluster = call.state.clusters.get((call.region, cluster_name))
    service = cluster.services.get(service_name) if cluster else None
    return (cluster, service) if cluster and service else None


def describe_service_deployments(call: ApiCall) -> Answer:
    found: list[Answer] = []
    failures: list[Answer] = []
    for arn in call.at_most("serviceDeploymentArns", 20):
        place = _of(call, arn)
        record = next((one for one in place[1].records if one.arn == arn), None) if place else None
        if place and record:
            found.append(answers.service_deployment(*place, record))
        else:
            failures.append(missing(arn))
    return {"serviceDeployments": found, "failures": failures}


def describe_service_revisions(call: ApiCall) -> Answer:
    found: list[Answer] = []
    failures: list[Answer] = []
    for arn in call.at_most("serviceRevisionArns", 20):
        place = _of(call, arn)
        if place and arn in place[1].revisions:
            found.append(place[1].revisions[arn])
        else:
            failures.append(missing(arn))
    return {"serviceRevisions": found, "failures": failures}


def stop_service_deployment(call: ApiCall) -> Answer:
    arn = call.params["serviceDeploymentArn"]
    if call.params.get("stopType", "ROLLBACK") != "ROLLBACK":
        raise invalid("stopType must be ROLLBACK.")
    place = _of(call, arn)
    if place is None:
        raise EcsError("ServiceDeploymentNotFoundException", "Service deployment not found.")
    request_stop(place[1], arn)
    return {"serviceDeploymentArn": arn}


OPERATIONS: dict[str, Operation] = {
    "ListServiceDeployments": list_service_deployments,
    "DescribeServiceDeployments": describe_service_deployments,
    "DescribeServiceRevisions": describe_service_revisions,
    "StopServiceDeployment": stop_service_deployment,
}
