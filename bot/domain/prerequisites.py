"""What a task needs outside itself before it can start: its execution role, its log groups (ECS facts 2)."""

from collections.abc import Iterator, Mapping

from bot.domain.ecs import Service
from bot.domain.images import image_of, in_ecr
from bot.domain.plans import Check, Level
from bot.domain.stacks import Stage
from bot.domain.targets import Target


def on_fargate(service: Service) -> bool:
    """Whether the service's tasks run on Fargate, by launch type or by its capacity providers."""
    providers = service.capacity_providers
    return service.launch_type == "FARGATE" or (bool(providers) and set(providers) <= {"FARGATE", "FARGATE_SPOT"})


def role_check(target: Target, repository: str) -> Check | None:
    """Secrets need an execution role everywhere; on Fargate ECR and awslogs do too (ECS developer guide, Task execution
    IAM role). None: nothing needs one."""
    needs = list(dict.fromkeys(_needs_of_role(target, repository)))
    role = target.definition.execution_role_arn
    if not needs:
        return None
    if role:
        return Check("execution role", Level.OK, f"Execution role {role.rsplit('/', 1)[-1]} is set.")
    sentence = f"{target.revision} has no execution role, but {' and '.join(needs)} need one: tasks cannot start."
    return Check("execution role", Level.BAD, f"{sentence} Register a revision with executionRoleArn first.")


def log_group_checks(stage: Stage, target: Target, log_groups: Mapping[str, bool]) -> tuple[Check, ...]:
    """One line for each log group that is known to be missing and that nobody will create."""
    options = [_awslogs(container) for container in _containers(target)]
    wanted = [one for one in options if one.get("awslogs-create-group") != "true"]
    regions = {one.get("awslogs-group", ""): one.get("awslogs-region") or stage.place.region for one in wanted}
    return tuple(_missing(group, region) for group, region in regions.items() if log_groups.get(group) is False)


def _missing(group: str, region: str) -> Check:
    command = f"aws logs create-log-group --region {region} --log-group-name {group}"
    return Check("log group", Level.BAD, f"Log group {group} does not exist: tasks cannot start. Create it: {command}")


def _needs_of_role(target: Target, repository: str) -> Iterator[str]:
    fargate = on_fargate(target.service)
    for container in _containers(target):
        if container.get("secrets"):
            yield "secrets"
        if fargate and _awslogs(container):
            yield "awslogs"
        if fargate and in_ecr(image_of(str(container.get("image", ""))).repository or ""):
            yield "images in ECR"
    if fargate and in_ecr(repository):
        yield "images in ECR"


def _containers(target: Target) -> list[Mapping[str, object]]:
    return list(target.definition.document.get("containerDefinitions") or ())


def _awslogs(container: Mapping[str, object]) -> Mapping[str, str]:
    logs = container.get("logConfiguration")
    if not isinstance(logs, Mapping) or logs.get("logDriver") != "awslogs":
        return {}
    return logs.get("options") or {}
