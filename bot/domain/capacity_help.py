"""What would let more tasks fit, in fragments of sentences: `2 more m5.large`, `640 MiB more on one instance`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.capacity_limits import FIRM, Strategy, limits_of, trunked_tasks
from bot.domain.capacity_needs import Need
from bot.domain.ecs import ContainerInstance

_ALWAYS_TAKEN = frozenset({22, 2375, 2376, 51678, 51679})
"""Host ports that an empty instance has taken: SSH, Docker, ECS's agent (ECS developer guide, portMappings)."""


@dataclass(frozen=True, slots=True)
class Tight:
    """One instance and, by factor, how many of the tasks it takes."""

    instance: ContainerInstance
    limits: Mapping[str, int]

    @property
    def takes(self) -> int:
        """How many."""
        return min(self.limits.values())

    @property
    def factors(self) -> tuple[str, ...]:
        """What ends it: with less than all of them out of the way it takes no more."""
        takes = self.takes
        return tuple(name for name, count in self.limits.items() if count == takes)

    @property
    def barred(self) -> str:
        """The first factor that keeps such tasks off it however empty it is; empty: none does."""
        return next((name for name in FIRM if self.limits[name] == 0), "")


def what_helps(
    limiting: Sequence[str], need: Need, strategy: Strategy, considered: Sequence[Tight], short: int
) -> tuple[str, ...]:
    """Each fragment alone helps, best first; where it counts, it lets all of the `short` tasks fit."""
    if not considered:
        return ("an instance that is ACTIVE and connected",)
    if "ADDRESSES" in limiting:
        rest = [name for name in limiting if name != "ADDRESSES"]
        others = what_helps(rest, need, strategy, considered, short)[:1] if rest else ()
        return (" with ".join(("another subnet with free addresses", *others)),)
    barriers = [_open(name, need, strategy) for name in limiting if name in FIRM]
    if barriers:
        return (f"an instance {' and '.join(barriers)}", *_subnets(limiting, considered))
    count, kind = more_instances(need, strategy, considered, short)
    larger = f"other instances, since one task takes {_sizes(need)}"
    return (
        *_more_on_one(limiting, need, considered, short),
        f"{count} more {kind or ('instance' if count == 1 else 'instances')}" if count else larger,
        *(("ENI trunking on such instances",) if "ENI" in limiting and _trunkable(considered) else ()),
    )


def _sizes(need: Need) -> str:
    return f"{need.memory:,} MiB and {need.cpu:,} CPU units{f' and {need.gpus} GPU' if need.gpus else ''}"


def more_instances(need: Need, strategy: Strategy, considered: Sequence[Tight], short: int) -> tuple[int, str]:
    """How many more instances of which EC2 type let the `short` tasks fit: empty ones of the kind that most are of.
    0: no such instance takes even one."""
    held: Counter[tuple[str, int]] = Counter()
    for one in considered:
        empty = limits_of(_empty(one.instance), need, replace(strategy, allowed=None), short)
        held[one.instance.instance_type, min(empty.values())] += 1
    fitting = {kind: count for kind, count in held.items() if kind[1]}
    if not fitting:
        return 0, ""
    (name, each), _ = max(fitting.items(), key=lambda found: (found[1], found[0]))
    return -(-short // each), name


def _subnets(limiting: Sequence[str], considered: Sequence[Tight]) -> tuple[str, ...]:
    zones = sorted({one.instance.zone for one in considered if one.instance.zone})
    return (f"a subnet in {' or '.join(zones)}",) if tuple(limiting) == ("ZONE",) and zones else ()


def _open(name: str, need: Need, strategy: Strategy) -> str:
    named = {
        "CONSTRAINT": "that meets its placement constraint",
        "ATTRIBUTES": f"with the attributes that it requires ({', '.join(need.attributes)})",
        "ARCHITECTURE": f"of {need.architecture}",
        "ZONE": f"in {' or '.join(sorted(strategy.addresses or ()))}",
    }
    return named[name]


def _more_on_one(limiting: Sequence[str], need: Need, considered: Sequence[Tight], short: int) -> tuple[str, ...]:
    """For one task that only one resource keeps out, where an instance has it and others use it."""
    if short != 1 or tuple(limiting) not in (("MEMORY",), ("CPU",)):
        return ()
    lacks = [lack for one in considered if one.factors == tuple(limiting) for lack in _lack(one, limiting[0], need)]
    unit = "MiB" if limiting[0] == "MEMORY" else "CPU units"
    return (f"{min(lacks):,} {unit} more on one instance",) if lacks else ()


def _lack(one: Tight, factor: str, need: Need) -> tuple[int, ...]:
    """How much more one more task takes than is left; empty: more than there is."""
    memory, of = factor == "MEMORY", one.instance
    wanted = (one.takes + 1) * (need.memory if memory else need.cpu)
    left, whole = (of.memory, of.registered_memory) if memory else (of.cpu, of.registered_cpu)
    return (wanted - left,) if wanted <= whole else ()


def _trunkable(considered: Sequence[Tight]) -> bool:
    """Whether some could have a trunk, and have none."""
    return any(not one.instance.trunk and trunked_tasks(one.instance.instance_type) for one in considered)


def _empty(instance: ContainerInstance) -> ContainerInstance:
    """Another instance like this one, with nothing on it."""
    return replace(
        instance,
        arn="",
        cpu=instance.registered_cpu,
        memory=instance.registered_memory,
        ports=instance.ports & _ALWAYS_TAKEN,
        ports_udp=frozenset(),
        running_tasks=0,
        pending_tasks=0,
        gpus=instance.registered_gpus,
    )
