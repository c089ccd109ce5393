"""A world with admins: ana and bo are developers and may change both stages, cy releases and is admin of both."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.domain.locks import Lock, Unreadable
from bot.domain.stacks import Config, Stack
from tests.engine.house import World, config, words_of
from tests.fakes.chat import Said

PROD_CHANNEL, STAGING_CHANNEL = "C0PROD", "C0DEPLOYS"
HOUR = 3_600.0


def admins(**fields: Any) -> Config:
    """Developers change, release administers; `fields` of both stages."""
    base = config()
    rights: dict[str, Any] = {"may_change": ("developers",), "admins": ("release",), **fields}
    stages = tuple(replace(stage, **rights) for stage in base.stacks[0].stages)
    return replace(base, stacks=(Stack("shop", stages),))


def built(path: Path, **fields: Any) -> Iterator[World]:
    """One world, closed at the end."""
    world = World(path, admins(**fields))
    yield world
    world.store.close()


def announced(world: World, channel_id: str = PROD_CHANNEL) -> Said:
    """The newest announcement of a lock or a freeze in that channel, once it is sent."""
    world.runs()
    return [one for one in world.chat.channels[channel_id] if one.message_id.startswith("lock:")][-1]


def replies(world: World, to: Said, channel_id: str = PROD_CHANNEL) -> list[str]:
    """What stands in its thread."""
    world.runs()
    return [words_of(one) for one in world.chat.channels[channel_id] if one.thread_ts == to.ts]


def locks(world: World) -> tuple[Lock | Unreadable, ...]:
    """What holds now, or held until nobody looked."""
    with world.store.transaction() as tx:
        return tx.locks()


def the_lock(world: World) -> Lock:
    """The only one."""
    (found,) = locks(world)
    assert isinstance(found, Lock)
    return found


def later(world: World, **by: float) -> None:
    """Time passes without a step: as if the bot were busy or down."""
    world.clock.advance(timedelta(**by))
