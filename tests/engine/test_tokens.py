"""What stands behind a button: an opaque token, bound to its row, message and action, stored as a hash alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.changes import State
from bot.domain.requests import Kind, Request
from bot.engine.tokens import LIFE, hidden
from tests.engine.house import BO, World, buttons, words_of
from tests.fakes.chat import Said


def test_a_button_tells_nothing_of_its_change(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert preview is not None
    values = {str(one["value"]) for one in buttons(preview).values()}
    assert len(values) == 2
    assert all(value.startswith("tk-") and world.change().id not in value for value in values)


def test_no_token_is_in_the_database_only_its_hash(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert preview is not None
    value = str(buttons(preview)["Deploy"]["value"])
    world.clicks(preview, "Deploy")
    world.advances(30)
    files = [path for path in world.path.parent.iterdir() if path.name.startswith(world.path.name)]
    assert all(value.encode() not in path.read_bytes() for path in files)


@pytest.mark.parametrize("value", ["", "tk-", "tk-0000", "th-0000", "gone", "../", "1 OR 1=1"])
def test_a_made_up_value_does_nothing(world: World, value: str) -> None:
    preview = world.types("deploy shop staging v42")
    assert "I do not know this button" in words_of(world.clicks(preview, "Deploy", value=value))
    assert world.change().state is State.PROPOSED


def test_the_id_of_the_change_itself_is_no_key(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert "I do not know this button" in words_of(world.clicks(preview, "Deploy", value=world.change().id))


def test_the_stored_hash_is_no_key(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert preview is not None
    token = str(buttons(preview)["Deploy"]["value"])
    stolen = hidden(world.request(Kind.ACTION, action_id="deploy:confirm", value=token)).value
    assert stolen.startswith("th-")
    assert "I do not know this button" in words_of(world.clicks(preview, "Deploy", value=stolen))
    assert world.change().state is State.PROPOSED


def test_a_token_works_for_its_own_action_only(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert preview is not None
    cancel = str(buttons(preview)["Cancel"]["value"])
    assert "I do not know this button" in words_of(world.clicks(preview, "Deploy", value=cancel))
    assert world.change().state is State.PROPOSED


def test_a_token_of_my_message_is_nothing_in_somebody_elses_hands(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert "somebody else's" in words_of(world.clicks(preview, "Deploy", BO))
    assert world.change().state is State.PROPOSED


def test_a_cards_token_works_on_its_own_message_only(world: World) -> None:
    world.deploys()
    card = world.card()
    assert "I do not know this button" in words_of(world.clicks(card, "Abort", message_ts="1.000001"))
    assert "I do not know this button" in words_of(world.clicks(card, "Abort", channel_id="C0RANDOM"))
    assert world.change().aborted_at is None


def test_an_old_copy_of_a_card_works_like_the_newest(world: World) -> None:
    world.deploys()
    old = replace(world.card())
    world.advances(30)
    assert world.card().edits
    assert "Asked ECS to roll it back" in words_of(world.clicks(old, "Abort"))


def test_a_token_ends(world: World) -> None:
    world.deploys()
    old = replace(world.card())
    world.clock.advance(LIFE + timedelta(seconds=1))
    assert "expired" in words_of(world.clicks(old, "Abort"))


def test_one_button_of_one_message_has_one_token_however_often_it_is_edited(world: World) -> None:
    world.deploys()
    first = buttons(world.card())["Abort"]["value"]
    world.advances(30)
    assert world.card().edits > 1
    assert buttons(world.card())["Abort"]["value"] == first


def test_a_token_that_did_its_work_is_dead_whatever_the_change_is_doing(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert preview is not None
    shown = replace(preview)
    world.clicks(preview, "Deploy")
    assert "already" in words_of(world.clicks(shown, "Deploy"))
    assert "already" in words_of(world.clicks(shown, "Cancel"))
    with world.store.transaction() as tx:
        token = tx.token(hidden(_click_on(world, shown, "Deploy")).value.removeprefix("th-"))
    assert token is not None
    assert token.used_at is not None


def test_tokens_are_forgotten_a_month_after_their_end(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    assert preview is not None
    click = hidden(_click_on(world, preview, "Deploy")).value.removeprefix("th-")
    for days, there in ((37, True), (2, False)):
        world.clock.advance(timedelta(days=days))
        world.wakes_for("prune")
        with world.store.transaction() as tx:
            assert (tx.token(click) is not None) is there


def _click_on(world: World, said: Said, button: str) -> Request:
    return world.request(Kind.ACTION, action_id="deploy:confirm", value=str(buttons(said)[button]["value"]))
