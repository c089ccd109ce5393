"""What the bot may do in AWS: the policy of the guide allows what the adapters call, and nobody ever takes a revision
away, which would take away a way back."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/getting-started.md").read_text()
ADAPTER = (ROOT / "bot/adapters/aws/ecs.py").read_text()


def statements() -> dict[str, list[str]]:
    """Sid → actions of the policy in the guide."""
    block = re.search(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    assert block is not None
    return {one["Sid"]: [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
            for one in json.loads(block[1])["Statement"]}  # fmt: skip


def called(kind: str) -> set[str]:
    """The calls of the Ecs adapter, as actions."""
    return {f"ecs:{name}" for name in re.findall(rf'_{kind}\("(\w+)"', ADAPTER)}


def test_the_guide_allows_every_call_that_reads() -> None:
    reads = called("reading") | called("pages") | {"application-autoscaling:DescribeScalableTargets"}
    assert len(reads) > 8
    assert reads <= set(statements()["Look"])


def test_the_bot_changes_by_four_calls_and_the_guide_allows_no_more() -> None:
    writes = {"ecs:RegisterTaskDefinition", "ecs:UpdateService", "ecs:StopServiceDeployment", "ecs:StopTask"}
    assert called("writing") == writes
    assert set(statements()["Change"]) == called("writing") | {"ecs:TagResource"}


def test_nothing_ever_deregisters_or_deletes_a_revision() -> None:
    code = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "commands").rglob("*.py")]
    forbidden = re.compile(r"(deregister|delete)_?task_?definitions?", re.IGNORECASE)
    assert len(code) > 50
    assert [path.name for path in code if forbidden.search(path.read_text())] == []
    assert not forbidden.search(GUIDE)
