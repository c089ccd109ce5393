"""Time zones by the names people type: IANA names, capitals make no difference."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.errors import UnknownName


def zone_named(word: str) -> str:
    """`Europe/Berlin` for `europe/berlin`. Raises UnknownName, which knows the nearest."""
    found = _zones().get(word.casefold())
    if found is None:
        usage = "Type an IANA name, such as --tz Europe/Berlin, or leave it out for UTC."
        raise UnknownName("time zone", word[:60], tuple(sorted(_zones().values())), usage)
    return ZoneInfo(found).key


@cache
def _zones() -> dict[str, str]:
    """Those with the same meaning on every machine."""
    named = available_timezones() - {"localtime", "posixrules", "Factory"}
    return {name.casefold(): name for name in sorted(named)}
