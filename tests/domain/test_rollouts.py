"""The end of a rollout: one row a case."""

from dataclasses import replace

import pytest

from bot.domain.rollouts import Snapshot, Verdict, Why, verdict_of
from tests.domain.rollout_cases import (
    BEFORE,
    BREAKER_BACK,
    BREAKER_FAILED,
    NO_ROOM,
    OLD_ARN,
    OURS,
    ROLLOUT,
    WITH_ROLLBACK,
    at,
    before,
    event,
    failure,
    later,
    ours,
    record,
    service,
    snapshot,
)

_DONE = {"rollout_state": "COMPLETED", "running": 2, "pending": 0}
_FAILED = {"rollout_state": "FAILED", "rollout_state_reason": BREAKER_FAILED}
_BACK = {"status": "PRIMARY", "rollout_state": "IN_PROGRESS", "rollout_state_reason": BREAKER_BACK}
_BACK_DONE = {"status": "PRIMARY", "rollout_state_reason": f"ECS deployment {BEFORE} completed."}
_AWAY = {"status": "ACTIVE", "desired": 0, "pending": 0, "running": 0}
_BACK_EVENT = event(70, f"(service shop) rolling back to deployment {BEFORE}.")
_ABORTING = replace(ROLLOUT, stop_asked_at=at(90), previous_task_definition_arn=OLD_ARN)

