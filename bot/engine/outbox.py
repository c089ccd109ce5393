"""The only way to a channel: paced, merged, retried, in order, each message once.

One step (`send`) works through what is unsent: the most urgent first, edits of one message at least `edit_pause` apart
and within the workspace's budget for chat.update (Slack facts 1.3). A post whose answer never came is looked for by its
id once `settle` has passed, before it is posted again (durability facts 4.2).
"""

import logging
from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.errors import NotPossible, Refusal, Throttled, Unanswered, Unavailable
from bot.engine.ports import Json, Ports, Posting, Tx
from bot.engine.timings import Timings
from bot.engine.tokens import Tokens

_log = logging.getLogger(__name__)

KEY = "send"
_RESERVE = 10
_RETRY = timedelta(seconds=5)
_UNINVITED = timedelta(minutes=1)
# Between two tries of a Slack that is down, for all messages together.
_SILENCE, _LONGEST_SILENCE = timedelta(seconds=5), timedelta(seconds=30)
_TRIES = 60
# Nothing is put off for longer: what is due later was written by a clock that has been set back since.
_LONGEST = timedelta(minutes=10)


def put(ports: Ports, tx: Tx, posting: Posting, at: datetime) -> None:
    """Queues a message in the transaction of what it tells."""
    tx.put_posting(posting)
    ports.wakes.wake_at(tx, KEY, at)


class Outbox:
    """The sender. Only pacing lives in memory: a restart may send an edit a little early, never twice."""

    def __init__(self, ports: Ports, timings: Timings) -> None:
        self._ports = ports
        self._timings = timings
        self._tokens = Tokens(ports)
        self._edits: deque[datetime] = deque()
        self._edits_pause = datetime.min.replace(tzinfo=ports.now().tzinfo)
        self._posts_pause: dict[str, datetime] = {}
        self._silence, self._unheard = self._edits_pause, 0

    def step(self, _key: str) -> None:
        """Sends what may be sent now, then wakes for the rest."""
        while (next_at := self._round()) is not None:
            if next_at <= self._ports.now():
                continue
            with self._ports.store.transaction() as tx:
                if tx.unsent_postings():
                    self._ports.wakes.wake_at(tx, KEY, next_at)
            return

    def _round(self) -> datetime | None:
        """Sends the first that is due. None when nothing is left, else when to look again."""
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            unsent = [_believed(tx, posting, now) for posting in tx.unsent_postings()]
            parents = {p.thread_of: tx.posting(p.thread_of) for p in unsent if p.thread_of}
        later = []
        for posting in _in_turn([p for p in unsent if not p.thread_of or _awaited(parents[p.thread_of])]):
            parent = parents.get(posting.thread_of)
            due = self._due(posting, parent, now)
            if due <= now:
                self._send(posting, parent.ts if parent else None)
                return self._ports.now()
            later.append(due)
        return min(later, default=None)

    def _due(self, posting: Posting, parent: Posting | None, now: datetime) -> datetime:
        due = max(posting.not_before or now, _soon(self._silence, now))
        if posting.thread_of and not (parent and parent.ts):
            return max(due, (parent and parent.not_before) or now, now + timedelta(seconds=1))
        if posting.intent_at:
            # What nobody answered may still land: beside the same post again, on top of a later edit.
            due = max(due, posting.intent_at + self._timings.settle)
        if not posting.ts:
            return max(due, _soon(self._posts_pause.get(posting.channel_id, due), now))
        if posting.sent_at and posting.urgency > 0:
            due = max(due, posting.sent_at + self._timings.edit_pause)
        return max(due, _soon(self._edits_pause, now), self._edit_slot(posting.urgency, now))

    def _edit_slot(self, urgency: int, now: datetime) -> datetime:
        """Progress leaves a reserve of the minute's edits to endings."""
        while self._edits and not now - timedelta(minutes=1) < self._edits[0] <= now:
            self._edits.popleft()
        budget = self._timings.edits_per_minute - (_RESERVE if urgency else 0)
        return now if len(self._edits) < budget else self._edits[-budget] + timedelta(minutes=1)

    def _send(self, posting: Posting, thread_ts: str | None) -> None:
        try:
            sent = self._deliver(posting, thread_ts)
        except Refusal as error:
            self._heard(isinstance(error, Throttled | NotPossible))
            sent = self._refused(posting, error)
        else:
            self._heard(True)
        with self._ports.store.transaction() as tx:
            tx.save_posting(sent)

    def _heard(self, answers: bool) -> None:
        """While Slack is down, one message tries for all: after 1 s, then 5 s later each time, up to 30 s."""
        self._unheard = 0 if answers else self._unheard + 1
        if self._unheard:
            pause = min(_SILENCE * (self._unheard - 1), _LONGEST_SILENCE) or timedelta(seconds=1)
            self._silence = self._ports.now() + pause

    def _deliver(self, posting: Posting, thread_ts: str | None) -> Posting:
        try:
            return self._update(posting) if posting.ts else self._post(posting, thread_ts)
        except NotPossible as error:
            if "block" not in error.fact or "blocks" not in posting.body:
                raise
            _log.error("blocks_refused id=%s: %s", posting.id, error)
            return self._deliver(replace(posting, body={"text": posting.body["text"]}, intent_at=None), thread_ts)

    def _update(self, posting: Posting) -> Posting:
        self._intend(posting)
        self._edits.append(self._ports.now())
        self._ports.chat.update_message(posting.channel_id, posting.ts, self._body(posting))
        return self._done(posting, posting.ts)

    def _post(self, posting: Posting, thread_ts: str | None) -> Posting:
        found = self._found(posting, thread_ts) if posting.intent_at else None
        if found:
            # What was posted then may be an older version: the next round edits it.
            return replace(self._done(posting, found), sent_version=posting.version if posting.thread_of else 0)
        self._intend(replace(posting, attempts=posting.attempts + 1))
        body = self._body(posting)
        ts = self._ports.chat.post_message(posting.channel_id, body, thread_ts=thread_ts, message_id=posting.id)
        return self._done(posting, ts)

    def _body(self, posting: Posting) -> Json:
        return self._tokens.sealed(posting.body, posting.id)

    def _intend(self, posting: Posting) -> None:
        with self._ports.store.transaction() as tx:
            tx.save_posting(replace(posting, intent_at=self._ports.now()))

    def _found(self, posting: Posting, thread_ts: str | None) -> str | None:
        since = posting.intent_at or self._ports.now()
        if self._ports.now() < since + self._timings.settle:
            raise Unanswered("Slack", "chat.postMessage")
        try:
            return self._ports.chat.find_message(
                posting.channel_id, posting.id, thread_ts=thread_ts, since=since - timedelta(minutes=5)
            )
        except NotPossible as error:
            # Without a history scope nothing can be found; twice is better than never.
            _log.warning("cannot_look_for_message id=%s: %s", posting.id, error)
            return None
        except Unavailable as error:
            # Not found is not known: whatever kept Slack from answering, nothing may be posted yet.
            raise Unanswered("Slack", "chat.postMessage", error.quote, error.retry_after) from error

    def _done(self, posting: Posting, ts: str) -> Posting:
        return replace(
            posting,
            ts=ts,
            sent_version=posting.version,
            sent_at=self._ports.now(),
            intent_at=None,
            attempts=0,
            not_before=None,
            problem="",
        )

    def _refused(self, posting: Posting, error: Refusal) -> Posting:
        now = self._ports.now()
        with self._ports.store.transaction() as tx:
            posting = replace(tx.posting(posting.id) or posting, problem=str(error))
        _log.warning("message_not_sent id=%s: %s", posting.id, error)
        if isinstance(error, Unanswered):
            soonest = now + timedelta(seconds=max(1.0, error.retry_after or 0.0))
            return replace(posting, not_before=max(soonest, (posting.intent_at or now) + self._timings.settle))
        if isinstance(error, Unavailable):
            return self._later(posting, error, now)
        given_up = posting.attempts >= _TRIES
        return replace(
            posting,
            intent_at=None,
            attempts=posting.attempts + (1 if posting.ts else 0),
            not_before=now + _UNINVITED,
            sent_version=posting.version if given_up else posting.sent_version,
        )

    def _later(self, posting: Posting, error: Unavailable, now: datetime) -> Posting:
        wait = timedelta(seconds=error.retry_after) if error.retry_after else _RETRY
        if isinstance(error, Throttled) and posting.ts:
            self._edits_pause = now + wait
            # Slack did not count it, so neither do we: endings would wait for a minute that was never used up.
            self._edits.pop()
        elif isinstance(error, Throttled):
            # Slack counts posts by channel: what else waits for it would only be refused too (Slack facts 1.3).
            self._posts_pause[posting.channel_id] = now + wait
        return replace(posting, intent_at=None, not_before=now + wait)


