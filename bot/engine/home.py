"""The App Home: published when it is opened, when something is clicked in it, and while something of it moves.

Nobody ever sees an error of publishing it: what stands there stays, and the next occasion tries again.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from bot.domain.board import Tile
from bot.domain.changes import Change
from bot.domain.errors import NotPossible, Refusal, Unavailable, Unrecorded
from bot.domain.people import Person
from bot.domain.policy import Moment, door
from bot.domain.requests import Kind, Request
from bot.domain.schedules import Schedule
from bot.engine.audit import note
from bot.engine.commands import Ask, House
from bot.engine.homes import Viewer
from bot.engine.ports import Chat, Json, Tx
from bot.engine.tiles import tiles_of
from bot.engine.tokens import eyes_of
from bot.engine.waiting import waiting_for
from bot.messages.home import COMING, Health, HomePage, closed_home, home_view

_log = logging.getLogger(__name__)

HOME = "home"
"""The wake-up's key."""

_YOUNGER = timedelta(seconds=4)
"""So long what AWS said is good enough for a home; `status` asks anew."""

_WHEN_OPENED, _WHEN_MOVED = 2.0, 1.0
"""Seconds for which AWS is waited for: what our rows know is there before that, or moves on all the same."""

_AGAIN = timedelta(seconds=30)
_MOST_DONE = 6


@dataclass(frozen=True, slots=True)
class _Shared:
    """What is the same in everybody's home."""

    tiles: tuple[Tile, ...]
    running: tuple[Change, ...]
    coming: tuple[Schedule, ...]
    health: Health


def stir(house: House, tx: Tx, now: datetime) -> None:
    """What this transaction writes may show in somebody's open home."""
    if house.homes.watched(now):
        tx.after_commit(house.homes.move)
        house.ports.wakes.wake_at(tx, HOME, now)


def show_home(house: House, request: Request) -> None:
    """Somebody opened theirs: what is known at once, then what AWS says."""
    viewer = _viewer(house, request)
    viewer.shown = None
    _publish(house, [viewer], 0.0)
    if viewer.closed:
        _note_refusal(house, request, viewer.closed)
    else:
        _publish(house, [viewer], _WHEN_OPENED)


def tell_home(house: House, request: Request, answer: Json) -> None:
    """The answer to what was clicked there, or asked for in a form that was opened from there: on top."""
    viewer = _viewer(house, request)
    viewer.note = (house.ports.now(), answer)
    _publish(house, [viewer], _WHEN_MOVED)


def turn_to(ask: Ask, chosen: str, page: int) -> None:
    """Another part of the board: a stack alone, or a page of all."""
    viewer = _viewer(ask.house, ask.request)
    viewer.chosen, viewer.page = chosen, page
    _publish(ask.house, [viewer], _WHEN_MOVED)


def dismiss(ask: Ask) -> None:
    """The note is read."""
    viewer = _viewer(ask.house, ask.request)
    viewer.note = None
    _publish(ask.house, [viewer], 0.0)


def home_step(house: House) -> None:
    """Step `home`: what moved shows in every open home, each paced."""
    now = house.ports.now()
    due, later = house.homes.due(now)
    _publish(house, due, _WHEN_MOVED)
    times = [later, *(one.not_before for one in due)]
    coming = [at for at in times if at and at > now]
    if coming:
        with house.ports.store.transaction() as tx:
            house.ports.wakes.wake_at(tx, HOME, min(coming))


def _viewer(house: House, request: Request) -> Viewer:
    return house.homes.viewer(request.team_id, request.user_id, house.ports.now())


def _publish(house: House, viewers: Sequence[Viewer], patience: float) -> None:
    """Renders each and publishes those that look different. Never raises."""
    moves, turn = house.homes.moves, house.homes.next_turn()
    shared = cache(lambda: _shared(house, patience))
    for viewer in viewers:
        try:
            _show(house, viewer, _view(house, viewer, shared), turn)
            viewer.seen = moves
        except (Refusal, Unrecorded) as error:
            _log.warning("home_not_published user=%s: %s", viewer.user_id, error)
            viewer.not_before = house.ports.now() + _pause(error)
        except Exception:
            _log.exception("home_failed user=%s", viewer.user_id)
            viewer.seen = moves


def _view(house: House, viewer: Viewer, shared: Callable[[], _Shared]) -> Json:
    person = house.ports.people.person(viewer.team_id, viewer.user_id)
    refused = door(person, Moment(house.config, {}))
    viewer.closed = f"{refused.reason} {refused.who_could}" if refused else ""
    if refused:
        return closed_home(viewer.closed)
    now, known = house.ports.now(), shared()
    # What is clicked there is clicked in no channel, so that is where rights are asked for.
    request = Request("", Kind.HOME, viewer.team_id, viewer.user_id, person.name, now)
    mine, own, _ = waiting_for(Ask(request, person, house))
    with house.ports.store.transaction() as tx:
        done = tx.changes_of_person(person, _MOST_DONE)
    chosen = (viewer.chosen, viewer.page, viewer.answered(now), viewer.user_id)
    page = HomePage(known.tiles, known.health, *chosen, mine, own, known.running, done, known.coming)
    return home_view(page, now, house.offers)


def _shared(house: House, patience: float) -> _Shared:
    stages = [stage for stack in house.config.stacks for stage in stack.stages]
    tiles = tiles_of(house, stages, younger=_YOUNGER, patience=patience)
    with house.ports.store.transaction() as tx:
        running, coming = tx.running_changes(), tx.schedules(most=COMING + 1)
    unread = [tile.problem for tile in tiles if tile.problem]
    aws = f"{len(unread)} of {len(tiles)} stages not read" if unread else None
    return _Shared(
        tiles, running, coming, Health(house.about.version, house.about.since, {**house.about.health(), "aws": aws})
    )


def _show(house: House, viewer: Viewer, view: Json, turn: int) -> None:
    """Publishes it, unless a newer one stands there or it looks the same."""
    with viewer.lock:
        if turn < viewer.turn:
            return
        viewer.turn = turn
        if view == viewer.shown:
            return
        sealed = house.homes.tokens(house.ports).sealed(view, eyes_of(house.config.workspace, viewer.user_id))
        viewer.view_hash = _sent(house.ports.chat, viewer, sealed)
        viewer.shown, viewer.published_at, viewer.not_before = view, house.ports.now(), None


def _sent(chat: Chat, viewer: Viewer, view: Json) -> str:
    try:
        return chat.publish_home(viewer.user_id, view, viewer.view_hash)
    except NotPossible as error:
        if "hash_conflict" not in error.fact:
            raise
        return chat.publish_home(viewer.user_id, view, "")


def _pause(error: Refusal | Unrecorded) -> timedelta:
    wait = error.retry_after if isinstance(error, Unavailable) else None
    return max(_AGAIN, timedelta(seconds=wait or 0.0))


def _note_refusal(house: House, request: Request, why: str) -> None:
    who = Person(request.team_id, request.user_id, request.user_name)
    with suppress(Unrecorded), house.ports.store.transaction() as tx:
        note(tx, house.ports.now(), who, HOME, "refused", detail={"sentence": why})
