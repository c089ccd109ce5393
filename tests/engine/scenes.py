"""One scene for each button: what has to happen until it is shown. ana and di develop, cy releases and administers, bo
is nobody."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.changes import Change, State
from bot.domain.people import Person
from bot.domain.stacks import ApprovalRule, Stack
from tests.engine.house import ANA, CHANNEL, CY, STAGING, World, config
from tests.engine.scaling import HELD, request_card, scales_itself, settles
from tests.fakes.chat import Said

DI = "U0DI"
"""Another developer."""
RULE = ApprovalRule(("deploy",), ("release",), 1, timedelta(minutes=30))


def world_of(tmp_path: Path) -> World:
    """ana and di develop, cy releases and administers, bo is nobody."""
    base = config(approval=RULE)
    stages = tuple(replace(one, admins=("release",)) for one in base.stacks[0].stages)
    world = World(tmp_path / "bot.db", replace(base, stacks=(Stack("shop", stages),)))
    world.people.groups |= {"S0DEV": frozenset({ANA, DI}), "S0REL": frozenset({CY})}
    world.people.persons[DI] = Person("T0ACME", DI, "di")
    return world


def preview(world: World) -> Said:
    return _shown(world.types("deploy shop staging v42"))


def request(world: World) -> Said:
    world.types("deploy shop staging v42 --yes")
    world.runs()
    return world.card()


def rolling(world: World) -> Said:
    request(world)
    world.clicks(world.card(), "Approve", CY)
    world.advances(10)
    return world.card()


def behind(world: World) -> Said:
    rolling(world)
    return _shown(world.types("deploy shop staging v43"))


def in_the_queue(world: World) -> Said:
    world.clicks(behind(world), "Wait for it")
    world.runs()
    return world.card()


def expired(world: World) -> Said:
    request(world)
    world.advances(1_805)
    return world.card()


def succeeded(world: World) -> Said:
    rolling(world)
    world.ecs.completes(STAGING, "shop")
    world.advances(60)
    return world.card()


def ways(world: World) -> Said:
    scales_itself(world)
    return _shown(world.types("scale shop staging 4"))


def scaling(world: World) -> Said:
    world.clicks(world.clicks(ways(world), HELD), "Scale")
    world.runs()
    return request_card(world)


def scaled(world: World) -> Said:
    scaling(world)
    settles(world)
    return request_card(world)


def lock(world: World) -> Said:
    world.types("lock shop staging incident")
    return _announced(world)


def freeze(world: World) -> Said:
    world.types("freeze incident", CY)
    return _announced(world)


def scheduled(world: World) -> Said:
    """The card of a schedule that stands."""
    world.types('schedule deploy shop staging v42 --cron "0 20 * * *" --yes')
    world.runs()
    world.clicks(world.card(), "Approve", CY)
    world.advances(10)
    return world.card()


def log(world: World) -> Said:
    for _ in range(25):
        world.types("nonsense")
    return _shown(world.types("audit"))


def older_log(world: World) -> Said:
    return _shown(world.clicks(log(world), "Older"))


def history(world: World) -> Said:
    request(world)
    one = world.change()
    with world.store.transaction() as tx:
        for number in range(9):
            tx.insert_change(_past(one, number))
    return _shown(world.types("history shop staging"))


def older_history(world: World) -> Said:
    return _shown(world.clicks(history(world), "Older"))


def _past(one: Change, number: int) -> Change:
    at = one.created_at - timedelta(hours=number + 1)
    return replace(
        one, id=f"past{number}", created_at=at, request_key=f"past{number}", state=State.CANCELLED, version=0
    )


def _announced(world: World) -> Said:
    world.runs()
    return [one for one in world.chat.channels[CHANNEL] if one.message_id.startswith("lock:")][-1]


def _shown(said: Said | None) -> Said:
    assert said is not None
    return said
