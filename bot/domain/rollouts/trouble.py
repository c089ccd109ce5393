"""What tells early that a rollout will not succeed as it goes, while ECS still tries (peers facts 4).

Not final: a rollout that recovers is GOING again.
"""

from datetime import timedelta

from bot.domain.diagnosis import Cause, Failure
from bot.domain.ecs import Deployment
from bot.domain.rollouts.events import MOVEMENT, Sign, last
from bot.domain.rollouts.scene import Scene
from bot.domain.rollouts.values import Outcome, Verdict, Why

ALIKE, ANY = 2, 3
"""Deaths of one kind, and of all kinds, that make a crash loop: one may be chance, and ECS's breaker starts at 3."""

QUIET = timedelta(seconds=60)
"""Without a health check a task counts as up when nothing died for so long, times the deaths so far (5 at the most)."""

QUIET_HEALTH = timedelta(minutes=5)
"""The same where a health check killed: grace period and unhealthy threshold let a bad task live for minutes."""

FULL = timedelta(minutes=3)
"""No room, no scaling, nothing drains: peers' “at once” would kill a scale-out (peers facts 4)."""

DRAINS = timedelta(minutes=6)
"""Old tasks hold their room for 300 s of deregistration delay and 30 s of stop time-out (ECS facts 3.1.7)."""

SCALES = timedelta(minutes=10)
"""A capacity provider may add instances, which takes minutes (ECS facts 3.2)."""

_NOT_ITS_FAULT = (Cause.STOPPED_BY_USER, Cause.HOST)


def trouble_of(scene: Scene) -> Outcome | None:
    """FAILING with its reason, or None; looks only at a rollout that ECS is still at."""
    ours = scene.ours
    if ours is None:
        return None
    dying = None if is_up(scene) else _crash_loop(scene) or _uncaught(scene, ours)
    missing = scene.progress.done < scene.progress.desired
    found = dying or (_cannot_move(scene) or _no_placement(scene, ours) if missing else None)
    return scene.outcome(Verdict.FAILING, *found) if found else None


def overdue(scene: Scene) -> Outcome | None:
    """FAILING once the deadline has passed, for the best cause known: ECS itself goes on trying, and may succeed.
    FAILED and STUCK when nobody looks any longer; None before the deadline."""
    if not scene.overdue:
        return None
    known = trouble_of(scene)
    if scene.too_old:
        return scene.outcome(Verdict.FAILED, Why.STUCK, known.quote if known else "")
    return known or scene.outcome(Verdict.FAILING, Why.STUCK)


def is_up(scene: Scene) -> bool:
    """Whether tasks of ours stand: healthy where ECS tells health; else running, and either more of them than ever died
    or nothing died for a while."""
    progress, deaths = scene.progress, _deaths(scene)
    if progress.new_healthy is not None:
        return progress.new_healthy > 0
    return progress.new_running > 0 and (progress.new_running > deaths or _quiet(scene, deaths))


def _own_fault(scene: Scene) -> tuple[Failure, ...]:
    return tuple(failure for failure in scene.failures if failure.cause not in _NOT_ITS_FAULT)


def _deaths(scene: Scene) -> int:
    return sum(failure.count for failure in _own_fault(scene))


def _quiet(scene: Scene, deaths: int) -> bool:
    counted = _own_fault(scene)
    if not counted:
        return True
    by_health = any(failure.cause in (Cause.TARGET_HEALTH, Cause.CONTAINER_HEALTH) for failure in counted)
    pause = QUIET_HEALTH if by_health else QUIET * min(deaths, 5)
    return all(failure.last_at and scene.now - failure.last_at >= pause for failure in counted)


def _crash_loop(scene: Scene) -> tuple[Why, str] | None:
    """The quote is ECS's verdict on the whole; what each task died of is in the failures."""
    impaired = last(scene.events, Sign.IMPAIRED)
    alike = any(failure.count >= ALIKE for failure in _own_fault(scene))
    if not (impaired or alike or _deaths(scene) >= ANY):
        return None
    return Why.CRASH_LOOP, impaired.message if impaired else ""


def _cannot_move(scene: Scene) -> tuple[Why, str] | None:
    told, moved = last(scene.events, Sign.CANNOT_MOVE), last(scene.events, *MOVEMENT)
    if told is None or (moved and moved.at > told.at):
        return None
    return Why.CANNOT_MOVE, told.message


def _no_placement(scene: Scene, ours: Deployment) -> tuple[Why, str] | None:
    """ECS tells it once and then keeps silent (ECS facts 1.6): what counts is that nothing moved since."""
    told, moved = last(scene.events, Sign.PLACEMENT), last(scene.events, *MOVEMENT)
    if told is None or ours.running >= scene.progress.desired:
        return None
    since = max(told.at, moved.at) if moved else told.at
    return (Why.NO_PLACEMENT, told.message) if scene.now - since >= _patience(scene) else None


def _patience(scene: Scene) -> timedelta:
    if scene.service.capacity_providers:
        return SCALES
    return DRAINS if last(scene.events, Sign.DRAINING) else FULL


def _uncaught(scene: Scene, ours: Deployment) -> tuple[Why, str] | None:
    """ECS counts failures of which no evidence could be read; those for want of room are judged by patience."""
    if ours.failed_tasks < ANY or last(scene.events, Sign.PLACEMENT):
        return None
    return Why.CRASH_LOOP, ""
