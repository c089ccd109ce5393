"""Clusters and container instances."""

from __future__ import annotations

from sandbox.ecs import answers
from sandbox.ecs.call import ApiCall, Operation, missing
from sandbox.ecs.errors import invalid
from sandbox.ecs.model import Answer, Instance, arn
from sandbox.ecs.placement import facts_of
from sandbox.ecs.query import meets
from sandbox.ecs.task_answers import instance, instance_arn


def list_clusters(call: ApiCall) -> Answer:
    arns = [one.arn for (region, _), one in sorted(call.state.clusters.items()) if region == call.region]
    return call.page("clusterArns", arns)


def describe_clusters(call: ApiCall) -> Answer:
    wanted = call.at_most("clusters", 100) or ["default"]
    found = {name: call.state.clusters.get((call.region, name.rpartition("/")[2])) for name in wanted}
    return {
        "clusters": [answers.cluster(one) for one in found.values() if one],
        "failures": [missing(_cluster_arn(call, name)) for name, one in found.items() if one is None],
    }


def _cluster_arn(call: ApiCall, name: str) -> str:
    return name if name.startswith("arn:") else arn(call.region, f"cluster/{name}")


def list_container_instances(call: ApiCall) -> Answer:
    cluster = call.cluster
    status, expression = call.params.get("status"), call.params.get("filter", "")
    found = [one for one in cluster.instances.values() if status in (None, one.status)]
    kept = [one for one in found if not expression or meets(expression, facts_of(cluster, one))]
    return call.page("containerInstanceArns", [instance_arn(cluster, one) for one in kept])


def _instances(call: ApiCall) -> tuple[list[Instance], list[str]]:
    cluster, wanted = call.cluster, call.at_most("containerInstances", 100)
    found = [(name, cluster.instances.get(name.rpartition("/")[2])) for name in wanted]
    return [one for _, one in found if one], [name for name, one in found if one is None]


def describe_container_instances(call: ApiCall) -> Answer:
    found, unknown = _instances(call)
    asked = "CONTAINER_INSTANCE_HEALTH" in call.params.get("include", [])
    health = [{"healthStatus": {"overallStatus": one.health, "details": []}} if asked else {} for one in found]
    return {
        "containerInstances": [instance(call.cluster, one) | more for one, more in zip(found, health, strict=True)],
        "failures": [missing(name) for name in unknown],
    }


def update_container_instances_state(call: ApiCall) -> Answer:
    """DRAINING takes no new tasks; the engine moves the service tasks that are there one by one."""
    if call.params["status"] not in ("ACTIVE", "DRAINING"):
        raise invalid("Container instance status must be one of [ACTIVE, DRAINING].")
    found, unknown = _instances(call)
    for one in found:
        one.status = call.params["status"]
    return {
        "containerInstances": [instance(call.cluster, one) for one in found],
        "failures": [missing(name) for name in unknown],
    }


def describe_capacity_providers(call: ApiCall) -> Answer:
    clusters = [one for (region, _), one in call.state.clusters.items() if region == call.region]
    providers = [provider for one in clusters for provider in one.capacity_providers]
    wanted = call.params.get("capacityProviders")
    shown = [one for one in providers if not wanted or one["name"] in wanted or one["capacityProviderArn"] in wanted]
    known = [one["name"] for one in shown] + [one["capacityProviderArn"] for one in shown]
    return {"capacityProviders": shown, "failures": [missing(name) for name in wanted or [] if name not in known]}


def list_tags_for_resource(call: ApiCall) -> Answer:
    arn_asked = call.params["resourceArn"]
    definitions = [one for revisions in call.state.definitions.values() for one in revisions]
    services = [service for _, service in call.state.services()]
    kept = {one.arn: one.tags for one in definitions} | {one.arn: one.tags for one in services}
    tags = kept.get(arn_asked)
    if tags is None:
        raise invalid("The specified resource was not found.")
    return {"tags": tags}


OPERATIONS: dict[str, Operation] = {
    "ListClusters": list_clusters,
    "DescribeClusters": describe_clusters,
    "ListContainerInstances": list_container_instances,
    "DescribeContainerInstances": describe_container_instances,
    "DescribeCapacityProviders": describe_capacity_providers,
    "ListTagsForResource": list_tags_for_resource,
    "UpdateContainerInstancesState": update_container_instances_state,
}
