"""Service events that matter to a rollout, told by tolerant patterns and never by position (ECS facts 1.5, 1.6)."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from hashlib import sha256

from bot.domain.causes import normalised
from bot.domain.ecs import ServiceEvent


class Sign(Enum):
    """What an event is a sign of, with its pattern."""

    PLACEMENT = r"unable to place (a )?tasks?\b|could not launch \d+ tasks?"
    CANNOT_MOVE = r"unable to (stop or start|start or stop) tasks during a deployment"
    IMPAIRED = r"unable to consistently start tasks"
    UNHEALTHY = r"\bis unhealthy in\b|failed (container|elb|target|load balancer)\b.*health check"
    THROTTLED = r"operations are being throttled"
    PROTECTED = r"unable to (scale in|reach (a )?steady state)"
    FAILED = r"deployment failed"
    ROLLING_BACK = r"rolling back to deployment"
    STARTED = r"has started \d+ tasks?"
    DRAINING = r"begun draining|has stopped \d+|deregistered \d+ targets?"


NOTEWORTHY = (Sign.PLACEMENT, Sign.CANNOT_MOVE, Sign.IMPAIRED, Sign.UNHEALTHY, Sign.THROTTLED, Sign.PROTECTED)
MOVEMENT = (Sign.STARTED, Sign.DRAINING)

_PATTERNS = {sign: re.compile(sign.value, re.I) for sign in Sign}
_DEPLOYMENT = re.compile(r"ecs-svc/[\w-]+")


def since(events: Iterable[ServiceEvent], start: datetime, deployment_id: str) -> tuple[ServiceEvent, ...]:
    """Those from `start` on that name our deployment or none, or tell of a roll back; oldest first."""
    return tuple(
        sorted(
            (event for event in events if event.at >= start and _concerns(event.message, deployment_id)),
            key=lambda event: event.at,
        )
    )


def shows(text: str, *signs: Sign) -> bool:
    """Whether the text is one of these signs."""
    return any(_PATTERNS[sign].search(text) for sign in signs)


def last(events: Iterable[ServiceEvent], *signs: Sign) -> ServiceEvent | None:
    """The newest of these signs; `events` oldest first."""
    return next((event for event in reversed(tuple(events)) if shows(event.message, *signs)), None)


def goes_back_to(text: str, deployment_id: str) -> bool:
    """Whether the text says that ECS rolls back to that deployment (or to one it does not name)."""
    named = _DEPLOYMENT.findall(text)
    return shows(text, Sign.ROLLING_BACK) and (not named or deployment_id in named)


def kinds(events: Iterable[ServiceEvent]) -> dict[str, ServiceEvent]:
    """The noteworthy ones by their wording, the first of each: twenty unhealthy targets are told once. The wording's
    hash stays the same when ECS, which keeps 100 events, has forgotten the first."""
    first: dict[str, ServiceEvent] = {}
    for event in events:
        if shows(event.message, *NOTEWORTHY):
            first.setdefault(sha256(normalised(event.message).encode()).hexdigest()[:12], event)
    return first


def _concerns(text: str, deployment_id: str) -> bool:
    named = _DEPLOYMENT.findall(text)
    return not named or deployment_id in named or shows(text, Sign.ROLLING_BACK)
