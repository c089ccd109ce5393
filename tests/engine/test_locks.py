"""A stage is locked, renewed, freed, taken over; and each of it is said, and written down."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Unreachable
from bot.domain.locks import Why
from bot.domain.names import find_stage
from bot.engine.locks import own_lock, standing_hold
from tests.engine.house import ANA, BO, CY, GUEST, World, buttons, words_of
from tests.engine.locking import PROD_CHANNEL, announced, built, later, locks, the_lock


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    yield from built(tmp_path / "bot.db")


def held(world: World, verb: str = "deploy", user: str = BO, stage: str = "prod") -> str:
    """Why that person cannot do that, as it stands in the rows; empty: they can."""
    person = world.people.persons[user]
    with world.store.transaction() as tx:
        hold = standing_hold(tx, find_stage(world.house.config, "shop", stage), verb, person, world.clock.now())
    return f"{hold.fact} {hold.remedy}" if hold else ""


def test_a_lock_is_answered_announced_and_written_down(world: World) -> None:
    answer = words_of(world.types("lock shop prod --for 2h hotfix of the checkout"))
    assert answer.startswith("🔒 shop → prod is locked until ")
    assert "`/tinystacks unlock shop prod`" in answer
    said = announced(world)
    assert words_of(said).startswith("🔒 *ana locked shop → prod* until ")
    assert "hotfix of the checkout" in words_of(said)
    assert list(buttons(said)) == ["Unlock"]
    entry = world.audit()[-1]
    assert (entry.action, entry.outcome, entry.stack, entry.stage) == ("lock", "locked", "shop", "prod")
    assert (entry.user_id, entry.reason) == (ANA, "hotfix of the checkout")


@pytest.mark.parametrize(
    "typed",
    [
        "lock shop prod hotfix of cart --for 2h",
        "lock shop prod --for 2h hotfix of cart",
        "lock SHOP Prod --for 2H --reason hotfix of cart",
        "lock shop prod --reason hotfix of cart --for 120m",
        "lock shop --for=2h prod “hotfix of cart”",
    ],
)
def test_what_follows_the_stage_may_stand_in_any_order(world: World, typed: str) -> None:
    world.types(typed)
    lock = the_lock(world)
    assert (lock.reason, lock.until) == ("hotfix of cart", world.clock.now() + timedelta(hours=2))


@pytest.mark.parametrize("given", ["soon", "2", "0h", "31d", "2 weeks", "-1h", "<!channel>"])
def test_a_bad_duration_is_refused_with_what_to_write(world: World, given: str) -> None:
    answer = words_of(world.types(f'lock shop prod --for "{given}"'))
    assert "such as 90s, 20m, 2h or 1d (at most 30d)" in answer
    assert "<!channel>" not in answer
    assert locks(world) == ()


def test_who_comes_second_is_told_who_why_since_until_and_what_frees_it(world: World) -> None:
    world.types("lock shop prod --for 2h hotfix")
    later(world, minutes=5)
    answer = words_of(world.types("lock shop prod me too", BO))
    assert "ana has locked shop prod since " in answer
    assert "(5m), until " in answer
    assert "“hotfix”. Nothing was changed. To free it, ana, or somebody of release, types:" in answer
    assert answer.endswith("/tinystacks unlock shop prod")
    assert the_lock(world).holder.user_id == ANA


def test_a_lock_holds_everybody_but_its_holder_and_never_a_roll_back(world: World) -> None:
    world.types("lock shop prod hotfix")
    assert "ana has locked shop prod" in held(world)
    assert "ana has locked shop prod" in held(world, user=CY)
    assert held(world, user=ANA) == held(world, verb="rollback") == held(world, stage="staging") == ""


def test_the_holder_can_be_told_that_the_lock_is_theirs(world: World) -> None:
    world.types("lock shop prod --for 1h hotfix")
    stage = find_stage(world.house.config, "shop", "prod")
    later(world, minutes=59)
    with world.store.transaction() as tx:
        assert own_lock(tx, stage, world.people.persons[ANA], world.clock.now())
        assert own_lock(tx, stage, world.people.persons[BO], world.clock.now()) is None
    later(world, minutes=1)
    with world.store.transaction() as tx:
        assert own_lock(tx, stage, world.people.persons[ANA], world.clock.now()) is None


def test_locking_again_renews_the_reason_and_the_end_and_keeps_what_is_left_out(world: World) -> None:
    world.types("lock shop prod --for 1h hotfix")
    first, said = the_lock(world), announced(world)
    later(world, minutes=30)
    assert "is still locked until" in words_of(world.types("lock shop prod --for 2h"))
    world.types("lock shop prod load test")
    lock = the_lock(world)
    assert (lock.id, lock.since, lock.reason) == (first.id, first.since, "load test")
    assert lock.until == world.clock.now() + timedelta(hours=2)
    world.advances(5)
    assert "load test" in words_of(said)
    assert world.done()[-1] == ("lock", "renewed")


def test_a_running_change_is_named_when_its_stage_is_locked(world: World) -> None:
    world.deploys("v42", "prod", BO)
    answer = words_of(world.types("lock shop prod no more today"))
    assert "bo's deploy of v42 is under way there and goes on." in answer


@pytest.mark.parametrize("typed", ["lock shop prod mine", "unlock shop prod"])
def test_who_may_not_change_the_stage_neither_locks_nor_unlocks_it(world: World, typed: str) -> None:
    world.types("lock shop prod hotfix")
    assert "guest" in words_of(world.types(typed, GUEST))
    world.people.groups["S0DEV"] = frozenset({BO})
    assert "Nothing was changed" in words_of(world.types(typed))
    assert the_lock(world).reason == "hotfix"


def test_a_group_that_cannot_be_read_neither_locks_nor_unlocks(world: World) -> None:
    world.types("lock shop prod hotfix")
    world.people.failures.add("members", Unreachable("Slack", "usergroups.users.list"), times=9)
    for typed in ("unlock shop prod", "lock shop prod mine"):
        assert "I cannot read the user group" in words_of(world.types(typed))
    assert the_lock(world).reason == "hotfix"


def test_an_ended_lock_holds_nobody_though_no_step_has_run(world: World) -> None:
    world.types("lock shop prod --for 1h hotfix")
    said = announced(world)
    later(world, hours=1)
    assert held(world) == ""
    assert "is locked" in words_of(world.types("lock shop prod my turn", BO))
    world.runs()
    assert the_lock(world).holder.user_id == BO
    assert words_of(said).startswith("🔓 shop → prod: over after 1h")
    assert [one for one in world.done() if one[0] == "expire"] == [("expire", "expired")]


def test_a_lock_that_cannot_be_read_blocks_and_an_admin_removes_it(world: World) -> None:
    world.types("lock shop prod hotfix")
    said = announced(world)
    with sqlite3.connect(world.path) as other:
        other.execute("UPDATE locks SET body = 'x'")
    other.close()
    assert "I cannot read the lock of shop prod" in held(world, user=ANA)
    assert held(world, verb="rollback", user=ANA) == ""
    assert "I cannot read the lock" in words_of(world.types("lock shop prod mine", BO))
    assert "I cannot read the lock" in words_of(world.types("unlock shop prod", ANA))
    assert "is unlocked" in words_of(world.types("unlock shop prod", CY))
    assert words_of(announced(world)) == "🔓 shop → prod: removed by cy; I could not read what it was"
    assert announced(world).ts == said.ts
    assert world.done()[-1] == ("take_over", "taken over")


def test_hostile_reasons_stay_text(world: World) -> None:
    world.types("lock shop prod <!channel> <@U0EVIL> *bold* \u202e")
    world.runs()
    answer = world.types("lock shop prod", BO)
    assert answer is not None
    mrkdwn = str([block for block in (*announced(world).blocks, *answer.blocks) if block["type"] == "section"])
    assert "<!channel>" not in mrkdwn
    assert "<@U0EVIL>" not in mrkdwn


def test_a_lock_is_of_the_kind_that_its_holder_passes(world: World) -> None:
    world.types("lock shop prod")
    lock = the_lock(world)
    assert (lock.why, lock.reason, lock.until, lock.channel_id) == (Why.HELD, "", None, PROD_CHANNEL)
