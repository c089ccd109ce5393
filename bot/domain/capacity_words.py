"""A forecast in words: what is short and where, what would help, what was not counted."""

from collections.abc import Sequence

from bot.domain.capacity import Forecast
from bot.domain.capacity_limits import FIRM

_SHOWN = 4
"""Instance ids in a sentence; the others are counted."""

_SHORT = {
    "PORTS": "free host ports are",
    "ENI": "network interfaces are",
    "DISTINCT": "places apart from its other tasks (distinctInstance) are",
}
_BARRED = {
    "CONSTRAINT": "meets its placement constraint",
    "ATTRIBUTES": "has all the attributes that it requires",
    "ARCHITECTURE": "has its architecture",
    "ZONE": "is in a zone of its subnets",
}
_BESIDE = {
    "ADDRESSES": "its subnets have no more free addresses",
    "QUOTA": "the account's vCPU quota for Fargate is used up then",
}
_OUT = {
    "AGENT": "not connected",
    "CONSTRAINT": "not meeting its placement constraint",
    "ATTRIBUTES": "without an attribute that it requires",
    "ARCHITECTURE": "of another architecture",
    "ZONE": "in a zone without a subnet of it",
}
_UNREAD = {
    "ENI": "network interfaces",
    "CONSTRAINT": "its placement constraint",
    "ZONE": "the zones of its subnets",
    "ADDRESSES": "free addresses in its subnets",
    "QUOTA": "the vCPU quota of Fargate",
    "DISTINCT": "which instances have one of its tasks (distinctInstance)",
}


def lack(found: Forecast) -> str:
    """What stops the rest, without a full stop: `MEMORY is short on 5 of 6 instances`."""
    beside = [_BESIDE[name] for name in found.limiting if name in _BESIDE]
    on_one = [name for name in found.limiting if name not in _BESIDE]
    return listed([*([_on_one(on_one, found)] if on_one else []), *beside])


def _on_one(limiting: Sequence[str], found: Forecast) -> str:
    if not found.instances:
        return "the cluster has no usable instance"
    barred = [_BARRED[name] for name in limiting if name in FIRM]
    if barred:
        soft = [name for name in limiting if name not in FIRM]
        return f"no usable instance {listed(barred)}{f', and {_are_short(soft)} short there' if soft else ''}"
    return f"{_are_short(limiting)} short on {found.on} of {_instances(found.instances)}"


def _are_short(limiting: Sequence[str]) -> str:
    if len(limiting) == 1:
        return _SHORT.get(limiting[0], f"{limiting[0]} is")
    return f"{listed([_SHORT.get(name, name).removesuffix(' are') for name in limiting])} are"


def on_which(found: Forecast) -> str:
    """The first of the instances that lack it, in brackets with a space before; empty where all do, or none."""
    if not set(FIRM).isdisjoint(found.limiting) or not found.where or found.on == found.instances > _SHOWN:
        return ""
    rest = len(found.where) - _SHOWN
    return f" ({', '.join(found.where[:_SHOWN])}{f' and {rest} more' if rest > 0 else ''})"


def left_out(found: Forecast) -> str:
    """Which instances were not counted, as a sentence with a space before; empty: all were."""
    told = () if set(FIRM).isdisjoint(found.limiting) else FIRM
    parts = [f"{count} {_OUT.get(why, why)}" for why, count in found.out if why not in told]
    return f" Left out: {listed(parts)}." if parts else ""


def not_known(unknown: Sequence[str]) -> str:
    """The factors that could not be read, in words."""
    return listed([_UNREAD.get(name, name) for name in unknown])


def listed(parts: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), parts[-1] if parts else "")))


def _instances(count: int) -> str:
    return f"{count} instance{'' if count == 1 else 's'}"


def tasks(count: int) -> str:
    """`1 more task`, `2 more tasks`."""
    return f"{count} more task{'' if count == 1 else 's'}"
