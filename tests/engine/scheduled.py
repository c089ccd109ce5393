"""Schedules in a world: what is typed, what stands, what was told."""

from collections.abc import Sequence
from datetime import timedelta

from bot.adapters.sqlite.base import from_json
from bot.domain.changes import Change, State
from bot.domain.schedules import Schedule
from tests.engine.house import ANA, CHANNEL, World, words_of
from tests.fakes.chat import Said

NIGHTLY = 'schedule deploy shop staging v42 --cron "0 20 * * *"'
UNTIL_EIGHT = 10 * 3_600.0
"""Seconds from a world's beginning (10:00 UTC) to the first time of NIGHTLY."""


EIGHT = "2026-11-23T20:00"
"""What the wall shows then."""


def sleeps(world: World, seconds: float) -> None:
    """Time passes and no step runs: the bot is down."""
    world.clock.advance(timedelta(seconds=seconds))
    world.runs()


def makes(world: World, words: str = NIGHTLY, user: str = ANA) -> Schedule:
    """That person's schedule, where nobody has to approve it."""
    world.types(f"{words} --yes", user)
    world.runs()
    assert world.change().state is State.SUCCEEDED, words_of(world.card())
    return stands(world, world.change().id)


def stands(world: World, schedule_id: str) -> Schedule:
    """As it is now."""
    with world.store.transaction() as tx:
        found = tx.schedule(schedule_id)
    assert found is not None
    return found


def fired(world: World, schedule: Schedule) -> Sequence[Change]:
    """The changes that it made, oldest first."""
    with world.store.transaction() as tx:
        rows = tx._all("SELECT body FROM changes ORDER BY created_at, id")
    changes = (from_json(Change, row["body"]) for row in rows)
    return [one for one in changes if one.scheduled == schedule.id]


def outcomes(world: World) -> list[tuple[str, str]]:
    """Each fire's time on the wall and what came of it."""
    with world.store.transaction() as tx:
        rows = tx._all("SELECT key, outcome FROM fires ORDER BY due_at")
    return [(row["key"].partition(":")[2].partition(":")[2], row["outcome"]) for row in rows]


def told(world: World, channel_id: str = CHANNEL) -> list[str]:
    """Messages of their own about what did not run."""
    world.runs()
    return [words_of(one) for one in world.chat.channels[channel_id] if _is_about_a_fire(one)]


def _is_about_a_fire(one: Said) -> bool:
    return one.message_id.startswith("news:sched:")
