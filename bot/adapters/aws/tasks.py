"""ECS's answers about task definitions and tasks as frozen values (ECS facts 1.2, 2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.adapters.aws.services import constraints
from bot.domain.ecs import Container, ContainerDefinition, LogTarget, ManagedAgent, PortMapping, Task, TaskDefinition

Answer = Mapping[str, Any]


def task_definition(answer: Answer, tags: Sequence[Answer]) -> TaskDefinition:
    """DescribeTaskDefinition's `taskDefinition` with the `tags` that stand beside it."""
    return TaskDefinition(
        arn=answer["taskDefinitionArn"],
        family=answer["family"],
        revision=answer["revision"],
        status=answer.get("status", ""),
        containers=tuple(container_definition(one) for one in answer.get("containerDefinitions", ())),
        document=plain(answer),
        tags=tuple({"key": tag["key"], "value": tag.get("value", "")} for tag in tags),
        network_mode=answer.get("networkMode", "bridge"),
        cpu=_number(answer.get("cpu")),
        memory=_number(answer.get("memory")),
        execution_role_arn=answer.get("executionRoleArn"),
        task_role_arn=answer.get("taskRoleArn"),
        architecture=answer.get("runtimePlatform", {}).get("cpuArchitecture", "X86_64"),
        requires_attributes={one["name"]: one.get("value", "") for one in answer.get("requiresAttributes", ())},
        placement_constraints=constraints(answer.get("placementConstraints", ())),
        gpus=sum(map(gpus_of, answer.get("containerDefinitions", ()))),
    )


def gpus_of(answer: Answer) -> int:
    """How many GPUs one of `containerDefinitions[]` asks for."""
    wanted = (one for one in answer.get("resourceRequirements", ()) if one.get("type") == "GPU")
    return sum(_number(one.get("value")) or 0 for one in wanted)


def container_definition(answer: Answer) -> ContainerDefinition:
    """One of `containerDefinitions[]`. A health check whose command is NONE switches the image's own off."""
    logging = answer.get("logConfiguration", {})
    check = answer.get("healthCheck", {}).get("command", [])
    return ContainerDefinition(
        name=answer["name"],
        image=answer["image"],
        essential=answer.get("essential", True),
        cpu=answer.get("cpu", 0),
        memory=answer.get("memory"),
        memory_reservation=answer.get("memoryReservation"),
        ports=tuple(port_mapping(one) for one in answer.get("portMappings", ()) if "containerPort" in one),
        log_driver=logging.get("logDriver"),
        logs=log_target(logging),
        has_health_check=bool(check) and check[0] != "NONE",
    )


def port_mapping(answer: Answer) -> PortMapping:
    """One of `portMappings[]`; a range of ports has none."""
    return PortMapping(answer["containerPort"], answer.get("hostPort", 0), answer.get("protocol", "tcp"))


def log_target(answer: Answer) -> LogTarget | None:
    """Where `awslogs` writes; None for any other driver (ECS facts 2, Logs)."""
    options = answer.get("options", {})
    if answer.get("logDriver") != "awslogs" or "awslogs-group" not in options:
        return None
    return LogTarget(options["awslogs-group"], options.get("awslogs-stream-prefix"), options.get("awslogs-region"))


def task(answer: Answer) -> Task:
    """One of DescribeTasks' `tasks[]`."""
    return Task(
        arn=answer["taskArn"],
        task_definition_arn=answer["taskDefinitionArn"],
        last_status=answer.get("lastStatus", ""),
        desired_status=answer.get("desiredStatus", ""),
        containers=tuple(container(one) for one in answer.get("containers", ())),
        started_by=answer.get("startedBy", ""),
        health_status=answer.get("healthStatus", "UNKNOWN"),
        stop_code=answer.get("stopCode", ""),
        stopped_reason=answer.get("stoppedReason", ""),
        created_at=answer.get("createdAt"),
        started_at=answer.get("startedAt"),
        stopped_at=answer.get("stoppedAt"),
        zone=answer.get("availabilityZone", ""),
        launch_type=answer.get("launchType", ""),
        container_instance_arn=answer.get("containerInstanceArn"),
        group=answer.get("group", ""),
        capacity_provider=answer.get("capacityProviderName", ""),
        platform_version=answer.get("platformVersion", ""),
        platform_family=answer.get("platformFamily", ""),
        cpu=_number(answer.get("cpu")),
        memory=_number(answer.get("memory")),
        connectivity=answer.get("connectivity", ""),
        enable_execute_command=answer.get("enableExecuteCommand", False),
        role_arn=answer.get("overrides", {}).get("taskRoleArn", ""),
        interface=any(one.get("type") == "ElasticNetworkInterface" for one in answer.get("attachments", ())),
    )


def container(answer: Answer) -> Container:
    """One of a task's `containers[]`."""
    return Container(
        name=answer.get("name", ""),
        last_status=answer.get("lastStatus", ""),
        image=answer.get("image", ""),
        image_digest=answer.get("imageDigest"),
        exit_code=answer.get("exitCode"),
        reason=answer.get("reason", ""),
        health_status=answer.get("healthStatus", "UNKNOWN"),
        runtime_id=answer.get("runtimeId"),
        exec_agent=exec_agent(answer.get("managedAgents", ())),
    )


def exec_agent(answers: Sequence[Answer]) -> ManagedAgent | None:
    """The ExecuteCommandAgent among a container's `managedAgents[]`."""
    one = next((one for one in answers if one.get("name") == "ExecuteCommandAgent"), None)
    return ManagedAgent(one.get("lastStatus", ""), one.get("reason", ""), one.get("lastStartedAt")) if one else None


def plain(value: Any) -> Any:
    """The value with every time as ISO 8601, so that it survives JSON unchanged."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
