"""The verdict of one look at a rollout."""

from datetime import datetime

from bot.domain.ecs import Service
from bot.domain.rollouts.ends import end_of, rolling_back
from bot.domain.rollouts.news import SOON, news_of, next_look
from bot.domain.rollouts.scene import CONSISTENCY, scene_of
from bot.domain.rollouts.trouble import overdue, trouble_of
from bot.domain.rollouts.values import (
    Look,
    News,
    NewsKind,
    Outcome,
    Progress,
    Rollout,
    Snapshot,
    Verdict,
    Why,
)

_GONE = ("DRAINING", "INACTIVE")


def verdict_of(rollout: Rollout, snapshot: Snapshot, now: datetime) -> Look:
    """What became of `rollout` by `now`. Success only if PRIMARY is our deployment on the revision asked for and ECS
    calls it COMPLETED, or its service deployment SUCCESSFUL (ECS facts 1.4), however late. What ECS says about the end
    comes first, then the deadline, which ends nothing, then what tells early that it will not succeed."""
    service = snapshot.service
    if service is None or service.status in _GONE:
        return _gone(rollout, snapshot, service, now)
    scene = scene_of(rollout, snapshot, service, now)
    ended = end_of(scene)
    outcome = ended or overdue(scene) or trouble_of(scene)
    back = ended is not None and ended.verdict is Verdict.FAILING and rolling_back(scene)
    return Look(
        outcome.verdict if outcome else Verdict.GOING,
        scene.progress,
        news_of(scene, outcome, back),
        outcome,
        next_look(scene, outcome, back),
        back,
    )


def _gone(rollout: Rollout, snapshot: Snapshot, service: Service | None, now: datetime) -> Look:
    """A service that is missing right after the start may be a stale answer."""
    count = Progress(service.desired if service else 0, 0, 0, service.running if service else 0)
    if service is None and now - rollout.started_at < CONSISTENCY:
        return Look(Verdict.GOING, count, (), None, SOON)
    outcome = Outcome(Verdict.FAILED, Why.SERVICE_GONE, failures=snapshot.failures)
    finished = News("finished", NewsKind.FINISHED, count)
    return Look(Verdict.FAILED, count, (finished,), outcome, None)
