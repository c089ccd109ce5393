"""Locks and freezes: taken, renewed, freed, and what they hold.

Who may is looked up right before, outside the transaction (Slack is slow); which lock that was about is settled inside,
by its id and its owner, so that nobody frees or renews what has become somebody else's.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.changes import Change
from bot.domain.errors import Already, NotAllowed, NotPossible, UnknownName
from bot.domain.locks import Hold, Lock, Unreadable, Why, hold_of, hold_on, owner_word, right_to_free
from bot.domain.names import find_stage
from bot.domain.people import Person
from bot.domain.stacks import Stage
from bot.engine.audit import BOT_ITSELF
from bot.engine.commands import Ask, House
from bot.engine.lock_news import announce, announce_end, note_lock, reply_to, sweep
from bot.engine.ports import Tx
from bot.engine.rights import require
from bot.messages.card import side
from bot.messages.locks import taken_over

_DONE = {"lock": "locked", "unlock": "unlocked", "take_over": "taken over", "freeze": "frozen", "unfreeze": "unfrozen"}


def standing_hold(tx: Tx, stage: Stage, verb: str, person: Person, now: datetime) -> Hold | None:
    """What keeps `person` from doing `verb` on `stage`: a freeze, a lock, one that cannot be read, a closed window."""
    return hold_on(stage, verb, person, tx.locks_on(stage.stack, stage.name), now)


def own_lock(tx: Tx, stage: Stage, person: Person, now: datetime) -> Lock | None:
    """The stage's lock, if that person took it by hand: it lets them through."""
    lock = _standing(tx, stage.stack, stage.name)
    return lock if isinstance(lock, Lock) and lock.held_by(person) and not lock.over(now) else None


def lock(ask: Ask, stage: Stage, reason: str, lasts: timedelta | None) -> tuple[Lock, bool]:
    """Takes the stage, or renews the own lock (True): what is left out then stays as it was.

    Raises NotPossible when it is locked already."""
    require(ask, "lock", stage, fresh=True)
    return _take(ask, "lock", _new(ask, stage, reason, lasts), stage)


def freeze(ask: Ask, reason: str, lasts: timedelta | None) -> tuple[Lock, bool]:
    """Holds everything, or renews the own freeze (True). Raises NotPossible when somebody else has frozen it."""
    require(ask, "freeze", None, fresh=True)
    return _take(ask, "freeze", _new(ask, None, reason, lasts), None)


def unlock(ask: Ask, stage: Stage) -> Lock | Unreadable:
    """Frees the stage. Raises Already when it is not locked, NotAllowed when it is not that person's to free."""
    found = _swept(ask.house, stage.stack, stage.name)
    if found is None:
        raise Already(f"{stage.stack} {stage.name} is not locked.", "Nothing was changed.")
    return _free(ask, found, stage)


def unfreeze(ask: Ask) -> Lock | Unreadable:
    """Ends the freeze. Raises Already when there is none."""
    found = _swept(ask.house, "", "")
    if found is None:
        raise Already("Nothing is frozen.", "Nothing was changed.")
    return _free(ask, found, None)


def free(ask: Ask, lock_id: str) -> Lock | Unreadable:
    """Frees the very lock or freeze that a button was about. Raises Already when that one is over."""
    with ask.house.ports.store.transaction() as tx:
        known = tx.lock(lock_id)
        sweep(ask.house, tx, [known] if known else [], ask.house.ports.now())
        found = tx.lock(lock_id)
    if found is None:
        raise _over()
    return _free(ask, found, find_stage(ask.house.config, found.stack, found.stage) if found.stack else None)


def after_rollback(house: House, tx: Tx, change: Change, now: datetime) -> None:
    """Locks the stage of a roll back that has succeeded, unless the stage says otherwise or is locked already."""
    try:
        stage = find_stage(house.config, change.stack, change.stage)
    except UnknownName:
        return
    sweep(house, tx, tx.locks_on(stage.stack, stage.name), now)
    made = _after(house, change, now)
    if stage.lock_after_rollback and tx.take_lock(made):
        note_lock(tx, now, BOT_ITSELF, "lock", "locked", made)
        announce(house, tx, made, now)


