"""The line of a preview about room, sentence by sentence, and the numbers that it and others rest on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.capacity import Strategy
from bot.domain.capacity_zones import spread_after, uneven
from bot.domain.ecs import ContainerDefinition, PortMapping
from bot.domain.plans import Level
from bot.domain.room_facts import Facts, room_of
from bot.domain.room_forecasts import fits_later, zones_after
from bot.domain.rooms import Room, fits_now, room_check
from tests.domain.rollout_cases import ours
from tests.domain.room_cases import MANAGED, SPREADS, definition, group, host, room, settled, stopping, task

OK, WARNING = Level.OK, Level.WARNING
FULL = tuple(host(number, memory=500) for number in range(6))
AWSVPC = definition(network_mode="awsvpc")
PORT = definition(network_mode="host", containers=(ContainerDefinition("a", "a", ports=(PortMapping(80, 80),)),))
ARM = definition(document={"runtimePlatform": {"cpuArchitecture": "ARM64"}})
IN_A = Strategy(addresses={"a": 9}, interfaces={"m5.large": 3})
FARGATE = settled(launch_type="FARGATE")
VCPU = definition(cpu=1024)
BESIDE: dict[str, Any] = {"addresses": {"subnet-1": ("a", 3)}, "quota": 6.0}
SENTENCES: dict[str, tuple[Room, int, Level, str]] = {
    "all fit": (room(host(0), host(1)), 2, OK, "Room for 2 more tasks on 2 instances."),
    "fewer": (room(), -1, OK, "Fewer tasks need no room."),
    "some fit": (room(host(0), host(1, 500)), 6, WARNING, "Room for 4 of 6 more tasks: MEMORY is short on 2 of 2"),
    "and where": (room(host(0), host(1, cpu=0)), 6, WARNING, "(i-0). What would help: "),
    "none fits": (room(*FULL), 3, WARNING, "No room for 3 more tasks: MEMORY is short on 6 of 6 instances. What"),
    "many": (room(*FULL, host(6, cpu=0)), 3, WARNING, "on 6 of 7 instances (i-0, i-1, i-2, i-3 and 2 more)."),
    "more than one more holds": (room(*FULL), 8, WARNING, "What would help: 2 more m5.large."),
    "one task": (room(*FULL), 1, WARNING, "What would help: 524 MiB more on one instance or 1 more m5.large."),
    "managed": (room(*FULL, provider=MANAGED, group=group(6, 9)), 3, WARNING, "by itself, up to 9: expect minutes."),
    "at its maximum": (
        room(*FULL, provider=MANAGED, group=group(6, 6)),
        3,
        WARNING,
        "Its group prod-ecs is at its maximum of 6 instances, so ECS adds none. What would help: 1 more m5.large.",
    ),
    "a group unread": (room(*FULL, provider=MANAGED), 3, WARNING, "by itself unless its group is at its maximum"),
    "nothing there yet": (room(provider=MANAGED, group=group(0, 9)), 1, WARNING, "ECS adds instances by itself"),
    "too large a task": (
        room(host(0), definition=definition(memory=9000), provider=MANAGED, group=group(1, 9)),
        1,
        WARNING,
        "What would help: other instances, since one task takes 9,000 MiB and 256 CPU units.",
    ),
    "still stopping": (
        room(*FULL, stopping=(stopping(1), stopping(2))),
        3,
        WARNING,
        "2 tasks are still stopping: 2 more will fit then.",
    ),
    "a rollout": (
        room(host(0), service={"deployments": (ours(desired=4, running=2, pending=0),)}),
        4,
        WARNING,
        "Room for 2 of 4 more tasks: MEMORY is short on 1 of 1 instance (i-0). 2 of its tasks have yet to start and",
    ),
    "no instance": (room(), 1, WARNING, "the cluster has no usable instance. What would help: an instance"),
    "unread": (room(instances=None), 1, WARNING, "I cannot read the cluster's instances, so I cannot tell"),
    "a constraint": (
        room(host(0), host(1, health="IMPAIRED"), strategy=Strategy(allowed=frozenset())),
        1,
        WARNING,
        "no usable instance meets its placement constraint. Left out: 1 IMPAIRED. What would help: an instance that",
    ),
    "a zone": (
        room(host(0), definition=AWSVPC, strategy=Strategy(addresses={"b": 9}, interfaces={"m5.large": 3})),
        1,
        WARNING,
        "is in a zone of its subnets. What would help: an instance in b or a subnet in a.",
    ),
    "a zone and memory": (
        room(host(0, 0), definition=AWSVPC, strategy=Strategy(addresses={"b": 9}, interfaces={"m5.large": 3})),
        1,
        WARNING,
        "no usable instance is in a zone of its subnets, and MEMORY is short there.",
    ),
    "interfaces": (
        room(host(0, running_tasks=2), host(3, agent_connected=False), definition=AWSVPC, strategy=IN_A),
        2,
        WARNING,
        "network interfaces are short on 1 of 1 instance (i-0). Left out: 1 not connected. "
        "What would help: 1 more m5.large or ENI trunking on such instances.",
    ),
    "interfaces unread": (
        room(host(0), definition=AWSVPC, strategy=Strategy(addresses={"a": 9})),
        2,
        WARNING,
        "Room for 2 more tasks as far as I can see, but I could not read network interfaces.",
    ),
    "addresses": (
        room(host(0), definition=AWSVPC, strategy=Strategy(addresses={"a": 1}, interfaces={"m5.large": 3})),
        2,
        WARNING,
        "its subnets have no more free addresses. What would help: another subnet with free addresses.",
    ),
    "addresses and memory": (
        room(host(0, 1024), definition=AWSVPC, strategy=Strategy(addresses={"a": 1}, interfaces={"m5.large": 3})),
        2,
        WARNING,
        "MEMORY is short on 1 of 1 instance and its subnets have no more free addresses (i-0). What would help: ano",
    ),
    "a host port": (room(host(0), host(1), definition=PORT), 4, WARNING, "free host ports are short on 2 of 2"),
    "a port that is taken": (
        room(host(0, ports=frozenset({22, 80})), definition=PORT),
        1,
        WARNING,
        "What would help: 1 more m5.large.",
    ),
    "two at once": (room(host(0, 0, cpu=0)), 2, WARNING, "No room for 2 more tasks: MEMORY and CPU are short"),
    "an architecture": (
        room(host(0, attributes={"ecs.cpu-architecture": "x86_64"}), host(1), definition=ARM),
        9,
        WARNING,
        "Left out: 1 of another architecture.",
    ),
    "uneven zones": (
        room(host(0), host(1, 0), service={"placement_strategies": SPREADS}, tasks=(task(1), task(2, "b"))),
        2,
        WARNING,
        "Room for 2 more tasks on 2 instances. The zones will be uneven then: 3 in a and 1 in b.",
    ),
    "Fargate": (Room(FARGATE, VCPU, **BESIDE), 2, OK, "Room for 2 more tasks in its subnets, and in the Fargate quota"),
    "Fargate's quota": (
        Room(FARGATE, VCPU, addresses={"subnet-1": ("a", 99)}, quota=6.0),
        8,
        WARNING,
        "the account's vCPU quota for Fargate is used up then. What would help: a quota of at least 10 vCPUs",
    ),
    "Fargate's addresses": (Room(FARGATE, VCPU, **BESIDE), 4, WARNING, "Room for 3 of 4 more tasks: its subnets"),
    "Fargate unread": (Room(FARGATE, VCPU), 2, WARNING, "free addresses in its subnets and the vCPU quota of Fargate."),
}  # fmt: skip


@pytest.mark.parametrize("case", SENTENCES)
def test_the_preview_says_what_fits_what_is_short_and_what_would_help(case: str) -> None:
    what, n, level, part = SENTENCES[case]
    check = room_check(what, n)
    assert (check.name, check.level, part in check.sentence) == ("room", level, True), check.sentence


def test_what_fits_is_not_guessed_where_something_was_not_read() -> None:
    assert fits_now(room(host(0)), 99) == 4
    assert fits_now(room(host(0)), 2) == 2
    assert fits_now(room(instances=None), 9) is None
    assert fits_now(room(host(0), definition=AWSVPC), 9) is None
    assert fits_now(Room(FARGATE, VCPU), 9) is None


def test_stopping_tasks_give_back_all_that_is_known_of_them() -> None:
    taken = host(0, 3000, ports=frozenset({22, 80}), gpus=0)
    graphic = definition(network_mode="host", gpus=1, containers=PORT.containers)
    mine = room(taken, definition=graphic, stopping=(stopping(1),))
    assert (fits_now(mine, 1), fits_later(mine, 1)) == (0, 1)
    others = room(taken, definition=graphic, stopping=(stopping(1, task_definition_arn="arn:other"),))
    assert fits_later(others, 1) == 0
    assert fits_later(room(host(0, 0), stopping=(stopping(1, container_instance_arn="arn:9"),)), 1) == 0
    assert fits_later(room(host(0, 0)), 1) is None
    strategy = Strategy(interfaces={"m5.large": 2}, attached={"arn:0": 1}, addresses={"a": 9})
    networked = room(host(0), definition=AWSVPC, strategy=strategy, stopping=(stopping(1, interface=True),))
    assert (fits_now(networked, 1), fits_later(networked, 1)) == (0, 1)


def test_a_task_that_stops_still_has_its_interface() -> None:
    facts = Facts((host(0),), running=(task(1, interface=True), task(2)), stopping=(stopping(3, interface=True),))
    assert room_of(settled(), AWSVPC, facts).strategy.attached == {"arn:0": 2}


def test_a_task_elsewhere_keeps_no_new_instance_from_helping() -> None:
    elsewhere = tuple(task(number, container_instance_arn=None, interface=True) for number in range(3))
    facts = Facts((host(0),), subnets={"s": ("a", 99)}, interfaces={"m5.large": 2}, running=elsewhere)
    apart = room_of(settled(placement_constraints=(("distinctInstance", ""),)), AWSVPC, facts)
    assert "What would help: 5 more m5.large" in room_check(apart, 3).sentence


def test_a_task_without_an_instance_comes_first() -> None:
    assert fits_now(room(host(0), tasks=(task(1), task(2, container_instance_arn=None))), 9) == 3


def test_zones_are_only_told_where_the_service_spreads_over_them() -> None:
    known = room(host(0), host(1), tasks=(task(1),))
    assert zones_after(known, 3) == {}
    spreading = room(host(0), host(1), tasks=(task(1), stopping(2)), service={"placement_strategies": SPREADS})
    assert zones_after(spreading, 3) == {"a": 2, "b": 2}


ZONES = st.dictionaries(st.sampled_from("abc"), st.integers(0, 6), max_size=3)


@given(ZONES, ZONES, st.integers(0, 12))
def test_a_spread_fills_the_emptiest_zone_that_has_room(now: dict[str, int], free: dict[str, int], n: int) -> None:
    after = spread_after(now, free, n)
    added = {zone: count - now.get(zone, 0) for zone, count in after.items()}
    assert sum(added.values()) == min(n, sum(free.values()))
    assert all(0 <= count <= free.get(zone, 0) for zone, count in added.items())
    grown = [zone for zone, count in added.items() if count]
    with_room = [zone for zone, count in added.items() if count < free.get(zone, 0)]
    assert all(after[one] <= after[other] + 1 for one in grown for other in with_room)
    assert uneven(after) == any(abs(one - other) > 1 for one in after.values() for other in after.values())
