"""Starting and stopping the tasks of a service: where they go, how they will behave, what ECS says about it."""

from __future__ import annotations

from sandbox.ecs import life, logs, texts
from sandbox.ecs.behaviours import BEHAVIOURS, Behaviour, not_found
from sandbox.ecs.deployments import architecture
from sandbox.ecs.model import Cluster, Deployment, Instance, Service, Task
from sandbox.ecs.placement import closest_matching, place
from sandbox.ecs.providers import provider_of
from sandbox.ecs.state import State

PLACEMENT_PAUSE = 10.0  # seconds between two attempts to place a task
ATTEMPTS_PER_FAILURE = 6


def start(state: State, cluster: Cluster, service: Service, count: int) -> None:
    """Starts up to `count` tasks of the PRIMARY deployment, as many as can be placed."""
    started = _started(state, cluster, service, count)
    if started:
        ids = texts.listed(task.id for task in started)
        state.tell(service, f"has started {len(started)} tasks: {ids}.")
        service.steady = False
    if len(started) < count:
        _refused(state, cluster, service)


def _started(state: State, cluster: Cluster, service: Service, count: int) -> list[Task]:
    """As many as have room: where one does not, another one like it does not either."""
    started: list[Task] = []
    while len(started) < count and (task := _start_one(state, cluster, service)):
        started.append(task)
    return started


def _start_one(state: State, cluster: Cluster, service: Service) -> Task | None:
    deployment = service.primary
    fargate = service.settings.get("launchType") == "FARGATE"
    if deployment.fault == "no_capacity":
        return None
    instance = None if fargate else place(cluster, service, deployment.definition)
    waits = instance is None and not fargate
    if waits and provider_of(cluster, service) is None:
        return None
    task = _task(state, cluster, service, instance)
    if waits:
        task.waiting, task.waiting_since, task.zone, task.steps = True, state.clock.elapsed, "", []
    cluster.tasks[task.id] = task
    deployment.attempts += 1
    return task


def place_waiting(state: State, cluster: Cluster, service: Service) -> None:
    """Tasks in PROVISIONING go to instances that have room by now."""
    for task in [one for one in cluster.tasks_of(service.name) if one.waiting and one.placed]:
        instance = place(cluster, service, task.definition)
        if instance is None:
            return
        task.instance, task.zone, task.waiting = instance, instance.zone, False
        checked = has_health_check(service, service.primary)
        task.steps = life.steps_of(task.behaviour, state.rng, state.clock.elapsed, checked)


def _task(state: State, cluster: Cluster, service: Service, instance: Instance | None) -> Task:
    deployment, now = service.primary, state.clock.now()
    task = Task(
        state.hexadecimal(),
        cluster.region,
        cluster.name,
        deployment.definition,
        service.name,
        deployment.id,
        instance.zone if instance else cluster.zones[len(cluster.tasks) % len(cluster.zones)],
        instance,
        now,
        exec_enabled=bool(service.settings.get("enableExecuteCommand")),
    )
    task.behaviour = _behaviour(state, deployment, task)
    checked = has_health_check(service, deployment)
    task.steps = life.steps_of(task.behaviour, state.rng, state.clock.elapsed, checked)
    return task


def _behaviour(state: State, deployment: Deployment, task: Task) -> Behaviour:
    """The deployment's fault if it has one, else the first image that is not fine."""
    containers = deployment.definition.containers
    pulls = [(one, state.images.pull(one["image"], architecture(deployment.definition))) for one in containers]
    task.digests = {one["name"]: pulled.digest for one, pulled in pulls if pulled.digest}
    container, pulled = next(((one, got) for one, got in pulls if got.behaviour.kind != "fine"), pulls[0])
    kind, task.failing = _fault(deployment), container["name"]
    task.pull_error = pulled.error or not_found(container["image"])
    return BEHAVIOURS[kind] if kind else pulled.behaviour


def _fault(deployment: Deployment) -> str | None:
    if deployment.fault == "flaky_once":
        return "crash" if deployment.attempts == 0 else None
    return deployment.fault if deployment.fault in BEHAVIOURS else None


def has_health_check(service: Service, deployment: Deployment) -> bool:
    checked = any(container.get("healthCheck") for container in deployment.definition.containers)
    return checked or bool(service.settings.get("loadBalancers"))


def _refused(state: State, cluster: Cluster, service: Service) -> None:
    deployment = service.primary
    deployment.refusals += 1
    deployment.retry_at = state.clock.elapsed + PLACEMENT_PAUSE
    if deployment.refusals % ATTEMPTS_PER_FAILURE == 0:
        count_failure(deployment)
    if "place" not in deployment.told:
        deployment.told.add("place")
        fargate = service.settings.get("launchType") == "FARGATE"
        closest = "" if fargate else closest_matching(cluster, service, deployment.definition)
        state.tell(service, texts.NO_FARGATE if fargate else texts.NO_INSTANCE + closest)


def count_failure(deployment: Deployment) -> None:
    deployment.failed_tasks += 1
    deployment.breaker_failures += 1


def stop(state: State, service: Service, tasks: list[Task]) -> None:
    """Stops tasks that are replaced or no longer wanted."""
    if not tasks:
        return
    running = [task for task in tasks if task.last_status == "RUNNING"]
    for task in tasks:
        cause = ("ServiceSchedulerInitiated", texts.scaling_activity(service.primary.id))
        life.stop(task, cause, state.clock.now(), state.clock.elapsed)
        logs.write_lines(task, ("INFO  SIGTERM received, draining",), state.clock.now())
    if running and service.settings.get("loadBalancers"):
        state.tell(service, f"has begun draining connections on {len(running)} tasks.")
    for kind, some in (("running", running), ("pending", [task for task in tasks if task not in running])):
        if some:
            state.tell(service, f"has stopped {len(some)} {kind} tasks: {texts.listed(task.id for task in some)}.")
    service.steady = False
