"""What is said about what serves now, and what to do next."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.changes import Change, State
from bot.domain.errors import AccessDenied, Refusal, Throttled, Unanswered, Unreachable
from bot.domain.plans import Side
from bot.domain.rollouts import News, NewsKind, Outcome, Progress, Verdict, Why
from bot.messages.card import card
from bot.messages.news import news_message
from bot.messages.preview import preview
from bot.messages.verdicts import way_on
from tests.messages.hostile import texts
from tests.messages.test_card import NOW, OFFERS, PLAN, change

FAMILY = "arn:aws:ecs:eu-west-1:111122223333:task-definition/shop"
MIXED = Progress(desired=2, new_running=1, new_starting=0, old_running=2)
AGAIN = "`/tinystacks deploy shop prod IMAGE`"
BACK = "`/tinystacks deploy shop prod v41`"


def failed(why: Why = Why.BREAKER, running: str = "arn:…/shop:8", **parts: Any) -> Change:
    return change(
        State.FAILED, **{"progress": MIXED, "outcome": Outcome(Verdict.FAILED, why, running=running), **parts}
    )


def from_to(before: Side, after: Side, good: str = f"{FAMILY}:7") -> dict[str, Any]:
    return {"plan": replace(PLAN, before=before, after=after, previous_task_definition_arn=good)}


def rolled_back(running: str) -> Change:
    return change(State.ROLLED_BACK, outcome=Outcome(Verdict.ROLLED_BACK, Why.ABORTED, running=running))


@pytest.mark.parametrize(("running", "serves"), [(f"{FAMILY}:1", "`shop:1`"), ("", "What ran before")])
def test_after_a_roll_back_the_revision_that_runs_is_named_and_not_the_one_replaced(running: str, serves: str) -> None:
    assert way_on(rolled_back(running)) == f"{serves} serves again. Mend the cause, then deploy anew: {AGAIN}"


def test_the_way_back_is_named_by_what_last_completed() -> None:
    going = change(State.ROLLING_OUT, **from_to(PLAN.before, PLAN.after, good=f"{FAMILY}:5"))
    told = news_message(going, News("rolling_back", NewsKind.STOP_ASKED))
    assert told["text"] == "ECS is rolling back to `shop:5`"
    assert "back to shop:5." in str(card(going, NOW, None, OFFERS))
    failing = replace(going, failing=True, outcome=Outcome(Verdict.FAILING, Why.STUCK))
    assert way_on(failing) == "ECS goes on trying. *Abort* brings back `shop:5`."
    assert way_on(replace(failing, aborted_at=NOW)) == ""


def test_an_unknown_way_back_is_not_made_up() -> None:
    going = change(State.ROLLING_OUT)
    assert news_message(going, News("rolling_back", NewsKind.STOP_ASKED))["text"] == "ECS is rolling back"
    assert "back to what ran before." in str(card(going, NOW, None, OFFERS))


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (failed(), "ECS rolls nothing back. 2 old tasks still serve beside 1 new. Deploy another image:"),
        (
            failed(Why.UNKNOWN, progress=replace(MIXED, old_running=1, new_running=0)),
            "1 old task still serves beside 0 new.",
        ),
        (failed(Why.UNKNOWN, progress=replace(MIXED, old_running=0)), "No old task is left; 1 of 2 new ones are up."),
        (failed(Why.UNKNOWN, progress=None), "What ran before may still serve beside it."),
        (failed(Why.STUCK), "I stop looking. 2 old tasks still serve beside 1 new."),
        (failed(running=f"{FAMILY}:7"), "2 old tasks still serve"),
        (failed(Why.SERVICE_GONE), "Create the service again, or name another one in `tinystacks.yml`."),
    ],
)
def test_a_failure_says_what_serves_now(made: Change, sentence: str) -> None:
    assert way_on(made).startswith(sentence)


MOVED = Side("shop:7", "ecr/shop:v42", "v42", "sha256:" + "aa" * 32)


@pytest.mark.parametrize(
    ("parts", "typed"),
    [
        (from_to(PLAN.before, PLAN.after), BACK),
        (from_to(PLAN.before, PLAN.after, good=f"{FAMILY}:5"), AGAIN),
        (from_to(PLAN.before, PLAN.after, good=""), AGAIN),
        (
            from_to(replace(PLAN.before, image="ecr/shop@sha256:00", tag="", digest="sha256:00"), PLAN.after),
            "sha256:00`",
        ),
        (from_to(replace(PLAN.before, image="hub/shop:v41"), PLAN.after), "prod hub/shop:v41`"),
        (from_to(MOVED, PLAN.after), f"prod {MOVED.digest}`"),
        (from_to(replace(MOVED, digest=PLAN.after.digest), PLAN.after), AGAIN),
        (from_to(PLAN.before, replace(PLAN.after, image=PLAN.before.image)), AGAIN),
    ],
)
def test_a_good_image_is_named_where_one_is_known(parts: dict[str, Any], typed: str) -> None:
    assert way_on(failed(**parts)).endswith(typed)


def test_where_something_had_completed_the_roll_back_is_named() -> None:
    plan = replace(PLAN, previous_task_definition_arn=f"{FAMILY}:5", previous_completed=True)
    assert way_on(failed(plan=plan)).endswith(" Roll back: `/tinystacks rollback shop prod`")
    assert way_on(failed(plan=plan, registered_arn=f"{FAMILY}:5")).endswith(AGAIN)


@pytest.mark.parametrize(
    "error",
    [Throttled("AWS", "X"), Unreachable("AWS", "X"), Unanswered("AWS", "X"), AccessDenied("ecs:X", "role")],
    ids=lambda error: type(error).__name__,
)
def test_nobody_is_told_to_try_again_while_the_bot_does(error: Refusal) -> None:
    assert "again" not in error.while_waiting()
    assert "again" in str(error)
    going = card(change(State.ROLLING_OUT, problem=error.while_waiting()), NOW)
    assert any(text.endswith(f"{error.while_waiting()} I go on trying.") for _, text in texts(going["blocks"]))
    over = card(change(State.FAILED, problem=error.while_waiting()), NOW)
    assert "I go on trying" not in str(over)


def test_a_preview_says_until_when_it_holds() -> None:
    made = preview(change(State.PROPOSED), timedelta(minutes=45))
    assert "This preview holds until <!date^1795430700^{time}|10:45 UTC>." in str(made)
