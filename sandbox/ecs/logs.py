"""What containers write: lines in moto's CloudWatch Logs, under ECS's stream names."""

from __future__ import annotations

from datetime import datetime
from random import Random

from moto.logs.models import logs_backends

from sandbox.ecs.model import ACCOUNT, Params, Task

START = ("INFO  starting {name}, revision {revision}", "INFO  listening on :{port}")
REQUESTS = (
    "INFO  GET /health 200 1ms",
    "INFO  GET /catalogue 200 {ms}ms",
    "INFO  POST /checkout 201 {ms}ms",
    "WARN  slow query 2{ms}ms: select * from orders where customer_id = $1",
)


def write_lines(task: Task, lines: tuple[str, ...], now: datetime, container: Params | None = None) -> None:
    """Writes to the `awslogs` stream of a container (by default the failing or first one); no such driver, nothing."""
    target = container or container_in_question(task)
    options = target.get("logConfiguration", {}).get("options", {})
    group, prefix = options.get("awslogs-group"), options.get("awslogs-stream-prefix")
    if not group or not prefix or not lines:
        return
    backend = logs_backends[ACCOUNT][options.get("awslogs-region", task.region)]
    stream = f"{prefix}/{target['name']}/{task.id}"
    backend.ensure_log_group(group)
    backend.ensure_log_stream(group, stream)
    at = int(now.timestamp() * 1000)
    backend.put_log_events(group, stream, [{"timestamp": at, "message": line} for line in lines])


def container_in_question(task: Task) -> Params:
    containers = task.definition.containers
    return next((one for one in containers if one["name"] == task.failing), containers[0])


def start_lines(task: Task) -> tuple[str, ...]:
    first = task.definition.containers[0]
    port = next((mapping["containerPort"] for mapping in first.get("portMappings", [])), 8080)
    return tuple(
        line.format(name=first["name"], revision=task.definition.body["revision"], port=port) for line in START
    )


def request_line(rng: Random) -> tuple[str, ...]:
    return (rng.choice(REQUESTS).format(ms=rng.randint(3, 90)),)


def lines_of(task: Task, limit: int) -> list[Params]:
    """The newest lines of all containers of a task, oldest first: {at (ms since 1970), container, message}."""
    found = [line for container in task.definition.containers for line in _written(task, container)]
    return sorted(found, key=lambda line: int(line["at"]))[-limit:]


def _written(task: Task, container: Params) -> list[Params]:
    options = container.get("logConfiguration", {}).get("options", {})
    groups = logs_backends[ACCOUNT][options.get("awslogs-region", task.region)].groups
    group = groups.get(options.get("awslogs-group"))
    stream = (
        group.streams.get(f"{options.get('awslogs-stream-prefix')}/{container['name']}/{task.id}") if group else None
    )
    events = stream.events if stream else []
    return [{"at": one.timestamp, "container": container["name"], "message": one.message} for one in events]
