"""What changed, in order, for whoever watches: a page or a test that waits."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sandbox.slack.workspace import Json

KEPT = 5_000


@dataclass(frozen=True)
class Change:
    """`message`, `changed`, `deleted`, `ephemeral`, `view`, `home`, `toast` or `refused`; `user_id`: for them only."""

    id: int
    kind: str
    data: Json
    user_id: str | None = None


@dataclass
class Feed:
    """A bounded log of changes with one waiting point. Used from the server's event loop only."""

    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=KEPT))
    last_id: int = 0
    closed: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, kind: str, data: Json, user_id: str | None = None) -> None:
        self.last_id += 1
        self.changes.append(Change(self.last_id, kind, data, user_id))
        self._wake()

    def close(self) -> None:
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def after(self, since: int, user_id: str | None = None) -> AsyncIterator[Change]:
        """Every change after the id `since`, then each new one as it comes, until the server stops.

        With `user_id`, what only other people may see is left out.
        """
        while not self.closed:
            news = self._news
            fresh = [change for change in self.changes if change.id > since]
            for change in fresh:
                since = change.id
                if user_id is None or change.user_id in (None, user_id):
                    yield change
            if not fresh:
                await news.wait()
