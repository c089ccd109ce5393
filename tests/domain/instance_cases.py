"""A group of EC2 instances and its cluster, as the tests of scaling instances see them; every part can be replaced."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from bot.domain.ecs import ContainerDefinition, ContainerInstance, Service, Task, TaskDefinition
from bot.domain.errors import NotPossible
from bot.domain.groups import CapacityProvider, Group, GroupActivity, GroupInstance
from bot.domain.instances import Fleet
from bot.domain.instances_plan import plan_instances
from bot.domain.plans import Plan
from bot.domain.rooms import Room
from bot.domain.scales import Setting
from bot.domain.stacks import Limits, Place, Stage
from bot.domain.targets import Target

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STAGE = Stage("shop", "prod", Place("us-east-1", "prod"), "shop-prod", "C0PROD")
LIMITED = replace(STAGE, limits=Limits(instances=(2, 8)))
SERVICE = Service(
    "arn:aws:ecs:us-east-1:111122223333:service/prod/shop-prod", "shop-prod", "c", "ACTIVE", 6, 6, 0, "td:shop", ()
)
DEFINITION = TaskDefinition("td:shop", "shop", 7, "ACTIVE", (ContainerDefinition("app", "r/shop:v42", cpu=512),), {})
TARGET = Target(SERVICE, DEFINITION)
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")


def machine(number: int, zone: int = 0, **parts: Any) -> GroupInstance:
    known = {"instance_type": "m5.large", "launch_template": "lt-1:2", **parts}
    return GroupInstance(f"i-{number}", ZONES[zone], **{"lifecycle_state": "InService", **known})


def joined(one: GroupInstance, tasks: int = 0, **parts: Any) -> ContainerInstance:
    known = {"zone": one.zone, "running_tasks": tasks, "registered_cpu": 2048, "registered_memory": 4096, **parts}
    told = {"status": "ACTIVE", "agent_connected": True, "cpu": 2048 - 512 * tasks, "memory": 4096, **known}
    return ContainerInstance(f"arn:{one.id}", one.id, **told)


def group(*machines: GroupInstance, **parts: Any) -> Group:
    told = {"least": 1, "most": 10, "desired": len(machines), "zones": ZONES, "launch_template": "lt-1:2", **parts}
    return Group("prod-asg", "arn:asg", instances=machines, **told)


def fleet(size: int = 3, each: int = 2, **parts: Any) -> Fleet:
    """So many machines over three zones, each with so many tasks; `parts` of Fleet, or of its group."""
    machines = tuple(machine(number, number % 3) for number in range(size))
    own = {name: parts.pop(name) for name in list(parts) if name not in Fleet.__slots__}
    known = {"instances": tuple(joined(one, each) for one in machines), **parts}
    return Fleet(**{"group": group(*machines, **own), **known})


def provider(**parts: Any) -> CapacityProvider:
    return CapacityProvider("main", "arn:…:autoScalingGroupName/prod-asg", **parts)


def activity(status: str = "Successful", ago: float = 3_600, **parts: Any) -> GroupActivity:
    """Begun and, where it is over, ended so many seconds ago."""
    at = NOW - timedelta(seconds=ago)
    over = at if status in ("Successful", "Failed", "Cancelled") else None
    told = {"description": "Launching a new EC2 instance: i-9", "cause": "a user request", "ended_at": over, **parts}
    return GroupActivity(at, status, **told)


def task(number: int, on: str, service: str = "shop-prod", definition: str = "td:shop") -> Task:
    owner = f"service:{service}" if service else "family:job"
    arn = f"arn:task/prod/{number:032x}"
    return Task(arn, definition, "RUNNING", "RUNNING", (), group=owner, container_instance_arn=f"arn:{on}")


def wanted(size: int | None = None, least: int | None = None, most: int | None = None) -> Setting:
    return Setting(instances=size, instances_min=least, instances_max=most)


def room(**parts: Any) -> Room:
    return Room(**{"service": SERVICE, "definition": DEFINITION, **parts})


def planned(found: Fleet, asked: Setting, stage: Stage = STAGE) -> Plan:
    return plan_instances(stage, TARGET, found, asked, NOW)


def refusal(found: Fleet, asked: Setting, stage: Stage = STAGE) -> str:
    with pytest.raises(NotPossible) as refused:
        planned(found, asked, stage)
    return str(refused.value)


MACHINES = st.builds(
    machine,
    st.integers(0, 999),
    st.integers(0, 2),
    protected=st.booleans(),
    launch_template=st.sampled_from(["lt-1:1", "lt-1:2", "lt-0:9", "lc-old", ""]),
    lifecycle_state=st.sampled_from(["InService", "InService", "InService", "Pending", "Terminating", "Standby"]),
)


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    """Any group up to nine machines, some of them in the cluster, in any state."""
    machines = draw(st.lists(MACHINES, max_size=9, unique_by=lambda one: one.id))
    least, desired, most = sorted(draw(st.tuples(*[st.integers(0, 12)] * 3)))
    status = st.sampled_from(["ACTIVE", "ACTIVE", "DRAINING"])
    known = [joined(one, draw(st.integers(0, 4)), status=draw(status)) for one in machines if draw(st.booleans())]
    found = group(
        *machines, least=least, most=most, desired=desired, terminating_hooks=draw(st.sampled_from([(), "h"]))
    )
    managed = draw(st.lists(st.builds(provider, managed_scaling=st.booleans()), max_size=1))
    return Fleet(found, tuple(known), tuple(managed))