_ENDS = {
    "ours completed": (snapshot(ours(**_DONE)), 70, Verdict.SUCCEEDED, Why.COMPLETED),
    "ours successful": (
        snapshot(ours(running=2), service_deployment=record("SUCCESSFUL")),
        70,
        Verdict.SUCCEEDED,
        Why.COMPLETED,
    ),
    "the record of the deployment before says nothing about ours": (
        snapshot(ours(), before(), service_deployment=record("SUCCESSFUL", created_at=at(-90))),
        70,
        Verdict.GOING,
        None,
    ),
    "a roll back of the deployment before says nothing about ours": (
        snapshot(ours(), before(), service_deployment=record("ROLLBACK_SUCCESSFUL", created_at=at(-90))),
        70,
        Verdict.GOING,
        None,
    ),
    "completed on another revision": (
        snapshot(ours(task_definition_arn=OLD_ARN, **_DONE)),
        70,
        Verdict.FAILED,
        Why.UNKNOWN,
    ),
    "still the deployment before": (snapshot(before(status="PRIMARY")), 29, Verdict.GOING, None),
    "the deployment before, unexplained, still for a while": (snapshot(before(status="PRIMARY")), 119, "going", None),
    "the deployment before, unexplained, at last": (
        snapshot(before(status="PRIMARY")),
        121,
        Verdict.ROLLED_BACK,
        Why.UNKNOWN,
    ),
    "the record speaks before thirty seconds": (
        snapshot(before(status="PRIMARY"), service_deployment=record("ROLLBACK_SUCCESSFUL")),
        20,
        Verdict.ROLLED_BACK,
        Why.UNKNOWN,
    ),
    "the record speaks by a clock that is ahead of ours": (
        snapshot(
            before(status="PRIMARY"),
            service_deployment=record("ROLLBACK_SUCCESSFUL", created_at=at(115), status_reason="circuit breaker"),
        ),
        180,
        Verdict.ROLLED_BACK,
        Why.BREAKER,
    ),
    "rolling back by the breaker": (
        snapshot(before(**_BACK), ours(**_AWAY, **_FAILED)),
        90,
        Verdict.FAILING,
        Why.BREAKER,
    ),
    "rolled back by the breaker, deployments alone": (
        snapshot(before(**_BACK_DONE), events=(_BACK_EVENT,)),
        180,
        Verdict.ROLLED_BACK,
        Why.UNKNOWN,
    ),
    "rolled back by the breaker, ours still listed": (
        snapshot(before(**_BACK_DONE), ours(**_AWAY, **_FAILED)),
        180,
        Verdict.ROLLED_BACK,
        Why.BREAKER,
    ),
    "not rolled back while tasks of ours run": (
        snapshot(before(**_BACK_DONE), ours(**{**_AWAY, "running": 1}, **_FAILED)),
        180,
        Verdict.FAILING,
        Why.BREAKER,
    ),
    "the record is on its way back": (
        snapshot(before(**_BACK_DONE), service_deployment=record("ROLLBACK_IN_PROGRESS", rollback_reason="alarm")),
        180,
        Verdict.FAILING,
        Why.ALARM,
    ),
    "the roll back failed": (
        snapshot(ours(**_FAILED), service_deployment=record("ROLLBACK_FAILED", status_reason="No rollback candidate")),
        180,
        Verdict.FAILED,
        Why.BREAKER,
    ),
    "the roll back's own deployment failed": (
        snapshot(before(**{**_BACK, "rollout_state": "FAILED"})),
        180,
        Verdict.FAILED,
        Why.BREAKER,
    ),
    "a roll back past the deadline": (snapshot(before(**_BACK)), 5 * 3600, Verdict.FAILING, Why.BREAKER),
    "a roll back without end": (snapshot(before(**_BACK)), 24 * 3600, Verdict.FAILED, Why.BREAKER),
    "breaker without roll back": (snapshot(ours(**_FAILED), before()), 90, Verdict.FAILED, Why.BREAKER),
    "breaker about to roll back": (
        snapshot(ours(**_FAILED), before(), configuration=WITH_ROLLBACK),
        90,
        Verdict.FAILING,
        Why.BREAKER,
    ),
    "breaker that found no candidate": (
        snapshot(
            ours(**_FAILED),
            configuration=WITH_ROLLBACK,
            events=(event(90, f"(service shop) (deployment {OURS}) deployment failed: tasks failed to start."),),
        ),
        211,
        Verdict.FAILED,
        Why.BREAKER,
    ),
    "failed by an alarm": (
        snapshot(ours(rollout_state="FAILED", rollout_state_reason="ECS deployment failed: alarm detected.")),
        90,
        Verdict.FAILED,
        Why.ALARM,
    ),
    "failed for a reason of its own": (
        snapshot(ours(rollout_state="FAILED", rollout_state_reason="lifecycle hook failed")),
        90,
        Verdict.FAILED,
        Why.FAILED_BY_ECS,
    ),
    "superseded at once, by the record": (
        snapshot(later(created_at=at(5)), service_deployment=record("STOPPED")),
        20,
        Verdict.SUPERSEDED,
        Why.REPLACED,
    ),
    "another one, ours never listed yet": (snapshot(later(created_at=at(5))), 20, Verdict.GOING, None),
    "failed, whatever the record says": (
        snapshot(ours(**_FAILED), service_deployment=record("SUCCESSFUL")),
        90,
        Verdict.FAILED,
        Why.BREAKER,
    ),
    "completed, but on its way back": (
        snapshot(ours(**_DONE), service_deployment=record("ROLLBACK_IN_PROGRESS")),
        90,
        Verdict.FAILING,
        Why.UNKNOWN,
    ),
    "the roll back failed, by the record alone": (
        snapshot(ours(), service_deployment=record("ROLLBACK_FAILED")),
        90,
        Verdict.FAILED,
        Why.UNKNOWN,
    ),
    "superseded": (snapshot(later(), ours(status="ACTIVE")), 90, Verdict.SUPERSEDED, Why.REPLACED),
    "superseded after success": (
        snapshot(later(), ours(status="ACTIVE"), service_deployment=record("SUCCESSFUL")),
        90,
        Verdict.SUPERSEDED,
        Why.REPLACED,
    ),
    "superseded while rolling back": (
        snapshot(later(), before(), events=(_BACK_EVENT,), service_deployment=record("STOPPED")),
        90,
        Verdict.SUPERSEDED,
        Why.REPLACED,
    ),
    "superseded, by the record's clock": (
        snapshot(later(created_at=at(-2)), service_deployment=record("STOPPED", created_at=at(-5))),
        31,
        Verdict.SUPERSEDED,
        Why.REPLACED,
    ),
    "stopped by nobody knows whom": (
        snapshot(ours(), service_deployment=record("STOPPED", finished_at=at(50))),
        90,
        Verdict.FAILED,
        Why.UNKNOWN,
    ),
    "draining": (Snapshot(service(ours(), status="DRAINING")), 90, Verdict.FAILED, Why.SERVICE_GONE),
    "gone": (Snapshot(None), 31, Verdict.FAILED, Why.SERVICE_GONE),
    "missing at first": (Snapshot(None), 29, Verdict.GOING, None),
    "no PRIMARY": (snapshot(ours(status="ACTIVE")), 60, Verdict.GOING, None),
    "at the deadline": (snapshot(ours(running=1), before()), 1200, Verdict.GOING, None),
    "overdue": (snapshot(ours(running=1), before()), 1201, Verdict.FAILING, Why.STUCK),
    "overdue for a day": (snapshot(ours(running=1), before()), 86_400, Verdict.FAILED, Why.STUCK),
    "a crash loop for a day": (snapshot(ours(), failures=(failure(9),)), 86_400, Verdict.FAILED, Why.STUCK),
    "completed after a day": (snapshot(ours(**_DONE)), 86_400, Verdict.SUCCEEDED, Why.COMPLETED),
    "the breaker, past the deadline, about to roll back": (
        snapshot(
            ours(**_FAILED),
            configuration=WITH_ROLLBACK,
            events=(event(1_300, f"(service shop) (deployment {OURS}) deployment failed: tasks failed to start."),),
        ),
        1_310,
        Verdict.FAILING,
        Why.BREAKER,
    ),
    "completed after the deadline": (snapshot(ours(**_DONE)), 1201, Verdict.SUCCEEDED, Why.COMPLETED),
    "overdue of a crash loop": (snapshot(ours(), failures=(failure(9),)), 1201, Verdict.FAILING, Why.CRASH_LOOP),
    "overdue for want of room": (snapshot(ours(), events=(event(9, NO_ROOM),)), 1201, "failing", Why.NO_PLACEMENT),
}


