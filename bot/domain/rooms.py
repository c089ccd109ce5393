"""The line of a preview that says whether more tasks fit. A forecast: it warns, it never stands in the way."""

from bot.domain.capacity import Forecast
from bot.domain.capacity_words import lack, left_out, listed, not_known, on_which, tasks
from bot.domain.capacity_zones import uneven
from bot.domain.plans import Check, Level
from bot.domain.prerequisites import on_fargate
from bot.domain.room_forecasts import Room, fits_later, fits_now, forecast_of, zones_after

__all__ = ["ROOM", "Room", "fits_now", "room_check"]

ROOM = "room"
"""The name of the check."""


def room_check(room: Room, n: int) -> Check:
    """Whether `n` more tasks fit now; if not: how many, what is short and where, what would help."""
    if n <= 0:
        return Check(ROOM, Level.OK, "Fewer tasks need no room.")
    found = forecast_of(room, n)
    if found is None:
        return _warning("I cannot read the cluster's instances, so I cannot tell whether there is room.", _LOOK)
    if found.fits < n:
        return _warning(_short(found), _soon(room, found), _ahead(room), _way_out(room, found))
    if found.unknown:
        said = f"Room for {tasks(n)} as far as I can see, but I could not read {not_known(found.unknown)}."
        return _warning(said, _LOOK)
    counts = zones_after(room, n)
    if uneven(counts):
        spread = listed([f"{count} in {zone}" for zone, count in counts.items()])
        return _warning(f"Room for {tasks(n)}{_where(found)}.", f"The zones will be uneven then: {spread}.", _EVEN)
    return Check(ROOM, Level.OK, f"Room for {tasks(n)}{_where(found)}{_beside(room)}.")


_LOOK = "Watch whether they all start."
_EVEN = "Add room in the others first if that matters."


def _warning(*sentences: str) -> Check:
    return Check(ROOM, Level.WARNING, " ".join(filter(None, sentences)))


def _where(found: Forecast) -> str:
    return f" on {found.instances} instance{'' if found.instances == 1 else 's'}" if found.instances else ""


def _beside(room: Room) -> str:
    shared = " in its subnets, and in the Fargate quota as far as this service alone uses it"
    return shared if on_fargate(room.service) else ""


def _short(found: Forecast) -> str:
    room = f"Room for {found.fits} of {tasks(found.of)}" if found.fits else f"No room for {tasks(found.of)}"
    said = f"{room}: {lack(found)}{on_which(found)}.{left_out(found)}"
    return said + (f" I could not read {not_known(found.unknown)}." if found.unknown else "")


def _soon(room: Room, found: Forecast) -> str:
    """What tasks that are stopping give back."""
    later = fits_later(room, found.of)
    if not room.stopping or later is None or later <= found.fits:
        return ""
    count, more = len(room.stopping), later - found.fits
    return f"{count} task{' is' if count == 1 else 's are'} still stopping: {more} more will fit then."


def _ahead(room: Room) -> str:
    """Its own tasks that wait, or that a rollout has yet to start."""
    count = 0 if on_fargate(room.service) else room.ahead
    if not count:
        return ""
    return f"{count} of its tasks {'has' if count == 1 else 'have'} yet to start and come{'s' * (count == 1)} first."


def _way_out(room: Room, found: Forecast) -> str:
    helps = f"What would help: {listed(found.helps, 'or')}." if found.helps else ""
    provider, group = room.provider, room.group
    if provider is None or not provider.managed_scaling or not (found.more or "INSTANCES" in found.limiting):
        return helps
    if group is None:
        return "ECS adds instances by itself unless its group is at its maximum: expect minutes."
    if group.desired >= group.most:
        return f"Its group {group.name} is at its maximum of {group.most} instances, so ECS adds none. {helps}"
    return f"ECS adds instances by itself, up to {group.most}: expect minutes."
