"""Everything is frozen, and unfrozen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.names import find_stage
from bot.domain.stacks import CHANGING_VERBS
from bot.engine.locks import standing_hold
from tests.engine.house import ANA, BO, CY, World, buttons, words_of
from tests.engine.locking import HOUR, PROD_CHANNEL, STAGING_CHANNEL, announced, built, locks, replies, the_lock


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    yield from built(tmp_path / "bot.db")


def frozen(world: World, verb: str = "deploy", user: str = ANA) -> list[bool]:
    """Whether that is held, on each stage."""
    stages = [find_stage(world.house.config, "shop", name) for name in ("staging", "prod")]
    with world.store.transaction() as tx:
        person, now = world.people.persons[user], world.clock.now()
        return [standing_hold(tx, stage, verb, person, now) is not None for stage in stages]


def test_a_freeze_holds_every_stage_for_everybody_but_rolling_back(world: World) -> None:
    assert "🧊 Everything is frozen until " in words_of(world.types("freeze --for 2h incident 42", CY))
    for verb in CHANGING_VERBS:
        for user in (ANA, BO, CY):
            assert frozen(world, verb, user) == [verb != "rollback"] * 2
    assert world.done()[-1] == ("freeze", "frozen")
    assert world.audit()[-1].reason == "incident 42"


def test_a_freeze_is_announced_once_in_every_channel_of_a_stage(world: World) -> None:
    world.types("freeze incident", CY)
    world.runs()
    for channel_id in (STAGING_CHANNEL, PROD_CHANNEL):
        said = [one for one in world.chat.channels[channel_id] if one.message_id.startswith("lock:")]
        assert [list(buttons(one)) for one in said] == [["Unfreeze"]]
        assert words_of(said[0]).startswith("🧊 *cy froze everything*")


@pytest.mark.parametrize("channel_id", [STAGING_CHANNEL, PROD_CHANNEL])
def test_unfreezing_in_any_of_them_edits_all_of_them(world: World, channel_id: str) -> None:
    world.types("freeze incident", CY)
    assert "Everything is unfrozen" in words_of(world.clicks(announced(world, channel_id), "Unfreeze", CY))
    for each in (STAGING_CHANNEL, PROD_CHANNEL):
        assert words_of(announced(world, each)).startswith("🔓 Everything: unfrozen by cy after ")
    assert frozen(world) == [False, False]
    assert world.done()[-1] == ("unfreeze", "unfrozen")


@pytest.mark.parametrize("typed", ["freeze", "unfreeze"])
def test_only_an_admin_of_every_stage_freezes_and_unfreezes(world: World, typed: str) -> None:
    if typed == "unfreeze":
        world.types("freeze incident", CY)
    before = locks(world)
    assert f"No rule lets you {typed} everything" in words_of(world.types(typed))
    assert locks(world) == before


def test_who_may_not_unfreeze_is_told_who_froze_it(world: World) -> None:
    world.types("freeze incident", CY)
    answer = words_of(world.clicks(announced(world), "Unfreeze", BO))
    assert "cy has frozen everything since" in answer
    assert answer.endswith("To free it, an admin of every stage types: /tinystacks unfreeze")
    assert the_lock(world).reason == "incident"


def test_the_freezer_is_told_when_another_admin_ends_it(world: World) -> None:
    world.types("freeze incident", CY)
    said = announced(world, STAGING_CHANNEL)
    world.people.groups["S0REL"] = frozenset({BO, CY})
    world.types("unfreeze", BO)
    assert replies(world, said, STAGING_CHANNEL) == [f"🔓 <@{CY}>, bo (admin) has ended your freeze."]


def test_a_second_freeze_is_refused_to_others_and_renews_ones_own(world: World) -> None:
    world.people.groups["S0REL"] = frozenset({BO, CY})
    world.types("freeze incident", CY)
    assert "cy has frozen everything since" in words_of(world.types("freeze me too", BO))
    assert "is still frozen" in words_of(world.types("freeze still going on", CY))
    assert the_lock(world).reason == "still going on"


def test_a_freeze_leaves_the_locks_of_stages_as_they_are(world: World) -> None:
    world.types("lock shop prod hotfix")
    world.types("freeze incident", CY)
    assert "is unlocked" in words_of(world.types("unlock shop prod"))
    world.types("lock shop prod hotfix")
    world.types("unfreeze", CY)
    assert the_lock(world).reason == "hotfix"


def test_unfreezing_when_nothing_is_frozen_says_so(world: World) -> None:
    assert "Nothing is frozen. Nothing was changed." in words_of(world.types("unfreeze", CY))


@pytest.mark.parametrize("typed", ["freeze shop prod", "freeze SHOP prod hotfix --for 1h"])
def test_who_names_a_stage_does_not_freeze_everything(world: World, typed: str) -> None:
    answer = words_of(world.types(typed, CY))
    assert answer.endswith("For one stage: /tinystacks lock shop prod")
    assert locks(world) == ()


def test_a_freeze_ends_by_itself_everywhere(world: World) -> None:
    world.types("freeze --for 4h incident", CY)
    world.advances(4 * HOUR)
    assert frozen(world) == [False, False]
    for channel_id in (STAGING_CHANNEL, PROD_CHANNEL):
        assert words_of(announced(world, channel_id)).startswith("🔓 Everything: over after 4h")
    told = replies(world, announced(world, STAGING_CHANNEL), STAGING_CHANNEL)
    assert [f"<@{CY}> everything is still frozen" in told[0], "The end of this freeze has come" in told[1]] == [
        True
    ] * 2


def test_a_freeze_cannot_be_ended_through_a_forged_unlock(world: World) -> None:
    world.types("freeze incident", CY)
    said = announced(world)
    element = buttons(said)["Unfreeze"]
    world.clicks(said, "Unfreeze", BO, action_id="unlock:now", value=element["value"])
    assert the_lock(world).reason == "incident"
