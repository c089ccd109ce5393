"""What waits for a decision, however much of it there is and whatever its images are called."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bot.domain.changes import Change
from bot.domain.stacks import ApprovalRule
from bot.messages.waiting import waiting_list
from tests.messages.hostile import CHANGES, NOW, assert_harmless

FEW = settings(max_examples=10, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
RULE = ApprovalRule(("deploy",), ("release", "platform"), 2, timedelta(minutes=30))


@FEW
@given(CHANGES)
@pytest.mark.parametrize("count", [1, 30])
def test_a_list_of_any_length_is_taken_by_slack_and_cut_between_its_lines(count: int, change: Change) -> None:
    one = replace(change, approval=RULE, expires_at=NOW, approvals=())
    message = waiting_list([one] * count, [one] * count, [one] * count)
    assert_harmless(message)
    words = "\n".join(block["text"]["text"] for block in message["blocks"] if block["type"] == "section")
    shown = words.count("\nasked by ")
    told = str(message["blocks"]).split("… and ")[1:]
    assert shown + sum(int(part.split(" ", 1)[0]) for part in told) == 3 * count
