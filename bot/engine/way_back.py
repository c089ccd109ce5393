"""What a roll back reads: which revision worked last here, and whether it is still whole; independent calls side by
side."""

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from bot.domain.changes import Change
from bot.domain.checks import Seen
from bot.domain.ecs import ContainerDefinition, Image, ServiceDeployment, ServiceRevision, TaskDefinition
from bot.domain.errors import NotFound, NotPossible, Refusal, Unavailable
from bot.domain.images import Reference, image_of
from bot.domain.people import Person
from bot.domain.rollback_checks import Earlier
from bot.domain.rollbacks import command, named_revision, unknown_revision
from bot.domain.stacks import Stage
from bot.domain.targets import Target
from bot.domain.worked import (
    Worked,
    brought,
    last_worked,
    last_worked_in_ecs,
    left_behind,
    newest,
    revision_of,
    worked_at,
)
from bot.engine.ports import Ports
from bot.engine.reading import log_groups, or_none, read_target, running_image, scaling_bounds, wanted_of, with_our_rows

_log = logging.getLogger(__name__)

_OUR_RECORD = 100
"""Changes of a stage that are looked through, newest first."""

_ECS_RECORD = 40
_LISTED = 100


def read_for_rollback(ports: Ports, stage: Stage, asked: str, person: Person) -> tuple[Target, Earlier, Seen]:
    """Everything that a roll back by `person` looks at. `asked`: a revision as typed; empty: the last that worked.

    Raises NotPossible where none is known, NotFound for one that ECS does not have, and what AWS raises."""
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="read") as pool:
        instances = pool.submit(or_none, lambda: ports.ecs.describe_container_instances(stage.place))
        bounds = pool.submit(scaling_bounds, ports, stage)
        in_channel = pool.submit(or_none, lambda: ports.chat.channel(stage.channel_id).member)
        target = read_target(ports, stage)
        running = pool.submit(or_none, lambda: running_image(ports, stage, target))
        earlier = _earlier(ports, stage, target, asked)
        after = replace(target, definition=earlier.definition)
        groups = pool.submit(log_groups, ports, stage, after)
        images = list(pool.map(partial(_image, ports, stage), earlier.definition.containers))
        named = zip(earlier.definition.containers, images, strict=True)
        earlier = replace(earlier, images={container.name: image for container, image in named})
        target = replace(target, image=running.result(), bounds=bounds.result())
    seen = Seen(None, Reference(), instances.result(), None, in_channel.result(), groups.result())
    return target, earlier, with_our_rows(ports, stage, seen, person)


def _earlier(ports: Ports, stage: Stage, target: Target, asked: str) -> Earlier:
    history, current = _history(ports, stage), target.service.task_definition_arn
    if asked:
        wanted = named_revision(stage, target.definition.family, asked)
        definition = _described(ports, stage, wanted)
        worked = worked_at(history, definition.arn) or _in_ecs(ports, stage, definition.arn)
    else:
        worked = _last(ports, stage, history, current)
        definition = _described(ports, stage, worked.arn)
    return Earlier(definition, worked, left_behind(history).get(revision_of(definition.arn)))


def _last(ports: Ports, stage: Stage, history: Sequence[Change], current: str) -> Worked:
    """Our own record decides, unless somebody deployed past us or it knows nothing: then ECS's counts as well."""
    ours = last_worked(history, current)
    if ours and brought(history, current):
        return ours
    found = newest(ours, _last_in_ecs(ports, stage, history, current))
    if found is None:
        where = f"{stage.stack} {stage.name}"
        fact = f"Neither my record nor ECS's (90 days) shows an earlier revision that worked on {where}."
        raise NotPossible(fact, f"Name the one you want: {command(stage, 'REVISION')}")
    return found


def _history(ports: Ports, stage: Stage) -> tuple[Change, ...]:
    """Our record of the service that the stage is now; tinystacks.yml may have moved the stage since."""
    with ports.store.transaction() as tx:
        found = tx.finished_changes(stage.stack, stage.name, _OUR_RECORD)
    here = (stage.place.region, stage.place.cluster, stage.service)
    return tuple(one for one in found if (one.place.region, one.place.cluster, one.service) == here)


def _last_in_ecs(ports: Ports, stage: Stage, history: Sequence[Change], current: str) -> Worked | None:
    deployments, revisions = _ecs_record(ports, stage)
    return last_worked_in_ecs(deployments, revisions, current, left_behind(history))


def _in_ecs(ports: Ports, stage: Stage, arn: str) -> Worked | None:
    deployments, revisions = _ecs_record(ports, stage)
    mine = {key: one for key, one in revisions.items() if one.task_definition_arn == arn}
    return last_worked_in_ecs(deployments, mine, "", {})


def _ecs_record(ports: Ports, stage: Stage) -> tuple[tuple[ServiceDeployment, ...], Mapping[str, ServiceRevision]]:
    """ECS's deployments that were SUCCESSFUL, and their revisions; nothing where the bot may not read them."""
    try:
        listed = ports.ecs.list_service_deployments(stage.place, stage.service, _ECS_RECORD)
        good = tuple(one for one in listed if one.status == "SUCCESSFUL" and one.target_revision_arn)
        return good, ports.ecs.describe_service_revisions(stage.place, [one.target_revision_arn for one in good])
    except Unavailable:
        raise
    except Refusal as error:
        _log.warning("service_deployments_unread stack=%s stage=%s: %s", stage.stack, stage.name, error)
        return (), {}


def _described(ports: Ports, stage: Stage, wanted: str) -> TaskDefinition:
    try:
        return ports.ecs.describe_task_definition(stage.place, wanted)
    except NotFound as error:
        name = revision_of(wanted)
        listed = ports.ecs.list_task_definitions(stage.place, name.rpartition(":")[0], _LISTED)
        raise unknown_revision(stage, name, listed) from error


def _image(ports: Ports, stage: Stage, container: ContainerDefinition) -> Image | NotFound | None:
    """None: nobody knows, which holds nobody back: the way back must not depend on the registry's mood."""
    written = image_of(container.image)
    try:
        return ports.images.image(stage.place, written.repository or "", wanted_of(written))
    except NotFound as error:
        return error
    except Refusal:
        return None
