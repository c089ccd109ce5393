"""Planning a roll back: the service is updated to a revision that exists already; nothing is registered, nothing else
is changed, and no revision is ever deregistered."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.deploys import before_side, update_step
from bot.domain.diffs import diff_documents
from bot.domain.ecs import Image, TaskDefinition
from bot.domain.errors import NotFound, NotPossible
from bot.domain.fingerprints import footing
from bot.domain.plans import Plan, Side
from bot.domain.revisions import registrable
from bot.domain.stacks import Stage
from bot.domain.targets import Target, has_completed, last_good, obstacle, settled, target_container
from bot.domain.worked import ROLLBACK

_REVISION = re.compile(r"(?:(?P<family>[A-Za-z0-9_-]{1,255}):)?(?P<number>[1-9][0-9]{0,9})", re.ASCII)
_NEAREST = 3


def named_revision(stage: Stage, family: str, word: str) -> str:
    """`shop:41` for `41` or `shop:41`.

    Raises NotPossible for another family's, and for what is no revision: an image's tag is not one."""
    deploy = f"/tinystacks deploy {stage.stack} {stage.name} IMAGE"
    match = revision_word(word, f"Give its number: {command(stage, '41')}. To go to an image: {deploy}")
    if match["family"] not in (None, family):
        raise NotPossible(
            f"{word} is of another family: service {stage.service} runs revisions of {family}.",
            f"Give a number of that family: {command(stage, '41')}",
        )
    return f"{family}:{match['number']}"


def revision_word(word: str, remedy: str = "Give its number.") -> re.Match[str]:
    """`family` (None where it is left out) and `number` of what was typed. Raises NotPossible for anything else."""
    match = _REVISION.fullmatch(word)
    if match is None:
        raise NotPossible(f"“{word[:60]}” is not a revision: type its number, as 41 or shop:41.", remedy)
    return match


def unknown_revision(stage: Stage, wanted: str, active_arns: Sequence[str]) -> NotFound:
    """ECS has no such revision; the nearest of those that are ACTIVE are named."""
    number = int(wanted.rpartition(":")[2])
    names = sorted((arn.rsplit("/", 1)[-1] for arn in active_arns), key=lambda name: _distance(name, number))
    remedy = f"Take one that ECS still has: {command(stage, 'REVISION')}"
    return NotFound("task definition", wanted, stage.place.region, remedy, tuple(names[:_NEAREST]))


def plan_rollback(stage: Stage, target: Target, definition: TaskDefinition, image: Image | None) -> Plan:
    """UpdateService to `definition`, and no other parameter: never `desiredCount` (ECS facts 1.2). `image`: what the
    registry knows of its container's image.

    Raises NotPossible where the service cannot be deployed to, the revision is INACTIVE, or is what runs."""
    hindrance = obstacle(target.service) or _inactive(stage, definition) or _same(stage, target, definition)
    if hindrance:
        raise hindrance
    return Plan(
        verb=ROLLBACK,
        before=before_side(target, main_container(stage, target.definition)),
        after=_after(stage, target, definition, image),
        account=target.service.account,
        steps=(update_step(stage, definition.arn),),
        rests_on=footing(stage, target),
        container=main_container(stage, definition),
        differences=diff_documents(registrable(target.definition), registrable(definition)),
        previous_task_definition_arn=last_good(target.service),
        previous_completed=has_completed(target.service),
        newest_deployment_at=max((one.created_at for one in target.service.deployments), default=None),
    )


def main_container(stage: Stage, definition: TaskDefinition) -> str:
    """The container whose image is shown. No way back fails because that cannot be told."""
    try:
        return target_container(stage, definition)
    except NotPossible:
        return next((container.name for container in definition.containers), "")


def command(stage: Stage, revision: str) -> str:
    """What to type."""
    return f"/tinystacks rollback {stage.stack} {stage.name} {revision}".rstrip()


def _after(stage: Stage, target: Target, definition: TaskDefinition, image: Image | None) -> Side:
    """Beside a tag, the digest at which it stands now: ECS resolves it when the roll back begins."""
    side = before_side(Target(target.service, definition, image), main_container(stage, definition))
    return replace(side, digest=side.digest or (image.digest if image else ""))


def _inactive(stage: Stage, definition: TaskDefinition) -> NotPossible | None:
    if definition.status == "ACTIVE":
        return None
    fact = f"{definition.family}:{definition.revision} is {definition.status}: somebody deregistered it."
    return NotPossible(fact, f"Name a revision that is ACTIVE: {command(stage, 'REVISION')}")


def _same(stage: Stage, target: Target, definition: TaskDefinition) -> NotPossible | None:
    """ECS starts no deployment of what it is at already, so there would be nothing to follow."""
    service = target.service
    if definition.arn not in (service.task_definition_arn, target.definition.arn):
        return None
    if settled(service):
        fact = f"{stage.stack} {stage.name} runs {target.revision} already."
    else:
        state = (service.primary and service.primary.rollout_state) or "IN_PROGRESS"
        fact = f"ECS is at {target.revision} on {stage.stack} {stage.name} already, and calls it {state}."
    return NotPossible(fact, f"To go further back, name a revision: {command(stage, 'REVISION')}")


def _distance(name: str, number: int) -> int:
    digits = name.rpartition(":")[2]
    return abs(int(digits) - number) if digits.isdigit() else number
