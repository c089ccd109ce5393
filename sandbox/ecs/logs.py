"""What containers write: lines in moto's CloudWatch Logs, under ECS's stream names."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

from moto.logs.models import logs_backends

from sandbox.ecs.errors import EcsError
from sandbox.ecs.model import ACCOUNT, Answer, Params, Task

START = ("INFO  starting {name}, revision {revision}", "INFO  listening on :{port}")
MOST_EVENTS = 10_000
NEWEST_FIRST_SINCE = 1_704_067_200_000
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


def filtered(region: str, params: Params) -> Answer:
    """FilterLogEvents, which moto answers without a prefix of streams and in one direction only. Newest first where
    `startFromHead` is false; `endTime` is included."""
    group = logs_backends[ACCOUNT][region].groups.get(params["logGroupName"])
    if group is None:
        raise EcsError("ResourceNotFoundException", "The specified log group does not exist.")
    prefix, names = params.get("logStreamNamePrefix", ""), params.get("logStreamNames")
    since, until = params.get("startTime", 0), params.get("endTime", float("inf"))
    newest_first = params.get("startFromHead") is False
    if newest_first and since < NEWEST_FIRST_SINCE:
        raise EcsError("InvalidParameterException", "startFromHead false needs a startTime from 2024 on.")
    streams = [one for name, one in group.streams.items() if name.startswith(prefix) and (not names or name in names)]
    events = [(event, stream) for stream in streams for event in stream.events if since <= event.timestamp <= until]
    events.sort(key=lambda pair: (pair[0].timestamp, pair[0].event_id), reverse=newest_first)
    start, limit = int(params.get("nextToken") or 0), int(params.get("limit") or MOST_EVENTS)
    page = [_event(*pair) for pair in events[start : start + limit]]
    more = {"nextToken": str(start + limit)} if start + limit < len(events) else {}
    return {"events": page, "searchedLogStreams": [], **more}


def _event(event: Any, stream: Any) -> Params:
    return {**event.to_filter_dict(), "logStreamName": stream.log_stream_name}


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
