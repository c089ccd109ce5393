"""The fake's story verbs do what their names say, and its faults too."""

import pytest

from bot.domain.errors import Throttled, Unanswered
from tests.adapters.contracts.ecs import ANA, STAGING, asking
from tests.adapters.contracts.registry import SHOP
from tests.fakes.ecs import FakeEcs


@pytest.fixture
def ecs() -> FakeEcs:
    ecs = FakeEcs()
    ecs.has_service(STAGING, "shop", f"{SHOP}:v41")
    return ecs


def test_a_roll_back_ends_on_the_deployment_before(ecs: FakeEcs) -> None:
    before = ecs.service(STAGING, "shop")
    failed = ecs.update_service(STAGING, asking(forceNewDeployment=True), ANA)
    ecs.task_dies(STAGING, "shop")
    assert ecs.rolls_back(STAGING, "shop").deployments[0].id == before.deployments[0].id
    ecs.completes(STAGING, "shop")
    after = ecs.service(STAGING, "shop")
    assert [(one.id, one.rollout_state) for one in after.deployments] == [(before.deployments[0].id, "COMPLETED")]
    record = ecs.service_deployments[failed.service_deployment_arn or ""]
    assert record.status == "ROLLBACK_SUCCESSFUL"
    assert record.finished_at is not None


def test_a_deployment_of_somebody_else_stops_the_one_before(ecs: FakeEcs) -> None:
    mine = ecs.update_service(STAGING, asking(forceNewDeployment=True), ANA)
    theirs = ecs.somebody_deploys(STAGING, "shop", mine.task_definition_arn)
    assert ecs.service_deployments[mine.service_deployment_arn or ""].status == "STOPPED"
    assert theirs.primary != mine.primary


def test_a_failure_happens_as_often_as_asked_for_and_changes_nothing(ecs: FakeEcs) -> None:
    before = ecs.service(STAGING, "shop")
    ecs.fails("UpdateService", Throttled("AWS", "UpdateService"), times=2)
    for _ in range(2):
        with pytest.raises(Throttled):
            ecs.update_service(STAGING, asking(forceNewDeployment=True), ANA)
    assert ecs.service(STAGING, "shop") == before
    assert ecs.update_service(STAGING, asking(forceNewDeployment=True), ANA) != before
    assert len(ecs.writes) == 3


def test_a_write_can_be_carried_out_without_an_answer(ecs: FakeEcs) -> None:
    before = ecs.service(STAGING, "shop")
    ecs.applies_but_does_not_answer("UpdateService")
    with pytest.raises(Unanswered):
        ecs.update_service(STAGING, asking(forceNewDeployment=True), ANA)
    assert ecs.service(STAGING, "shop").primary != before.primary


def test_something_can_happen_right_before_a_call_once(ecs: FakeEcs) -> None:
    ecs.meanwhile("DescribeServices", lambda: ecs.loses_service(STAGING, "shop"))
    assert ecs.describe_services(STAGING, ["shop"]) == {}
    ecs.has_service(STAGING, "shop", f"{SHOP}:v42")
    assert "shop" in ecs.describe_services(STAGING, ["shop"])


def test_the_breaker_that_may_not_roll_back_leaves_a_failed_primary(ecs: FakeEcs) -> None:
    ecs.update_service(STAGING, asking(forceNewDeployment=True), ANA)
    primary = ecs.breaks(STAGING, "shop").primary
    assert primary is not None
    assert primary.rollout_state == "FAILED"
    assert "circuit breaker" in primary.rollout_state_reason
