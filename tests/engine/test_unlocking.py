"""A lock is freed by its holder, taken over by an admin, and by nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.house import ANA, BO, CY, World, buttons, words_of
from tests.engine.locking import announced, built, later, locks, replies, the_lock


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    yield from built(tmp_path / "bot.db")


def test_unlocking_edits_the_announcement_and_says_after_how_long(world: World) -> None:
    world.types("lock shop prod hotfix")
    said = announced(world)
    later(world, hours=2, minutes=5)
    assert "🔓 shop → prod is unlocked." in words_of(world.types("unlock shop prod"))
    world.runs()
    assert words_of(said).startswith("🔓 shop → prod: unlocked by ana after 2h 5m")
    assert "hotfix" in words_of(said)
    assert buttons(said) == {}
    assert locks(world) == ()
    entry = world.audit()[-1]
    assert (entry.action, entry.outcome, entry.reason) == ("unlock", "unlocked", "hotfix")


def test_the_button_frees_it_as_well(world: World) -> None:
    world.types("lock shop prod hotfix")
    assert "🔓 shop → prod is unlocked." in words_of(world.clicks(announced(world), "Unlock"))
    assert locks(world) == ()


def test_a_colleague_without_the_right_frees_nothing_and_is_told_whose_it_is(world: World) -> None:
    """genova: anybody's Cancel frees somebody else's lock."""
    world.types("lock shop prod hotfix")
    for answer in (world.types("unlock shop prod", BO), world.clicks(announced(world), "Unlock", BO)):
        told = words_of(answer)
        assert "ana has locked shop prod since" in told
        assert "No rule lets you take over the lock of shop prod. Nothing was changed." in told
        assert told.endswith("To free it, ana, or somebody of release, types: /tinystacks unlock shop prod")
    assert the_lock(world).holder.user_id == ANA
    assert [row.outcome for row in world.audit()[-2:]] == ["refused", "refused"]


def test_cancelling_ones_own_preview_frees_nobodys_lock(world: World) -> None:
    """genova: Cancel on my own prompt frees somebody else's lock."""
    world.types("lock shop prod hotfix")
    preview = world.types("deploy shop prod v42", BO)
    world.clicks(preview, "Cancel", BO)
    assert the_lock(world).holder.user_id == ANA


def test_the_end_of_ones_own_change_does_not_free_ones_own_lock(world: World) -> None:
    """github/branch-deploy#504: the first of two runs to finish frees the lock of both."""
    world.types("lock shop prod hotfix")
    world.deploys("v42", "prod", ANA)
    world.advances(900)
    assert the_lock(world).holder.user_id == ANA


def test_an_admin_takes_a_lock_over_and_its_holder_is_told(world: World) -> None:
    world.types("lock shop prod hotfix")
    said = announced(world)
    assert "🔓 shop → prod is unlocked." in words_of(world.types("unlock shop prod", CY))
    assert replies(world, said) == [f"🔓 <@{ANA}>, cy (admin) took over your lock: shop → prod is free."]
    assert words_of(said).startswith("🔓 shop → prod: unlocked by cy after ")
    entry = world.audit()[-1]
    assert (entry.action, entry.outcome, entry.user_id, entry.reason) == ("take_over", "taken over", CY, "hotfix")


def test_of_two_who_click_unlock_one_wins_and_the_other_is_told(world: World) -> None:
    world.types("lock shop prod hotfix")
    said = announced(world)
    before = said.blocks
    world.clicks(said, "Unlock")
    world.runs()
    said.blocks = before
    assert "over already" in words_of(world.clicks(said, "Unlock", CY))
    assert [row.action for row in world.audit() if row.outcome in ("unlocked", "taken over")] == ["unlock"]


def test_who_is_overtaken_between_the_rule_and_the_row_is_told(world: World) -> None:
    """Cy's click is decided about while ana frees her lock, and bo takes the stage."""
    world.types("lock shop prod hotfix")
    said, members = announced(world), world.people.members

    def overtaken(group_id: str, *, fresh: bool) -> frozenset[str]:
        world.people.members = members  # type: ignore[method-assign]
        world.types("unlock shop prod")
        world.types("lock shop prod mine now", BO)
        return members(group_id, fresh=fresh)

    world.people.members = overtaken  # type: ignore[method-assign]
    assert "over already" in words_of(world.clicks(said, "Unlock", CY))
    assert the_lock(world).holder.user_id == BO


def test_the_button_of_an_older_lock_does_not_free_the_next_one(world: World) -> None:
    world.types("lock shop prod hotfix")
    said = announced(world)
    before = said.blocks
    world.types("unlock shop prod")
    world.types("lock shop prod again")
    world.runs()
    said.blocks = before
    assert "over already: its message says who ended it" in words_of(world.clicks(said, "Unlock"))
    assert the_lock(world).reason == "again"


def test_unlocking_what_is_not_locked_says_so(world: World) -> None:
    assert "shop prod is not locked. Nothing was changed." in words_of(world.types("unlock shop prod"))


def test_unlocking_what_has_just_ended_says_that_it_is_not_locked(world: World) -> None:
    world.types("lock shop prod --for 1h hotfix")
    said = announced(world)
    later(world, hours=1)
    assert "over already" in words_of(world.clicks(said, "Unlock"))
    assert "is not locked" in words_of(world.types("unlock shop prod"))
    assert locks(world) == ()
