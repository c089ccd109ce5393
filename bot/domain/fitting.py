"""Whether the cluster can run the new tasks: their architecture, and room for them beside the old ones."""

from bot.domain.ecs import ContainerInstance, Image
from bot.domain.plans import Check, Level
from bot.domain.prerequisites import on_fargate
from bot.domain.targets import Target

_ECS_WORDS = {"amd64": "X86_64", "arm64": "ARM64"}
"""Docker's names of architectures to ECS's (`runtimePlatform.cpuArchitecture`)."""


def architecture_check(
    target: Target, image: Image | None, instances: tuple[ContainerInstance, ...] | None
) -> Check | None:
    """The image's architectures against what will run it. None: the registry is unknown, which is said elsewhere."""
    if image is None:
        return None
    hosts, built = _hosts(target, instances), {_ECS_WORDS.get(each, each) for each in image.architectures}
    needed = " or ".join(sorted(hosts))
    if not built:
        sentence = f"ECR does not say for which architecture the image is built. Make sure it is {needed}."
        return Check("architecture", Level.WARNING, sentence)
    made = " and ".join(sorted(built))
    if not hosts & built:
        sentence = f"The image is built for {made}, but the tasks run on {needed}. Build it for {needed}"
        return Check("architecture", Level.BAD, f"{sentence}: docker buildx build --platform {_platforms(hosts)}")
    if hosts - built:
        sentence = (
            f"The image is built for {made}; the cluster also has {' and '.join(sorted(hosts - built))} instances,"
        )
        return Check("architecture", Level.WARNING, f"{sentence} where it cannot start. Build it for both.")
    return Check("architecture", Level.OK, f"Built for {made}, which is what runs here.")


def _hosts(target: Target, instances: tuple[ContainerInstance, ...] | None) -> set[str]:
    """Architectures a task may land on. Without a runtimePlatform ECS places EC2 tasks on any instance; Fargate then
    takes X86_64 (ECS developer guide, Task definition parameters)."""
    platform = target.definition.document.get("runtimePlatform") or {}
    if platform.get("cpuArchitecture") or on_fargate(target.service):
        return {target.definition.architecture}
    found = (i.attributes.get("ecs.cpu-architecture", "") for i in instances or () if i.status == "ACTIVE")
    return {name.upper() for name in found if name} or {target.definition.architecture}


def _platforms(hosts: set[str]) -> str:
    return ",".join(f"linux/{docker}" for docker, ecs in _ECS_WORDS.items() if ecs in hosts)
