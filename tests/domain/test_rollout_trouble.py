"""What is told early of a rollout that will not succeed as it goes: one row a case."""

import pytest

from bot.domain.diagnosis import Cause
from bot.domain.rollouts import Why, verdict_of
from tests.domain.rollout_cases import (
    BEFORE,
    CANNOT_MOVE,
    IMPAIRED,
    NO_ROOM,
    ROLLOUT,
    at,
    event,
    failure,
    ours,
    snapshot,
    task,
)

_DRAINS = "(service shop) has begun draining connections on 1 tasks."

_TROUBLE = {
    "one death is chance": (snapshot(ours(), failures=(failure(1),)), 30, None),
    "two alike": (snapshot(ours(), failures=(failure(2),)), 30, Why.CRASH_LOOP),
    "three of any kind": (
        snapshot(ours(), failures=(failure(1), failure(1, Cause.IMAGE_PULL), failure(1, Cause.OTHER))),
        30,
        Why.CRASH_LOOP,
    ),
    "killed by people": (snapshot(ours(), failures=(failure(5, Cause.STOPPED_BY_USER),)), 30, None),
    "killed with the host": (snapshot(ours(), failures=(failure(5, Cause.HOST),)), 30, None),
    "two died, both run again just now": (snapshot(ours(running=2), failures=(failure(2),)), 60, Why.CRASH_LOOP),
    "two died, then quiet": (snapshot(ours(running=2), failures=(failure(2),)), 141, None),
    "two unhealthy targets, not yet quiet": (
        snapshot(ours(running=2), failures=(failure(2, Cause.TARGET_HEALTH),)),
        141,
        Why.CRASH_LOOP,
    ),
    "more run than ever died": (snapshot(ours(desired=10, running=9), failures=(failure(3),)), 30, None),
    "a healthy one": (snapshot(ours(running=2), failures=(failure(4),), tasks=(task(),)), 30, None),
    "running, not healthy": (
        snapshot(ours(running=2), failures=(failure(4),), tasks=(task("UNKNOWN"),)),
        30,
        "crash_loop",
    ),
    "healthy ones of another deployment": (
        snapshot(ours(running=1), failures=(failure(4),), tasks=(task(started_by=BEFORE),)),
        30,
        Why.CRASH_LOOP,
    ),
    "impaired": (snapshot(ours(), events=(event(20, IMPAIRED),)), 30, Why.CRASH_LOOP),
    "impaired before us": (snapshot(ours(), events=(event(-20, IMPAIRED),)), 30, None),
    "counted by ECS alone": (snapshot(ours(failed_tasks=3)), 30, Why.CRASH_LOOP),
    "counted by ECS for want of room": (snapshot(ours(failed_tasks=9), events=(event(9, NO_ROOM),)), 30, None),
    "cannot move": (snapshot(ours(), events=(event(9, CANNOT_MOVE),)), 30, Why.CANNOT_MOVE),
    "moved after all": (
        snapshot(ours(), events=(event(19, "(service shop) has started 1 tasks: (task 1)."), event(9, CANNOT_MOVE))),
        30,
        None,
    ),
    "no room, at first": (snapshot(ours(), events=(event(9, NO_ROOM),)), 180, None),
    "no room for three minutes": (snapshot(ours(), events=(event(9, NO_ROOM),)), 190, Why.NO_PLACEMENT),
    "no room for the rest": (
        snapshot(ours(desired=40, running=14), events=(event(9, NO_ROOM),)),
        190,
        Why.NO_PLACEMENT,
    ),
    "no room while old tasks drain": (
        snapshot(ours(), events=(event(9, NO_ROOM), event(20, _DRAINS))),
        370,
        None,
    ),
    "no room after old tasks drained": (
        snapshot(ours(), events=(event(9, NO_ROOM), event(20, _DRAINS))),
        381,
        Why.NO_PLACEMENT,
    ),
    "no room while instances may come": (
        snapshot(ours(), events=(event(9, NO_ROOM),), capacity_providers=("asg",)),
        600,
        None,
    ),
    "no room, no instances came": (
        snapshot(ours(), events=(event(9, NO_ROOM),), capacity_providers=("asg",)),
        610,
        Why.NO_PLACEMENT,
    ),
}


@pytest.mark.parametrize("case", _TROUBLE)
def test_trouble_is_told_early_and_not_too_early(case: str) -> None:
    seen, seconds, why = _TROUBLE[case]
    look = verdict_of(ROLLOUT, seen, at(seconds))
    assert (look.verdict, look.outcome and look.outcome.why) == ("failing" if why else "going", why)
