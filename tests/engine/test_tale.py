"""Whatever becomes of a change, the audit log tells the same as its row."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from bot.domain.changes import State
from tests.engine.house import STAGING, World
from tests.engine.rolling import dies, rolling
from tests.tale import disagreements


def _previewed(world: World) -> None:
    world.types("deploy shop staging v42")


def _cancelled(world: World) -> None:
    world.clicks(world.types("deploy shop staging v42"), "Cancel")


def _expired(world: World) -> None:
    _previewed(world)
    world.advances(3_600)


def _succeeded(world: World) -> None:
    rolling(world)
    world.ecs.completes(STAGING, "shop")
    world.advances(30)


def _aborted(world: World) -> None:
    rolling(world)
    world.clicks(world.card(), "Abort")
    world.advances(30)


def _failing(world: World) -> None:
    rolling(world)
    for _ in range(4):
        dies(world)


def _outdated(world: World) -> None:
    preview = world.types("deploy shop staging v42")
    world.deploys("v43")
    world.clicks(preview, "Deploy")


STORIES = [_previewed, _cancelled, _expired, _succeeded, _aborted, _failing, _outdated]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__[1:])
def test_the_log_and_the_rows_tell_the_same(world: World, story: Callable[[World], None]) -> None:
    story(world)
    assert world.change().state in State
    assert disagreements(world.path) == []


def test_a_row_that_was_moved_behind_the_logs_back_is_found(world: World) -> None:
    _cancelled(world)
    with closing(sqlite3.connect(world.path)) as other:
        other.execute('UPDATE changes SET body = replace(body, \'"state":"cancelled"\', \'"state":"succeeded"\')')
        other.commit()
    [words] = disagreements(world.path)
    assert "is succeeded, told is cancelled" in words
