"""The fakes of what scales keep the contracts that the real adapters keep."""

from datetime import timedelta

import pytest

from bot.domain.ecs import ContainerInstance
from bot.domain.errors import AccessDenied, Throttled
from bot.domain.groups import CapacityProvider
from bot.domain.scaling import ScalingActivity, ScheduledAction
from bot.engine.ports import Ecs, Groups, Hardware, Metrics, Scaling
from tests.adapters.contracts.ecs_fleet import PROD, ZONE_A, FleetContract
from tests.adapters.contracts.groups import NAME, GroupsContract, sets
from tests.adapters.contracts.hardware import HardwareContract
from tests.adapters.contracts.scaling import PLACE, ScalingContract
from tests.adapters.contracts.usage import MetricsContract
from tests.fakes.ecs import FakeEcs
from tests.fakes.ecs_story import START
from tests.fakes.faults import Faults
from tests.fakes.groups import FakeGroups
from tests.fakes.hardware import FakeHardware
from tests.fakes.metrics import FakeMetrics
from tests.fakes.scaling import FakeScaling

IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:v42"


class FakeWorld:
    """Lets the calls of one fake fail; `service` is IAM's prefix of them."""

    def __init__(self, fake: Faults, service: str) -> None:
        self._fake, self._service = fake, service

    def denies(self, call: str) -> None:
        self._fake.fails(call, AccessDenied(f"{self._service}:{call}", "the bot"))

    def throttles(self, call: str) -> None:
        self._fake.fails(call, Throttled("AWS", call))


class FakeScalingWorld(FakeWorld):
    def __init__(self) -> None:
        self.ecs = FakeEcs()
        self.ecs.has_service(PLACE, "shop", IMAGE)
        self.fake = FakeScaling(self.ecs)
        self.scaling: Scaling = self.fake
        super().__init__(self.fake, "application-autoscaling")

    def desired(self) -> int:
        return self.ecs.service(PLACE, "shop").desired

    def schedules(self, action: ScheduledAction) -> None:
        self.fake.has_scheduled_action(PLACE, "shop", action)

    def hits_its_ceiling(self) -> str:
        tried = ("Failed", "Attempting to scale due to alarm triggered", "monitor alarm a", "AlreadyAtMaxCapacity")
        self.fake.did(PLACE, "shop", ScalingActivity(START, *tried))
        return "monitor alarm a"


class FakeGroupsWorld(FakeWorld):
    def __init__(self) -> None:
        self.now = START
        self.fake = FakeGroups(clock=lambda: self.now)
        self.fake.has_group(PLACE, NAME, ["i-1", "i-2", "i-3"], least=2, most=5)
        self.groups: Groups = self.fake
        super().__init__(self.fake, "autoscaling")

    def settles(self) -> None:
        self.now += timedelta(seconds=40)
        self.fake.settles(PLACE, NAME)

    def fails_to_launch(self) -> str:
        sets(self, 4)
        self.fake.did(PLACE, NAME, "Failed", "Launching a new EC2 instance", message="no m5.large left")
        return "no m5.large left"

    def protects(self, instance_id: str) -> None:
        self.fake.instance_is(PLACE, NAME, instance_id, protected=True)

    def hooks(self, name: str) -> None:
        self.fake.sets(PLACE, NAME, terminating_hooks=(name,))


class FakeFleetWorld(FakeWorld):
    def __init__(self) -> None:
        fake = FakeEcs()
        fake.has_cluster(PLACE, *map(instance, "abc"))
        fake.matches(PLACE, ZONE_A, "arn-a")
        group_arn = f"arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:1:autoScalingGroupName/{NAME}"
        fake.has_capacity_provider(PLACE, CapacityProvider(NAME, group_arn))
        fake.has_cluster(PROD)
        fake.has_capacity_provider(PROD, CapacityProvider(NAME, group_arn), default=True)
        self.ecs: Ecs = fake
        super().__init__(fake, "ecs")


class FakeMetricsWorld(FakeWorld):
    def __init__(self) -> None:
        self.fake, self.now = FakeMetrics(), START
        self.fake.has_usage(PLACE, "shop", cpu=[30.0, *range(31, 42)], memory=[50.0] * 12)
        self.metrics: Metrics = self.fake
        super().__init__(self.fake, "cloudwatch")


class FakeHardwareWorld:
    subnet = "subnet-a"

    def __init__(self) -> None:
        self.fake = FakeHardware()
        self.fake.addresses[self.subnet] = ("us-east-1a", 250)
        self.fake.quotas[False] = 140.0
        self.hardware: Hardware = self.fake

    def denies(self, call: str) -> None:
        service = "servicequotas" if call == "GetServiceQuota" else "ec2"
        self.fake.fails(call, AccessDenied(f"{service}:{call}", "the bot"))


def instance(letter: str) -> ContainerInstance:
    zone = f"us-east-1{letter}"
    attributes = {"ecs.availability-zone": zone, "ecs.instance-type": "m5.large"}
    return ContainerInstance(f"arn-{letter}", f"i-{letter}", "ACTIVE", True, 2048, 7764, zone=zone,
                             attributes=attributes, registered_cpu=2048, registered_memory=7764)  # fmt: skip


class TestFakeScaling(ScalingContract):
    @pytest.fixture
    def world(self) -> FakeScalingWorld:
        return FakeScalingWorld()


class TestFakeGroups(GroupsContract):
    @pytest.fixture
    def world(self) -> FakeGroupsWorld:
        return FakeGroupsWorld()


class TestFakeFleet(FleetContract):
    @pytest.fixture
    def world(self) -> FakeFleetWorld:
        return FakeFleetWorld()


class TestFakeMetrics(MetricsContract):
    @pytest.fixture
    def world(self) -> FakeMetricsWorld:
        return FakeMetricsWorld()


class TestFakeHardware(HardwareContract):
    @pytest.fixture
    def world(self) -> FakeHardwareWorld:
        return FakeHardwareWorld()
