"""Which revision worked last on a stage: by our own record of its changes, then by ECS's service deployments.

Never simply the number before (fabfuel/ecs-deploy#8): what was rolled back from, what failed and what was replaced half
way all have numbers too. A revision that somebody left by a successful roll back does not count any more until it is
deployed again with success.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.changes import Change, State
from bot.domain.ecs import ServiceDeployment, ServiceRevision

ROLLBACK = "rollback"


class Source(StrEnum):
    """Who says that it worked."""

    OURS = "my record"
    ECS = "ECS"


@dataclass(frozen=True, slots=True)
class Worked:
    """A revision that worked, the source that says so and when that was."""

    arn: str
    source: Source
    at: datetime


def last_worked(history: Sequence[Change], current_arn: str) -> Worked | None:
    """The last revision that worked and is not the current one, by our record. `history`: the stage's own finished
    changes, newest first."""
    left: set[str] = set()
    for change in history:
        for found in _shown_by(change, left):
            out = found.arn == current_arn or not _same_account(found.arn, current_arn)
            if not out and revision_of(found.arn) not in left:
                return found
    return None


def worked_at(history: Sequence[Change], arn: str) -> Worked | None:
    """When that revision last worked, by our record, left since or not."""
    return next((found for change in history for found in _shown_by(change, set()) if found.arn == arn), None)


def brought(history: Sequence[Change], current_arn: str) -> bool:
    """Whether one of our own changes put the service on what it runs now; else somebody deployed past us."""
    newest = next((change for change in history if change.state is State.SUCCEEDED and change.registered_arn), None)
    return newest is not None and newest.registered_arn == current_arn


def left_behind(history: Sequence[Change]) -> dict[str, datetime]:
    """Revision (`shop:42`) → when it was last left by a successful roll back."""
    left: dict[str, datetime] = {}
    for change in history:
        if _went_back(change) and change.finished_at:
            left.setdefault(change.plan.before.revision, change.finished_at)
    return left


def last_worked_in_ecs(
    deployments: Sequence[ServiceDeployment],
    revisions: Mapping[str, ServiceRevision],
    current_arn: str,
    left: Mapping[str, datetime],
) -> Worked | None:
    """The same by ECS's service deployments, newest first; `revisions` by ARN. `left`: what our record says was left.

    ECS does not tell a roll back from a deploy: a return to what had worked before counts as one."""
    arrived = [(one, revisions[one.target_revision_arn]) for one in deployments if _successful(one, revisions)]
    arns = [revision.task_definition_arn for _, revision in arrived]
    behind: set[str] = set()
    for at, (deployment, revision) in enumerate(arrived):
        arn, ours = revision.task_definition_arn, left.get(revision_of(revision.task_definition_arn))
        if arn not in {current_arn, *behind} and (ours is None or deployment.created_at > ours):
            return Worked(arn, Source.ECS, deployment.finished_at or deployment.created_at)
        if arn in arns[at + 2 :]:
            behind.add(arns[at + 1])
    return None


def newest(*found: Worked | None) -> Worked | None:
    """The one of which it was shown last."""
    return max((one for one in found if one), key=lambda one: one.at, default=None)


def revision_of(arn: str) -> str:
    """`family:7`."""
    return arn.rsplit("/", 1)[-1]


def _shown_by(change: Change, left: set[str]) -> Iterator[Worked]:
    """What a change shows to have worked, newest first: what it brought, then what ran before it. Notes in `left`, in
    between, what it left."""
    ended = change.finished_at or change.updated_at
    if change.state is State.SUCCEEDED and change.registered_arn:
        yield Worked(change.registered_arn, Source.OURS, ended)
    if _went_back(change):
        left.add(change.plan.before.revision)
    if change.plan.previous_completed and change.plan.previous_task_definition_arn:
        yield Worked(change.plan.previous_task_definition_arn, Source.OURS, change.created_at)


def _went_back(change: Change) -> bool:
    return change.verb == ROLLBACK and change.state is State.SUCCEEDED


def _successful(one: ServiceDeployment, revisions: Mapping[str, ServiceRevision]) -> bool:
    return one.status == "SUCCESSFUL" and one.target_revision_arn in revisions


def _same_account(one: str, other: str) -> bool:
    return one.partition(":task-definition/")[0] == other.partition(":task-definition/")[0]
