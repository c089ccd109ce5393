"""What a lock's channel hears while time passes: reminders, the end that comes by itself, a lock after a roll back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.changes import Change
from bot.domain.locks import Lock, Why
from bot.domain.plans import Side
from bot.engine.locks import after_rollback
from tests.adapters.samples import PLAN, sample_change
from tests.engine.house import ANA, BO, World, buttons, words_of
from tests.engine.locking import HOUR, PROD_CHANNEL, admins, announced, built, later, locks, replies, the_lock


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    yield from built(tmp_path / "bot.db")


def rolled_back(**changed: Any) -> Change:
    plan = replace(PLAN, before=Side("shop:7", "shop:v42", "v42"), after=Side("shop:6", "shop:v41", "v41"))
    return sample_change("c9", verb="rollback", plan=plan, reason="errors after checkout", **changed)


def ends(world: World, change: Change) -> None:
    """As the engine does it when a roll back has succeeded."""
    with world.store.transaction() as tx:
        after_rollback(world.house, tx, change, world.clock.now())


def test_the_holder_is_reminded_every_three_hours_with_unlock(world: World) -> None:
    world.types("lock shop prod hotfix")
    said = announced(world)
    world.advances(3 * HOUR - 1)
    assert replies(world, said) == []
    world.advances(1)
    (told,) = replies(world, said)
    assert told.startswith(f"⏰ <@{ANA}> shop → prod is still locked, since ")
    assert "(3h). Still needed?" in told
    world.advances(6 * HOUR)
    assert [f"({hours}h)" in told for hours, told in zip((3, 6, 9), replies(world, said), strict=True)] == [True] * 3
    newest = [one for one in world.chat.channels[PROD_CHANNEL] if one.thread_ts == said.ts][-1]
    assert list(buttons(newest)) == ["Unlock"]
    assert "is unlocked" in words_of(world.clicks(newest, "Unlock"))
    world.advances(9 * HOUR)
    assert len(replies(world, said)) == 3


def test_a_click_on_an_old_reminder_is_answered(world: World) -> None:
    world.types("lock shop prod hotfix")
    said = announced(world)
    world.advances(3 * HOUR)
    old = [one for one in world.chat.channels[PROD_CHANNEL] if one.thread_ts == said.ts][-1]
    world.types("unlock shop prod")
    assert "over already" in words_of(world.clicks(old, "Unlock"))


def test_reminders_of_a_night_without_the_bot_come_as_one(world: World) -> None:
    world.types("lock shop prod hotfix")
    said = announced(world)
    later(world, hours=10)
    world.runs()
    (told,) = replies(world, said)
    assert "(10h)" in told
    world.advances(2 * HOUR)
    assert len(replies(world, said)) == 2


def test_a_step_that_runs_twice_tells_once(world: World) -> None:
    world.types("lock shop prod --for 4h hotfix")
    said, lock_id = announced(world), the_lock(world).id
    world.wakes_for(f"nag:{lock_id}")
    assert replies(world, said) == []
    world.advances(3 * HOUR)
    world.wakes_for(f"nag:{lock_id}")
    later(world, minutes=5)
    world.wakes_for(f"nag:{lock_id}")
    world.wakes_for(f"unlock:{lock_id}")
    assert len(replies(world, said)) == 1
    world.advances(1 * HOUR)
    world.wakes_for(f"unlock:{lock_id}")
    world.wakes_for(f"nag:{lock_id}")
    assert len(replies(world, said)) == 2
    assert world.wakes.errors == []


def test_a_lock_of_a_stage_that_is_no_longer_configured_reminds_nobody(world: World) -> None:
    lock = Lock("l9", "old", "prod", world.people.persons[ANA], "", world.clock.now(), None, Why.HELD, PROD_CHANNEL)
    with world.store.transaction() as tx:
        tx.take_lock(lock)
    world.wakes_for("nag:l9")
    world.advances(4 * HOUR)
    assert world.postings() == ()
    assert locks(world) == (lock,)


def test_a_lock_ends_by_itself_and_says_so_in_its_thread(world: World) -> None:
    world.types("lock shop prod --for 90m hotfix")
    said = announced(world)
    world.advances(5_399)
    assert the_lock(world).reason == "hotfix"
    world.advances(1)
    assert locks(world) == ()
    assert words_of(said).startswith("🔓 shop → prod: over after 1h 30m")
    assert replies(world, said) == ["🔓 The end of this lock has come: shop → prod is free."]
    entry = world.audit()[-1]
    assert (entry.action, entry.outcome, entry.user_name, entry.reason) == ("expire", "expired", "tinystacks", "hotfix")


def test_a_lock_that_was_given_more_time_ends_then(world: World) -> None:
    world.types("lock shop prod --for 1h hotfix")
    world.advances(1_800)
    world.types("lock shop prod --for 2h")
    world.advances(7_199)
    assert the_lock(world).reason == "hotfix"
    world.advances(1)
    assert locks(world) == ()


def test_a_lock_that_was_given_less_time_ends_then(world: World) -> None:
    world.types("lock shop prod --for 5h hotfix")
    world.types("lock shop prod --for 1h")
    world.advances(HOUR)
    assert locks(world) == ()


def test_the_end_of_an_older_lock_leaves_the_next_one_alone(world: World) -> None:
    world.types("lock shop prod --for 1h hotfix")
    world.types("unlock shop prod")
    world.types("lock shop prod again", BO)
    world.advances(2 * HOUR)
    assert the_lock(world).reason == "again"
    assert ("expire", "expired") not in world.done()


def test_after_a_roll_back_the_stage_is_locked_with_its_reason_and_one_click_lifts_it(world: World) -> None:
    ends(world, rolled_back())
    said, lock = announced(world), the_lock(world)
    assert (lock.why, lock.holder.user_id, lock.change_id) == (Why.AFTER_ROLLBACK, ANA, "c9")
    assert words_of(said).startswith("🔒 *shop → prod is locked after ana's roll back*")
    assert "rolled back from v42 to v41: errors after checkout" in words_of(said)
    entry = world.audit()[-1]
    assert (entry.action, entry.outcome, entry.user_name, entry.change_id) == ("lock", "locked", "tinystacks", "c9")
    assert "is unlocked" in words_of(world.clicks(said, "Unlock", BO))
    assert words_of(announced(world)).startswith("🔓 shop → prod: unlocked by bo")
    assert replies(world, said) == []
    assert world.done()[-1] == ("unlock", "unlocked")


def test_after_a_roll_back_its_requester_too_unlocks_before_the_next_deploy(world: World) -> None:
    ends(world, rolled_back())
    answer = words_of(world.types("lock shop prod mine"))
    assert "shop prod has been locked after ana's roll back" in answer
    assert "somebody of developers types: /tinystacks unlock shop prod" in answer


def test_a_roll_back_leaves_the_lock_that_stands(world: World) -> None:
    world.types("lock shop prod hotfix", BO)
    ends(world, rolled_back())
    assert the_lock(world).reason == "hotfix"


def test_a_lock_that_is_over_does_not_keep_a_roll_back_from_locking(world: World) -> None:
    world.types("lock shop prod --for 1h hotfix", BO)
    later(world, hours=1)
    ends(world, rolled_back())
    assert the_lock(world).why is Why.AFTER_ROLLBACK


def test_a_roll_back_does_not_lock_where_that_is_set_off(tmp_path: Path) -> None:
    world = World(tmp_path / "bot.db", admins(lock_after_rollback=False))
    ends(world, rolled_back())
    ends(world, rolled_back(stack="gone"))
    assert locks(world) == ()
    world.store.close()
