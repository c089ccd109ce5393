"""What a command reads before it decides; independent calls side by side."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from bot.domain.checks import Seen
from bot.domain.ecs import Image
from bot.domain.errors import AccessDenied, NotFound, Refusal
from bot.domain.images import Reference, image_of
from bot.domain.people import Person
from bot.domain.scaling import ScalingBounds
from bot.domain.stacks import Stage
from bot.domain.targets import Target, obstacle, repository_of, running_repository
from bot.engine.locks import own_lock, standing_hold
from bot.engine.ports import Ports


def read_target(ports: Ports, stage: Stage) -> Target:
    """The service and what it runs. Raises NotFound for a service or cluster that is gone; what AWS raises."""
    services = ports.ecs.describe_services(stage.place, [stage.service])
    if stage.service not in services:
        where = f"cluster {stage.place.cluster} ({stage.place.region})"
        raise NotFound("service", stage.service, where)
    service = services[stage.service]
    hindrance = obstacle(service)
    if hindrance and not service.task_definition_arn:
        raise hindrance
    return Target(service, ports.ecs.describe_task_definition(stage.place, service.task_definition_arn))


def read_for_deploy(ports: Ports, stage: Stage, reference: Reference, person: Person) -> tuple[Target, Seen]:
    """Everything that a deploy by `person` looks at: the target first, the rest in parallel."""
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="read") as pool:
        instances = pool.submit(or_none, lambda: ports.ecs.describe_container_instances(stage.place))
        bounds = pool.submit(scaling_bounds, ports, stage)
        in_channel = pool.submit(or_none, lambda: ports.chat.channel(stage.channel_id).member)
        target = read_target(ports, stage)
        running = pool.submit(or_none, lambda: running_image(ports, stage, target))
        groups = pool.submit(log_groups, ports, stage, target)
        image = ports.images.image(stage.place, repository_of(stage, target, reference), wanted_of(reference))
        target = replace(target, image=running.result(), bounds=bounds.result())
    seen = Seen(image, reference, instances.result(), None, in_channel.result(), groups.result())
    return target, with_our_rows(ports, stage, seen, person)


def with_our_rows(ports: Ports, stage: Stage, seen: Seen, person: Person) -> Seen:
    """What we know ourselves: which change has the stage, and what keeps this person out of it."""
    now = ports.now()
    with ports.store.transaction() as tx:
        return replace(
            seen,
            running_change=tx.running_change(stage.stack, stage.name),
            hold=standing_hold(tx, stage, "deploy", person, now),
            own_lock=own_lock(tx, stage, person, now) is not None,
        )


def scaling_bounds(ports: Ports, stage: Stage) -> ScalingBounds | None:
    """None: the service is not scaled by itself, or that may not be read. Raises Unavailable."""
    try:
        return ports.scaling.bounds(stage.place, stage.service)
    except AccessDenied:
        return None


def newest_images(ports: Ports, stage: Stage, most: int) -> tuple[Target, tuple[Image, ...]]:
    """The stage's target and the newest images of its repository."""
    target = read_target(ports, stage)
    return target, ports.images.newest(stage.place, stage.repository or running_repository(stage, target), most)


def running_digests(ports: Ports, stages: Iterable[Stage]) -> dict[str, list[str]]:
    """Image digest or tag → the stages that run it now; a stage that cannot be read is left out."""
    wanted = list(stages)
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="read") as pool:
        targets = list(pool.map(lambda stage: or_none(lambda: read_target(ports, stage)), wanted))
    found: dict[str, list[str]] = {}
    for stage, target in zip(wanted, targets, strict=True):
        for container in target.definition.containers if target else ():
            written = image_of(container.image)
            found.setdefault(written.digest or written.tag or "latest", []).append(stage.name)
    return found


def running_image(ports: Ports, stage: Stage, target: Target) -> Image | None:
    repository = running_repository(stage, target)
    named = next(
        (image_of(c.image) for c in target.definition.containers if image_of(c.image).repository == repository), None
    )
    return ports.images.image(stage.place, repository, wanted_of(named)) if named else None


def log_groups(ports: Ports, stage: Stage, target: Target) -> dict[str, bool]:
    """By name, whether it is there; those that could be looked up."""
    targets = {container.logs.group: container.logs for container in target.definition.containers if container.logs}
    found = {group: or_none(partial(ports.logs.group_exists, stage.place, logs)) for group, logs in targets.items()}
    return {group: there for group, there in found.items() if there is not None}


def wanted_of(reference: Reference) -> str:
    """What the registry is asked for."""
    return reference.digest or reference.tag or "latest"


def or_none(read: Callable[[], Any]) -> Any:
    """For what is good to know and not needed."""
    try:
        return read()
    except Refusal:
        return None
