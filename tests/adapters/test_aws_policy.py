"""What the bot may do in AWS: the policy of the guide allows what the adapters call, and nobody ever takes a revision
away, which would take away a way back."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/getting-started.md").read_text()
ADAPTERS = {
    "ecs": "ecs",
    "clusters": "ecs",
    "scaling": "application-autoscaling",
    "groups": "autoscaling",
    "usage": "cloudwatch",
}
"""Adapter → IAM's prefix of what it calls."""


def statements() -> dict[str, list[str]]:
    """Sid → actions of the policy in the guide."""
    block = re.search(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    assert block is not None
    return {one["Sid"]: [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
            for one in json.loads(block[1])["Statement"]}  # fmt: skip


def called(kind: str) -> set[str]:
    """What the adapters call, as actions."""
    found = set()
    for name, prefix in ADAPTERS.items():
        code = (ROOT / f"bot/adapters/aws/{name}.py").read_text()
        found |= {f"{prefix}:{call}" for call in re.findall(rf'self\.{kind}\(\s*"(\w+)"', code)}
    return found


def test_the_guide_allows_every_call_that_reads() -> None:
    hardware = {"ec2:DescribeInstanceTypes", "ec2:DescribeSubnets", "servicequotas:GetServiceQuota"}
    reads = called("reading") | called("pages") | called("_all") | hardware
    assert len(reads) > 20
    assert reads <= set(statements()["Look"])


def test_the_bot_changes_by_these_calls_and_the_guide_allows_no_more() -> None:
    deploys = {"ecs:RegisterTaskDefinition", "ecs:UpdateService", "ecs:StopServiceDeployment", "ecs:StopTask"}
    scales = {
        "ecs:UpdateContainerInstancesState",
        "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:PutScalingPolicy",
        "autoscaling:SetDesiredCapacity",
        "autoscaling:UpdateAutoScalingGroup",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
    }
    # AWS makes the alarms of target tracking itself, as whoever puts the policy.
    alarms = {"cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms"}
    assert called("writing") == deploys | scales
    assert set(statements()["Change"]) == deploys | {"ecs:TagResource"}
    assert set(statements()["Scale"]) == scales | alarms


def test_nothing_ever_deregisters_or_deletes_a_revision() -> None:
    code = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "commands").rglob("*.py")]
    forbidden = re.compile(r"(deregister|delete)_?task_?definitions?", re.IGNORECASE)
    assert len(code) > 50
    assert [path.name for path in code if forbidden.search(path.read_text())] == []
    assert not forbidden.search(GUIDE)
