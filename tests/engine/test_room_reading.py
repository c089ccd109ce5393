"""What is read before it is told whether more tasks fit: few calls, and whatever is denied is unknown."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.domain.capacity import Forecast
from bot.domain.ecs import ContainerInstance, Service, TaskDefinition
from bot.domain.errors import AccessDenied, NotPossible, Throttled
from bot.domain.room_forecasts import forecast_of
from bot.domain.rooms import Room, fits_now
from bot.domain.stacks import Place, Stage
from bot.engine.room_reading import MOST_CALLS, read_room
from tests.domain.room_cases import MANAGED, SPREADS, definition, host, settled
from tests.fakes.ecs import FakeEcs
from tests.fakes.groups import FakeGroups
from tests.fakes.hardware import FakeHardware

PLACE = Place("eu-west-1", "prod")
STAGE = Stage("shop", "prod", PLACE, "shop", "C0DEPLOYS")
FAST, BIG = "attribute:disk == fast", "attribute:size == big"
DENIED = AccessDenied("ec2:DescribeSubnets", "my role", "no")
SUBNET = {"subnet-1": ("a", 9)}
INSTANCES = ("ListContainerInstances", "DescribeContainerInstances")


@dataclass
class Aws:
    """A cluster of three instances, one in each zone, and a service of two tasks."""

    ecs: FakeEcs = field(default_factory=FakeEcs)
    hardware: FakeHardware = field(default_factory=FakeHardware)
    groups: FakeGroups = field(default_factory=FakeGroups)

    def __post_init__(self) -> None:
        self.has(*(host(number, running_tasks=1) for number in range(3)))
        self.ecs.has_service(PLACE, "shop", "shop:v1")
        self.hardware.addresses |= SUBNET

    def has(self, *instances: ContainerInstance) -> None:
        self.ecs.has_cluster(PLACE, *instances)

    def reads(self, task: TaskDefinition | None = None, **fields: Any) -> Room:
        """The room of the service with these fields."""
        for fake in (self.ecs, self.hardware, self.groups):
            fake.calls.clear()
        service = replace(self.service(), **fields)
        return read_room(self, STAGE, service, task or definition())

    def service(self) -> Service:
        return settled(name="shop")

    def calls(self) -> list[str]:
        return [one.call for fake in (self.ecs, self.hardware, self.groups) for one in fake.calls]


@pytest.fixture
def aws() -> Aws:
    return Aws()


def told(room: Room, n: int = 99) -> Forecast:
    found = forecast_of(room, n)
    assert found is not None
    return found


def test_a_plain_service_takes_the_instances_and_what_is_stopping(aws: Aws) -> None:
    room = aws.reads()
    assert sorted(aws.calls()) == sorted((*INSTANCES, "ListTasks"))
    assert (fits_now(room, 99), room.stopping, room.tasks, room.group) == (12, (), None, None)


def test_instances_in_every_status_are_seen_and_only_active_ones_counted(aws: Aws) -> None:
    aws.has(host(0), host(1, status="DRAINING"))
    room = aws.reads()
    assert told(room).out == (("DRAINING", 1),)
    assert room.active == (host(0),)


def test_only_instances_are_read_of_which_aws_says_that_they_meet_the_expression(aws: Aws) -> None:
    aws.ecs.matches(PLACE, FAST, "arn:1")
    room = aws.reads(placement_constraints=(("memberOf", FAST),))
    assert room.instances
    assert ([one.arn for one in room.instances], fits_now(room, 99)) == (["arn:1"], 4)


def test_several_expressions_are_asked_as_one(aws: Aws) -> None:
    aws.ecs.matches(PLACE, f"({FAST}) && ({BIG})", "arn:1", "arn:2")
    room = aws.reads(
        definition(placement_constraints=(("memberOf", BIG),)), placement_constraints=(("memberOf", FAST),)
    )
    assert fits_now(room, 99) == 8
    assert aws.calls().count("ListContainerInstances") == 1


def test_where_no_instance_meets_the_expression_that_is_what_is_short(aws: Aws) -> None:
    aws.ecs.matches(PLACE, FAST)
    found = told(aws.reads(placement_constraints=(("memberOf", FAST),)))
    assert (found.fits, found.limiting, found.on, found.unknown) == (0, ("CONSTRAINT",), 3, ())


@pytest.mark.parametrize("error", [DENIED, NotPossible("Invalid expression", "Mend it."), Throttled("AWS", "x")])
def test_an_expression_that_aws_does_not_answer_is_unknown(aws: Aws, error: Exception) -> None:
    aws.ecs.fails("ListContainerInstances", error)
    room = aws.reads(placement_constraints=(("memberOf", FAST),))
    assert told(room, 2) == Forecast(2, 2, instances=3, unknown=("CONSTRAINT",))
    assert fits_now(room, 2) is None


@pytest.mark.parametrize("call", INSTANCES)
def test_without_the_instances_nothing_is_told(aws: Aws, call: str) -> None:
    aws.ecs.fails(call, DENIED)
    assert forecast_of(aws.reads(), 1) is None


NETWORKED = definition(network_mode="awsvpc")


def test_tasks_with_interfaces_take_subnets_kinds_and_the_cluster_s_tasks(aws: Aws) -> None:
    room = aws.reads(NETWORKED, subnets=("subnet-1",))
    assert {"DescribeSubnets", "DescribeInstanceTypes"} < set(aws.calls())
    found = told(room)
    assert (found.fits, found.limiting, found.instances, found.out) == (2, ("ENI",), 1, (("ZONE", 2),))


def test_where_the_cluster_s_tasks_are_not_told_each_one_counts_as_having_an_interface(aws: Aws) -> None:
    aws.ecs.fails("ListTasks", DENIED, times=2)
    assert fits_now(aws.reads(NETWORKED, subnets=("subnet-1",)), 99) == 1


@pytest.mark.parametrize(("call", "unknown"), [("DescribeSubnets", ("ZONE",)), ("DescribeInstanceTypes", ("ENI",))])
def test_what_may_not_be_read_of_the_network_is_unknown(aws: Aws, call: str, unknown: tuple[str, ...]) -> None:
    aws.hardware.fails(call, DENIED)
    assert told(aws.reads(NETWORKED, subnets=("subnet-1",)), 1).unknown == unknown


def test_instances_that_have_one_of_its_tasks_take_no_other(aws: Aws) -> None:
    there = {one.container_instance_arn for one in aws.ecs.live_tasks(PLACE, "shop", None)}
    aws.has(*(host(number, arn=str(arn)) for number, arn in enumerate(sorted(map(str, there)))), host(7))
    room = aws.reads(placement_constraints=(("distinctInstance", ""),))
    assert fits_now(room, 99) == 1
    aws.ecs.fails("ListTasks", DENIED)
    assert told(aws.reads(placement_constraints=(("distinctInstance", ""),)), 1).unknown == ("DISTINCT",)


def test_a_group_is_only_read_where_ecs_sets_its_size(aws: Aws) -> None:
    aws.groups.has_group(PLACE, "prod-ecs", ["i-0", "i-1"], most=4)
    aws.ecs.has_capacity_provider(PLACE, MANAGED)
    room = aws.reads(launch_type=None, capacity_providers=("asg",))
    assert (room.provider, room.group and room.group.most) == (MANAGED, 4)
    aws.ecs.has_capacity_provider(PLACE, replace(MANAGED, managed_scaling=False))
    assert aws.reads(launch_type=None, capacity_providers=("asg",)).group is None
    assert "DescribeAutoScalingGroups" not in aws.calls()


def test_zones_take_the_service_s_tasks_where_it_spreads_over_them(aws: Aws) -> None:
    assert len(aws.reads(placement_strategies=SPREADS).tasks or ()) == 2


def test_tasks_that_may_wait_for_an_instance_are_looked_at(aws: Aws) -> None:
    aws.ecs.has_capacity_provider(PLACE, MANAGED)
    assert aws.reads(launch_type=None, capacity_providers=("asg",)).tasks is None
    assert len(aws.reads(launch_type=None, capacity_providers=("asg",), pending=1).tasks or ()) == 2


def test_what_there_are_no_calls_left_for_is_not_looked_at(aws: Aws) -> None:
    aws.has(*(host(number) for number in range(500)))
    aws.groups.has_group(PLACE, "prod-ecs", ["i-0"])
    aws.ecs.has_capacity_provider(PLACE, MANAGED)
    room = aws.reads(launch_type=None, capacity_providers=("asg",), placement_strategies=SPREADS)
    assert (room.provider, room.group, room.stopping, room.tasks) == (MANAGED, None, None, None)
    assert fits_now(room, 9_999) == 2_000
    assert len(aws.calls()) <= MOST_CALLS


def test_fargate_takes_its_quota_and_the_addresses_of_its_subnets(aws: Aws) -> None:
    aws.hardware.quotas = {False: 6.0, True: 3.0}
    task = definition(cpu=1024)
    assert fits_now(aws.reads(task, launch_type="FARGATE", subnets=("subnet-1",)), 99) == 4
    assert sorted(aws.calls()) == ["DescribeSubnets", "GetServiceQuota"]
    spot = aws.reads(task, launch_type=None, capacity_providers=("FARGATE_SPOT",), subnets=("subnet-1",))
    assert fits_now(spot, 99) == 1
    aws.hardware.fails("GetServiceQuota", DENIED)
    assert told(aws.reads(task, launch_type="FARGATE", subnets=("subnet-1",)), 1).unknown == ("QUOTA",)
