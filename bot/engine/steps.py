"""Key → step. Each is idempotent and safe to run twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.domain.changes import Change
from bot.domain.errors import UnknownName
from bot.domain.names import find_stage
from bot.domain.stacks import Stage
from bot.engine.abort import Abort
from bot.engine.apply import Apply
from bot.engine.approvals import remind
from bot.engine.changes import ABORT, APPLY, FOLLOWING, LOOK, REMIND, RESUME
from bot.engine.commands import House
from bot.engine.expiry import EXPIRE, expire
from bot.engine.firing import FIRE, Firing
from bot.engine.following import Following
from bot.engine.heads import HEAD, post_head
from bot.engine.home import HOME, home_step
from bot.engine.lock_news import NAG, UNLOCK, end_step, nag_step
from bot.engine.log_pages import FOLLOW, follow_step
from bot.engine.outbox import KEY, Outbox
from bot.engine.pictures import PICTURE, picture_step
from bot.engine.queue import TURN, Queue
from bot.engine.scale_resume import Resume
from bot.engine.scheduling import SCHEDULE
from bot.engine.watch import Watch

PRUNE = "prune"


def step_of(house: House) -> Callable[[str], None]:
    """What Wakes runs for a key: `<kind>:<rest>`."""
    kinds = _kinds(house, partial(_stage, house))

    def step(key: str) -> None:
        kind, _, rest = key.partition(":")
        kinds[kind](rest)

    return step


def _kinds(house: House, stage_of: Callable[[Change], Stage]) -> dict[str, Callable[[str], None]]:
    return {
        APPLY: Apply(house, stage_of).step,
        LOOK: Watch(house, stage_of).step,
        ABORT: Abort(house, stage_of).step,
        FOLLOWING: Following(house, stage_of).step,
        RESUME: Resume(house, stage_of).step,
        EXPIRE: lambda change_id: expire(house, change_id),
        REMIND: lambda change_id: remind(house, change_id),
        TURN: Queue(house).step,
        SCHEDULE: Firing(house).due,
        FIRE: Firing(house).step,
        UNLOCK: lambda lock_id: end_step(house, lock_id),
        NAG: lambda lock_id: nag_step(house, lock_id),
        FOLLOW: lambda rest: follow_step(house, rest),
        PICTURE: lambda change_id: picture_step(house, change_id),
        PRUNE: lambda _: prune(house),
        HEAD: lambda _: post_head(house),
        HOME: lambda _: home_step(house),
        KEY: Outbox(house.ports, house.timings).step,
    }


def prune(house: House) -> None:
    """Step, once an hour: requests older than a day are forgotten; Slack delivers nothing again by then. So are buttons
    that ended a month ago."""
    now = house.ports.now()
    with house.ports.store.transaction() as tx:
        tx.prune(now - timedelta(days=1))
        tx.drop_tokens(now - timedelta(days=30))
        tx.drop_fires(now - timedelta(days=30))
        house.ports.wakes.wake_at(tx, PRUNE, now + timedelta(hours=1))


def _stage(house: House, change: Change) -> Stage:
    """The stage as configured, at the service that the change is about: the config may have moved it since, or have
    lost it."""
    try:
        stage = find_stage(house.config, change.stack, change.stage)
    except UnknownName:
        return Stage(change.stack, change.stage, change.place, change.service, change.channel_id)
    return replace(stage, place=change.place, service=change.service)
