"""The life of one task: which state it enters at which second, and how it ends."""

from __future__ import annotations

from datetime import datetime
from random import Random

from sandbox.ecs.behaviours import Behaviour
from sandbox.ecs.model import Task

Step = tuple[float, str]
HEALTHY_AFTER = {True: (8.0, 11.0), False: (2.0, 4.0)}  # seconds after RUNNING, with and without a health check
STAMPS = {"PENDING": "pullStartedAt", "ACTIVATING": "pullStoppedAt", "RUNNING": "startedAt", "STOPPED": "stoppedAt"}


def steps_of(behaviour: Behaviour, rng: Random, born: float, checked: bool) -> list[Step]:
    """The states to come as (simulated second, name); AGENT, STEADY, TALK and END are no ECS states."""
    pending = born + rng.uniform(0.5, 1.5)
    if not behaviour.runs:
        return [(pending, "PENDING"), (pending + rng.uniform(*(behaviour.ends_after or (0, 0))), "END")]
    running = born + rng.uniform(*behaviour.start)
    steps = [(pending, "PENDING"), (running - 1.0, "ACTIVATING"), (running, "RUNNING"), (running + 3.0, "AGENT")]
    if behaviour.ends_after is None:
        steps.append((running + rng.uniform(*HEALTHY_AFTER[checked]), "STEADY"))
    else:
        steps.append((running + rng.uniform(*behaviour.ends_after), "END"))
    return sorted(steps)


def due(task: Task, elapsed: float) -> list[str]:
    """Takes the steps whose second has come off the task."""
    names = [name for at, name in task.steps if at <= elapsed]
    task.steps = [step for step in task.steps if step[0] > elapsed]
    return names


def enter(task: Task, name: str, now: datetime, elapsed: float) -> None:
    task.version += 1
    if name in STAMPS:
        task.times.setdefault(STAMPS[name], now)
    if name == "AGENT":
        task.agent = "RUNNING"
    elif name == "STEADY":
        task.steady = True
    elif name == "STOPPED":
        task.stopped_elapsed = elapsed
        task.times.setdefault("executionStoppedAt", now)
    if name not in ("AGENT", "STEADY", "END", "TALK"):
        task.last_status = name


def stop(task: Task, cause: tuple[str, str], now: datetime, elapsed: float) -> None:
    """Sends a task towards STOPPED with its (stopCode, stoppedReason); what ran gets a SIGTERM and ends with 143."""
    ran = "startedAt" in task.times
    task.stop_code, task.stopped_reason = cause
    task.desired_status, task.steady = "STOPPED", False
    task.times["stoppingAt"] = now
    task.last_status = "DEACTIVATING" if ran else "DEPROVISIONING"
    task.exit_code = 143 if ran and task.exit_code is None else task.exit_code
    task.steps = [(elapsed + 1.0, "STOPPING"), (elapsed + 3.0, "STOPPED")] if ran else [(elapsed + 1.0, "STOPPED")]
    task.version += 1


def die(task: Task, target_group: str, now: datetime, elapsed: float) -> None:
    """The end its behaviour has in store: crash, out of memory, failed health checks, image that cannot be pulled."""
    code, reason = task.behaviour.stop
    task.exit_code = task.behaviour.exit_code
    task.failed = True
    if task.behaviour.kind == "health":
        task.health = "UNHEALTHY"
    stop(task, (code, reason.format(target_group=target_group, pull_error=task.pull_error)), now, elapsed)
    if code != "ServiceSchedulerInitiated":
        task.steps = [(elapsed + 0.5, "STOPPED")]
