"""Will N more Fargate tasks fit: the account's vCPU quota, and free addresses in the service's subnets (ECS facts
3.1)."""

from collections.abc import Mapping

from bot.domain.capacity import Forecast
from bot.domain.ecs import TaskDefinition


def forecast_fargate(
    definition: TaskDefinition,
    addresses: Mapping[str, tuple[str, int]] | None,
    quota: float | None,
    running: int,
    n: int,
) -> Forecast:
    """How many of `n` more tasks fit. `addresses`: subnet id → its zone and free IPv4 addresses, one for each task;
    `quota`: vCPUs in the region, of which at least those of the `running` tasks are in use: what other services use is
    not in it, so this is the most that fits. None: not known, and told as `unknown`."""
    each = (definition.cpu or 0) / 1024
    limits = {"ADDRESSES": n, "QUOTA": n}
    if addresses is not None:
        limits["ADDRESSES"] = min(n, sum(free for _, free in addresses.values()))
    if quota is not None and each:
        limits["QUOTA"] = max(0, min(n, int(quota // each) - running))
    fits = min(limits.values())
    unknown = tuple(name for name, value in (("ADDRESSES", addresses), ("QUOTA", quota)) if value is None)
    if fits == n:
        return Forecast(n, n, unknown=unknown)
    limiting = tuple(name for name, count in limits.items() if count == fits)
    return Forecast(fits, n, limiting, helps=_helps(limiting, (n + running) * each), unknown=unknown)


def _helps(limiting: tuple[str, ...], needed: float) -> tuple[str, ...]:
    named = {
        "ADDRESSES": "another subnet with free addresses",
        "QUOTA": f"a quota of at least {needed:g} vCPUs (Service Quotas, AWS Fargate)",
    }
    return (" and ".join(named[name] for name in limiting),)
