"""The turns of a deployment: it begins, is superseded, completes, fails, is rolled back."""

from __future__ import annotations

from sandbox.ecs import texts
from sandbox.ecs.errors import EcsError
from sandbox.ecs.limits import breaker_threshold
from sandbox.ecs.model import Answer, Definition, Deployment, Service, ServiceDeployment, arn
from sandbox.ecs.state import State

OPEN = ("PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")
KEPT_IN_REVISION = ("launchType", "platformVersion", "loadBalancers", "networkConfiguration")


def begin(state: State, service: Service, definition: Definition) -> Deployment:
    """A new PRIMARY deployment of `definition`; what was under way is superseded."""
    now, deployment_id = state.clock.now(), f"ecs-svc/{state.number()}"
    for record in service.records:
        if record.status in OPEN:
            record.status, record.reason, record.times["stopRequestedAt"] = "STOP_REQUESTED", texts.SUPERSEDED, now
    for older in service.deployments:
        older.status = "ACTIVE"
    record = _record(state, service)
    revision = _revision(state, service, definition, record.target)
    deployment = Deployment(deployment_id, definition, revision, now, now, record)
    deployment.reason = texts.in_progress(deployment_id)
    deployment.fault = state.next_faults.pop((service.cluster, service.name), None)
    service.deployments.insert(0, deployment)
    service.records.insert(0, record)
    service.settings["taskDefinition"], service.steady = definition.arn, False
    return deployment


def _record(state: State, service: Service) -> ServiceDeployment:
    path = f"{service.cluster}/{service.name}"
    breaker = service.configuration.get("deploymentCircuitBreaker", {})
    record = ServiceDeployment(
        arn(service.region, f"service-deployment/{path}/{state.hexadecimal(20)}"),
        arn(service.region, f"service-revision/{path}/{state.number()}"),
        [one.revision_arn for one in service.deployments],
        state.clock.now(),
        dict(service.configuration),
    )
    record.breaker = "MONITORING" if breaker.get("enable") else "DISABLED"
    record.threshold = breaker_threshold(service.desired, breaker)
    return record


def _revision(state: State, service: Service, definition: Definition, revision_arn: str) -> str:
    images = [
        {
            "containerName": container["name"],
            "image": container["image"],
            "imageDigest": state.images.pull(container["image"], architecture(definition)).digest,
        }
        for container in definition.containers
    ]
    document: Answer = {key: service.settings[key] for key in KEPT_IN_REVISION if service.settings.get(key)}
    document |= {
        "serviceRevisionArn": revision_arn,
        "serviceArn": service.arn,
        "clusterArn": arn(service.region, f"cluster/{service.cluster}"),
        "taskDefinition": definition.arn,
        "containerImages": [{key: value for key, value in one.items() if value} for one in images],
        "guardDutyEnabled": False,
        "createdAt": state.clock.now(),
    }
    service.revisions[revision_arn] = document
    return revision_arn


def architecture(definition: Definition) -> str:
    named = definition.body.get("runtimePlatform", {}).get("cpuArchitecture", "X86_64")
    return "arm64" if named == "ARM64" else "amd64"


def complete(state: State, service: Service) -> None:
    """The PRIMARY deployment is the only one left and all its tasks are healthy."""
    deployment, now = service.primary, state.clock.now()
    deployment.state, deployment.reason = "COMPLETED", texts.completed(deployment.id)
    deployment.updated_at = now
    state.tell(service, f"(deployment {deployment.id}) deployment completed.")
    for record in service.records:
        if record.status == "ROLLBACK_IN_PROGRESS":
            _end(record, "ROLLBACK_SUCCESSFUL", state)
        elif record.status in OPEN and record is deployment.record:
            record.breaker = "MONITORING_COMPLETE" if record.breaker == "MONITORING" else record.breaker
            _end(record, "SUCCESSFUL", state)


def _end(record: ServiceDeployment, status: str, state: State) -> None:
    record.status = status
    stamp = "stoppedAt" if status == "STOPPED" else "finishedAt"
    record.times.setdefault(stamp, state.clock.now())


def settle(state: State, service: Service) -> None:
    """Moves service deployments through the states they do not stay in."""
    for record in service.records:
        if record.status == "PENDING":
            record.status = "IN_PROGRESS"
            record.times["startedAt"] = state.clock.now()
        elif record.status == "STOP_REQUESTED":
            _end(record, "STOPPED", state)
        elif record.status == "ROLLBACK_REQUESTED":
            roll_back(state, service, by_breaker=False)


def fail(state: State, service: Service) -> None:
    """The circuit breaker fired on the PRIMARY deployment."""
    deployment = service.primary
    breaker = service.configuration["deploymentCircuitBreaker"]
    deployment.record.breaker = "TRIGGERED"
    _mark_failed(state, service, deployment)
    if breaker.get("rollback"):
        roll_back(state, service, by_breaker=True)
    else:
        deployment.record.reason = texts.STOPPED_BY_BREAKER
        _end(deployment.record, "STOPPED", state)


def _mark_failed(state: State, service: Service, deployment: Deployment) -> None:
    deployment.state, deployment.reason = "FAILED", texts.TASKS_FAILED
    deployment.updated_at = state.clock.now()
    state.tell(service, f"(deployment {deployment.id}) deployment failed: tasks failed to start.")


def roll_back(state: State, service: Service, by_breaker: bool) -> None:
    """Makes the last COMPLETED deployment PRIMARY again; without one the deployment stalls (ECS facts 1.3)."""
    failed, now = service.primary, state.clock.now()
    failed.state = "FAILED"
    target = next((one for one in service.deployments if one.state == "COMPLETED"), None)
    if target is None:
        failed.record.reason = texts.NO_CANDIDATE
        _end(failed.record, "ROLLBACK_FAILED", state)
        return
    failed.status, target.status = "ACTIVE", "PRIMARY"
    target.state, target.reason = "IN_PROGRESS", texts.rolling_back(target.id, by_breaker)
    target.updated_at, target.retry_at = now, 0.0
    record, service.settings["taskDefinition"], service.steady = failed.record, target.definition.arn, False
    record.status = "ROLLBACK_IN_PROGRESS"
    record.reason = texts.ROLLED_BACK if by_breaker else texts.ROLLED_BACK_BY_REQUEST
    record.rollback = {"reason": record.reason, "startedAt": now, "serviceRevisionArn": target.revision_arn}
    state.tell(service, f"rolling back to deployment {target.id}.")


def request_stop(service: Service, deployment_arn: str) -> None:
    """StopServiceDeployment with ROLLBACK. Raises ServiceDeploymentNotFoundException, ConflictException."""
    record = next((one for one in service.records if one.arn == deployment_arn), None)
    if record is None:
        raise EcsError("ServiceDeploymentNotFoundException", "Service deployment not found.")
    if record.status not in OPEN:
        raise EcsError("ConflictException", f"Service deployment is already in a terminal state: {record.status}.")
    if record.status in ("PENDING", "IN_PROGRESS"):
        record.status = "ROLLBACK_REQUESTED"
