"""What is looked at before a deploy is shown: each check a short sentence, ✗ and ⚠ end in what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.changes import Change, State
from bot.domain.ecs import ContainerInstance, Image
from bot.domain.fitting import architecture_check, surge_check
from bot.domain.images import Reference, short
from bot.domain.locks import Hold
from bot.domain.plans import STAGE_CHECK, Check, Level
from bot.domain.prerequisites import log_group_checks, role_check
from bot.domain.stacks import OnFailure, Stage
from bot.domain.targets import Target, obstacle, repository_of, running_repository

WOULD_STOP_IT = "Yours would stop it: wait, unless that is meant."
"""What a deploy does to one that is under way; nothing else does."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read for the checks. None always means: it could not be known.

    `image`: what the registry knows. `instances`: the cluster's ACTIVE ones. `running_change`: the one that holds the
    stage, None: there is none. `log_groups`: by name, whether it exists; those that were looked up. `hold`: the lock,
    freeze or closed window that keeps this person out; `own_lock`: the stage is locked by this very person."""

    image: Image | None
    reference: Reference
    instances: tuple[ContainerInstance, ...] | None = None
    running_change: Change | None = None
    bot_in_channel: bool | None = None
    log_groups: Mapping[str, bool] = field(default_factory=dict)
    hold: Hold | None = None
    own_lock: bool = False


def deploy_checks(
    stage: Stage, target: Target, seen: Seen, now: datetime, *, emergency: bool = False
) -> tuple[Check, ...]:
    """All that apply, in the order in which they are shown. Raises NotPossible as target_container does."""
    found = (
        _image_check(stage, target, seen, now),
        _same_check(target, seen),
        _repository_check(stage, target, seen),
        architecture_check(target, seen.image, seen.instances),
        hold_check(seen, emergency),
        *service_checks(stage, target, seen, now),
        surge_check(stage, target, seen.instances),
        role_check(target, repository_of(stage, target, seen.reference)),
        *log_group_checks(stage, target, seen.log_groups),
    )
    return tuple(check for check in found if check is not None)


def service_checks(stage: Stage, target: Target, seen: Seen, now: datetime) -> tuple[Check, ...]:
    """How the service stands, whatever is to run on it."""
    found = (
        _service_check(target),
        _change_check(seen.running_change),
        _rollout_check(target, seen.running_change, now),
        _tasks_check(stage, target),
        _strategy_check(stage, target),
        _breaker_check(target),
        _channel_check(stage, seen.bot_in_channel),
    )
    return tuple(check for check in found if check is not None)


def _image_check(stage: Stage, target: Target, seen: Seen, now: datetime) -> Check:
    image, reference = seen.image, seen.reference
    if image is None:
        written = Reference(repository_of(stage, target, reference), reference.tag, reference.digest)
        pinned = "" if reference.digest else ", and a tag can move"
        sentence = f"I cannot read the registry of {written}; it is taken as written{pinned}. Make sure it exists."
        return Check("image", Level.WARNING, sentence)
    if reference.digest and reference.tag and reference.tag not in image.tags:
        sentence = (
            f"Tag {reference.tag} does not stand at {short(image.digest)}; the digest counts. Check what you meant."
        )
        return Check("image", Level.WARNING, sentence)
    named = reference.tag or (image.tags[0] if image.tags else "The untagged image")
    pushed = f", pushed {_span(now - image.pushed_at)} ago" if image.pushed_at else ""
    return Check("image", Level.OK, f"{named} is {short(image.digest)}{pushed}.")


def _same_check(target: Target, seen: Seen) -> Check | None:
    """The running image is named by a tag that stands at the wanted digest now; what it stood at when the tasks
    started, only they know."""
    if seen.image is None or target.image is None or seen.image.digest != target.image.digest:
        return None
    sentence = "This very image runs already, as far as its name tells: the deploy may only start new tasks."
    return Check("same image", Level.WARNING, f"{sentence} Check what you meant.")


def _repository_check(stage: Stage, target: Target, seen: Seen) -> Check | None:
    usual = stage.repository or running_repository(stage, target)
    wanted = repository_of(stage, target, seen.reference)
    if wanted == usual:
        return None
    sentence = f"The image comes from {wanted}; so far this stage ran images of {usual}. Make sure that is meant."
    return Check("repository", Level.WARNING, sentence)


def _service_check(target: Target) -> Check:
    hindrance = obstacle(target.service)
    if hindrance:
        return Check("service", Level.BAD, f"{hindrance.fact} {hindrance.remedy}")
    return Check("service", Level.OK, f"Service {target.service.name} is ACTIVE and deployed by ECS.")


def hold_check(seen: Seen, emergency: bool) -> Check | None:
    """A lock, a freeze or closed hours; an emergency goes past them, and says so."""
    if seen.hold is None:
        mine = "You hold the lock of this stage, so it lets you through. Free it when you are done."
        return Check("lock", Level.WARNING, mine) if seen.own_lock else None
    if emergency:
        return Check("lock", Level.WARNING, f"{seen.hold.fact} This emergency goes past it.")
    return Check("lock", Level.BAD, f"{seen.hold.fact} {seen.hold.remedy}")


def _change_check(change: Change | None) -> Check | None:
    """A change of ours that holds the stage; a failing one may be replaced, that is how one gets out of it."""
    if change is None:
        return None
    what = f"{change.requester.name}'s {change.noun}"
    if change.plan.task and change.state is State.ROLLING_OUT:
        return Check(STAGE_CHECK, Level.BAD, f"{change.requester.name} is stopping a task. Wait for its end.")
    if change.plan.scale and change.state is State.ROLLING_OUT and not change.failing:
        return Check(STAGE_CHECK, Level.BAD, f"{what} is under way ({change.line or 'just begun'}). Wait for its end.")
    if change.failing:
        return Check(STAGE_CHECK, Level.WARNING, f"{what} is failing; this will replace it. See its card first.")
    if change.state is not State.ROLLING_OUT:
        return Check(STAGE_CHECK, Level.BAD, f"{what} is about to start; its card tells. Try again in a moment.")
    up = f" ({change.progress.done} of {change.progress.desired} up)" if change.progress else ""
    if change.aborted_at:
        return Check(STAGE_CHECK, Level.BAD, f"{what} is being rolled back{up}. Wait for its end.")
    return Check(STAGE_CHECK, Level.BAD, f"{what} is rolling out{up}. Wait for it or press Abort on its card.")


def _rollout_check(target: Target, change: Change | None, now: datetime) -> Check | None:
    """What ECS is at without us, or left half done (ECS facts 1.2, 1.3)."""
    primary = target.service.primary
    if primary is None or (change is not None and change.deployment_id in ("", primary.id)):
        return None
    if primary.rollout_state == "FAILED":
        sentence = (
            f"The last deployment ({primary.id}) failed: {primary.rollout_state_reason or 'ECS does not say why.'}"
        )
        return Check("deployment", Level.WARNING, f"{sentence} Look at its tasks first.")
    if primary.rollout_state != "IN_PROGRESS":
        return None
    since = f"since {primary.created_at:%H:%M %Z} ({_span(now - primary.created_at)})"
    sentence = f"Deployment {primary.id}, which I did not start, is under way {since}."
    return Check("deployment", Level.WARNING, f"{sentence} {WOULD_STOP_IT}")


def _tasks_check(stage: Stage, target: Target) -> Check:
    service = target.service
    named = f"--region {stage.place.region} --cluster {stage.place.cluster}"
    if service.desired == 0:
        sentence = "Desired count is 0: nothing will start, so a success will prove nothing."
        start = f"aws ecs update-service {named} --service {service.name} --desired-count 1"
        return Check("tasks", Level.WARNING, f"{sentence} First: {start}")
    if service.running < service.desired:
        sentence = f"The service is already short of tasks: {service.running} of {service.desired} running."
        look = f"aws ecs describe-services {named} --services {service.name} --query services[0].events[:5]"
        return Check("tasks", Level.WARNING, f"{sentence} Look first: {look}")
    return Check("tasks", Level.OK, f"{service.running} of {service.desired} tasks running.")


def _strategy_check(stage: Stage, target: Target) -> Check | None:
    """Bake times and lifecycle stages may last a day each (ECS facts 1.7)."""
    strategy = target.service.configuration.strategy
    if strategy == "ROLLING":
        return None
    then = "roll it back" if stage.on_failure is OnFailure.ROLLBACK else "go on looking"
    sentence = (
        f"{strategy}: bake times and hooks may take hours; I call it stuck after {_span(stage.deadline)} and {then}"
    )
    return Check(
        "strategy", Level.WARNING, f"{sentence}. Raise deadline: in tinystacks.yml if it usually takes longer."
    )


def _breaker_check(target: Target) -> Check | None:
    configuration = target.service.configuration
    if configuration.strategy != "ROLLING":
        return None
    if configuration.breaker:
        back = "and rolls back by itself" if configuration.breaker_rollback else "without rolling back"
        return Check("circuit breaker", Level.OK, f"The circuit breaker is on {back}.")
    sentence = "The circuit breaker is off: ECS would retry a failing deployment for ever. I tell you within a minute;"
    return Check("circuit breaker", Level.WARNING, f"{sentence} Abort brings back what ran before.")


def _channel_check(stage: Stage, bot_in_channel: bool | None) -> Check | None:
    if bot_in_channel is not False:
        return None
    sentence = f"I am not in this stage's channel {stage.channel_id}, so nobody could follow."
    return Check("channel", Level.BAD, f"{sentence} Type there: /invite @tinystacks")


def _span(length: timedelta) -> str:
    """A length of time in its largest unit."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}{'s' if seconds >= 2 * size else ''}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
