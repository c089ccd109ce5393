"""Task definitions: registered whole, every field kept, and answered with what ECS adds."""

from __future__ import annotations

import json
import re

from sandbox.ecs.call import ApiCall, Operation
from sandbox.ecs.errors import client_error
from sandbox.ecs.model import Answer, Definition, Params, arn

FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}")
CONTAINER_DEFAULTS: Params = {
    "cpu": 0, "portMappings": [], "essential": True, "environment": [], "mountPoints": [],
    "volumesFrom": [], "systemControls": [],
}  # fmt: skip
CAPABILITY = "com.amazonaws.ecs.capability"


def register_task_definition(call: ApiCall) -> Answer:
    body: Params = json.loads(json.dumps(call.params))
    family, tags = body.get("family", ""), body.pop("tags", [])
    if not FAMILY.fullmatch(family):
        raise client_error("Family contains invalid characters.")
    if not body.get("containerDefinitions"):
        raise client_error("Container list cannot be empty.")
    revisions = call.state.definitions.setdefault((call.region, family), [])
    revision = len(revisions) + 1
    definition = Definition(call.region, body | _added(call, body, revision), tags)
    revisions.append(definition)
    return {"taskDefinition": definition.body, "tags": tags}


def _added(call: ApiCall, body: Params, revision: int) -> Params:
    containers = [CONTAINER_DEFAULTS | _with_protocol(one) for one in body["containerDefinitions"]]
    return {
        "containerDefinitions": containers,
        "volumes": body.get("volumes", []),
        "placementConstraints": body.get("placementConstraints", []),
        "taskDefinitionArn": arn(call.region, f"task-definition/{body['family']}:{revision}"),
        "revision": revision,
        "status": "ACTIVE",
        "requiresAttributes": [{"name": name} for name in _required(body, containers)],
        "compatibilities": body.get("requiresCompatibilities") or ["EXTERNAL", "EC2"],
        "registeredAt": call.state.clock.now(),
        "registeredBy": call.caller,
    }


def _required(body: Params, containers: list[Params]) -> list[str]:
    """What ECS derives from the parameters: an instance's agent must be able to do it."""
    drivers = {one["logConfiguration"]["logDriver"] for one in containers if one.get("logConfiguration")}
    return [
        f"{CAPABILITY}.docker-remote-api.1.19",
        *(f"{CAPABILITY}.logging-driver.{driver}" for driver in sorted(drivers)),
        *(["ecs.capability.execution-role-awslogs"] if "awslogs" in drivers else []),
        *(["ecs.capability.task-eni"] if body.get("networkMode") == "awsvpc" else []),
    ]


def _with_protocol(container: Params) -> Params:
    mappings = [{"hostPort": 0, "protocol": "tcp"} | one for one in container.get("portMappings", [])]
    return container | {"portMappings": mappings}


def describe_task_definition(call: ApiCall) -> Answer:
    definition = call.state.definition(call.region, call.params["taskDefinition"])
    tags = {"tags": definition.tags} if "TAGS" in call.params.get("include", []) else {}
    return {"taskDefinition": definition.body} | tags


def deregister_task_definition(call: ApiCall) -> Answer:
    definition = call.state.definition(call.region, call.params["taskDefinition"])
    definition.body |= {"status": "INACTIVE", "deregisteredAt": call.state.clock.now()}
    return {"taskDefinition": definition.body}


def list_task_definitions(call: ApiCall) -> Answer:
    """By family, then revision; `familyPrefix` is a whole family name, as the API has it."""
    prefix, status = call.params.get("familyPrefix"), call.params.get("status", "ACTIVE")
    found = [
        one
        for (region, family), revisions in sorted(call.state.definitions.items())
        for one in revisions
        if region == call.region and prefix in (None, family) and one.body["status"] == status
    ]
    found = found[::-1] if call.params.get("sort") == "DESC" else found
    return call.page("taskDefinitionArns", [one.arn for one in found])


def list_task_definition_families(call: ApiCall) -> Answer:
    prefix = call.params.get("familyPrefix", "")
    families = sorted(family for region, family in call.state.definitions if region == call.region)
    return call.page("families", [family for family in families if family.startswith(prefix)])


OPERATIONS: dict[str, Operation] = {
    "RegisterTaskDefinition": register_task_definition,
    "DescribeTaskDefinition": describe_task_definition,
    "DeregisterTaskDefinition": deregister_task_definition,
    "ListTaskDefinitions": list_task_definitions,
    "ListTaskDefinitionFamilies": list_task_definition_families,
}
