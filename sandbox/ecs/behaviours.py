"""How a container may behave, as data: what it does after it was started and what ECS says about it."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[float, float]  # seconds, from and to

ESSENTIAL = ("EssentialContainerExited", "Essential container in task exited")


@dataclass(frozen=True)
class Behaviour:
    """`ends_after` counts seconds from RUNNING (from PENDING when it never runs); None: it goes on for ever."""

    kind: str
    start: Span = (5.0, 12.0)
    ends_after: Span | None = None
    runs: bool = True
    exit_code: int | None = None
    reason: str | None = None
    stop: tuple[str, str] = ESSENTIAL
    lines: tuple[str, ...] = ()


# The secret is there so that whoever shows logs can prove that it masks them.
STACK_TRACE = (
    "INFO  reading configuration DATABASE_URL=postgres://user:secret@db.internal:5432/shop",
    'ERROR could not start: relation "orders" does not exist',
    "Traceback (most recent call last):",
    '  File "/app/server.py", line 41, in <module>',
    "    migrate(connect(os.environ['DATABASE_URL']))",
    '  File "/app/migrations.py", line 12, in migrate',
    "    raise MigrationError('relation \"orders\" does not exist')",
    'migrations.MigrationError: relation "orders" does not exist',
)
FINE = Behaviour("fine")
CRASH = Behaviour("crash", (5.0, 8.0), (1.0, 3.0), exit_code=1, lines=STACK_TRACE)
BEHAVIOURS = {
    "fine": FINE,
    "crash": CRASH,
    "slow_start": Behaviour("slow_start", (60.0, 90.0)),
    "oom": Behaviour(
        "oom",
        ends_after=(12.0, 16.0),
        exit_code=137,
        reason="OutOfMemoryError: Container killed due to memory usage",
        lines=("WARN  heap at 96 % of the limit", "WARN  cache grew to 418 MiB while serving /catalogue"),
    ),
    "health": Behaviour(
        "health",
        ends_after=(15.0, 20.0),
        exit_code=137,
        stop=("ServiceSchedulerInitiated", "Task failed container health checks"),
        lines=("ERROR /health answered 503: no answer from https://shop:secret@payments.internal/charge",),
    ),
    "elb_unhealthy": Behaviour(
        "elb_unhealthy",
        ends_after=(15.0, 20.0),
        exit_code=137,
        stop=("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group {target_group})"),
        lines=("GET /health 502 3ms",),
    ),
    "pull": Behaviour(
        "pull",
        ends_after=(12.0, 18.0),
        runs=False,
        stop=("TaskFailedToStart", "CannotPullContainerError: {pull_error}"),
    ),
}
DEPLOYMENT_FAULTS = (*BEHAVIOURS, "no_capacity", "stuck", "flaky_once")
"""What `faults.next_deployment` takes: a container's behaviour, or something only a deployment can have."""


def not_found(image: str) -> str:
    """The text for a tag that is not in the repository (ECS facts 2)."""
    return f"pull image manifest has been retried 5 time(s): failed to resolve ref {image}: {image}: not found"


def wrong_platform(platform: str) -> str:
    """The text for an image that does not exist for the instance's architecture."""
    retried = "pull image manifest has been retried 1 time(s)"
    return f"{retried}: no matching manifest for {platform} in the manifest list entries"
