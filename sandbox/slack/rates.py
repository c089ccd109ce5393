"""Slack's rate tiers as token buckets (Slack facts 1.3). Burst sizes are unpublished: these are the local choice."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rate:
    """`per_minute` calls in the long run and `burst` at once, for the workspace or for each channel."""

    per_minute: float
    burst: int = 10
    per_channel: bool = False


TIER_2 = Rate(20)
TIER_3 = Rate(50)
TIER_4 = Rate(100, burst=20)

RATES: Mapping[str, Rate] = {
    "chat.postMessage": Rate(60, burst=5, per_channel=True),
    "chat.update": TIER_3,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.unfurl": TIER_3,
    "views.open": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
    "views.publish": TIER_4,
    "users.info": TIER_4,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "chat.getPermalink": Rate(300, burst=50),
    "conversations.open": TIER_3,
    "conversations.info": TIER_3,
    "conversations.members": TIER_4,
    "conversations.history": TIER_3,
    "conversations.replies": TIER_3,
    "files.getUploadURLExternal": TIER_4,
    "files.completeUploadExternal": TIER_4,
    "apps.connections.open": TIER_3,
}


@dataclass
class Bucket:
    """Tokens left at a moment."""

    tokens: float
    at: float


@dataclass
class Limiter:
    """One bucket per method, and per channel where the rate says so. `rates` None: nothing is limited."""

    rates: Mapping[str, Rate] | None
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def wait_for(self, method: str, channel_id: str, now: float) -> int:
        """Takes one token. 0: the call may go ahead; else the whole seconds of `Retry-After`."""
        rate = (self.rates or {}).get(method)
        if rate is None:
            return 0
        key = (method, channel_id if rate.per_channel else "")
        bucket = self._buckets.setdefault(key, Bucket(rate.burst, now))
        return take(bucket, rate, now)


def take(bucket: Bucket, rate: Rate, now: float) -> int:
    """Refills the bucket up to `now` (seconds) and takes one token, or says how many seconds to wait."""
    per_second = rate.per_minute / 60
    bucket.tokens = min(rate.burst, bucket.tokens + (now - bucket.at) * per_second)
    bucket.at = now
    if bucket.tokens < 1:
        return max(1, math.ceil((1 - bucket.tokens) / per_second))
    bucket.tokens -= 1
    return 0
