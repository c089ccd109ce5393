"""What the engine remembers, as rows and the transactions that move them (durability facts 4, 5)."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.domain.audit import Entry
from bot.domain.changes import Change
from bot.domain.people import Person
from bot.domain.requests import Ack, Request
from bot.domain.stacks import Place
from bot.engine.rows_audit import AuditRows
from bot.engine.rows_locks import LockRows
from bot.engine.rows_schedules import ScheduleRows
from bot.engine.rows_tokens import TokenRows

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One step of a change's plan on its way: intent, then outcome. `claim` fences two runs of one step."""

    change_id: str
    number: int
    operation: str
    claim: str
    intent_at: datetime
    attempts: int
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """A message on its way to Slack. `id` is its key (`card:<change>`, `lock:<lock>`, `news:<change>:<key>`), unique:
    putting one that is there already changes nothing, except that a card's or a lock's body is replaced (latest wins,
    `version` grows).

    `urgency`: 0 the end of something, 1 news, 2 progress. `thread_of`: the id of the message under which it goes.
    `ts` empty: not posted yet. `sent_version` < `version`: something is to be sent. `order`: given by the store, grows
    with each new posting."""

    id: str
    channel_id: str
    body: Json
    urgency: int
    thread_of: str = ""
    version: int = 1
    sent_version: int = 0
    ts: str = ""
    intent_at: datetime | None = None
    attempts: int = 0
    not_before: datetime | None = None
    sent_at: datetime | None = None
    problem: str = ""
    order: int = 0


@dataclass(frozen=True, slots=True)
class Wake:
    """A wake-up as last written. `version` grows whenever it is renewed."""

    key: str
    at: datetime
    version: int


class Tx(TokenRows, LockRows, AuditRows, ScheduleRows, Protocol):
    """One transaction: all of it, or nothing."""

    def after_commit(self, act: Callable[[], None]) -> None:
        """Runs `act` once the rows are durable, outside the transaction; a roll back forgets it."""
        ...

    def insert_request(self, request: Request, ack: Ack) -> Ack | None:
        """Stores it and answers None; if its key is there already, the ack of then."""
        ...

    def finish_request(self, key: str) -> None:
        """Marks it as done."""
        ...

    def unfinished_requests(self) -> tuple[Request, ...]:
        """Oldest first; without trigger_id and response_url."""
        ...

    def insert_change(self, change: Change) -> None:
        """A new one."""
        ...

    def change(self, change_id: str) -> Change | None:
        """As last saved."""
        ...

    def save_change(self, change: Change) -> Change:
        """Compare-and-set on `version`; answers the saved one. Raises Moved when somebody saved in between, Taken when
        it would be the second running change of its stage."""
        ...

    def running_changes(self, place: Place | None = None) -> tuple[Change, ...]:
        """APPROVED, APPLYING and ROLLING_OUT ones, oldest first."""
        ...

    def running_change(self, stack: str, stage: str) -> Change | None:
        """The one that holds the stage: APPROVED, APPLYING, or ROLLING_OUT and not failing; else the newest failing
        one that still rolls out."""
        ...

    def waiting_changes(self, stack: str = "", stage: str = "") -> tuple[Change, ...]:
        """PROPOSED and AWAITING_APPROVAL ones of that stage, or of all, oldest first."""
        ...

    def count_changes(self, person: Person, since: datetime) -> int:
        """How many that person has asked for since then."""
        ...

    def changes_of_request(self, request: Request) -> tuple[Change, ...]:
        """Those that this request proposed."""
        ...

    def finished_changes(self, stack: str, stage: str, most: int) -> tuple[Change, ...]:
        """SUCCEEDED, FAILED, ROLLED_BACK and SUPERSEDED ones, last finished first; no schedules."""
        ...

    def usual_duration(self, stack: str, stage: str) -> timedelta | None:
        """Median of the last 20 successes of the stage; None below 3."""
        ...

    def call(self, change_id: str, number: int) -> Call | None:
        """The step's call as last written."""
        ...

    def claim_call(self, call: Call) -> None:
        """Writes the intent, in place of an earlier one (`intent_at`, `claim` and `attempts` renewed)."""
        ...

    def finish_call(self, change_id: str, number: int, claim: str, outcome: str) -> bool:
        """Writes the outcome if `claim` is still the call's; False: it is not."""
        ...

    def put_posting(self, posting: Posting) -> None:
        """See Posting."""
        ...

    def posting(self, posting_id: str) -> Posting | None:
        """As last saved."""
        ...

    def save_posting(self, posting: Posting) -> None:
        """Writes back delivery fields (ts, sent_version, intent_at, attempts, not_before, sent_at, problem) only."""
        ...

    def unsent_postings(self) -> tuple[Posting, ...]:
        """Those with something to send, most urgent first, then oldest first."""
        ...

    def append_audit(self, entry: Entry) -> int:
        """At the end of the chain; answers its id."""
        ...

    def put_wake(self, key: str, at: datetime, taken: int | None = None) -> datetime:
        """One wake-up per key; an earlier one that is due sooner stays, unless its version is `taken` (its step runs
        now, so its time is spent). Answers when the key is due. Used by Wakes only, as the three below."""
        ...

    def wake(self, key: str) -> Wake | None:
        """As last written."""
        ...

    def wakes(self) -> tuple[Wake, ...]:
        """All of them, soonest first."""
        ...

    def drop_wake(self, wake: Wake) -> bool:
        """Removes it, unless it was renewed since (False)."""
        ...

    def last_written(self) -> datetime | None:
        """When the newest audit entry was made, by the clock of then; None: there is none."""
        ...

    def prune(self, before: datetime) -> int:
        """Deletes requests from before then; answers how many it were."""
        ...


class Moved(Exception):
    """A row was saved by somebody else in between."""


class Taken(Exception):
    """The stage has another running change."""

    def __init__(self, holder: Change) -> None:
        super().__init__(f"{holder.stack} {holder.stage} is held by change {holder.id}")
        self.holder = holder


class Store(Protocol):
    """Rows that survive everything."""

    def transaction(self) -> AbstractContextManager[Tx]:
        """Commits at the end, rolls back on an exception. Transactions never overlap and never nest.

        Raises Unrecorded when the database takes no rows; while it still gives some, only where one is written."""
        ...
