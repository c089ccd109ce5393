"""What Slack told a moment ago, so that a minute of clicks asks once."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

LIFE = timedelta(seconds=60)

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """Values that are forgotten after LIFE. Safe for threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = Lock()
        self._values: dict[Key, tuple[Value, datetime]] = {}

    def recall(self, key: Key, since: datetime | None = None) -> Value | None:
        """The value, if it is younger than LIFE, and asked for after `since`."""
        with self._lock:
            value, at = self._values.get(key, (None, None))
        young = at is not None and timedelta(0) <= self._now() - at < LIFE
        return value if young and at is not None and (since is None or at > since) else None

    def keep(self, key: Key, value: Value, asked: datetime | None = None) -> Value:
        """Remembers it as of `asked`, default now, and forgets what is too old."""
        now = self._now()
        with self._lock:
            self._values = {one: (kept, at) for one, (kept, at) in self._values.items() if now - at < LIFE}
            self._values[key] = (value, asked or now)
        return value
