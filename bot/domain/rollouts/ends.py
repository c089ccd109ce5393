"""How a rollout ends, by ECS's own word: its service deployment, else deployments and events (ECS facts 1.4, 1.7).

Another PRIMARY is a roll back where ECS says so (a service deployment ROLLBACK_…, “rolling back to deployment …” about
that PRIMARY), where our abort asked for it, or where PRIMARY is older than ours: nothing else makes an old deployment
PRIMARY again. A newer PRIMARY without such words superseded ours. Who or what caused a roll back is told only where
ECS tells it; otherwise `why` is UNKNOWN.
"""

import re
from datetime import timedelta

from bot.domain.ecs import Deployment
from bot.domain.rollouts.events import Sign, goes_back_to, last, shows
from bot.domain.rollouts.scene import CONSISTENCY, Scene
from bot.domain.rollouts.values import Outcome, Verdict, Why

UNEXPLAINED = timedelta(minutes=2)
"""An older PRIMARY while ours was never listed and nothing is said: more likely a stale answer than a roll back."""

ROLLBACK_STARTS = timedelta(minutes=2)
"""From “deployment failed” to ECS's own roll back, where the breaker is to do one; later there was no candidate."""

_OVER = ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")
_GOING_BACK = ("ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")


def end_of(scene: Scene) -> Outcome | None:
    """What ECS says about the end; FAILING while it rolls back or is about to; None: nothing yet."""
    if _succeeded(scene):
        quote = scene.ours.rollout_state_reason if scene.ours else ""
        return scene.outcome(Verdict.SUCCEEDED, Why.COMPLETED, quote)
    status = scene.record.status if scene.record else ""
    if status == "ROLLBACK_SUCCESSFUL":
        return scene.outcome(Verdict.ROLLED_BACK, *_cause(scene))
    if status == "ROLLBACK_FAILED":
        return scene.outcome(Verdict.FAILED, *_cause(scene))
    if status in _GOING_BACK:
        return _under_way(scene)
    if scene.ours:
        return _still_ours(scene, scene.ours)
    primary = scene.service.primary
    return _another(scene, primary) if primary else None


def rolling_back(scene: Scene) -> bool:
    """Whether ECS is on its way back: its service deployment says so, or another PRIMARY."""
    status = scene.record.status if scene.record else ""
    return status in _GOING_BACK or (scene.ours is None and scene.service.primary is not None)


def _succeeded(scene: Scene) -> bool:
    """Rule 1: PRIMARY is ours, on the revision asked for, and ECS calls it done."""
    ours, status = scene.ours, scene.record.status if scene.record else ""
    if ours is None or ours.task_definition_arn != scene.rollout.task_definition_arn or "ROLLBACK" in status:
        return False
    return ours.rollout_state == "COMPLETED" or (status == "SUCCESSFUL" and ours.rollout_state != "FAILED")


def _under_way(scene: Scene) -> Outcome:
    """No deadline for the way back: it may begin at any time, and only ECS knows when it is done."""
    return scene.outcome(Verdict.FAILED if scene.too_old else Verdict.FAILING, *_cause(scene))


def _still_ours(scene: Scene, ours: Deployment) -> Outcome | None:
    if ours.rollout_state == "FAILED":
        return scene.outcome(Verdict.FAILING if _will_roll_back(scene) else Verdict.FAILED, *_cause(scene))
    record = scene.record
    if record and record.status == "STOPPED" and record.finished_at and scene.now - record.finished_at > CONSISTENCY:
        return scene.outcome(Verdict.FAILED, *_cause(scene))
    if ours.rollout_state == "COMPLETED":
        return scene.outcome(Verdict.FAILED, Why.UNKNOWN, ours.rollout_state_reason)
    return None


def _will_roll_back(scene: Scene) -> bool:
    """Either the breaker is to do it, or our service deployment is still open a moment after the failure (alarms)."""
    record, failed = scene.record, last(scene.events, Sign.FAILED)
    if record and record.status in _OVER:
        return False
    if not scene.service.configuration.breaker_rollback:
        return record is not None and failed is not None and scene.now - failed.at < CONSISTENCY
    since = failed.at if failed else scene.now
    return not scene.too_old and scene.now - since < ROLLBACK_STARTS


def _another(scene: Scene, primary: Deployment) -> Outcome | None:
    over = scene.record is not None and scene.record.status in _OVER
    if scene.mine is None and scene.age < CONSISTENCY and not over:
        return None
    if _went_back(scene, primary):
        return _back_on(scene, primary)
    if primary.created_at > scene.began:
        return scene.outcome(Verdict.SUPERSEDED, Why.REPLACED, scene.record.status_reason if scene.record else "")
    if scene.mine is None and scene.age < UNEXPLAINED and not over:
        return None
    return _back_on(scene, primary)


def _went_back(scene: Scene, primary: Deployment) -> bool:
    told = [primary.rollout_state_reason, *(event.message for event in scene.events)]
    return any(goes_back_to(text, primary.id) for text in told) or _by_our_abort(scene, primary)


def _by_our_abort(scene: Scene, primary: Deployment) -> bool:
    """An abort that had to go by UpdateService makes a new deployment of the revision before."""
    asked, before = scene.rollout.stop_asked_at, scene.rollout.previous_task_definition_arn
    if asked is None or primary.created_at < asked - CONSISTENCY:
        return False
    return primary.task_definition_arn == before if before else primary.created_at <= asked + UNEXPLAINED


def _back_on(scene: Scene, primary: Deployment) -> Outcome:
    left = scene.mine.running + scene.mine.pending if scene.mine else 0
    if primary.rollout_state == "COMPLETED" and not left:
        return scene.outcome(Verdict.ROLLED_BACK, *_cause(scene))
    if primary.rollout_state == "FAILED":
        return scene.outcome(Verdict.FAILED, *_cause(scene))
    return _under_way(scene)


_CAUSES = (
    (re.compile(r"circuit breaker", re.I), Why.BREAKER),
    (re.compile(r"\balarms?\b", re.I), Why.ALARM),
    (
        re.compile(r"StopServiceDeployment|\b(stop|user) request|requested by|by (a |the )?user", re.I),
        Why.ABORTED,
    ),
)


def _cause(scene: Scene) -> tuple[Why, str]:
    """Why ECS gave it up and ECS's own text, the most telling first."""
    told = [text for text in _told(scene) if text]
    named = next(((why, text) for text in told for pattern, why in _CAUSES if pattern.search(text)), None)
    quote = named[1] if named else next(iter(told), "")
    if named:
        return named
    if scene.rollout.stop_asked_at:
        return Why.ABORTED, quote
    if scene.record and scene.record.breaker and scene.record.breaker.status == "TRIGGERED":
        return Why.BREAKER, quote
    failed = scene.mine is not None and scene.mine.rollout_state == "FAILED"
    return (Why.FAILED_BY_ECS if failed or (scene.record and scene.record.status_reason) else Why.UNKNOWN), quote


def _told(scene: Scene) -> tuple[str, ...]:
    record, primary, mine = scene.record, scene.service.primary, scene.mine
    ending = [event.message for event in scene.events if shows(event.message, Sign.FAILED, Sign.ROLLING_BACK)]
    return (
        record.rollback_reason if record else "",
        record.status_reason if record else "",
        mine.rollout_state_reason if mine and mine.rollout_state == "FAILED" else "",
        primary.rollout_state_reason if primary and shows(primary.rollout_state_reason, Sign.ROLLING_BACK) else "",
        *reversed(ending),
    )
