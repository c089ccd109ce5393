"""The card in each state, as a reader sees it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.causes import Cause
from bot.domain.changes import FINAL, Change, State
from bot.domain.diagnosis import Failure
from bot.domain.people import Person
from bot.domain.plans import Plan, Side
from bot.domain.rollouts import Outcome, Progress, Verdict, Why
from bot.domain.stacks import Place
from bot.messages.card import bar, card, progress_line
from tests.messages.hostile import assert_harmless, texts

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ANA = Person("T0ACME", "U0ANA", "ana")
OFFERS = ("deploy:abort", "rollback:offer", "logs:offer")
DIGEST = "sha256:" + "4f" * 32
PLAN = Plan(
    "deploy",
    Side("shop:7", "ecr/shop:v41", "v41"),
    Side("shop:new", f"ecr/shop@{DIGEST}", "v42", DIGEST),
    "111122223333",
    (),
    (),
)
DIED = Failure(Cause.EXIT, "app", 1, "Essential container in task exited", 3, ("t1",), NOW)
HALF = Progress(desired=4, new_running=2, new_starting=1, old_running=2)
FACTS = "acct 111122223333 · us-east-1 · cluster prod\nservice shop · shop:7 → shop:8"


def change(state: State, **parts: Any) -> Change:
    fixed: dict[str, Any] = {"id": "c1", "verb": "deploy", "stack": "shop", "stage": "prod", "service": "shop"}
    times: dict[str, Any] = {"created_at": NOW, "updated_at": NOW, "started_at": NOW, "finished_at": None}
    made = Change(
        **fixed,
        **times,
        place=Place("us-east-1", "prod"),
        state=state,
        channel_id="C0DEPLOYS",
        plan=PLAN,
        requester=ANA,
        reason="",
        asked_in="C0",
        registered_arn="arn:…/shop:8",
    )
    return replace(made, finished_at=NOW + timedelta(seconds=125) if state in FINAL else None, **parts)


def shown(made: Change) -> list[str]:
    """The lines of the card, from the first to who asked."""
    message = card(made, NOW + timedelta(seconds=125), timedelta(minutes=3), OFFERS)
    assert_harmless(message)
    return "\n".join(text for _, text in texts(list(message["blocks"]))).splitlines()


TOP = "`v41` → `v42` · digest `4f4f4f4f4f4f`"


@pytest.mark.parametrize(
    ("made", "lines"),
    [
        (change(State.APPROVED), ["⏳ *Deploy shop → prod* · starting", TOP]),
        (
            change(State.APPLYING, problem="AWS is slow."),
            ["⏳ *Deploy shop → prod* · starting", TOP, "AWS is slow. I go on trying."],
        ),
        (
            change(State.ROLLING_OUT, progress=HALF),
            [
                "🔵 *Deploy shop → prod* · rolling out",
                TOP,
                "████░░░░  new 2 running · 1 starting · old 2 draining",
                "2m so far · usually about 3m",
            ],
        ),
        (
            change(State.ROLLING_OUT, failing=True, outcome=Outcome(Verdict.FAILING, Why.CRASH_LOOP, "", (DIED,))),
            [
                "🔴 *Deploy shop → prod* · failing",
                TOP,
                "2m so far · usually about 3m",
                "Failing: its tasks keep dying.",
                "3 tasks stopped · container `app` · exit code *1*",
                "> `Essential container in task exited`",
            ],
        ),
        (
            change(State.SUCCEEDED, outcome=Outcome(Verdict.SUCCEEDED, Why.COMPLETED)),
            [
                "✅ *Deploy shop → prod* · succeeded",
                TOP,
                "Succeeded after 2m 5s: ECS reports the deployment completed.",
            ],
        ),
        (
            change(State.ROLLED_BACK, outcome=Outcome(Verdict.ROLLED_BACK, Why.BREAKER, "rolled back")),
            [
                "↩️ *Deploy shop → prod* · rolled back",
                TOP,
                "Rolled back after 2m 5s: the circuit breaker of ECS stopped it.",
                "> `rolled back`",
            ],
        ),
        (
            change(State.SUPERSEDED, outcome=Outcome(Verdict.SUPERSEDED, Why.REPLACED, running="arn:…/shop:9")),
            [
                "⏭️ *Deploy shop → prod* · superseded",
                TOP,
                "Superseded after 2m 5s: another deployment took its place.",
                "ECS now works on `shop:9`.",
            ],
        ),
        (change(State.OUTDATED, problem="It moved."), ["⚪ *Deploy shop → prod* · not run", TOP, "It moved."]),
    ],
    ids=lambda value: value.state.value if isinstance(value, Change) else "",
)
def test_a_card_says_how_it_stands(made: Change, lines: list[str]) -> None:
    assert shown(made)[: len(lines)] == lines


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_card_with_where_and_who(state: State) -> None:
    text = "\n".join(shown(change(state)))
    assert FACTS in text
    assert "asked by <@U0ANA>" in text


@pytest.mark.parametrize(
    ("made", "buttons"),
    [
        (change(State.APPLYING), []),
        (change(State.ROLLING_OUT), ["Abort"]),
        (change(State.ROLLING_OUT, aborted_at=NOW, aborted_by=ANA), []),
        (change(State.FAILED), ["Roll back", "Logs"]),
        (change(State.SUCCEEDED), ["Roll back"]),
        (change(State.ROLLED_BACK), []),
    ],
)
def test_a_card_offers_what_can_be_done_now(made: Change, buttons: list[str]) -> None:
    blocks = card(made, NOW, None, OFFERS)["blocks"]
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    assert [element["text"]["text"] for row in rows for element in row] == buttons


def test_what_no_command_answers_is_not_offered() -> None:
    assert all(block["type"] != "actions" for block in card(change(State.ROLLING_OUT), NOW)["blocks"])


@pytest.mark.parametrize(("seconds", "later"), [(100, 109)])
def test_a_card_looks_the_same_within_ten_seconds(seconds: int, later: int) -> None:
    made = change(State.ROLLING_OUT, progress=HALF)
    cards = [card(made, NOW + timedelta(seconds=after), None, OFFERS) for after in (seconds, later)]
    assert cards[0] == cards[1]


def test_the_bar_is_full_only_when_all_are_up() -> None:
    assert bar(Progress(3, 3, 0, 0)) == "█" * 8
    assert "░" in bar(Progress(13, 12, 1, 0))
    assert bar(Progress(0, 0, 0, 0)) == "░" * 8


def test_healthy_is_only_said_where_ecs_tells_health() -> None:
    assert progress_line(Progress(2, 2, 1, 0, new_healthy=1)).startswith("new 1 healthy · 1 starting")
    assert "healthy" not in progress_line(Progress(2, 2, 0, 0))
