"""ECS's answers about services and their deployments as frozen values (ECS facts 1.1, 1.7)."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.ecs import (
    Breaker,
    Deployment,
    DeploymentConfiguration,
    Service,
    ServiceDeployment,
    ServiceEvent,
    ServiceRevision,
)

Answer = Mapping[str, Any]


def service(answer: Answer) -> Service:
    """One of DescribeServices' `services[]`."""
    return Service(
        arn=answer["serviceArn"],
        name=answer["serviceName"],
        cluster_arn=answer["clusterArn"],
        status=answer["status"],
        desired=answer.get("desiredCount", 0),
        running=answer.get("runningCount", 0),
        pending=answer.get("pendingCount", 0),
        task_definition_arn=answer.get("taskDefinition", ""),
        deployments=tuple(deployment(one) for one in answer.get("deployments", ())),
        events=tuple(ServiceEvent(one["id"], one["createdAt"], one["message"]) for one in answer.get("events", ())),
        controller=answer.get("deploymentController", {}).get("type", "ECS"),
        scheduling_strategy=answer.get("schedulingStrategy", "REPLICA"),
        launch_type=answer.get("launchType"),
        capacity_providers=tuple(one["capacityProvider"] for one in answer.get("capacityProviderStrategy", ())),
        configuration=configuration(answer.get("deploymentConfiguration", {})),
        enable_execute_command=answer.get("enableExecuteCommand", False),
        service_deployment_arn=answer.get("currentServiceDeployment"),
        placement_constraints=constraints(answer.get("placementConstraints", ())),
        placement_strategies=tuple((one["type"], one.get("field", "")) for one in answer.get("placementStrategy", ())),
        capacity_strategy=tuple(
            (one["capacityProvider"], one.get("weight", 0), one.get("base", 0))
            for one in answer.get("capacityProviderStrategy", ())
        ),
        subnets=tuple(answer.get("networkConfiguration", {}).get("awsvpcConfiguration", {}).get("subnets", ())),
        zone_rebalancing=answer.get("availabilityZoneRebalancing") == "ENABLED",
    )


def constraints(answers: Sequence[Answer]) -> tuple[tuple[str, str], ...]:
    """A service's or task definition's `placementConstraints[]` as (type, expression)."""
    return tuple((one["type"], one.get("expression", "")) for one in answers)


def deployment(answer: Answer) -> Deployment:
    """One of a service's `deployments[]`."""
    return Deployment(
        id=answer["id"],
        status=answer["status"],
        task_definition_arn=answer["taskDefinition"],
        desired=answer.get("desiredCount", 0),
        pending=answer.get("pendingCount", 0),
        running=answer.get("runningCount", 0),
        failed_tasks=answer.get("failedTasks", 0),
        created_at=answer["createdAt"],
        rollout_state=answer.get("rolloutState"),
        rollout_state_reason=answer.get("rolloutStateReason", ""),
    )


def configuration(answer: Answer) -> DeploymentConfiguration:
    """A service's `deploymentConfiguration`; what is missing has ECS's own defaults."""
    breaker, alarms = answer.get("deploymentCircuitBreaker", {}), answer.get("alarms", {})
    return DeploymentConfiguration(
        maximum_percent=answer.get("maximumPercent", 200),
        minimum_healthy_percent=answer.get("minimumHealthyPercent", 100),
        breaker=breaker.get("enable", False),
        breaker_rollback=breaker.get("rollback", False),
        strategy=answer.get("strategy", "ROLLING"),
        alarms=tuple(alarms.get("alarmNames", ())) if alarms.get("enable") else (),
    )


def service_deployment(answer: Answer) -> ServiceDeployment:
    """One of DescribeServiceDeployments' or (with less in it) ListServiceDeployments' `serviceDeployments[]`."""
    counted = answer.get("deploymentCircuitBreaker")
    target = answer.get("targetServiceRevision", {}).get("arn") or answer.get("targetServiceRevisionArn", "")
    return ServiceDeployment(
        arn=answer["serviceDeploymentArn"],
        status=answer["status"],
        created_at=answer["createdAt"],
        status_reason=answer.get("statusReason", ""),
        finished_at=answer.get("finishedAt"),
        target_revision_arn=target,
        breaker=breaker_count(counted) if counted else None,
        rollback_reason=answer.get("rollback", {}).get("reason", ""),
    )


def service_revision(answer: Answer) -> ServiceRevision:
    """One of DescribeServiceRevisions' `serviceRevisions[]`."""
    return ServiceRevision(answer["serviceRevisionArn"], answer["taskDefinition"])


def breaker_count(answer: Answer) -> Breaker:
    """A service deployment's `deploymentCircuitBreaker`."""
    return Breaker(answer.get("status", ""), answer.get("failureCount", 0), answer.get("threshold", 0))
