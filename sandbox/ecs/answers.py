"""What the API shows of clusters, services and deployments: plain dicts in the API's own shapes."""

from __future__ import annotations

from sandbox.ecs.model import Answer, Cluster, Deployment, Service, ServiceDeployment

SHOWN_SETTINGS = (
    "loadBalancers", "serviceRegistries", "launchType", "capacityProviderStrategy", "platformVersion",
    "taskDefinition", "deploymentConfiguration", "placementConstraints", "placementStrategy", "networkConfiguration",
    "schedulingStrategy",
    "healthCheckGracePeriodSeconds", "deploymentController", "enableECSManagedTags", "propagateTags",
    "enableExecuteCommand", "availabilityZoneRebalancing",
)  # fmt: skip


def counts(cluster: Cluster, service: str, deployment_id: str | None = None) -> tuple[int, int]:
    """(runningCount, pendingCount)."""
    states = [task.last_status for task in cluster.tasks_of(service, deployment_id)]
    running = states.count("RUNNING")
    return running, sum(state in ("PROVISIONING", "PENDING", "ACTIVATING") for state in states)


def deployment(cluster: Cluster, service: Service, one: Deployment) -> Answer:
    running, pending = counts(cluster, service.name, one.id)
    answer: Answer = {
        "id": one.id,
        "status": one.status,
        "taskDefinition": one.definition.arn,
        "desiredCount": service.desired if one.status == "PRIMARY" else 0,
        "pendingCount": pending,
        "runningCount": running,
        "failedTasks": one.failed_tasks,
        "createdAt": one.created_at,
        "updatedAt": one.updated_at,
        "rolloutState": one.state,
        "rolloutStateReason": one.reason,
    }
    shared = ("launchType", "platformVersion", "networkConfiguration")
    return answer | {key: service.settings[key] for key in shared if service.settings.get(key)}


def service(cluster: Cluster, one: Service) -> Answer:
    running, pending = counts(cluster, one.name)
    in_order = sorted(one.deployments, key=lambda each: (each.status == "PRIMARY", each.created_at), reverse=True)
    shown = [each for each in in_order if each.status == "PRIMARY" or alive(cluster, one, each)]
    answer: Answer = {key: one.settings[key] for key in SHOWN_SETTINGS if key in one.settings}
    return answer | {
        "serviceArn": one.arn,
        "serviceName": one.name,
        "clusterArn": cluster.arn,
        "status": "ACTIVE",
        "desiredCount": one.desired,
        "runningCount": running,
        "pendingCount": pending,
        "deployments": [deployment(cluster, one, each) for each in shown],
        "events": list(one.events),
        "createdAt": one.created_at,
        "createdBy": one.created_by,
        "currentServiceDeployment": one.records[0].arn,
        "currentServiceRevisions": [revision_counts(cluster, one, each) for each in shown],
    }


def alive(cluster: Cluster, one: Service, each: Deployment) -> bool:
    return any(task.last_status != "STOPPED" for task in cluster.tasks_of(one.name, each.id))


def revision_counts(cluster: Cluster, one: Service, each: Deployment) -> Answer:
    running, pending = counts(cluster, one.name, each.id)
    requested = one.desired if each.status == "PRIMARY" else 0
    return {
        "arn": each.revision_arn,
        "requestedTaskCount": requested,
        "runningTaskCount": running,
        "pendingTaskCount": pending,
    }


def service_deployment(cluster: Cluster, one: Service, record: ServiceDeployment) -> Answer:
    """Counts are live while it lasts and frozen afterwards (ECS facts 1.7)."""
    if record.frozen is not None:
        return record.frozen
    known = {each.revision_arn: revision_counts(cluster, one, each) for each in one.deployments}
    gone = {"requestedTaskCount": 0, "runningTaskCount": 0, "pendingTaskCount": 0}
    answer: Answer = {
        **_identity(cluster, one, record),
        "sourceServiceRevisions": [known.get(source, {"arn": source, **gone}) for source in record.sources],
        "targetServiceRevision": known.get(record.target, {"arn": record.target, **gone}),
        "lifecycleStage": "SCALE_UP" if record.status == "IN_PROGRESS" else "CLEAN_UP",
        "deploymentConfiguration": record.configuration,
        "updatedAt": max([record.created_at, *record.times.values()]),
        "deploymentCircuitBreaker": {
            "status": record.breaker,
            "failureCount": record.failures,
            "threshold": record.threshold,
        },
        "alarms": {"status": "DISABLED"},
    }
    return answer | ({"rollback": record.rollback} if record.rollback else {})


def service_deployment_brief(cluster: Cluster, one: Service, record: ServiceDeployment) -> Answer:
    return _identity(cluster, one, record) | {"targetServiceRevisionArn": record.target}


def _identity(cluster: Cluster, one: Service, record: ServiceDeployment) -> Answer:
    times: Answer = {key: record.times[key] for key in ("startedAt", "finishedAt", "stoppedAt") if key in record.times}
    reason = {"statusReason": record.reason} if record.reason else {}
    return {
        "serviceDeploymentArn": record.arn,
        "serviceArn": one.arn,
        "clusterArn": cluster.arn,
        "status": record.status,
        "createdAt": record.created_at,
        **times,
        **reason,
    }


def cluster(one: Cluster) -> Answer:
    states = [task.last_status for task in one.tasks.values()]
    return {
        "clusterArn": one.arn,
        "clusterName": one.name,
        "status": "ACTIVE",
        "registeredContainerInstancesCount": len(one.instances),
        "runningTasksCount": states.count("RUNNING"),
        "pendingTasksCount": sum(state in ("PROVISIONING", "PENDING", "ACTIVATING") for state in states),
        "activeServicesCount": len(one.services),
        "statistics": [],
        "settings": [{"name": "containerInsights", "value": "disabled"}],
        "capacityProviders": [provider["name"] for provider in one.capacity_providers],
        "defaultCapacityProviderStrategy": one.default_strategy,
    }
