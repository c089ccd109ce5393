"""What a lock, a freeze or closed hours mean in a preview."""

from typing import Any

import pytest

from bot.domain.checks import deploy_checks
from bot.domain.locks import Hold
from bot.domain.plans import Level
from tests.domain.check_cases import BAD, WARNING, seen
from tests.domain.deploy_cases import NOW, stage, target

HOLD = Hold("bo has locked shop prod since 12:00 UTC.", "To free it, bo types: /tinystacks unlock shop prod")


@pytest.mark.parametrize(
    ("parts", "emergency", "level"),
    [
        ({}, False, None),
        ({"hold": HOLD}, False, BAD),
        ({"hold": HOLD}, True, WARNING),
        ({"own_lock": True}, False, WARNING),
    ],
)
def test_a_hold_is_in_the_way_unless_it_is_an_emergency(
    parts: dict[str, Any], emergency: bool, level: Level | None
) -> None:
    checks = deploy_checks(stage(), target(), seen(**parts), NOW, emergency=emergency)
    found = next((check for check in checks if check.name == "lock"), None)
    assert (found.level if found else None) is level
