"""What a change is about to touch, as it was read: which container is meant, what is in the way, what to go back to."""

from dataclasses import dataclass

from bot.domain.ecs import Image, Service, TaskDefinition
from bot.domain.errors import NotPossible
from bot.domain.images import Reference, image_of
from bot.domain.scaling import ScalingBounds
from bot.domain.stacks import Stage


@dataclass(frozen=True, slots=True)
class Target:
    """What a change is about to touch: the service, the task definition it runs, and, where the registry knows it, the
    image that the target container runs now. `bounds`: of its autoscaling; None: it has none, or it may not be read."""

    service: Service
    definition: TaskDefinition
    image: Image | None = None
    bounds: ScalingBounds | None = None

    @property
    def revision(self) -> str:
        """`family:7`."""
        return f"{self.definition.family}:{self.definition.revision}"


def target_container(stage: Stage, definition: TaskDefinition) -> str:
    """The container whose image a deploy changes: the stage's, else the only one, else the one whose image is in the
    stage's repository. Raises NotPossible where none or several would do."""
    names = [container.name for container in definition.containers]
    if stage.container:
        if stage.container in names:
            return stage.container
        raise _unclear(stage, definition, f"there is no container “{stage.container}” in it")
    if len(names) == 1:
        return names[0]
    matching = [c.name for c in definition.containers if image_of(c.image).repository == stage.repository]
    if len(matching) != 1:
        raise _unclear(stage, definition, "I cannot tell which container to change")
    return matching[0]


def repository_of(stage: Stage, target: Target, reference: Reference) -> str:
    """Where the image is looked up: as typed, else the stage's repository, else the one that runs now. `shop:v42`
    typed means the stage's own `registry/shop`: nobody types registry hosts."""
    own = stage.repository or running_repository(stage, target)
    typed = reference.repository or own
    return own if own.endswith(f"/{typed}") else typed


def running_repository(stage: Stage, target: Target) -> str:
    """The repository of the image that the target container runs now."""
    container = target.definition.container(target_container(stage, target.definition))
    return (image_of(container.image).repository or "") if container else ""


def obstacle(service: Service) -> NotPossible | None:
    """What makes the service undeployable as it stands; None: nothing does."""
    if service.status != "ACTIVE":
        fact = f"Service {service.name} is {service.status}, so nothing can be deployed to it."
        return NotPossible(fact, "Create the service again, or name another one in tinystacks.yml.")
    if service.controller != "ECS":
        fact = f"Service {service.name} is deployed by {service.controller}, not by ECS itself."
        return NotPossible(fact, f"Deploy it through {service.controller}; I only do ECS rolling deployments.")
    return None


def last_good(service: Service) -> str:
    """ARN of the task definition to go back to: what last completed, else what the service asks for now."""
    completed = (d for d in service.deployments if d.rollout_state == "COMPLETED")
    primary = service.primary
    if primary is None or primary.rollout_state in (None, "COMPLETED"):
        return service.task_definition_arn
    return next((d.task_definition_arn for d in completed), service.task_definition_arn)


def has_completed(service: Service) -> bool:
    """Whether what last_good names did complete, as far as ECS says."""
    primary = service.primary
    if primary is None or primary.rollout_state is None:
        return settled(service)
    return any(one.rollout_state == "COMPLETED" for one in service.deployments)


def settled(service: Service) -> bool:
    """Whether no rollout is under way and the last one ended well, as far as ECS says."""
    primary = service.primary
    if primary is None or primary.rollout_state is None:
        return len(service.deployments) <= 1 and service.running == service.desired
    return primary.rollout_state == "COMPLETED"


def _unclear(stage: Stage, definition: TaskDefinition, why: str) -> NotPossible:
    names = ", ".join(container.name for container in definition.containers) or "none"
    return NotPossible(
        f"{definition.family}:{definition.revision} has these containers: {names}; {why}.",
        f"Set container: to one of them for stage {stage.name} of stack {stage.stack} in tinystacks.yml.",
    )
