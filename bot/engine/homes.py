"""Whose App Home is open, and what stands there. In memory only: after a restart it is fresh once it is opened."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from bot.engine.ports import Json, Ports
from bot.engine.tokens import Tokens

OPEN_FOR = timedelta(minutes=10)
"""So long after somebody opened it, it is kept up to date."""

_PAUSE = timedelta(seconds=5)
_A_PERSON = timedelta(milliseconds=750)
"""All homes together are published 80 times a minute at the most: Slack allows 100 (Slack facts 1.3)."""

_NOTE_LASTS = timedelta(minutes=30)
_MOST = 2_000


@dataclass(slots=True)
class Viewer:
    """One person's home. `seen`: which of the moves it shows; `turn`: which rendering it shows, of those that were
    begun; `note`: the answer to what was clicked there last. `chosen`, `page`: of the board. `closed`: why they see
    nothing; empty: they do."""

    team_id: str
    user_id: str
    opened_at: datetime
    lock: Lock = field(default_factory=Lock)
    closed: str = ""
    chosen: str = ""
    page: int = 0
    note: tuple[datetime, Json] | None = None
    shown: Json | None = None
    view_hash: str = ""
    published_at: datetime | None = None
    not_before: datetime | None = None
    seen: int = -1
    turn: int = 0

    def answered(self, now: datetime) -> Json | None:
        """The note, while it is of any use."""
        return self.note[1] if self.note and timedelta() <= now - self.note[0] < _NOTE_LASTS else None


@dataclass(frozen=True, slots=True)
class About:
    """What a home tells of the bot: its version, since when it is up, what is wrong with its parts (None: nothing)."""

    version: str = ""
    since: datetime | None = None
    health: Callable[[], Mapping[str, str | None]] = dict


class Homes:
    """All of them. `moves` grows with everything that may look different."""

    def __init__(self) -> None:
        self._lock, self._viewers = Lock(), dict[str, Viewer]()
        self._tokens: Tokens | None = None
        self.moves = self._turns = 0

    def viewer(self, team_id: str, user_id: str, now: datetime) -> Viewer:
        """That person's, which is open from now on."""
        with self._lock:
            found = self._viewers.pop(user_id, None) or Viewer(team_id, user_id, now)
            found.team_id, found.opened_at = team_id, now
            self._viewers[user_id] = found
            if len(self._viewers) > _MOST:
                self._viewers.pop(next(iter(self._viewers)))
        return found

    def watched(self, now: datetime) -> bool:
        """Whether anybody's is open."""
        return any(True for _ in self._open(now))

    def move(self) -> None:
        """Something may look different from now on."""
        self.moves += 1

    def next_turn(self) -> int:
        """A rendering begins."""
        with self._lock:
            self._turns += 1
            return self._turns

    def due(self, now: datetime) -> tuple[list[Viewer], datetime | None]:
        """Whose shows something old and may be published now; and when to look again for others."""
        stale = [one for one in self._open(now) if one.seen != self.moves]
        pause = max(_PAUSE, _A_PERSON * len(stale))
        times = {id(one): _next(one, pause, now) for one in stale}
        later = [at for at in times.values() if at > now]
        return [one for one in stale if times[id(one)] <= now], min(later, default=None)

    def tokens(self, ports: Ports) -> Tokens:
        """What seals them: one for all, so that a home that did not change stays word for word the same."""
        with self._lock:
            self._tokens = self._tokens or Tokens(ports)
            return self._tokens

    def _open(self, now: datetime) -> Iterator[Viewer]:
        with self._lock:
            viewers = list(self._viewers.values())
        return (one for one in viewers if timedelta() <= now - one.opened_at < OPEN_FOR)


def _next(viewer: Viewer, pause: timedelta, now: datetime) -> datetime:
    paced = viewer.published_at + pause if viewer.published_at and viewer.published_at <= now else now
    return max(paced, viewer.not_before or now)
