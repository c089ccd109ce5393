"""What was read of the room that a service has for more tasks, and what that means for N of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.capacity import Forecast, Strategy, forecast
from bot.domain.capacity_fargate import forecast_fargate
from bot.domain.capacity_words import lack, left_out, listed, not_known, on_which, tasks
from bot.domain.ecs import ContainerInstance, Service, Task, TaskDefinition
from bot.domain.groups import CapacityProvider, Group
from bot.domain.plans import Check, Level
from bot.domain.prerequisites import on_fargate

ROOM = "room"
"""The name of the check."""


@dataclass(frozen=True, slots=True)
class Room:
    """All that the forecast for one service rests on. `instances`: ACTIVE ones of its cluster; None: they may not be
    read, or its tasks run elsewhere. `stopping`: tasks of the cluster that were told to stop and hold their room still;
    None: not looked at. `tasks`: its own that should run; None: not looked at. `provider` with its `group`: what the
    service gets instances from. `addresses`, `quota`: of Fargate (`capacity_fargate`)."""

    service: Service
    definition: TaskDefinition
    instances: tuple[ContainerInstance, ...] | None = None
    strategy: Strategy = field(default_factory=Strategy)
    stopping: tuple[Task, ...] | None = None
    tasks: tuple[Task, ...] | None = None
    provider: CapacityProvider | None = None
    group: Group | None = None
    addresses: Mapping[str, tuple[str, int]] | None = None
    quota: float | None = None

    @property
    def ahead(self) -> int:
        """Its tasks that ECS has yet to find room for: they come first."""
        primary = self.service.primary
        missing = max(0, primary.desired - primary.running - primary.pending) if primary else 0
        homeless = sum(one.container_instance_arn is None for one in self.tasks or ())
        return missing + homeless


def forecast_of(room: Room, n: int) -> Forecast | None:
    """What fits of `n` more tasks. None: nothing is known of it."""
    if on_fargate(room.service):
        return forecast_fargate(room.definition, room.addresses, room.quota, room.service.running, n)
    if room.instances is None:
        return None
    return forecast(room.instances, room.definition, room.strategy, n, room.ahead)


def fits_now(room: Room, most: int) -> int | None:
    """How many more tasks fit now, at most `most`. None: not known, wholly or in part."""
    found = forecast_of(room, most)
    return None if found is None or found.unknown else found.fits


def room_check(room: Room, n: int) -> Check:
    """Whether `n` more tasks fit, for the preview: never ✗, since it is a forecast."""
    if n <= 0:
        return Check(ROOM, Level.OK, "Fewer tasks need no room.")
    found = forecast_of(room, n)
    if found is None:
        sentence = "I cannot tell whether there is room: the cluster's instances may not be read."
        return Check(ROOM, Level.WARNING, f"{sentence} Look at them in the ECS console first.")
    if found.fits < n:
        return Check(ROOM, Level.WARNING, _short(room, found))
    if found.unknown:
        sentence = f"Room for {tasks(n)} as far as I can see, but I cannot tell about {not_known(found.unknown)}."
        return Check(ROOM, Level.WARNING, f"{sentence} Watch whether they start.")
    return Check(ROOM, Level.OK, f"Room for {tasks(n)}{_where(found)}.")


def _where(found: Forecast) -> str:
    return f" on {found.instances} instance{'' if found.instances == 1 else 's'}" if found.instances else ""


def _short(room: Room, found: Forecast) -> str:
    said = f"Room for {found.fits} of {found.of}: {lack(found)}{on_which(found)}.{left_out(found)}"
    return f"{said} {_way_out(room, found)}"


def _way_out(room: Room, found: Forecast) -> str:
    helps = f"What would help: {listed(found.helps, 'or')}." if found.helps else "Add instances."
    provider, group = room.provider, room.group
    if provider is None or not provider.managed_scaling or on_fargate(room.service):
        return helps
    if group is not None and group.desired >= group.most:
        return f"Its group {group.name} is at its maximum of {group.most} instances, so ECS adds none. {helps}"
    return "ECS adds instances by itself: expect minutes."
