"""The App Home while it is open: it follows what moves, paced, and whatever Slack does."""

from dataclasses import replace

import pytest

from bot.domain.errors import NotPossible, Refusal, Throttled
from tests.engine.homes import Home
from tests.engine.house import BO, STAGING, World


def test_it_follows_what_runs_while_it_is_open(world: World) -> None:
    home = Home(world, BO)
    home.opens()
    world.deploys("v42")
    world.advances(6)
    assert "*Deploy shop → staging* `v41` → `v42`" in home.words()
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    assert "Running now" not in home.words()
    assert "🟢 staging `v42` :2" in home.words()


def test_a_lock_shows_in_it_soon(world: World) -> None:
    home = Home(world, BO)
    home.opens()
    world.types("lock shop staging migration")
    world.advances(6)
    assert "🔒 ana" in home.words()


def test_it_is_published_every_five_seconds_at_the_most(world: World) -> None:
    home = Home(world, BO)
    home.opens()
    before = home.publishes()
    for second in range(21):
        world.types(f"{'unlock' if second % 2 else 'lock'} shop staging")
        world.advances(1)
    assert 3 <= home.publishes() - before <= 5
    world.advances(5)
    assert "🔒 ana" in home.words()


def test_nothing_is_published_where_nothing_looks_different(world: World) -> None:
    home = Home(world, BO)
    home.opens()
    before = home.publishes()
    for _ in range(3):
        world.wakes_for("home")
        world.house.homes.move()
        world.advances(6)
    assert home.publishes() == before


def test_who_has_not_looked_for_ten_minutes_is_left_alone(world: World) -> None:
    home = Home(world, BO)
    home.opens()
    world.advances(601)
    before = home.publishes()
    world.deploys("v42")
    world.advances(60)
    assert home.publishes() == before


def test_nobody_looking_costs_no_wake_up(world: World) -> None:
    world.types("lock shop staging migration")
    with world.store.transaction() as tx:
        assert all(wake.key != "home" for wake in tx.wakes())
    Home(world, BO).opens()
    world.types("unlock shop staging")
    with world.store.transaction() as tx:
        assert any(wake.key == "home" for wake in tx.wakes())


def test_a_home_that_was_replaced_meanwhile_is_published_again(world: World) -> None:
    home = Home(world, BO)
    home.opens()
    world.chat.publish_home(BO, {"type": "home", "blocks": []}, "")
    world.types("lock shop staging migration")
    world.advances(6)
    assert "🔒 ana" in home.words()


@pytest.mark.parametrize("error", [Throttled("Slack", "views.publish", retry_after=40), NotPossible("No.", "No.")])
def test_what_slack_did_not_take_comes_later(world: World, error: Refusal) -> None:
    home = Home(world, BO)
    home.opens()
    world.types("lock shop staging migration")
    world.chat.failures.add("publish_home", error)
    world.advances(6)
    assert "🔒" not in home.words()
    world.advances(60)
    assert "🔒 ana" in home.words()


def test_whoever_is_let_go_while_it_is_open_sees_no_more_of_it(world: World) -> None:
    home = Home(world, BO)
    home.opens()
    world.people.persons[BO] = replace(world.people.persons[BO], refused="deactivated")
    world.types("lock shop staging migration")
    world.advances(6)
    assert "shop" not in home.words()
