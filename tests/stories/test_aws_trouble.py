"""AWS refuses, is slow, is gone, or others work on the same service: told as it is, nothing done twice."""

from collections.abc import Iterator

import pytest

from tests.stories.hasty import HASTY
from tests.stories.services import CLUSTER, REGION, somebody_deploys
from tests.stories.told import Story, has_button, story, text_of, waits_until

STACKS = (
    "gone",
    "nowhere",
    "denied",
    "register",
    "throttled",
    "late",
    "away",
    "unseen",
    "foreign",
    "pushed-aside",
    "aborted",
    "fallback",
    "automatic",
    "vanished",
)
MORE = {"nowhere": {"cluster": "nowhere"}, "automatic": {"on_failure": "rollback"}}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("aws"), STACKS, more=MORE, command=HASTY) as told:
        told.world.faults.next_deployment(CLUSTER, "automatic", "crash")
        told.deploys("automatic")
        _vanishes(told, "vanished")
        yield told


@pytest.fixture(autouse=True)
def all_is_well_again(here: Story) -> Iterator[None]:
    yield
    here.world.faults.clear()


def test_a_service_that_is_gone_is_named(here: Story) -> None:
    with here.world.lock:
        del here.world.state.cluster(REGION, CLUSTER).services["gone"]
    here.answers("deploy gone staging v43 --yes", "AWS has no service “gone”", "Nothing was changed", "tinystacks.yml")


def test_a_cluster_that_is_gone_is_named(here: Story) -> None:
    here.answers("deploy nowhere staging v43 --yes", "no cluster “nowhere”", "Nothing was changed")


@pytest.mark.parametrize("operation", ["DescribeServices", "DescribeTaskDefinition"])
def test_a_missing_right_to_read_is_named_with_the_role(here: Story, operation: str) -> None:
    here.world.faults.deny(operation)
    here.answers("deploy denied staging v43", f"ecs:{operation}", "user/tinystacks-bot", "Nothing was changed")


def test_a_missing_right_to_write_ends_the_change_and_is_named(here: Story) -> None:
    here.world.faults.deny("UpdateService")
    here.deploys("denied")
    card = here.card("denied", "ecs:UpdateService", "user/tinystacks-bot")
    assert "failed" in text_of(card)
    assert "`v42`" in text_of(card)
    here.world.faults.clear()
    here.world.faults.deny("RegisterTaskDefinition")
    here.deploys("register")
    here.card("register", "failed", "ecs:RegisterTaskDefinition")
    assert here.called("UpdateService", "register") == []


def test_a_throttled_write_waits_and_goes_on(here: Story) -> None:
    here.world.faults.throttle("UpdateService", 4)
    here.deploys("throttled")
    here.thread("throttled", "Started")
    done = [one for one in here.called("UpdateService", "throttled") if one.error is None]
    assert len(done) == 1
    assert len(here.called("RegisterTaskDefinition", "throttled")) == 1


def test_throttled_reads_are_asked_again_or_told(here: Story) -> None:
    here.world.faults.throttle("DescribeServices", 2)
    here.asks("throttled", "v41")


def test_a_write_that_lands_after_its_answer_was_given_up_is_found_and_not_repeated(here: Story) -> None:
    here.world.faults.late("UpdateService", 3)
    here.deploys("late")
    here.thread("late", "Started")
    assert len(here.called("UpdateService", "late")) == 1
    assert '"outcome":"found"' in here.runs_cli("audit", "export").stdout.replace(" ", "")


def test_an_aws_out_of_reach_is_told_and_nothing_started(here: Story) -> None:
    here.world.faults.unreachable(600)
    here.answers("deploy away staging v43 --yes", "AWS", "try again")
    here.world.faults.clear()
    assert here.called("RegisterTaskDefinition", "away") == []


def test_a_rollout_that_cannot_be_seen_for_a_while_still_ends_right(here: Story) -> None:
    here.world.faults.next_deployment(CLUSTER, "unseen", "slow_start")
    here.deploys("unseen")
    here.thread("unseen", "Started")
    here.world.faults.unreachable(4)
    here.card("unseen", "succeeded", seconds=60)


def test_a_rollout_that_somebody_else_has_under_way_is_warned_of(here: Story) -> None:
    here.world.faults.next_deployment(CLUSTER, "foreign", "slow_start")
    somebody_deploys(here.world, "foreign", "v41")
    preview = here.asks("foreign")
    assert "which I did not start, is under way" in text_of(preview)
    assert has_button(preview, "Deploy")


def test_a_rollout_that_somebody_else_replaces_is_called_superseded(here: Story) -> None:
    here.world.faults.next_deployment(CLUSTER, "pushed-aside", "slow_start")
    here.deploys("pushed-aside")
    here.thread("pushed-aside", "Started")
    somebody_deploys(here.world, "pushed-aside", "v41")
    here.card("pushed-aside", "superseded", "another deployment took its place")


def test_abort_brings_back_what_ran_and_says_who_asked(here: Story) -> None:
    here.world.faults.next_deployment(CLUSTER, "aborted", "crash")
    here.deploys("aborted")
    card = here.card("aborted", "rolling out")
    here.bo.clicks("Abort", in_=card["ts"])
    here.card("aborted", "rolled back", "aborted by <@U0BO>")
    assert here.runs("aborted").endswith(":v42")
    assert here.called("UpdateService", "aborted")[1:] == []


def test_abort_works_without_the_right_to_stop_deployments(here: Story) -> None:
    here.world.faults.next_deployment(CLUSTER, "fallback", "crash")
    here.world.faults.deny("StopServiceDeployment")
    here.deploys("fallback")
    card = here.card("fallback", "rolling out")
    here.ana.clicks("Abort", in_=card["ts"])
    here.card("fallback", "rolled back", seconds=60)
    assert here.runs("fallback").endswith(":v42")
    assert len(here.called("UpdateService", "fallback")) == 2


def test_a_stage_may_ask_to_be_rolled_back_by_itself(here: Story) -> None:
    here.card("automatic", "rolled back", seconds=60)
    waits_until(lambda: here.service("automatic").primary.state == "COMPLETED")
    assert here.runs("automatic").endswith(":v42")


def test_an_image_of_another_architecture_is_stopped_before_anything_starts(here: Story) -> None:
    preview = here.asks("away", "v47", "--yes")
    assert "❌" in text_of(preview)
    assert "ARM64" in text_of(preview)
    assert not has_button(preview, "Deploy")
    assert here.called("RegisterTaskDefinition", "away") == []


def test_a_service_that_vanishes_in_the_middle_is_a_failure(here: Story) -> None:
    here.card("vanished", "failed", "the service is gone", seconds=60)


def _vanishes(here: Story, stack: str) -> None:
    """A rollout whose service is deleted; for half a minute that could be a stale answer (ECS facts 1.9)."""
    here.world.faults.next_deployment(CLUSTER, stack, "slow_start")
    here.deploys(stack)
    here.thread(stack, "Started")
    with here.world.lock:
        del here.world.state.cluster(REGION, CLUSTER).services[stack]
