"""AWS's own sentences, to the letter where published (ECS facts 1.5 and 1.6)."""

from __future__ import annotations

from collections.abc import Iterable

ROLLED_BACK = "Service deployment rolled back because the circuit breaker threshold was exceeded."
ROLLED_BACK_BY_REQUEST = "Service deployment rolled back because of a StopServiceDeployment request."  # unconfirmed
NO_CANDIDATE = "No rollback candidate was found to run the rollback."
SUPERSEDED = "Service deployment stopped because a new service deployment was started."  # unconfirmed
STOPPED_BY_BREAKER = "Service deployment stopped because the circuit breaker threshold was exceeded."  # unconfirmed
TASKS_FAILED = "ECS deployment circuit breaker: tasks failed to start."
STEADY = "has reached a steady state."
INCONSISTENT = "is unable to consistently start tasks successfully."
CANNOT_MOVE = (
    "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
    "Update the minimumHealthyPercent or maximumPercent value and try again."
)
NO_INSTANCE = "was unable to place a task because no container instance met all of its requirements."
NO_FARGATE = (
    "was unable to place a task. Reason: Capacity is unavailable at this time. "
    "Please try again later or in a different availability zone."
)


def in_progress(deployment_id: str) -> str:
    return f"ECS deployment {deployment_id} in progress."


def completed(deployment_id: str) -> str:
    return f"ECS deployment {deployment_id} completed."


def rolling_back(deployment_id: str, by_breaker: bool) -> str:
    prefix = "ECS deployment circuit breaker: " if by_breaker else "ECS deployment "
    return f"{prefix}rolling back to deploymentId {deployment_id}."


def scaling_activity(deployment_id: str) -> str:
    return f"Scaling activity initiated by (deployment {deployment_id})"


def listed(task_ids: Iterable[str]) -> str:
    return " ".join(f"(task {task_id})" for task_id in task_ids)


def unhealthy_target(task_id: str, port: int, target_group: str) -> str:
    codes = "(reason Health checks failed with these codes: [502])"
    return f"(task {task_id}) (port {port}) is unhealthy in (target-group {target_group}) due to {codes}."
