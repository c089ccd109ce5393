"""The Hardware port on EC2 and Service Quotas (ECS facts 3.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.aws.calling import Calling, batches
from bot.adapters.aws.sessions import Sessions
from bot.domain.errors import NotFound
from bot.domain.stacks import Place

FARGATE_VCPUS, FARGATE_SPOT_VCPUS = "L-3032A538", "L-36FBB829"


class _Ec2(Calling[Any]):
    service = "ec2"


class _Quotas(Calling[Any]):
    service, action = "service-quotas", "servicequotas"


class AwsHardware:
    """Kinds of instances, subnets, quotas. By filter where a name that AWS does not know would be an error."""

    def __init__(self, sessions: Sessions) -> None:
        self._ec2, self._quotas = _Ec2(sessions), _Quotas(sessions)

    def network_interfaces(self, place: Place, types: Sequence[str]) -> Mapping[str, int]:
        """See the port."""
        found: dict[str, int] = {}
        for some in batches(types, 100):
            with self._ec2.reading("DescribeInstanceTypes", place) as client:
                wanted = [{"Name": "instance-type", "Values": some}]
                for page in client.get_paginator("describe_instance_types").paginate(Filters=wanted):
                    found |= {one["InstanceType"]: one["NetworkInfo"]["MaximumNetworkInterfaces"]
                              for one in page["InstanceTypes"]}  # fmt: skip
        return found

    def free_addresses(self, place: Place, subnets: Sequence[str]) -> Mapping[str, tuple[str, int]]:
        """See the port."""
        found: dict[str, tuple[str, int]] = {}
        for some in batches(subnets, 100):
            with self._ec2.reading("DescribeSubnets", place) as client:
                wanted = [{"Name": "subnet-id", "Values": some}]
                for page in client.get_paginator("describe_subnets").paginate(Filters=wanted):
                    found |= {one["SubnetId"]: (one["AvailabilityZone"], one["AvailableIpAddressCount"])
                              for one in page["Subnets"]}  # fmt: skip
        return found

    def fargate_vcpu_quota(self, place: Place, spot: bool) -> float | None:
        """See the port."""
        code = FARGATE_SPOT_VCPUS if spot else FARGATE_VCPUS
        try:
            with self._quotas.reading("GetServiceQuota", place, {"quota": code}) as client:
                return float(client.get_service_quota(ServiceCode="fargate", QuotaCode=code)["Quota"]["Value"])
        except NotFound:
            return None
