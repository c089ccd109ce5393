"""What the engine needs of a calendar, as a Protocol."""

from datetime import datetime
from typing import Protocol

from bot.domain.cron import Cron


class Calendar(Protocol):
    """Cron on the wall clock of a zone (an IANA name)."""

    def next_fire(self, cron: Cron, zone: str, after: datetime) -> datetime | None:
        """The first time strictly after `after`, in UTC; None: there is none. What the wall shows twice comes the first
        time only; what the clock skips comes as much later as it is set forward."""
        ...
