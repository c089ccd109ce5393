"""Whatever people are called and give as their reason: what is said of their locks is harmless and readable."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotPossible
from bot.domain.locks import Lock, Unreadable, Why, hold_of
from bot.domain.people import Person
from bot.domain.stacks import Place, Stage
from bot.messages import locks
from bot.messages.kit import moment
from bot.messages.refusals import refusal, said
from tests.messages.hostile import NOW, PEOPLE, TEXTS, assert_harmless
from tests.messages.test_hostile import SOME

ANA = Person("T0ACME", "U0ANA", "ana")
SINCE = NOW - timedelta(minutes=25)
LOCK = Lock("l1", "shop", "prod", ANA, "hotfix", SINCE, NOW + timedelta(hours=2), Why.HELD, "C0PROD")
LOCKS = st.builds(
    Lock,
    id=st.just("0123456789abcdef"),
    stack=TEXTS,
    stage=TEXTS,
    holder=PEOPLE,
    reason=TEXTS,
    since=st.just(SINCE),
    until=st.none() | st.just(NOW + timedelta(days=3)),
    why=st.sampled_from(Why),
    channel_id=st.just("C0PROD"),
)


@SOME
@given(LOCKS, PEOPLE, TEXTS)
def test_everything_that_is_said_of_a_lock_is_harmless(lock: Lock, by: Person, running: str) -> None:
    stage = Stage(lock.stack, lock.stage, Place("us-east-1", "prod"), "shop", "C0PROD", admins=("release",))
    unread = Unreadable(lock.id, lock.stack, lock.stage, lock.owner)
    assert_harmless(locks.announcement(lock))
    assert_harmless(locks.reminder(lock, NOW))
    assert_harmless(locks.taken_over(lock, by))
    assert_harmless(locks.ran_out(lock))
    assert_harmless(locks.taken(lock, renewed=True, running=running))
    for one in (lock, unread):
        assert_harmless(locks.ended(one, by.name, NOW))
        assert_harmless(locks.freed(one))
        assert_harmless(said(locks.lock_line(one, NOW)))
        hold = hold_of(one, stage, NOW)
        assert_harmless(refusal(NotPossible(hold.fact, hold.remedy)))


@pytest.mark.parametrize(
    ("lock", "line"),
    [
        (
            LOCK,
            f"🔒 locked by ana since {moment(SINCE)} (25m), until {moment(NOW + timedelta(hours=2))}: “hotfix”",
        ),
        (replace(LOCK, until=None, reason=""), f"🔒 locked by ana since {moment(SINCE)} (25m)"),
        (
            replace(LOCK, until=None, why=Why.AFTER_ROLLBACK),
            f"🔒 locked after the roll back of ana since {moment(SINCE)} (25m): “hotfix”",
        ),
        (
            replace(LOCK, stack="", stage="", until=None, why=Why.FREEZE),
            f"🧊 frozen by ana since {moment(SINCE)} (25m): “hotfix”",
        ),
        (Unreadable("l1", "shop", "prod", "?"), "🔒 locked: I cannot read by whom"),
    ],
)
def test_a_lock_is_one_line_of_a_status(lock: Lock | Unreadable, line: str) -> None:
    assert locks.lock_line(lock, NOW) == line


def test_the_announcement_reads_well_as_a_notification() -> None:
    assert locks.announcement(replace(LOCK, until=None))["text"] == "🔒 ana locked shop → prod: “hotfix”"


def test_a_holder_without_an_id_is_named_instead_of_mentioned() -> None:
    nobody = replace(LOCK, holder=Person("T0ACME", "", "tinystacks"))
    assert locks.reminder(nobody, NOW)["text"].startswith("⏰ tinystacks shop → prod is still locked")
