"""What waits for a decision, however much of it there is and whatever its images are called."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bot.domain.changes import Approval, Change
from bot.domain.people import Person
from bot.domain.stacks import ApprovalRule
from bot.messages.brief import from_to_line, to_line
from bot.messages.waiting import decision, waiting_line, waiting_list
from tests.adapters.samples import sample_change
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
    shown = words.count("\nby <@")
    told = str(message["blocks"]).split("… and ")[1:]
    assert shown + sum(int(part.split(" ", 1)[0]) for part in told) == 3 * count


def test_an_entry_tells_what_why_how_many_are_needed_and_who_asked() -> None:
    one = sample_change("c1", approval=RULE, expires_at=NOW, reason="checkout <fix>")
    some = replace(one, approvals=(Approval(Person("T0ACME", "U0CY", "cy"), NOW, "release (S0REL)"),))
    lines = [decision(each)[0]["text"]["text"].splitlines() for each in (one, some)]
    assert lines[0][0].startswith("*Deploy shop → prod* `")
    assert lines[0][1] == "“checkout &lt;fix&gt;”"
    assert lines[0][2] == "🟡 needs 2 approvals of release or platform"
    assert lines[1][2] == "🟡 needs 1 more approval of release or platform"
    assert lines[0][3].startswith("by <@U0ANA> <!date^")
    assert "· until <!date^" in lines[0][3]
    assert waiting_line(one).splitlines() == [f"{lines[0][0]} · {lines[0][2]}", lines[0][3]]


def test_a_stop_tells_which_task_and_not_twice_the_same_image() -> None:
    one = sample_change("c1", verb="stop")
    stop = replace(one, plan=replace(one.plan, task="feedc0ffee" * 3))
    assert from_to_line(stop).startswith("task `feedc0ff` on `")
    assert to_line(stop) == "task `feedc0ff`"
    assert "→" in from_to_line(one)
