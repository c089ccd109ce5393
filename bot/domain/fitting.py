"""Whether the cluster can run the new tasks: their architecture, and room for them beside the old ones."""

from bot.domain.capacity import Forecast, surge_forecast, surge_of
from bot.domain.ecs import ContainerInstance, Image, Service
from bot.domain.plans import Check, Level
from bot.domain.prerequisites import on_fargate
from bot.domain.room_facts import Facts, room_of
from bot.domain.stacks import Stage
from bot.domain.targets import Target

_ECS_WORDS = {"amd64": "X86_64", "arm64": "ARM64"}
"""Docker's names of architectures to ECS's (`runtimePlatform.cpuArchitecture`)."""


def architecture_check(
    target: Target, image: Image | None, instances: tuple[ContainerInstance, ...] | None
) -> Check | None:
    """The image's architectures against what will run it. None: they are not known, and nobody could do more about that
    than about any other image."""
    if image is None or not image.architectures:
        return None
    hosts, built = _hosts(target, instances), {_ECS_WORDS.get(each, each) for each in image.architectures}
    needed = " or ".join(sorted(hosts))
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


def surge_check(stage: Stage, target: Target, instances: tuple[ContainerInstance, ...] | None) -> Check | None:
    """Whether ECS may move at all, and whether the new tasks have room beside the old ones. Only a warning, since it is
    a forecast. None: not known, or nothing to know."""
    service, surge = target.service, surge_of(target.service.desired, target.service.configuration)
    if service.scheduling_strategy != "REPLICA" or service.desired == 0:
        return None
    if not surge.can_move:
        return Check("room", Level.BAD, _stuck(stage, service))
    found = _forecast(target, instances)
    stoppable = _stoppable(service)
    if stoppable and (surge.must_stop_first or (found and not found.fits)):
        sentence = f"ECS may stop {stoppable} of {service.desired} old tasks first to make room for new ones."
        return Check("room", Level.OK, sentence)
    if found is None:
        return None
    if found.fits == found.of:
        return Check(
            "room", Level.OK, f"Room for {found.of} more task{'s' if found.of > 1 else ''} beside the old ones."
        )
    return Check("room", Level.WARNING, f"{_short_of(found)} {_way_out(service, found)}")


def _forecast(target: Target, instances: tuple[ContainerInstance, ...] | None) -> Forecast | None:
    """None where something that decides was not read: a preview of a deploy reads the instances alone."""
    if instances is None:
        return None
    strategy = room_of(target.service, target.definition, Facts(instances)).strategy
    found = surge_forecast(target.service, target.definition, instances, strategy)
    return None if found and found.unknown and found.fits == found.of else found


def _stoppable(service: Service) -> int:
    """Old tasks that may stop before new ones run (ECS developer guide, minimumHealthyPercent); only ROLLING does."""
    configuration = service.configuration
    kept = -(-service.desired * configuration.minimum_healthy_percent // 100)
    return max(0, service.desired - kept) if configuration.strategy == "ROLLING" else 0


def _stuck(stage: Stage, service: Service) -> str:
    most, least = service.configuration.maximum_percent, service.configuration.minimum_healthy_percent
    return (
        f"With maximumPercent {most} and minimumHealthyPercent {least} ECS can neither start nor stop one of "
        f"{service.desired} tasks, so no rollout ever moves. Raise the first: aws ecs update-service --region "
        f"{stage.place.region} --cluster {stage.place.cluster} --service {service.name} --deployment-configuration "
        f"maximumPercent=200,minimumHealthyPercent={least}"
    )


def _short_of(found: Forecast) -> str:
    where = f"{' and '.join(found.limiting)} is short on {found.on} of {found.instances} instances"
    why = "the cluster has no usable instance" if not found.instances else where
    return f"Room for {found.fits} of the {found.of} more tasks that ECS may start: {why}."


def _way_out(service: Service, found: Forecast) -> str:
    if found.fits:
        return "The rollout goes in smaller steps; add instances if it has to be quick."
    if service.capacity_providers:
        return "ECS waits until its capacity provider has added instances; expect minutes, or add one first."
    return "ECS waits until there is; add an instance first, or lower minimumHealthyPercent."


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
