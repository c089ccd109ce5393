"""One check picked from all of them, and what is read for them; every part can be replaced."""

from typing import Any

from bot.domain.checks import Seen, deploy_checks
from bot.domain.ecs import ContainerInstance
from bot.domain.images import Reference
from bot.domain.plans import Check, Level
from bot.domain.targets import Target
from tests.domain.deploy_cases import IMAGE, NOW, stage, target

V43 = Reference(tag="v43")
OK, WARNING, BAD = Level


def seen(**parts: Any) -> Seen:
    return Seen(**{"image": IMAGE, "reference": V43, **parts})


def checked(name: str, where: Target | None = None, what: Seen | None = None, **parts: Any) -> Check | None:
    checks = deploy_checks(stage(**parts), where or target(), what or seen(), NOW)
    found = [check for check in checks if check.name == name]
    assert len(found) <= 1
    return found[0] if found else None


def instance(architecture: str | None = "x86_64", **parts: Any) -> ContainerInstance:
    attributes = {"ecs.cpu-architecture": architecture} if architecture else {}
    return ContainerInstance(
        **{
            "arn": "arn:ci",
            "ec2_instance_id": "i-1",
            "status": "ACTIVE",
            "agent_connected": True,
            "cpu": 4096,
            "memory": 8192,
            "attributes": attributes,
            **parts,
        }
    )
