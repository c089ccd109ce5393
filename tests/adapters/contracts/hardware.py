"""What the engine may rely on from anything that is a Hardware port."""

from typing import Protocol

import pytest

from bot.domain.errors import AccessDenied
from bot.engine.ports import Hardware
from tests.adapters.contracts.scaling import PLACE


class HardwareWorld(Protocol):
    """Some subnets of us-east-1, and a quota of 140 vCPUs on Fargate."""

    @property
    def hardware(self) -> Hardware:
        """The port under test."""
        ...

    @property
    def subnet(self) -> str:
        """One of us-east-1a."""
        ...

    def denies(self, call: str) -> None:
        """It may not be called from now on."""
        ...


class HardwareContract:
    """Subclasses give the fixture `world`, which may be shared: only the last test spoils it."""

    def test_network_interfaces_are_told_by_type_and_unknown_types_left_out(self, world: HardwareWorld) -> None:
        found = world.hardware.network_interfaces(PLACE, ["m5.large", "m5.xlarge", "m5.tiny", "m5.large"])
        assert found == {"m5.large": 3, "m5.xlarge": 4}

    def test_free_addresses_are_told_with_their_zone_and_unknown_subnets_left_out(self, world: HardwareWorld) -> None:
        found = world.hardware.free_addresses(PLACE, [world.subnet, "subnet-0"])
        assert list(found) == [world.subnet]
        zone, free = found[world.subnet]
        assert zone == "us-east-1a"
        assert free > 0

    def test_nothing_asked_for_is_nothing_answered(self, world: HardwareWorld) -> None:
        assert (world.hardware.network_interfaces(PLACE, []), world.hardware.free_addresses(PLACE, [])) == ({}, {})

    def test_the_quota_of_fargate_is_told_in_vcpus(self, world: HardwareWorld) -> None:
        assert world.hardware.fargate_vcpu_quota(PLACE, spot=False) == 140.0

    def test_what_may_not_be_read_is_refused_by_name(self, world: HardwareWorld) -> None:
        for call in ("ec2:DescribeInstanceTypes", "ec2:DescribeSubnets", "servicequotas:GetServiceQuota"):
            world.denies(call.partition(":")[2])
        with pytest.raises(AccessDenied, match="ec2:DescribeInstanceTypes"):
            world.hardware.network_interfaces(PLACE, ["m5.large"])
        with pytest.raises(AccessDenied, match="ec2:DescribeSubnets"):
            world.hardware.free_addresses(PLACE, [world.subnet])
        with pytest.raises(AccessDenied, match="servicequotas:GetServiceQuota"):
            world.hardware.fargate_vcpu_quota(PLACE, spot=False)