def _after(house: House, change: Change, now: datetime) -> Lock:
    why = f": {change.reason}" if change.reason else ""
    reason = f"rolled back from {side(change.plan.before)} to {side(change.plan.after)}{why}"
    return Lock(
        id=house.ports.new_id(),
        stack=change.stack,
        stage=change.stage,
        holder=change.requester,
        reason=reason,
        since=now,
        until=None,
        why=Why.AFTER_ROLLBACK,
        channel_id=change.channel_id,
        change_id=change.id,
    )


def _new(ask: Ask, stage: Stage | None, reason: str, lasts: timedelta | None) -> Lock:
    now, everywhere = ask.house.ports.now(), [one for stack in ask.house.config.stacks for one in stack.stages]
    first, *also = dict.fromkeys(one.channel_id for one in ([stage] if stage else everywhere))
    return Lock(
        id=ask.house.ports.new_id(),
        stack=stage.stack if stage else "",
        stage=stage.name if stage else "",
        holder=ask.person,
        reason=reason,
        since=now,
        until=now + lasts if lasts else None,
        why=Why.HELD if stage else Why.FREEZE,
        channel_id=first,
        also=tuple(also),
    )


def _take(ask: Ask, verb: str, wanted: Lock, stage: Stage | None) -> tuple[Lock, bool]:
    house, now = ask.house, wanted.since
    with house.ports.store.transaction() as tx:
        sweep(house, tx, tx.locks_on(wanted.stack, wanted.stage), now)
        standing = _standing(tx, wanted.stack, wanted.stage)
        own = isinstance(standing, Lock) and (standing.owner, standing.why) == (wanted.owner, wanted.why)
        if standing and not own:
            raise _held(standing, stage, now)
        lock = _renewed(standing, wanted) if isinstance(standing, Lock) else wanted
        written = tx.renew_lock(lock) if standing else tx.take_lock(lock)
        assert written, "what was read in a transaction holds until its end"
        note_lock(tx, now, ask.person, verb, "renewed" if standing else _DONE[verb], lock)
        announce(house, tx, lock, now)
        tx.finish_request(ask.request.key)
    return lock, standing is not None


def _renewed(standing: Lock, wanted: Lock) -> Lock:
    return replace(standing, reason=wanted.reason or standing.reason, until=wanted.until or standing.until)


def _free(ask: Ask, found: Lock | Unreadable, stage: Stage | None) -> Lock | Unreadable:
    house, verb = ask.house, right_to_free(found, ask.person)
    try:
        require(ask, verb, stage, fresh=True)
    except NotAllowed as error:
        hold = hold_of(found, stage, house.ports.now())
        raise NotAllowed(f"{hold.fact} {error.reason}", hold.remedy) from error
    now = house.ports.now()
    with house.ports.store.transaction() as tx:
        if not tx.release_lock(found):
            raise _over()
        note_lock(tx, now, ask.person, verb, _DONE[verb], found)
        announce_end(house, tx, found, ask.person.name, now)
        if isinstance(found, Lock) and verb != "unlock" and found.owner != owner_word(ask.person):
            reply_to(house, tx, found, "taken", taken_over(found, ask.person))
        tx.finish_request(ask.request.key)
    return found


def _swept(house: House, stack: str, stage: str) -> Lock | Unreadable | None:
    """What stands there, once what is over is gone."""
    with house.ports.store.transaction() as tx:
        sweep(house, tx, tx.locks_on(stack, stage), house.ports.now())
        return _standing(tx, stack, stage)


def _standing(tx: Tx, stack: str, stage: str) -> Lock | Unreadable | None:
    return next((one for one in tx.locks_on(stack, stage) if (one.stack, one.stage) == (stack, stage)), None)


def _held(standing: Lock | Unreadable, stage: Stage | None, now: datetime) -> NotPossible:
    hold = hold_of(standing, stage, now)
    return NotPossible(hold.fact, hold.remedy)


def _over() -> Already:
    return Already("That one is over already: its message says who ended it, and when.", "Nothing was changed.")
