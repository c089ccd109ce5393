"""Which instances leave when a group gets smaller."""

from collections import Counter

from bot.domain.groups import Group, GroupInstance
from bot.domain.instances import Fleet, tasks_on
from bot.domain.scales import Leaver


def pick_leavers(fleet: Fleet, size: int) -> tuple[Leaver, ...]:
    """Those that go until `size` are InService, fewer where the others are protected from scale-in.

    By EC2 Auto Scaling's default termination policy (its user guide, “Termination policies”): from the zone that has
    most, then by the oldest launch configuration or launch template; where it would take any, the one with the fewest
    tasks; before all of them those that are DRAINING, which take no tasks as it is. Where the group picks itself, which
    nobody can foresee among equals: the worst that it may pick."""
    staying = {one.id: one for one in fleet.group.in_service}
    known = {one.id: _leaver(fleet, one) for one in fleet.group.in_service}
    draining = set() if fleet.picks_itself else {one.ec2_instance_id for one in fleet.draining}
    sign, leaving = -1 if fleet.picks_itself else 1, list[Leaver]()
    while len(staying) > size and any(not one.protected for one in staying.values()):
        crowd = Counter(one.zone for one in staying.values())
        free = [one for one in staying.values() if not one.protected]
        pool = [one for one in free if one.id in draining] or free
        gone = min(pool, key=lambda one: (-crowd[one.zone], _age(one, fleet.group), sign * known[one.id].tasks, one.id))
        leaving.append(known[gone.id])
        del staying[gone.id]
    return tuple(leaving)


def protected(group: Group) -> int:
    """How many of those that take work are protected from scale-in."""
    return sum(one.protected for one in group.in_service)


def _age(one: GroupInstance, group: Group) -> tuple[bool, bool, int]:
    """Oldest first: launch configurations, which have no `:version`, before templates; another one before the one that
    new instances get; by version."""
    name, _, version = one.launch_template.partition(":")
    current = name == group.launch_template.partition(":")[0]
    return bool(version), current, int(version) if version.isdecimal() else 0


def _leaver(fleet: Fleet, one: GroupInstance) -> Leaver:
    known = fleet.container_instance(one.id)
    return Leaver(known.arn if known else "", one.id, one.zone, tasks_on([known] if known else []))
