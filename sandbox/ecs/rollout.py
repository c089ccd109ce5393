"""One step of a service: what its tasks did since, what that means for the deployment, what ECS does next."""

from __future__ import annotations

from sandbox.ecs import answers, launch, life, logs, texts
from sandbox.ecs.deployments import OPEN, complete, fail, settle
from sandbox.ecs.limits import Tally, bounds_of, cannot_move, retry_delay, starts, stops
from sandbox.ecs.model import Cluster, Deployment, Service, Task
from sandbox.ecs.state import State

KEPT_STOPPED = 3600.0  # seconds ECS shows a stopped task, at least (ECS facts 1.9)
INCONSISTENT_AFTER = 4
TALK_EVERY = 30.0  # seconds between two lines of a running container


def step(state: State, cluster: Cluster, service: Service) -> None:
    for task in cluster.tasks_of(service.name):
        _live(state, service, task)
    settle(state, service)
    _trip(state, service)
    _move(state, cluster, service)
    _forget(state, cluster, service)
    _finish(state, cluster, service)
    for record in service.records:
        if record.status not in OPEN and record.frozen is None:
            record.frozen = answers.service_deployment(cluster, service, record)


def _live(state: State, service: Service, task: Task) -> None:
    for name in life.due(task, state.clock.elapsed):
        life.enter(task, name, state.clock.now(), state.clock.elapsed)
        if name == "RUNNING":
            _ran(state, service, task)
        elif name == "STEADY":
            _became_healthy(service, task)
        elif name == "END":
            _ended(state, service, task)
            return
        elif name == "TALK":
            logs.write_lines(task, logs.request_line(state.rng), state.clock.now())
            task.steps.append((state.clock.elapsed + TALK_EVERY, "TALK"))


def _ran(state: State, service: Service, task: Task) -> None:
    for container in task.definition.containers:
        logs.write_lines(task, logs.start_lines(task), state.clock.now(), container)
    if task.behaviour.ends_after is None:
        task.steps.append((state.clock.elapsed + 2.0, "TALK"))
    for balancer in service.settings.get("loadBalancers", []):
        state.tell(service, f"registered 1 targets in (target-group {balancer['targetGroupArn']})")


def _deployment_of(service: Service, task: Task) -> Deployment | None:
    return next((one for one in service.deployments if one.id == task.started_by), None)


def _became_healthy(service: Service, task: Task) -> None:
    if any(container.get("healthCheck") for container in task.definition.containers):
        task.health = "HEALTHY"
    deployment = _deployment_of(service, task)
    if deployment is None:
        return
    deployment.failed_tasks, deployment.retry_at, deployment.refusals = 0, 0.0, 0
    deployment.told.clear()
    breaker = service.configuration.get("deploymentCircuitBreaker", {})
    if breaker.get("resetOnHealthyTask", True):
        deployment.breaker_failures = 0


def _ended(state: State, service: Service, task: Task) -> None:
    logs.write_lines(task, task.behaviour.lines, state.clock.now())
    target_group = next((one["targetGroupArn"] for one in service.settings.get("loadBalancers", [])), "")
    life.die(task, target_group, state.clock.now(), state.clock.elapsed)
    service.steady = False
    _tell_of_end(state, service, task, target_group)
    deployment = _deployment_of(service, task)
    if deployment is None:
        return
    launch.count_failure(deployment)
    deployment.updated_at = state.clock.now()
    delay = retry_delay(deployment.failed_tasks, ran=task.behaviour.runs)
    deployment.retry_at = state.clock.elapsed + delay
    if deployment.failed_tasks >= INCONSISTENT_AFTER and "inconsistent" not in deployment.told:
        deployment.told.add("inconsistent")
        state.tell(service, texts.INCONSISTENT)


def _tell_of_end(state: State, service: Service, task: Task, target_group: str) -> None:
    if task.behaviour.kind == "health":
        state.tell(service, f"(task {task.id}) failed container health checks.")
    elif task.behaviour.kind == "elb_unhealthy":
        port = next((one["containerPort"] for one in service.settings.get("loadBalancers", [])), 8080)
        state.tell(service, texts.unhealthy_target(task.id, port, target_group))


def _trip(state: State, service: Service) -> None:
    deployment = service.primary
    if deployment.record.status == "IN_PROGRESS":
        deployment.record.failures = deployment.breaker_failures
        breaker = service.configuration.get("deploymentCircuitBreaker", {})
        if breaker.get("enable") and deployment.breaker_failures >= deployment.record.threshold:
            fail(state, service)


def _tally(tasks: list[Task]) -> Tally:
    return Tally(sum(task.placed for task in tasks), sum(task.steady for task in tasks))


def _move(state: State, cluster: Cluster, service: Service) -> None:
    deployment = service.primary
    if deployment.state == "FAILED":
        return
    tasks = cluster.tasks_of(service.name)
    mine = [task for task in tasks if task.started_by == deployment.id and not _draining(task)]
    others = [task for task in tasks if task.placed and (task.started_by != deployment.id or _draining(task))]
    bounds = bounds_of(service.desired, service.configuration)
    new, old = _tally(mine), _tally(others)
    if (deployment.fault == "stuck" and old.placed) or cannot_move(bounds, new, old):
        _cannot_move(state, service)
        return
    healthy = [task for task in others if task.steady][: stops(bounds, new, old)]
    surplus = sorted((task for task in mine if task.placed), key=lambda task: not task.steady)[service.desired :]
    launch.stop(state, service, healthy + [task for task in others if not task.steady] + surplus)
    old = _tally([task for task in others if task.placed])
    count = starts(bounds, new, old)
    if count and state.clock.elapsed >= deployment.retry_at:
        launch.start(state, cluster, service, count)


def _draining(task: Task) -> bool:
    return task.instance is not None and task.instance.status == "DRAINING"


def _cannot_move(state: State, service: Service) -> None:
    if "move" not in service.primary.told:
        service.primary.told.add("move")
        state.tell(service, texts.CANNOT_MOVE)


def _forget(state: State, cluster: Cluster, service: Service) -> None:
    tasks = cluster.tasks_of(service.name)
    for task in tasks:
        if task.last_status == "STOPPED" and state.clock.elapsed - task.stopped_elapsed > KEPT_STOPPED:
            del cluster.tasks[task.id]
    alive = {task.started_by for task in tasks if task.last_status != "STOPPED"}
    rollback_target = next((one for one in service.deployments if one.state == "COMPLETED"), None)
    service.deployments = [
        one for one in service.deployments if one.status == "PRIMARY" or one.id in alive or one is rollback_target
    ]


def _finish(state: State, cluster: Cluster, service: Service) -> None:
    deployment = service.primary
    tasks = [task for task in cluster.tasks_of(service.name) if task.last_status != "STOPPED"]
    others = [task for task in tasks if task.started_by != deployment.id]
    settled = not others and len(tasks) == service.desired and all(task.steady for task in tasks)
    if not settled or deployment.state == "FAILED" or deployment.record.status == "ROLLBACK_REQUESTED":
        return
    if deployment.state == "IN_PROGRESS":
        complete(state, service)
        service.deployments = [deployment]
    if not service.steady:
        service.steady = True
        state.tell(service, texts.STEADY)