@pytest.mark.parametrize("case", _ENDS)
def test_the_end_is_what_ecs_says(case: str) -> None:
    seen, seconds, verdict, why = _ENDS[case]
    look = verdict_of(ROLLOUT, seen, at(seconds))
    assert (look.verdict, look.outcome and look.outcome.why) == (verdict, why)


_ABORTS = {
    "by ECS": (snapshot(before(**_BACK_DONE), service_deployment=record("ROLLBACK_SUCCESSFUL")), Verdict.ROLLED_BACK),
    "under way": (snapshot(ours(), service_deployment=record("ROLLBACK_REQUESTED")), Verdict.FAILING),
    "by an update": (snapshot(later(created_at=at(95), task_definition_arn=OLD_ARN, **_DONE)), Verdict.ROLLED_BACK),
    "by an update under way": (snapshot(later(created_at=at(95), task_definition_arn=OLD_ARN)), Verdict.FAILING),
}


@pytest.mark.parametrize("case", _ABORTS)
def test_an_abort_is_a_roll_back_that_we_asked_for(case: str) -> None:
    seen, verdict = _ABORTS[case]
    look = verdict_of(_ABORTING, seen, at(180))
    assert (look.verdict, look.outcome and look.outcome.why) == (verdict, Why.ABORTED)


def test_somebody_elses_deployment_after_an_abort_supersedes() -> None:
    look = verdict_of(_ABORTING, snapshot(later(created_at=at(95), **_DONE)), at(180))
    assert look.verdict is Verdict.SUPERSEDED


def test_the_outcome_quotes_ecs_and_names_what_runs() -> None:
    text = "Service deployment rolled back because the circuit breaker threshold was exceeded."
    seen = snapshot(before(**_BACK_DONE), service_deployment=record("ROLLBACK_SUCCESSFUL", status_reason=text))
    outcome = verdict_of(ROLLOUT, replace(seen, failures=(failure(3),)), at(180)).outcome
    assert outcome is not None
    assert (outcome.why, outcome.quote, outcome.running) == (Why.BREAKER, text, OLD_ARN)
    assert outcome.failures == (failure(3),)


def test_what_runs_is_unknown_while_the_answer_lags_behind_the_roll_back() -> None:
    look = verdict_of(ROLLOUT, snapshot(ours(), service_deployment=record("ROLLBACK_SUCCESSFUL")), at(180))
    assert look.outcome is not None
    assert look.outcome.running == ""
