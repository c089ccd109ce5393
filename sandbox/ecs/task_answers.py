"""What the API shows of container instances, tasks and containers: plain dicts in the API's own shapes."""

from __future__ import annotations

from sandbox.ecs.attributes import attributes_of
from sandbox.ecs.model import Answer, Cluster, Instance, Task, arn
from sandbox.ecs.room import RESERVED_PORTS, Need, left_on, need_of
from sandbox.ecs.targets import address_of


def instance(one: Cluster, each: Instance) -> Answer:
    left = left_on(one, each)
    states = [task.last_status for task in one.tasks.values() if task.instance is each]
    whole = Need(each.cpu, each.memory, frozenset(RESERVED_PORTS), gpus=each.gpus)
    return {
        "containerInstanceArn": instance_arn(one, each),
        "ec2InstanceId": each.ec2_id,
        "status": each.status,
        "agentConnected": each.agent_connected,
        "version": 7,
        "versionInfo": {"agentVersion": "1.94.0", "agentHash": "8a2b1c3d", "dockerVersion": "DockerVersion: 25.0.8"},
        "runningTasksCount": states.count("RUNNING"),
        "pendingTasksCount": sum(state in ("PENDING", "ACTIVATING") for state in states),
        "registeredResources": resources(each, whole),
        "remainingResources": resources(each, left),
        "attributes": attributes(each),
        "tags": [],
    }


def instance_arn(one: Cluster, each: Instance) -> str:
    return arn(one.region, f"container-instance/{one.name}/{each.id}")


def resources(each: Instance, left: Need) -> list[Answer]:
    """Ports are those taken, GPUs those that are free."""
    numbers = {"longValue": 0, "doubleValue": 0.0}
    counted = (("CPU", left.cpu), ("MEMORY", left.memory))
    sets = {"PORTS": [str(port) for port in sorted(left.ports)], "PORTS_UDP": [str(p) for p in sorted(left.ports_udp)]}
    if each.gpus:
        sets["GPU"] = [f"GPU-{each.id[:8]}-{number}" for number in range(left.gpus)]
    sized = [{"name": name, "type": "INTEGER", **numbers, "integerValue": value} for name, value in counted]
    empty = {"type": "STRINGSET", **numbers, "integerValue": 0}
    return [*sized, *({"name": name, **empty, "stringSetValue": some} for name, some in sets.items())]


def attributes(each: Instance) -> list[Answer]:
    values = attributes_of(each)
    return [{"name": name, "value": value} if value else {"name": name} for name, value in values.items()]


def task(one: Cluster, each: Task, launch_type: str) -> Answer:
    need = need_of(each.definition)
    optional = {"stopCode": each.stop_code, "stoppedReason": each.stopped_reason}
    answer: Answer = {key: value for key, value in optional.items() if value} | each.times
    if each.instance:
        answer["containerInstanceArn"] = instance_arn(one, each.instance)
    elif not each.waiting:
        answer |= {"platformVersion": "1.4.0", "platformFamily": "Linux", "ephemeralStorage": {"sizeInGiB": 20}}
    return answer | {
        "taskArn": each.arn,
        "clusterArn": one.arn,
        "taskDefinitionArn": each.definition.arn,
        "group": f"service:{each.service}",
        "startedBy": each.started_by,
        "availabilityZone": each.zone,
        "launchType": launch_type,
        "cpu": str(need.cpu),
        "memory": str(need.memory),
        "lastStatus": each.last_status,
        "desiredStatus": each.desired_status,
        "healthStatus": each.health,
        "connectivity": "CONNECTED",
        "createdAt": each.created_at,
        "enableExecuteCommand": each.exec_enabled,
        "version": each.version,
        "overrides": {"containerOverrides": [{"name": item["name"]} for item in each.definition.containers]},
        "attachments": [_network_interface(each)] if need.interfaces and not each.waiting else [],
        "tags": [],
        "containers": [container(each, item) for item in each.definition.containers],
    }


def _network_interface(each: Task) -> Answer:
    details = {"privateIPv4Address": address_of(each), "networkInterfaceId": f"eni-{each.id[:17]}"}
    shown = [{"name": name, "value": value} for name, value in details.items()]
    return {"id": f"{each.id[:8]}-eni", "type": "ElasticNetworkInterface", "status": "ATTACHED", "details": shown}


def container(each: Task, one: Answer) -> Answer:
    failing = each.failed and one["name"] == each.failing
    answer: Answer = {
        "containerArn": arn(each.region, f"container/{each.cluster}/{each.id}/{one['name']}"),
        "taskArn": each.arn,
        "name": one["name"],
        "image": one["image"],
        "lastStatus": _container_status(each),
        "healthStatus": each.health if one.get("healthCheck") else "UNKNOWN",
        "cpu": str(one.get("cpu", 0)),
        "networkBindings": _bindings(each, one),
        "networkInterfaces": [],
    }
    answer |= {key: str(one[key]) for key in ("memory", "memoryReservation") if key in one}
    if one["name"] in each.digests:
        answer["imageDigest"] = each.digests[one["name"]]
    if "startedAt" in each.times:
        answer["runtimeId"] = f"{each.id}-{sum(one['name'].encode()):010d}" if not each.instance else each.id * 2
    return answer | _ending(each, failing) | _agent(each)


def _container_status(each: Task) -> str:
    if each.last_status in ("RUNNING", "DEACTIVATING", "STOPPING"):
        return "RUNNING"
    return "STOPPED" if each.last_status in ("STOPPED", "DEPROVISIONING") else "PENDING"


def _bindings(each: Task, one: Answer) -> list[Answer]:
    if "startedAt" not in each.times or each.instance is None:
        return []
    base = 32768 + int(each.id[:4], 16) % 28000
    return [
        {
            "bindIP": "0.0.0.0",
            "containerPort": mapping["containerPort"],
            "hostPort": mapping.get("hostPort") or base + place,
            "protocol": mapping.get("protocol", "tcp"),
        }
        for place, mapping in enumerate(one.get("portMappings", []))
    ]


def _ending(each: Task, failing: bool) -> Answer:
    if each.desired_status != "STOPPED":
        return {}
    answer: Answer = {}
    if each.last_status == "STOPPED" and "startedAt" in each.times:
        answer["exitCode"] = each.exit_code if failing or not each.failed else 0
    if failing and each.behaviour.reason:
        answer["reason"] = each.behaviour.reason
    elif failing and each.stop_code == "TaskFailedToStart":
        answer["reason"] = each.stopped_reason
    return answer


def _agent(each: Task) -> Answer:
    if not each.exec_enabled:
        return {}
    status = "STOPPED" if each.last_status == "STOPPED" else each.agent
    agent: Answer = {"name": "ExecuteCommandAgent", "lastStatus": status}
    if each.agent == "RUNNING":
        agent["lastStartedAt"] = each.times["startedAt"]
    return {"managedAgents": [agent]}
