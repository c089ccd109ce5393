"""What became of a rollout: verdict_of(rollout, snapshot, now). Never claims what AWS did not say (ECS facts 1.4)."""

from bot.domain.rollouts.scene import is_ours
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
from bot.domain.rollouts.verdict import verdict_of

__all__ = [
    "Look",
    "News",
    "NewsKind",
    "Outcome",
    "Progress",
    "Rollout",
    "Snapshot",
    "Verdict",
    "Why",
    "is_ours",
    "verdict_of",
]
