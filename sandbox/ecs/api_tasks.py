"""Tasks: listed, described, stopped by somebody."""

from __future__ import annotations

from sandbox.ecs import life
from sandbox.ecs.call import ApiCall, Operation, missing
from sandbox.ecs.errors import invalid
from sandbox.ecs.model import Answer, Task
from sandbox.ecs.task_answers import task as shown


def list_tasks(call: ApiCall) -> Answer:
    """RUNNING ones unless `desiredStatus` says otherwise; `startedBy` stands alone (ECS facts 1.9)."""
    if "startedBy" in call.params and ("serviceName" in call.params or "family" in call.params):
        raise invalid("Cannot specify startedBy with serviceName or family.")
    cluster = call.cluster
    if "serviceName" in call.params:
        call.state.service(call.region, call.params.get("cluster"), call.params["serviceName"])
    arns = [one.arn for one in cluster.tasks.values() if _matches(call, one)]
    return call.page("taskArns", arns)


def _matches(call: ApiCall, one: Task) -> bool:
    facts = {
        "serviceName": one.service,
        "startedBy": one.started_by,
        "family": one.definition.body["family"],
        "containerInstance": one.instance.id if one.instance else "",
        "launchType": "EC2" if one.instance else "FARGATE",
    }
    wanted = {key: str(call.params[key]) for key in facts if key in call.params}
    wanted = {key: value if key == "startedBy" else value.rpartition("/")[2] for key, value in wanted.items()}
    desired = call.params.get("desiredStatus", "RUNNING")
    return one.desired_status == desired and all(facts[key] == value for key, value in wanted.items())


def _find(call: ApiCall, name: str) -> Task | None:
    return call.cluster.tasks.get(name.rpartition("/")[2])


def describe_tasks(call: ApiCall) -> Answer:
    wanted = call.at_most("tasks", 100)
    if not wanted:
        raise invalid("Tasks cannot be empty.")
    found = [(name, _find(call, name)) for name in wanted]
    return {
        "tasks": [_show(call, one) for _, one in found if one],
        "failures": [missing(name) for name, one in found if one is None],
    }


def _show(call: ApiCall, one: Task) -> Answer:
    return shown(call.cluster, one, "EC2" if one.instance or one.waiting else "FARGATE")


def stop_task(call: ApiCall) -> Answer:
    one = _find(call, call.params["task"])
    if one is None:
        raise invalid("The referenced task was not found.")
    if one.desired_status == "RUNNING":
        cause = ("UserInitiated", call.params.get("reason") or "Task stopped by user")
        life.stop(one, cause, call.state.clock.now(), call.state.clock.elapsed)
    return {"task": _show(call, one)}


OPERATIONS: dict[str, Operation] = {
    "ListTasks": list_tasks,
    "DescribeTasks": describe_tasks,
    "StopTask": stop_task,
}
