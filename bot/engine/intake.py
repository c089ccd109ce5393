"""The way in: store the request, answer at once, hand the work to our own bounded executor.

Runs inside Slack's 3 seconds: no network, one short transaction. A redelivered request finds its key and gets the same
answer again, without a second effect.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import BoundedSemaphore

from bot.domain.changes import State
from bot.domain.requests import Ack, Kind, Request
from bot.engine.dispatch import Dispatch
from bot.engine.doorway import Doorway
from bot.engine.ports import Store, Tx
from bot.engine.tokens import hidden, token_of
from bot.messages.refusals import restarted

_log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 0.5

_BUSY = Ack(text="I have more to do than I can take right now. Nothing was started. Please try again in a minute.")


class Intake:
    """`threads` requests are worked on at a time (more would compete with answers to Slack for one interpreter);
    `most` may wait before new ones are turned away."""

    def __init__(self, store: Store, dispatch: Dispatch, *, threads: int = 3, most: int = 200) -> None:
        self._store, self._dispatch = store, dispatch
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._room = BoundedSemaphore(most)
        self._doorway = Doorway()
        self._running: set[Future[None]] = set()

    def receive(self, request: Request) -> Ack:
        """The immediate answer; the work follows."""
        with self._doorway:
            return self._received(request)

    def _received(self, request: Request) -> Ack:
        if not self._room.acquire(blocking=False):
            _log.error("request_turned_away kind=%s user=%s", request.kind, request.user_id)
            return _BUSY
        kept, request = False, hidden(request)
        try:
            ack, todo = self._dispatch.ack(request)
            with self._store.transaction() as tx:
                before = tx.insert_request(request, ack)
                if before is None and not todo:
                    tx.finish_request(request.key)
            kept = before is None and todo
            if kept:
                self._submit(request)
            return before or ack
        finally:
            if not kept:
                self._room.release()

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
        self._pool.shutdown(wait=False, cancel_futures=True)
        return not wait(set(self._running), timeout=grace_seconds).not_done

    def _submit(self, request: Request) -> None:
        future = self._pool.submit(self._work, request)
        self._running.add(future)
        future.add_done_callback(self._ended)

    def _ended(self, future: Future[None]) -> None:
        self._running.discard(future)
        self._room.release()

    def _work(self, request: Request) -> None:
        self._doorway.wait_until_empty(_PATIENCE_SECONDS)
        self._dispatch.run(request)
        with self._store.transaction() as tx:
            tx.finish_request(request.key)

    def _answer_restarted(self, request: Request) -> None:
        with self._store.transaction() as tx:
            lost = not _went_on(tx, request)
        if lost and request.kind is not Kind.HOME:
            self._dispatch.say(request, restarted(self._dispatch.words_of(request)))
        with self._store.transaction() as tx:
            tx.finish_request(request.key)


def _went_on(tx: Tx, request: Request) -> bool:
    """Whether what was asked for happened all the same: its change's row says so. A click on a card (Abort) is done
    when its request is: both are one transaction."""
    on_preview = request.kind is Kind.ACTION and request.action_id.endswith((":confirm", ":cancel"))
    token = token_of(tx, request) if on_preview else None
    clicked = tx.change(token.value) if token else None
    changes = (*tx.changes_of_request(request), *([clicked] if clicked else []))
    return any(change.state is not State.PROPOSED for change in changes)
