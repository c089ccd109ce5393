"""What a plan rests on: all that matters, nothing that moves by itself, and what moved told from what to what."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ecs import DeploymentConfiguration
from bot.domain.fingerprints import Footing, fingerprint, footing, moved
from bot.domain.images import Reference
from bot.domain.plans import Difference
from bot.domain.stacks import ApprovalRule, Limits
from tests.domain.deploy_cases import ECR, deployment, stage, target

RULE = ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30))
BY_THEMSELVES: list[dict[str, Any]] = [{"running": 1}, {"pending": 3}]
SEEN: list[tuple[dict[str, Any], str]] = [
    ({"desired": 9}, "desired count"),
    ({"status": "DRAINING"}, "service"),
    ({"controller": "EXTERNAL"}, "deployed by"),
    ({"task_definition_arn": "arn:td/other:8"}, "running revision"),
    ({"deployments": (deployment(id="ecs-svc/2"),)}, "deployment"),
    ({"deployments": ()}, "deployment"),
    ({"configuration": DeploymentConfiguration(breaker=True)}, "deployment breaker"),
]
RULES: list[tuple[dict[str, Any], str]] = [
    ({"container": "app"}, "tinystacks.yml container"),
    ({"repository": ECR}, "tinystacks.yml repository"),
    ({"approval": RULE}, "tinystacks.yml approval"),
    ({"may_change": ("everybody",)}, "tinystacks.yml may_change"),
    ({"limits": Limits(tasks=(1, 2))}, "tinystacks.yml limits"),
]
FOOTINGS = st.dictionaries(st.sampled_from("abcde"), st.sampled_from("12"), min_size=1).map(lambda d: tuple(d.items()))


@pytest.mark.parametrize("parts", BY_THEMSELVES)
def test_what_moves_by_itself_does_not_count(parts: dict[str, Any]) -> None:
    assert footing(stage(), target(**parts)) == footing(stage(), target())


@pytest.mark.parametrize(("parts", "name"), SEEN)
def test_what_a_change_rests_on_is_named_when_it_moves(parts: dict[str, Any], name: str) -> None:
    found = moved(footing(stage(), target()), footing(stage(), target(**parts)))
    assert [one.path for one in found] == [name]


@pytest.mark.parametrize(("parts", "name"), RULES)
def test_the_rules_of_the_stage_count_too(parts: dict[str, Any], name: str) -> None:
    found = moved(footing(stage(), target()), footing(stage(**parts), target()))
    assert [one.path for one in found] == [name]


def test_a_tag_that_moves_is_told_from_digest_to_digest() -> None:
    was, now = (footing(stage(), target(), Reference(tag="v42"), f"{ECR}@sha256:{c * 64}") for c in "ab")
    assert moved(was, now) == (Difference("image v42", f"{ECR}@sha256:{'a' * 64}", f"{ECR}@sha256:{'b' * 64}"),)


@given(FOOTINGS, FOOTINGS)
def test_fingerprints_are_equal_exactly_when_nothing_moved(before: Footing, now: Footing) -> None:
    same = dict(before) == dict(now)
    assert (moved(before, now) == ()) == same
    if list(before) == list(now):
        assert fingerprint(before) == fingerprint(now)
    if not same:
        assert fingerprint(before) != fingerprint(now)