def _soon(at: datetime, now: datetime) -> datetime:
    return at if at <= now + _LONGEST else now


def _believed(tx: Tx, posting: Posting, now: datetime) -> Posting:
    """With times that can be: of an attempt in the future it is only known that it was made before now."""
    intent_at = min(posting.intent_at, now) if posting.intent_at else None
    sent_at = min(posting.sent_at, now) if posting.sent_at else None
    not_before = _soon(posting.not_before, now) if posting.not_before else None
    believed = replace(posting, intent_at=intent_at, sent_at=sent_at, not_before=not_before)
    if believed != posting:
        tx.save_posting(believed)
    return believed


def _awaited(parent: Posting | None) -> bool:
    """Whether the message under which a reply goes is there or still comes. One that was given up comes back only when
    it changes, and wakes the sender itself."""
    return parent is not None and (parent.ts != "" or parent.sent_version < parent.version)


def _in_turn(unsent: list[Posting]) -> list[Posting]:
    """Replies go out in the order in which they were told: of each thread only the oldest may be next, as urgent as
    the most urgent that waits behind it. The edits of their card are no part of that order: it may be gone."""
    heads: dict[str, Posting] = {}
    for posting in unsent:
        thread = f"under {posting.thread_of}" if posting.thread_of else posting.id
        head = heads.get(thread)
        oldest = posting if head is None or posting.order < head.order else head
        heads[thread] = replace(oldest, urgency=min(posting.urgency, head.urgency if head else posting.urgency))
    return sorted(heads.values(), key=lambda posting: (posting.urgency, posting.order))
