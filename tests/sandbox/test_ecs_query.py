"""The cluster query language, as constraints and filters write it."""

import pytest

from sandbox.ecs.errors import EcsError
from sandbox.ecs.query import meets

FACTS = {
    "attribute:ecs.instance-type": ["m5.large"],
    "attribute:disk": ["fast"],
    "attribute:bare": [""],
    "runningTasksCount": ["3"],
    "task:group": ["service:shop", "service:web"],
}


@pytest.mark.parametrize(
    ("expression", "met"),
    [
        ("attribute:disk == fast", True),
        ("attribute:disk != fast", False),
        ("attribute:none != fast", True),
        ("attribute:disk in [slow, fast]", True),
        ("attribute:disk not_in [slow, fast]", False),
        ("attribute:bare exists", True),
        ("attribute:none !exists", True),
        ("attribute:none not_exists", True),
        ("attribute:ecs.instance-type =~ m5.*", True),
        ("attribute:ecs.instance-type =~ m5", False),
        ("runningTasksCount >= 3 and runningTasksCount < 4", True),
        ("task:group == service:web", True),
        ("not(task:group == service:shop)", False),
        ("attribute:disk == slow || attribute:disk == fast && attribute:bare exists", True),
        ("(attribute:disk == fast || attribute:bare exists) && attribute:none exists", False),
        ("!(attribute:disk == slow)", True),
    ],
)
def test_an_instance_meets_an_expression_or_not(expression: str, met: bool) -> None:
    assert meets(expression, FACTS) is met


@pytest.mark.parametrize(
    "expression", ["", "disk == fast", "attribute:disk", "attribute:disk ~ fast", "(attribute:disk exists", "a == b c"]
)
def test_what_cannot_be_read_is_refused(expression: str) -> None:
    with pytest.raises(EcsError) as raised:
        meets(expression, FACTS)
    assert raised.value.code == "InvalidParameterException"
