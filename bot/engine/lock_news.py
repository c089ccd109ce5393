"""What the channels hear of a lock, and its two wake-ups: `unlock:<lock id>` when it ends, `nag:<lock id>` every three
hours. The steps only tell and tidy up: whether a lock holds is decided by its end wherever it is asked for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.errors import UnknownName
from bot.domain.locks import Lock, Unreadable
from bot.domain.names import find_stage
from bot.domain.people import Person
from bot.engine.audit import BOT_ITSELF, note
from bot.engine.commands import House
from bot.engine.home import stir
from bot.engine.outbox import put
from bot.engine.ports import Json, Posting, Tx
from bot.messages.locks import announcement, ended, ran_out, reminder

UNLOCK, NAG = "unlock", "nag"
NAG_EVERY = timedelta(hours=3)


def announce(house: House, tx: Tx, lock: Lock, now: datetime) -> None:
    """One message in each of its channels, or the edit of it; wakes for its end and for the reminders."""
    _put_everywhere(house, tx, lock, announcement(lock), now, urgency=1)
    if lock.until:
        house.ports.wakes.wake_at(tx, f"{UNLOCK}:{lock.id}", lock.until)
    house.ports.wakes.wake_at(tx, f"{NAG}:{lock.id}", _next_nag(lock, now))


def announce_end(house: House, tx: Tx, lock: Lock | Unreadable, by: str, now: datetime) -> None:
    """Its messages say that it is over. `by`: who freed it; empty: its time came."""
    _put_everywhere(house, tx, lock, ended(lock, by, now), now, urgency=0)


def reply_to(house: House, tx: Tx, lock: Lock, key: str, body: Json) -> None:
    """A reply to its (first) announcement, once per key."""
    posting = Posting(f"news:lock:{lock.id}:{key}", lock.channel_id, body, urgency=1, thread_of=f"lock:{lock.id}")
    put(house.ports, tx, posting, house.ports.now())


def note_lock(tx: Tx, now: datetime, who: Person, action: str, outcome: str, lock: Lock | Unreadable) -> None:
    """An audit entry about it."""
    detail: dict[str, str] = {"lock": lock.id, "owner": lock.owner}
    reason = change_id = ""
    if isinstance(lock, Lock):
        reason, change_id = lock.reason, lock.change_id
        detail |= {"holder": lock.holder.name, "why": lock.why.value, "since": lock.since.isoformat()}
        detail |= {"until": lock.until.isoformat()} if lock.until else {}
    about = {"stack": lock.stack, "stage": lock.stage, "change_id": change_id}
    note(tx, now, who, action, outcome, reason=reason, detail=detail, **about)


def sweep(house: House, tx: Tx, locks: Sequence[Lock | Unreadable], now: datetime) -> None:
    """Removes those whose end has come, and says so."""
    for lock in locks:
        if isinstance(lock, Lock) and lock.over(now) and tx.release_lock(lock):
            note_lock(tx, now, BOT_ITSELF, "expire", "expired", lock)
            announce_end(house, tx, lock, "", now)
            reply_to(house, tx, lock, "ended", ran_out(lock))


def end_step(house: House, lock_id: str) -> None:
    """Step `unlock:<lock id>`."""
    now = house.ports.now()
    with house.ports.store.transaction() as tx:
        lock = tx.lock(lock_id)
        if isinstance(lock, Lock) and lock.until and not lock.over(now):
            house.ports.wakes.wake_at(tx, f"{UNLOCK}:{lock_id}", lock.until)
        elif lock:
            sweep(house, tx, [lock], now)


def nag_step(house: House, lock_id: str) -> None:
    """Step `nag:<lock id>`: asks the holder whether it is still needed; once for each three hours that have passed, and
    once only for all those that passed while the bot was down."""
    now = house.ports.now()
    with house.ports.store.transaction() as tx:
        lock = tx.lock(lock_id)
        if not isinstance(lock, Lock) or lock.over(now):
            return
        house.ports.wakes.wake_at(tx, f"{NAG}:{lock_id}", _next_nag(lock, now))
        times = (now - lock.since) // NAG_EVERY
        if times > 0 and _configured(house, lock):
            reply_to(house, tx, lock, f"nag-{times}", reminder(lock, now))


def _next_nag(lock: Lock, now: datetime) -> datetime:
    return lock.since + NAG_EVERY * ((now - lock.since) // NAG_EVERY + 1)


def _configured(house: House, lock: Lock) -> bool:
    """A lock of a stage that tinystacks.yml does not name (now) stays, but nobody could free it."""
    try:
        return not lock.stack or bool(find_stage(house.config, lock.stack, lock.stage))
    except UnknownName:
        return False


def _put_everywhere(house: House, tx: Tx, lock: Lock | Unreadable, body: Json, now: datetime, *, urgency: int) -> None:
    stir(house, tx, now)
    for posting_id, channel_id in _messages(tx, lock):
        put(house.ports, tx, Posting(posting_id, channel_id, body, urgency=urgency), now)


def _messages(tx: Tx, lock: Lock | Unreadable) -> list[tuple[str, str]]:
    """The ids of its announcements, each with its channel. Of one that cannot be read, the first is known only."""
    first = f"lock:{lock.id}"
    if isinstance(lock, Unreadable):
        known = tx.posting(first)
        return [(first, known.channel_id)] if known else []
    return [(first, lock.channel_id), *((f"{first}:{channel_id}", channel_id) for channel_id in lock.also)]
