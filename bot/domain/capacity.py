"""Will N more tasks fit, and what stops them: a forecast from what the instances have left (ECS facts 3.1)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.capacity_help import Tight, more_instances, what_helps
from bot.domain.capacity_limits import Strategy, limits_of, most_interfaces, state_of
from bot.domain.capacity_needs import Need, need_of
from bot.domain.ecs import ContainerInstance, DeploymentConfiguration, Service, TaskDefinition

__all__ = [
    "Forecast",
    "Need",
    "Strategy",
    "Surge",
    "forecast",
    "need_of",
    "on_instances",
    "surge_forecast",
    "surge_of",
    "zone_room",
]


@dataclass(frozen=True, slots=True)
class Surge:
    """The peak of a rollout: tasks that may run beside the old ones, and old ones that may be stopped at once.
    `can_move` False: neither is allowed, so the rollout never ends (ECS facts 3.1.6)."""

    extra: int
    must_stop_first: int
    can_move: bool


def surge_of(desired: int, configuration: DeploymentConfiguration) -> Surge:
    """maximumPercent is rounded down, minimumHealthyPercent up; the blue/green family starts a whole second set."""
    if configuration.strategy != "ROLLING":
        return Surge(desired, 0, True)
    extra = max(0, desired * configuration.maximum_percent // 100 - desired)
    kept = -(-desired * configuration.minimum_healthy_percent // 100)
    stops = 0 if extra else max(0, desired - kept)
    return Surge(extra, stops, desired == 0 or extra + stops > 0)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Fits now: `fits` of `of` tasks. Where not all do: `limiting` is what most instances lack first (CPU, MEMORY,
    GPU, PORTS, ENI, DISTINCT; CONSTRAINT, ATTRIBUTES, ARCHITECTURE, ZONE where no instance is left; INSTANCES: there
    is none; several where none of them alone lets more fit), `where` the EC2 ids of the `on` of `instances` that lack
    it, `helps` what would let the rest fit, `more` how many more instances like those there (0: that
    would not help, or there is none). `instances`: those that may take such a task at all; `out`: why how many
    others may not (their status, AGENT, IMPAIRED, CONSTRAINT …). `unknown`: factors that were not counted, since they
    could not be read. A forecast: tasks that stop hold their room until they are STOPPED, and others may come."""

    fits: int
    of: int
    limiting: tuple[str, ...] = ()
    on: int = 0
    instances: int = 0
    where: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    more: int = 0
    out: tuple[tuple[str, int], ...] = ()
    unknown: tuple[str, ...] = ()


def forecast(
    instances: Iterable[ContainerInstance],
    definition: TaskDefinition,
    strategy: Strategy,
    n: int,
    ahead: int = 0,
) -> Forecast:
    """How many of `n` more tasks of `definition` have room now, after `ahead` others of it that ECS places first.
    Exact, since the tasks are all alike: what one instance takes does not depend on the others."""
    need = need_of(definition)
    able, out = _able(instances, need, strategy, max(1, n + ahead))
    open_to = [one for one in able if not one.barred]
    by_zone = _by_zone(open_to, strategy)
    there = sum(by_zone.values())
    fits, lacking = max(0, min(n, there - ahead)), n + ahead - there
    out.update(one.barred for one in able if one.barred)
    found = Forecast(fits, n, instances=len(open_to), out=tuple(out.items()), unknown=_unknown(open_to, need, strategy))
    if fits == n:
        return found
    return _short(found, open_to or able, by_zone, need, strategy, lacking)


def _short(
    found: Forecast,
    considered: Sequence[Tight],
    by_zone: Mapping[str, int],
    need: Need,
    strategy: Strategy,
    lacking: int,
) -> Forecast:
    """The same with what `lacking` more tasks want for, and where."""
    limiting = _limiting(considered, by_zone, strategy)
    on_one = set(limiting) - {"ADDRESSES"}
    short = [one for one in considered if on_one and on_one <= set(one.factors)]
    return replace(
        found,
        limiting=limiting,
        on=len(short),
        instances=len(considered),
        where=tuple(one.instance.ec2_instance_id for one in short),
        helps=what_helps(limiting, need, strategy, considered, lacking),
        more=more_instances(need, strategy, considered, lacking)[0],
    )


def zone_room(
    instances: Iterable[ContainerInstance], definition: TaskDefinition, strategy: Strategy, n: int
) -> Mapping[str, int]:
    """Zone → how many of `n` tasks its instances take; zones where ECS may place none are left out."""
    need = need_of(definition)
    able, _ = _able(instances, need, strategy, max(1, n))
    return _by_zone([one for one in able if not one.barred], strategy)


def _able(
    instances: Iterable[ContainerInstance], need: Need, strategy: Strategy, most: int
) -> tuple[list[Tight], Counter[str]]:
    """What ECS places tasks on at all, and why it does not on how many others."""
    able, out = [], Counter[str]()
    for one in instances:
        if state := state_of(one):
            out[state] += 1
        else:
            able.append(Tight(one, limits_of(one, need, strategy, most)))
    return able, out


def _by_zone(open_to: Iterable[Tight], strategy: Strategy) -> Mapping[str, int]:
    taken = Counter[str]()
    for one in open_to:
        taken[one.instance.zone] += one.takes
    if strategy.addresses is None:
        return taken
    return {zone: min(count, strategy.addresses[zone]) for zone, count in taken.items()}


def _limiting(considered: Sequence[Tight], by_zone: Mapping[str, int], strategy: Strategy) -> tuple[str, ...]:
    """What ends most instances; of as many, fewer factors. Addresses, where instances have more room than these, and
    where more room would find none."""
    if not considered:
        return ("INSTANCES",)
    if sum(one.takes for one in considered) > sum(by_zone.values()):
        return ("ADDRESSES",)
    sets = Counter(one.factors for one in considered)
    limiting = max(sets, key=lambda factors: (sets[factors], -len(factors)))
    zones = {one.instance.zone for one in considered if one.factors == limiting}
    free = strategy.addresses
    used_up = free is not None and all(zone in free and by_zone.get(zone, 0) >= free[zone] for zone in zones)
    return (*limiting, "ADDRESSES") if used_up else limiting


def _unknown(open_to: Sequence[Tight], need: Need, strategy: Strategy) -> tuple[str, ...]:
    silent = need.interface and any(most_interfaces(one.instance, strategy.interfaces) is None for one in open_to)
    return tuple(dict.fromkeys((*strategy.unknown, *(("ENI",) if silent else ()))))


def surge_forecast(
    service: Service, definition: TaskDefinition, instances: Iterable[ContainerInstance], strategy: Strategy
) -> Forecast | None:
    """Room for the tasks that a rollout of `definition` runs beside the old ones. None: not known, since the service
    does not (or not surely) place its tasks on these instances: Fargate, EXTERNAL, DAEMON."""
    if service.scheduling_strategy != "REPLICA" or not on_instances(service):
        return None
    return forecast(instances, definition, strategy, surge_of(service.desired, service.configuration).extra)


def on_instances(service: Service) -> bool:
    """Whether its tasks surely run on the EC2 instances of its cluster."""
    if service.launch_type:
        return service.launch_type == "EC2"
    return bool(service.capacity_providers) and not any("FARGATE" in name for name in service.capacity_providers)
