"""A fresh world for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.engine.timings import Timings
from tests.engine.house import World, config

Build = Callable[..., World]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Builds a world: fields of stage staging, `timings`, `verbs`."""
    worlds: list[World] = []

    def built(timings: Timings | None = None, verbs: Any = None, **staging: Any) -> World:
        worlds.append(World(tmp_path / f"bot-{len(worlds)}.db", config(**staging), timings, verbs))
        return worlds[-1]

    yield built
    for world in worlds:
        world.store.close()


@pytest.fixture
def world(build: Build) -> World:
    """The usual one."""
    return build()
