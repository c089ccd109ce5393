"""Whom a lock, a freeze and a closed window hold, and what they are told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.locks import NEVER_HELD, Lock, Unreadable, Why, hold_of, hold_on, right_to_free
from bot.domain.people import Person
from bot.domain.stacks import CHANGING_VERBS
from tests.domain.lock_cases import ALWAYS_CLOSED, ANA, BO, LOCKS, NOW, PEOPLE, PROD, ROWS, freeze, lock

CLOSED = replace(PROD, closed=(ALWAYS_CLOSED,))
HELD_VERBS = st.sampled_from([verb for verb in CHANGING_VERBS if verb != "rollback"]) | st.just("a new verb")


def test_somebody_elses_lock_says_who_why_since_until_and_what_frees_it() -> None:
    hold = hold_on(PROD, "deploy", BO, [lock(until=NOW + timedelta(hours=2))], NOW)
    assert hold is not None
    assert hold.fact == "ana has locked shop prod since 14:02 UTC (25m), until 16:27 UTC: “hotfix”."
    assert hold.remedy == "To free it, ana, or somebody of release, types: /tinystacks unlock shop prod"


def test_a_lock_of_yesterday_without_reason_and_end_names_the_day() -> None:
    hold = hold_on(PROD, "deploy", BO, [lock(reason="", since=NOW - timedelta(hours=20))], NOW)
    assert hold is not None
    assert hold.fact == "ana has locked shop prod since 22 Nov 18:27 UTC (20h)."


def test_where_nobody_may_take_over_only_the_holder_is_named() -> None:
    assert (
        hold_of(lock(), replace(PROD, admins=()), NOW).remedy == "To free it, ana types: /tinystacks unlock shop prod"
    )


def test_a_lock_after_a_roll_back_is_freed_by_whoever_may_change_the_stage() -> None:
    made = lock(why=Why.AFTER_ROLLBACK, reason="rolled back from v42 to v41: errors")
    hold = hold_on(PROD, "deploy", ANA, [made], NOW)
    assert hold is not None
    assert hold.fact == (
        "shop prod has been locked after ana's roll back, since 14:02 UTC (25m): “rolled back from v42 to v41: errors”."
    )
    assert hold.remedy == "To free it, somebody of developers types: /tinystacks unlock shop prod"


def test_a_freeze_comes_before_a_lock_and_a_lock_before_a_closed_window() -> None:
    told = [
        hold_on(CLOSED, "deploy", BO, locks, NOW)
        for locks in ([lock(), freeze(ANA)], [freeze(ANA), lock()], [lock()], [])
    ]
    assert [hold.fact.split(" since ")[0] for hold in told if hold] == [
        "ana has frozen everything",
        "ana has frozen everything",
        "ana has locked shop prod",
        "shop prod is closed now, as tinystacks.yml says: mon 00:00 – mon 23:59 Europe/Berlin.",
    ]


def test_a_freeze_holds_who_made_it_too() -> None:
    hold = hold_on(PROD, "deploy", BO, [freeze(BO)], NOW)
    assert hold is not None
    assert hold.remedy == "To free it, an admin of every stage types: /tinystacks unfreeze"


def test_a_closed_window_says_when_it_opens() -> None:
    hold = hold_on(CLOSED, "deploy", ANA, [], NOW)
    assert hold is not None
    assert hold.remedy == "It opens at 22:59 UTC, in 8h 32m. Rolling back is possible all the same."


def test_the_holder_goes_through_their_own_lock_but_not_through_a_closed_window() -> None:
    assert hold_on(PROD, "deploy", ANA, [lock()], NOW) is None
    assert hold_on(CLOSED, "deploy", ANA, [lock()], NOW) is not None


def test_a_lock_of_another_stage_holds_nobody_here() -> None:
    assert hold_on(PROD, "deploy", BO, [lock(stage="staging"), lock(stack="web")], NOW) is None


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (Unreadable("l1", "shop", "prod", "?"), ("lock of shop prod", "/tinystacks unlock shop prod")),
        (Unreadable("f1", "", "", "?"), ("freeze", "/tinystacks unfreeze")),
    ],
)
def test_a_row_that_cannot_be_read_holds_and_says_how_to_mend_that(row: Unreadable, told: tuple[str, str]) -> None:
    hold = hold_on(PROD, "deploy", ANA, [row], NOW)
    assert hold is not None
    assert f"I cannot read the {told[0]}" in hold.fact
    assert hold.remedy.endswith(told[1])


@given(LOCKS, PEOPLE, HELD_VERBS, ROWS, st.booleans())
def test_no_foreign_lock_that_stands_lets_a_change_through(
    one: Lock, person: Person, verb: str, others: Sequence[Lock | Unreadable], closed: bool
) -> None:
    here = (one.stack, one.stage) in (("", ""), ("shop", "prod"))
    stands = one.until is None or one.until > NOW
    own = one.why is Why.HELD and (one.holder.team_id, one.holder.user_id) == (person.team_id, person.user_id)
    stage = CLOSED if closed else PROD
    held = hold_on(stage, verb, person, [*others, one], NOW)
    assert held is not None or not (here and stands and not own)
    assert held is not None or not closed
    assert hold_on(stage, verb, person, [*others, one], NOW) == held


@given(st.sampled_from(sorted(NEVER_HELD)), PEOPLE, ROWS)
def test_rolling_back_aborting_and_reading_are_always_possible(
    verb: str, person: Person, locks: Sequence[Lock | Unreadable]
) -> None:
    assert hold_on(CLOSED, verb, person, locks, NOW) is None


@given(PEOPLE, HELD_VERBS, ROWS)
def test_taking_a_lock_away_never_holds_more(person: Person, verb: str, locks: list[Lock | Unreadable]) -> None:
    if hold_on(PROD, verb, person, locks, NOW) is None:
        assert all(hold_on(PROD, verb, person, locks[:n] + locks[n + 1 :], NOW) is None for n in range(len(locks)))


@given(LOCKS, PEOPLE)
def test_only_the_holder_frees_a_lock_that_was_taken_by_hand_without_taking_it_over(one: Lock, person: Person) -> None:
    own = (one.holder.team_id, one.holder.user_id) == (person.team_id, person.user_id)
    usual = "unlock" if own or one.why is Why.AFTER_ROLLBACK else "take_over"
    assert right_to_free(one, person) == ("unfreeze" if one.why is Why.FREEZE else usual)


def test_what_cannot_be_read_is_an_admins_to_remove() -> None:
    assert right_to_free(Unreadable("l1", "shop", "prod", ANA.user_id), ANA) == "take_over"
    assert right_to_free(Unreadable("f1", "", "", ANA.user_id), ANA) == "unfreeze"
