"""The way in: store the request, answer at once, hand the work to our own bounded executor.

Runs inside Slack's 3 seconds: no network, one short transaction. A redelivered request finds its key and gets the same
answer again, without a second effect. What cannot be stored is not begun, unless it only looks.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from threading import BoundedSemaphore, Event

from bot.domain.changes import State
from bot.domain.errors import Unrecorded
from bot.domain.requests import Ack, Kind, Request
from bot.engine.dispatch import SILENT, Dispatch
from bot.engine.doorway import Doorway
from bot.engine.ports import Store, Tx
from bot.engine.tokens import hidden, token_of
from bot.messages.refusals import restarted, said

_log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 0.5
_SHOWN_SECONDS = 0.7
"""So long Slack may take to show the window that an answer puts in a form's place: what comes before it is lost."""

_BUSY = "I have more to do than I can take right now. Nothing was started. Please try again in a minute."
# Of those who are turned away by a click, so many at a time may still have to be told.
_MOST_TURNED_AWAY = 2_000


class Intake:
    """`threads` requests are worked on at a time (more would compete with answers to Slack for one interpreter);
    `most` may wait before new ones are turned away."""

    def __init__(self, store: Store, dispatch: Dispatch, *, threads: int = 3, most: int = 200) -> None:
        self._store, self._dispatch = store, dispatch
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._usher = ThreadPoolExecutor(1, thread_name_prefix="usher")
        self._room, self._queue = BoundedSemaphore(most), BoundedSemaphore(_MOST_TURNED_AWAY)
        self._doorway = Doorway()
        self._stopping = Event()
        self._running: set[Future[None]] = set()
        self._answered: set[str] = set()

    def receive(self, request: Request) -> Ack:
        """The immediate answer; the work follows. What is being typed into a form's select is only answered."""
        with self._doorway:
            asks_only = request.kind is Kind.SUGGESTION
            return self._dispatch.ack(request)[0] if asks_only else self._received(request)

    def _received(self, request: Request) -> Ack:
        if not self._room.acquire(blocking=False):
            _log.error("request_turned_away kind=%s user=%s", request.kind, request.user_id)
            return self._turned_away(request, _BUSY)
        kept, request = False, hidden(request)
        try:
            ack, todo = self._dispatch.ack(request)
            before = self._stored(request, ack, todo)
            kept = before is None and todo
            if kept:
                self._submit(self._work_later if ack.payload else self._work, request)
            return before or ack
        except Unrecorded as trouble:
            kept = self._dispatch.only_looks(request)
            if not kept:
                return self._turned_away(request, str(trouble))
            self._submit(self._dispatch.run, request)
            return ack
        finally:
            if not kept:
                self._room.release()

    def _stored(self, request: Request, ack: Ack, todo: bool) -> Ack | None:
        """None, or the answer of the first time. Raises Unrecorded."""
        with self._store.transaction() as tx:
            before = tx.insert_request(request, ack)
            if before is None and not todo:
                tx.finish_request(request.key)
        return before

    def _turned_away(self, request: Request, why: str) -> Ack:
        """Said with the answer where Slack shows one, else right after it."""
        if request.kind is Kind.COMMAND:
            return Ack(text=why)
        if request.kind is Kind.SUBMISSION and request.values:
            # The form stays open, with all that was entered.
            return Ack(payload={"response_action": "errors", "errors": {next(iter(request.values)): why}})
        if request.kind not in SILENT and self._queue.acquire(blocking=False):
            self._follow(self._usher.submit(self._tell, request, why), self._queue)
        return Ack()

    def resume(self) -> None:
        """Answers every request that was stored and not finished when the process ended."""
        with self._store.transaction() as tx:
            unfinished = tx.unfinished_requests()
        for request in unfinished:
            future = self._pool.submit(self._answer_restarted, request)
            self._running.add(future)
            future.add_done_callback(self._running.discard)

    def stop(self, grace_seconds: float) -> bool:
        """Takes no more and waits for what runs; what is left is answered after the next start."""
        self._stopping.set()
        for pool in (self._pool, self._usher):
            pool.shutdown(wait=False, cancel_futures=True)
        return not wait(set(self._running), timeout=grace_seconds).not_done

    def _submit(self, work: Callable[[Request], None], request: Request) -> None:
        self._follow(self._pool.submit(work, request), self._room)

    def _follow(self, future: Future[None], room: BoundedSemaphore) -> None:
        self._running.add(future)
        future.add_done_callback(lambda ended: self._ended(ended, room))

    def _ended(self, future: Future[None], room: BoundedSemaphore) -> None:
        error = None if future.cancelled() else future.exception()
        if error is not None:
            _log.error("request_lost", exc_info=error)
        room.release()
        self._running.discard(future)

    def _work_later(self, request: Request) -> None:
        self._stopping.wait(_SHOWN_SECONDS)
        self._work(request)

    def _work(self, request: Request) -> None:
        self._doorway.wait_until_empty(_PATIENCE_SECONDS)
        self._dispatch.run(request)
        self._finish(request.key)

    def _tell(self, request: Request, why: str) -> None:
        self._doorway.wait_until_empty(_PATIENCE_SECONDS)
        self._dispatch.say(request, said(why))

    def _finish(self, key: str) -> None:
        """Where that cannot be written now, with the next that can."""
        self._answered.add(key)
        answered = tuple(self._answered)
        with suppress(Unrecorded), self._store.transaction() as tx:
            for one in answered:
                tx.finish_request(one)
            tx.after_commit(lambda: self._answered.difference_update(answered))

    def _answer_restarted(self, request: Request) -> None:
        with self._store.transaction() as tx:
            lost = not _went_on(tx, request)
        if lost and request.kind not in SILENT:
            self._dispatch.say(request, restarted(self._dispatch.words_of(request)))
        self._finish(request.key)


def _went_on(tx: Tx, request: Request) -> bool:
    """Whether what was asked for happened all the same: its change's row says so. A click on a card (Abort) is done
    when its request is: both are one transaction."""
    on_preview = request.kind is Kind.ACTION and request.action_id.endswith((":confirm", ":cancel"))
    token = token_of(tx, request) if on_preview else None
    clicked = tx.change(token.value) if token else None
    changes = (*tx.changes_of_request(request), *([clicked] if clicked else []))
    return any(change.state is not State.PROPOSED for change in changes)
