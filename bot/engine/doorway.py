"""Who comes in goes before who works: both share one interpreter, and Slack waits for the first only."""

from threading import Condition
from types import TracebackType


class Doorway:
    """`with doorway:` while a request is taken in; work waits until nobody stands there."""

    def __init__(self) -> None:
        self._left = Condition()
        self._inside = 0

    def __enter__(self) -> None:
        with self._left:
            self._inside += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._left:
            self._inside -= 1
            self._left.notify_all()

    def wait_until_empty(self, seconds: float) -> None:
        """Returns when nobody is inside, at the latest after `seconds`."""
        with self._left:
            self._left.wait_for(lambda: self._inside == 0, seconds)
