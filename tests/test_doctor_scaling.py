"""`python -m bot check`: what the bot may not read of that it needs to scale."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bot.doctor import Mark, Probes
from bot.domain.ecs import ContainerInstance, Service
from bot.domain.errors import AccessDenied, Unreachable
from bot.domain.stacks import Place
from bot.scaling_probes import ScalingReads
from tests.fakes.ecs import FakeEcs
from tests.fakes.faults import Faults
from tests.fakes.groups import FakeGroups
from tests.fakes.hardware import FakeHardware
from tests.fakes.metrics import FakeMetrics
from tests.fakes.scaling import FakeScaling
from tests.test_doctor import CONFIG, GOOD, lines

STAGES = CONFIG.stacks[0].stages
READS = {
    "application-autoscaling": (
        "DescribeScalableTargets",
        "DescribeScalingPolicies",
        "DescribeScheduledActions",
        "DescribeScalingActivities",
    ),
    "cloudwatch": ("GetMetricData",),
    "ec2": ("DescribeInstanceTypes", "DescribeSubnets"),
    "servicequotas": ("GetServiceQuota",),
    "ecs": ("DescribeClusters", "DescribeCapacityProviders"),
    "autoscaling": (
        "DescribeAutoScalingInstances",
        "DescribeAutoScalingGroups",
        "DescribeLifecycleHooks",
    ),
}


class Aws:
    """What two stages run on: a group of one instance each."""

    def __init__(self) -> None:
        self.ecs, self.hardware = FakeEcs(), FakeHardware()
        self.groups, self.scaling, self.metrics = FakeGroups(), FakeScaling(), FakeMetrics()
        for stage in STAGES:
            self.ecs.has_cluster(stage.place, ContainerInstance("arn-1", "i-1", "ACTIVE", True, 0, 0))
            self.groups.has_group(stage.place, f"{stage.name}-ecs", ["i-1"])
        ports = (self.ecs, self.scaling, self.groups, self.metrics, self.hardware)
        self.reads = ScalingReads(*ports, self.ecs.clock)

    def probes(self) -> Probes:
        """Every service is a Fargate one with subnets, so that everything is asked."""

        def services(place: Place, names: Sequence[str]) -> Mapping[str, Service]:
            found = GOOD.describe_services(place, names)
            return {name: replace(one, launch_type="FARGATE", subnets=("subnet-1",)) for name, one in found.items()}

        return replace(GOOD, describe_services=services, scaling_reads=self.reads)

    def denies(self, service: str, call: str) -> None:
        for fake in (self.ecs, self.hardware, self.groups, self.scaling, self.metrics):
            faults: Faults = fake
            faults.fails(call, AccessDenied(f"{service}:{call}", "me"), times=9)


def told(aws: Aws, mark: Mark) -> list[str]:
    return lines(aws.probes(), mark)


def test_a_role_that_may_read_all_of_it_is_told_so() -> None:
    assert "shop staging: what a scaling looks at may be read" in told(Aws(), Mark.GOOD)
    assert told(Aws(), Mark.DOUBTFUL) == []
    assert told(Aws(), Mark.BAD) == []


@pytest.mark.parametrize(("service", "call"), [(name, call) for name, calls in READS.items() for call in calls])
def test_each_call_that_is_denied_is_named_with_what_to_do(service: str, call: str) -> None:
    aws = Aws()
    aws.denies(service, call)
    (staging, prod) = told(aws, Mark.DOUBTFUL)
    assert "shop staging: what a scaling looks at may be read" not in told(aws, Mark.GOOD)
    assert staging == (
        f"shop staging: may not read {service}:{call}, so that I know less before I scale. "
        "Allow it in the role's policy (docs/getting-started.md, Look)"
    )
    assert prod.startswith(f"shop prod: may not read {service}:{call}, so")
    assert told(aws, Mark.BAD) == []


def test_everything_that_is_denied_stands_in_one_line() -> None:
    aws = Aws()
    aws.denies("cloudwatch", "GetMetricData")
    aws.denies("ec2", "DescribeInstanceTypes")
    assert "may not read cloudwatch:GetMetricData, ec2:DescribeInstanceTypes, so" in told(aws, Mark.DOUBTFUL)[0]


def test_an_aws_that_does_not_answer_is_a_cross() -> None:
    aws = Aws()
    aws.metrics.fails("GetMetricData", Unreachable("AWS", "GetMetricData"), times=2)
    assert any("I cannot reach AWS (GetMetricData)" in line for line in told(aws, Mark.BAD))


def test_nothing_is_changed_by_looking() -> None:
    aws = Aws()
    told(aws, Mark.GOOD)
    fakes: tuple[Faults, ...] = (aws.ecs, aws.hardware, aws.groups, aws.scaling, aws.metrics)
    assert len({one.call for fake in fakes for one in fake.calls}) == sum(map(len, READS.values())) + 1
    assert [one for fake in fakes for one in fake.calls if one.who is not None] == []
