"""The board put together: what ECS says, what our rows know, stage by stage."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.board import Release, Tile, needs_definition, running_side
from bot.domain.changes import Change
from bot.domain.ecs import Service, TaskDefinition
from bot.domain.errors import Refusal
from bot.domain.locks import Lock, Unreadable
from bot.domain.stacks import Place, Stage
from bot.domain.windows import closed_by
from bot.engine.board import Reading
from bot.engine.commands import House
from bot.engine.ports import Ports, Tx

RELEASES = 20
"""So far back it is counted how far stages are apart."""

_Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Ours:
    """What our rows know. `locks`: by stack and stage, the freeze under two empty names."""

    running: Mapping[_Name, Change]
    releases: Mapping[_Name, tuple[Release, ...]]
    locks: Mapping[_Name, Lock | Unreadable]


def tiles_of(house: House, stages: Sequence[Stage], *, younger: timedelta, patience: float) -> tuple[Tile, ...]:
    """The stages in their order, with what AWS said less than `younger` ago or says within `patience` seconds; what it
    does not say in time is left open. Our rows are read meanwhile."""
    ports = house.ports
    reading = house.board.begin(ports, stages, younger)
    ours = _ours(ports, stages)
    reading.wait(patience)
    tiles = [_tile(stage, reading, ours, ports.now()) for stage in stages]
    definitions = house.board.definitions(ports, _unknown(tiles), patience)
    return tuple(_with_image(tile, definitions) for tile in tiles)


def _ours(ports: Ports, stages: Iterable[Stage]) -> _Ours:
    """One short transaction a stack: nobody who wants to write waits for all of them."""
    with ports.store.transaction() as tx:
        running = {(one.stack, one.stage): _holder(tx, one) for one in tx.running_changes()}
        locks = {(one.stack, one.stage): one for one in tx.locks() if not _over(one, ports.now())}
    by_stack: dict[str, list[str]] = {}
    for stage in stages:
        by_stack.setdefault(stage.stack, []).append(stage.name)
    releases: dict[_Name, tuple[Release, ...]] = {}
    for stack, names in by_stack.items():
        with ports.store.transaction() as tx:
            releases |= {(stack, name): tx.releases(stack, name, RELEASES) for name in names}
    return _Ours(running, releases, locks)


def _holder(tx: Tx, change: Change) -> Change:
    """The one that counts where several roll out."""
    return tx.running_change(change.stack, change.stage) or change


def _over(lock: Lock | Unreadable, now: datetime) -> bool:
    return isinstance(lock, Lock) and lock.over(now)


def _tile(stage: Stage, reading: Reading, ours: _Ours, now: datetime) -> Tile:
    name, seen = (stage.stack, stage.name), reading.of(stage)
    return Tile(
        stage,
        service=seen if isinstance(seen, Service) else None,
        problem=_sentence(seen) if isinstance(seen, Refusal) else "",
        running=ours.running.get(name),
        releases=ours.releases[name],
        lock=ours.locks.get(("", "")) or ours.locks.get(name),
        closed=closed_by(stage.closed, now),
    )


def _unknown(tiles: Iterable[Tile]) -> list[tuple[Place, str]]:
    read = [(tile, tile.service) for tile in tiles if tile.service]
    return [(tile.stage.place, one.task_definition_arn) for tile, one in read if needs_definition(one, _known(tile))]


def _with_image(tile: Tile, definitions: Mapping[str, TaskDefinition]) -> Tile:
    if tile.service is None:
        return tile
    definition = definitions.get(tile.service.task_definition_arn)
    return replace(tile, image=running_side(tile.stage, tile.service, definition, _known(tile)))


def _known(tile: Tile) -> tuple[Release, ...]:
    """With what is being put there now: its revision is ours already, whatever becomes of it."""
    change = tile.running
    if change is None:
        return tile.releases
    sides, who = (change.plan.before, change.plan.after), change.requester
    now = Release(change.id, change.verb, change.state, who, change.updated_at, *sides, change.registered_arn)
    return (now, *tile.releases)


def _sentence(error: Refusal) -> str:
    """For a line among others: what happened, not what to do about a change."""
    return str(error).partition(" Nothing was changed")[0]
