"""FakeHardware: the Hardware port in memory."""

from collections.abc import Mapping, Sequence

from bot.domain.stacks import Place
from tests.fakes.faults import Faults, Recorded


class FakeHardware(Faults):
    """`interfaces`: by EC2 instance type. `addresses`: subnet → (zone, free ones). `quotas`: vCPUs by whether Spot is
    asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.interfaces: dict[str, int] = {"m5.large": 3, "c5.large": 3, "m5.xlarge": 4}
        self.addresses: dict[str, tuple[str, int]] = {}
        self.quotas: dict[bool, float] = {}

    def network_interfaces(self, place: Place, types: Sequence[str]) -> Mapping[str, int]:
        with self.calling(Recorded("DescribeInstanceTypes", place, {"types": list(types)}, None)):
            return {one: self.interfaces[one] for one in types if one in self.interfaces}

    def free_addresses(self, place: Place, subnets: Sequence[str]) -> Mapping[str, tuple[str, int]]:
        with self.calling(Recorded("DescribeSubnets", place, {"subnets": list(subnets)}, None)):
            return {one: self.addresses[one] for one in subnets if one in self.addresses}

    def fargate_vcpu_quota(self, place: Place, spot: bool) -> float | None:
        with self.calling(Recorded("GetServiceQuota", place, {"spot": spot}, None)):
            return self.quotas.get(spot)
