"""Cron on the wall clock of a zone: APScheduler's triggers as pure functions (durability facts 1.4)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.domain.cron import Cron

_INSTANT = timedelta(microseconds=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class CronCalendar:
    """The port Calendar."""

    def next_fire(self, cron: Cron, zone: str, after: datetime) -> datetime | None:
        """The first time strictly after `after`, in UTC. What the wall shows twice comes the first time only; what the
        clock skips comes as much later as it is set forward."""
        at, wall = after, ZoneInfo(zone)
        while True:
            begin = (at + _INSTANT).astimezone(wall)
            found = [trigger.get_next_fire_time(None, begin) for trigger in _triggers(cron, zone)]
            times: list[datetime] = [one.astimezone(UTC) for one in found if one is not None]
            if not times:
                return None
            at = min(times)
            if at.astimezone(wall).fold == 0:
                return at


@lru_cache(maxsize=256)
def _triggers(cron: Cron, zone: str) -> tuple[CronTrigger, ...]:
    """One that wants both kinds of days, or one for either."""
    days = {"day": _listed(cron.days)}
    weekdays = {"day_of_week": ",".join(_WEEKDAYS[day] for day in cron.weekdays)}
    times = {"second": "0", "minute": _listed(cron.minutes), "hour": _listed(cron.hours), "month": _listed(cron.months)}
    either = (days, weekdays) if cron.either else (days | weekdays,)
    return tuple(CronTrigger(timezone=ZoneInfo(zone), **times, **each) for each in either)


def _listed(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))
