"""Schedules and their fires, as rows."""

from datetime import datetime
from typing import Protocol

from bot.domain.schedules import Fire, Schedule


class ScheduleRows(Protocol):
    """Tables `schedules` and `fires`."""

    def insert_schedule(self, schedule: Schedule) -> None:
        """A new one."""
        ...

    def schedule(self, schedule_id: str) -> Schedule | None:
        """As last saved, removed ones too."""
        ...

    def save_schedule(self, schedule: Schedule) -> None:
        """In place of the one with its id."""
        ...

    def schedules(self, stack: str = "", stage: str = "", most: int = 1_000) -> tuple[Schedule, ...]:
        """At most `most` of those that come again, of that stack and stage or of all; soonest first."""
        ...

    def schedules_like(self, start: str) -> tuple[Schedule, ...]:
        """Those whose ids begin so, removed ones too; two at the most."""
        ...

    def insert_fire(self, fire: Fire) -> bool:
        """Unless there is one with its key (False)."""
        ...

    def fire(self, key: str) -> Fire | None:
        """As last written."""
        ...

    def finish_fire(self, key: str, outcome: str) -> bool:
        """Writes its outcome; False: it has one."""
        ...

    def drop_fires(self, before: datetime) -> int:
        """Deletes those that were due before then and have an outcome; answers how many it were."""
        ...
