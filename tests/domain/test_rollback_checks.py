"""What is looked at before a roll back: is the revision whole, did it work, and how does the service stand?"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checks import Seen
from bot.domain.ecs import Image
from bot.domain.errors import NotFound
from bot.domain.images import Reference
from bot.domain.plans import Check, Level
from bot.domain.rollback_checks import Earlier, rollback_checks
from bot.domain.worked import Source, Worked
from tests.domain.check_cases import BAD, OK, WARNING, instance
from tests.domain.deploy_cases import ARN, ECR, IMAGE, NEW, NOW, PROPERTY, definition, document, stage, target

SEEN = Seen(None, Reference())
WORKED = Worked(f"{ARN}:task-definition/shop:5", Source.OURS, NOW - timedelta(days=2))
GONE = NotFound("image", "v43", ECR)


def earlier(image: str = f"{ECR}@{NEW}", **parts: Any) -> Earlier:
    """shop:5, which worked two days ago and whose image is there."""
    described = document({"name": "app", "image": image}, registeredAt=(NOW - timedelta(days=2)).isoformat())
    made = definition(described, arn=f"{ARN}:task-definition/shop:5", revision=5)
    return Earlier(**{"definition": made, "worked": WORKED, "images": {"app": IMAGE}, **parts})


def checks(wanted: Earlier | None = None, seen: Seen = SEEN, **service: Any) -> tuple[Check, ...]:
    return rollback_checks(stage(), target(**service), wanted or earlier(), seen, NOW)


def check(name: str, wanted: Earlier | None = None, seen: Seen = SEEN, **service: Any) -> Check:
    (found,) = [one for one in checks(wanted, seen, **service) if one.name == name]
    return found


def test_nothing_stands_in_the_way_of_a_whole_revision_that_worked() -> None:
    assert not [one for one in checks() if one.level is BAD]
    assert check("revision").sentence == "shop:5 worked here at 2026-11-18 12:00 UTC, says my record, and is ACTIVE."
    assert check("image").level is OK


def test_a_revision_that_never_worked_here_is_warned_of() -> None:
    found = check("revision", earlier(worked=None))
    assert found.level is WARNING
    assert "neither my record nor ECS's shows that it ever worked here" in found.sentence


@pytest.mark.parametrize("worked", [None, replace(WORKED, at=NOW - timedelta(days=3))])
def test_a_revision_that_was_left_since_it_worked_is_warned_of(worked: Worked | None) -> None:
    found = check("revision", earlier(worked=worked, left_at=NOW - timedelta(days=1)))
    assert (found.level, "rolled back from at 2026-11-19 12:00 UTC" in found.sentence) == (WARNING, True)


def test_one_that_worked_again_after_it_was_left_is_fine() -> None:
    assert check("revision", earlier(left_at=NOW - timedelta(days=3))).level is OK


def test_an_image_that_is_gone_stands_in_the_way_and_says_what_to_do() -> None:
    found = check("image", earlier(images={"app": GONE}))
    assert found.level is BAD
    assert found.sentence.endswith("or name another revision: /tinystacks rollback shop prod REVISION")


def test_a_registry_nobody_can_read_is_only_a_warning() -> None:
    assert check("image", earlier(images={})).level is WARNING


def test_a_tag_that_was_pushed_to_since_is_not_what_ran_then() -> None:
    moved = replace(IMAGE, pushed_at=NOW - timedelta(days=1))
    assert check("image", earlier(f"{ECR}:v43", images={"app": moved})).level is WARNING
    assert check("image", earlier(f"{ECR}@{NEW}", images={"app": moved})).level is OK
    assert check("image", earlier(f"{ECR}:v43")).level is OK


def test_every_container_has_its_image_looked_at() -> None:
    described = document({"name": "app", "image": f"{ECR}@{NEW}"}, {"name": "side", "image": f"{ECR}-side"})
    two = earlier(definition=definition(described), images={"app": IMAGE, "side": GONE})
    assert [one.level for one in checks(two) if one.name == "image"] == [OK, BAD]


def test_room_is_looked_for_as_the_revision_to_come_needs_it() -> None:
    needs_more = replace(earlier().definition, cpu=4096, memory=512)
    small = replace(SEEN, instances=(instance(cpu=1024),))
    assert check("room", earlier(definition=needs_more), small, launch_type="EC2").level is WARNING
    assert check("room", None, small, launch_type="EC2").level is OK


def test_an_architecture_that_does_not_run_here_stands_in_the_way() -> None:
    arm = replace(IMAGE, architectures=("arm64",))
    assert check("architecture", earlier(images={"app": arm})).level is BAD


def test_how_the_service_stands_is_told_as_for_a_deploy() -> None:
    assert check("service", status="DRAINING").level is BAD
    assert check("tasks", running=1).level is WARNING
    assert check("channel", None, replace(SEEN, bot_in_channel=False)).level is BAD


@PROPERTY
@given(
    st.sampled_from([None, GONE, IMAGE, replace(IMAGE, tags=())]),
    st.sampled_from([None, WORKED]),
    st.none() | st.just(NOW),
    st.sampled_from([f"{ECR}:v43", f"{ECR}@{NEW}", "nginx", ""]),
)
def test_only_a_missing_image_makes_a_revision_impossible(
    image: Image | NotFound | None, worked: Worked | None, left_at: Any, written: str
) -> None:
    found = checks(earlier(written, images={"app": image}, worked=worked, left_at=left_at))
    assert any(one.level is Level.BAD for one in found) == isinstance(image, NotFound)
    assert all(one.sentence[-1] not in " ," for one in found)
