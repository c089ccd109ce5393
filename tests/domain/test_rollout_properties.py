"""What holds for the verdict whatever AWS answers."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ecs import Deployment
from bot.domain.rollouts import Rollout, Snapshot, Verdict, verdict_of
from tests.domain.rollout_cases import (
    BEFORE,
    BREAKER_BACK,
    BREAKER_FAILED,
    CANNOT_MOVE,
    IMPAIRED,
    LATER,
    NEW_ARN,
    NO_ROOM,
    OLD_ARN,
    OTHER_ARN,
    OURS,
    ROLLOUT,
    START,
    at,
    event,
    failure,
    ours,
    record,
    service,
    snapshot,
    task,
)

_BACK_EVENT = event(70, f"(service shop) rolling back to deployment {BEFORE}.")
_ABORTING = replace(ROLLOUT, stop_asked_at=at(90), previous_task_definition_arn=OLD_ARN)

_STATES = st.sampled_from([None, "IN_PROGRESS", "COMPLETED", "FAILED", "NEW_STATE"])
_COUNTS = st.integers(0, 4)
_DEPLOYMENTS = st.builds(
    Deployment,
    id=st.sampled_from([OURS, BEFORE, LATER]),
    status=st.sampled_from(["PRIMARY", "ACTIVE", "INACTIVE", "DRAINING"]),
    task_definition_arn=st.sampled_from([NEW_ARN, OLD_ARN, OTHER_ARN]),
    desired=_COUNTS,
    pending=_COUNTS,
    running=_COUNTS,
    failed_tasks=_COUNTS,
    created_at=st.sampled_from([at(-3600), START, at(60)]),
    rollout_state=_STATES,
    rollout_state_reason=st.sampled_from(["", BREAKER_BACK, BREAKER_FAILED]),
)
_RECORDS = st.builds(
    record,
    st.sampled_from(
        ["IN_PROGRESS", "SUCCESSFUL", "STOPPED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"]
    ),
    created_at=st.sampled_from([at(-90), START, at(1), at(61)]),
)
_EVENTS = st.lists(
    st.builds(event, st.integers(-60, 600), st.sampled_from([NO_ROOM, CANNOT_MOVE, IMPAIRED, _BACK_EVENT.message])),
    max_size=3,
    unique_by=lambda one: one.id,
)
_SNAPSHOTS = st.builds(
    lambda deployments, events, sd, died, status: Snapshot(
        service(*deployments, events=tuple(events), status=status), sd, None, died
    ),
    st.lists(_DEPLOYMENTS, max_size=3, unique_by=lambda one: one.id),
    _EVENTS,
    st.none() | _RECORDS,
    st.sampled_from([(), (failure(1),), (failure(4),)]),
    st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "DRAINING"]),
)
_ROLLOUTS = st.sampled_from([ROLLOUT, _ABORTING])
_SECONDS = st.integers(0, 7200)


@given(_ROLLOUTS, _SNAPSHOTS, _SECONDS)
def test_a_success_is_always_backed_by_the_word_of_aws(rollout: Rollout, seen: Snapshot, seconds: int) -> None:
    if verdict_of(rollout, seen, at(seconds)).verdict is not Verdict.SUCCEEDED:
        return
    assert seen.service is not None
    primary = seen.service.primary
    assert primary is not None
    assert (primary.id, primary.task_definition_arn) == (OURS, NEW_ARN)
    told = seen.service_deployment and seen.service_deployment.status == "SUCCESSFUL"
    assert primary.rollout_state == "COMPLETED" or told


@given(_ROLLOUTS, _SNAPSHOTS, _SECONDS)
def test_a_look_agrees_with_itself(rollout: Rollout, seen: Snapshot, seconds: int) -> None:
    look = verdict_of(rollout, seen, at(seconds))
    assert (look.outcome is None) == (look.verdict is Verdict.GOING)
    assert look.outcome is None or look.outcome.verdict is look.verdict
    assert (look.next_look is None) == (look.verdict not in (Verdict.GOING, Verdict.FAILING))
    late = seconds > rollout.deadline.total_seconds() and not look.rolling_back
    assert look.next_look is None or look.next_look <= timedelta(seconds=30 if late else 15)
    assert len({news.key for news in look.news}) == len(look.news)
    assert not look.rolling_back or look.verdict is Verdict.FAILING


@given(_ROLLOUTS, _SNAPSHOTS, _SECONDS)
def test_the_deadline_ends_nothing(rollout: Rollout, seen: Snapshot, seconds: int) -> None:
    in_time = verdict_of(replace(rollout, deadline=timedelta(days=1)), seen, at(seconds))
    late = verdict_of(rollout, seen, at(seconds))
    assert late.verdict is in_time.verdict or (in_time.verdict, late.verdict) == (Verdict.GOING, Verdict.FAILING)


@given(_ROLLOUTS, _SNAPSHOTS)
def test_every_rollout_ends(rollout: Rollout, seen: Snapshot) -> None:
    assert verdict_of(rollout, seen, at(86_400)).next_look is None


@given(_EVENTS, st.integers(1, 6), st.sampled_from([(), (failure(1),), (failure(3),)]))
def test_a_rollout_whose_tasks_all_stand_is_not_failing(events: list, desired: int, died: tuple) -> None:  # type: ignore[type-arg]
    up = ours(desired=desired, running=desired, pending=0, rollout_state="IN_PROGRESS")
    healthy = tuple(task(number=number) for number in range(desired))
    told = tuple(one for one in events if "rolling back" not in one.message)
    assert verdict_of(ROLLOUT, snapshot(up, events=told, tasks=healthy, failures=died), at(700)).verdict == "going"
    assert verdict_of(ROLLOUT, snapshot(up, events=told, failures=died), at(700)).verdict == "going"
