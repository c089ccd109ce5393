"""What the engine needs of the world, as Protocols, and the frozen bundle of them.

Every adapter translates its vendor's errors into `bot.domain.errors`: AccessDenied, NotFound, Throttled, Unreachable
(definitely not carried out), Unanswered (unknown), NotPossible (the vendor's own refusal, quoted in `fact`).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.domain.audit import Entry
from bot.domain.changes import Change
from bot.domain.channels import ChannelFacts
from bot.domain.ecs import ContainerInstance, Image, LogTarget, Service, ServiceDeployment, Task, TaskDefinition
from bot.domain.people import Person
from bot.domain.requests import Ack, Request
from bot.domain.stacks import Place

Json = Mapping[str, Any]


class Ecs(Protocol):
    """ECS, method for call. `who` names the person in the AWS session of a change; None: the bot itself."""

    def describe_services(self, place: Place, names: Sequence[str]) -> Mapping[str, Service]:
        """The services by name, batched by 10; unknown ones are left out. NotFound when the cluster is not there."""
        ...

    def describe_service_deployments(self, place: Place, arns: Sequence[str]) -> Mapping[str, ServiceDeployment]:
        """By ARN, batched by 20; unknown ones are left out."""
        ...

    def list_service_deployments(self, place: Place, service: str, most: int) -> tuple[ServiceDeployment, ...]:
        """Newest first."""
        ...

    def describe_task_definition(self, place: Place, arn: str) -> TaskDefinition:
        """With its tags. NotFound when there is none."""
        ...

    def list_task_definitions(self, place: Place, family: str, most: int) -> tuple[str, ...]:
        """ARNs of the family's ACTIVE revisions, newest first."""
        ...

    def stopped_tasks(self, place: Place, service: str, deployment_id: str | None) -> tuple[Task, ...]:
        """Tasks of that deployment, or of the whole service, which ECS still remembers as stopped (about an hour),
        newest first."""
        ...

    def live_tasks(self, place: Place, service: str, deployment_id: str | None) -> tuple[Task, ...]:
        """Tasks that should run, of one deployment or of the whole service."""
        ...

    def describe_container_instances(self, place: Place) -> tuple[ContainerInstance, ...]:
        """All ACTIVE instances of the cluster."""
        ...

    def register_task_definition(self, place: Place, request: Json, who: Person) -> str:
        """The new revision's ARN. Never retried inside."""
        ...

    def update_service(self, place: Place, request: Json, who: Person) -> Service:
        """The service as ECS answers it. Never retried inside."""
        ...

    def stop_service_deployment(self, place: Place, request: Json, who: Person) -> None:
        """Asks ECS to roll back. NotPossible when that deployment cannot be stopped any more."""
        ...


class Images(Protocol):
    """The image registry (ECR)."""

    def image(self, place: Place, repository: str, reference: str) -> Image | None:
        """The image behind a tag or `sha256:…` of `repository` (as written in task definitions, without tag), with its
        architectures. None: not an ECR repository, so nothing can be known. NotFound: ECR has no such image or
        repository; `known` then holds the newest tags."""
        ...

    def newest(self, place: Place, repository: str, most: int) -> tuple[Image, ...]:
        """Newest first, untagged ones too; empty when it is not an ECR repository."""
        ...


class Logs(Protocol):
    """Container logs."""

    def tail(self, place: Place, target: LogTarget, container: str, task_id: str, lines: int) -> tuple[str, ...]:
        """The last lines, oldest first; empty when nothing was written. NotFound: no such log group."""
        ...

    def group_exists(self, place: Place, target: LogTarget) -> bool:
        """Whether the log group is there; True where the role may not look."""
        ...


class Chat(Protocol):
    """Slack's Web API. Raises NotPossible for Slack's own refusals (`fact` quotes the error code)."""

    def post_message(self, channel_id: str, message: Json, *, thread_ts: str | None, message_id: str) -> str:
        """Posts and answers its ts. `message`: `text` and `blocks`. `message_id` travels as metadata."""
        ...

    def find_message(self, channel_id: str, message_id: str, *, thread_ts: str | None, since: datetime) -> str | None:
        """The ts of a message posted with that id since then, or None. Needs a history scope: NotPossible without."""
        ...

    def update_message(self, channel_id: str, ts: str, message: Json) -> None:
        """Replaces text and blocks."""
        ...

    def post_ephemeral(self, channel_id: str, user_id: str, message: Json) -> None:
        """Only that person sees it."""
        ...

    def respond(self, response_url: str, message: Json, *, replace: bool) -> None:
        """Answers through a response_url: ephemeral, in place of what was clicked or first answered if `replace`."""
        ...

    def open_view(self, trigger_id: str, view: Json) -> str:
        """The new view's id."""
        ...

    def update_view(self, view_id: str, view: Json) -> None:
        """Replaces an open form."""
        ...

    def channel(self, channel_id: str) -> ChannelFacts:
        """Whether the bot is in the channel, and whether others are; at the most 60 s old."""
        ...


class People(Protocol):
    """Who somebody is, and who is in a user group. Both raise Unavailable or NotPossible rather than guess."""

    def person(self, team_id: str, user_id: str) -> Person:
        """Cached shortly (60 s at the most)."""
        ...

    def members(self, group_id: str, *, fresh: bool) -> frozenset[str]:
        """User ids of a user group (S…); `fresh` goes past the cache."""
        ...


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
    """A message on its way to Slack. `id` is its key (`card:<change>`, `news:<change>:<key>`) and unique: putting one
    that is there already changes nothing, except that a card's body is replaced (latest wins, `version` grows).

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


class Tx(Protocol):
    """One transaction: all of it, or nothing."""

    def after_commit(self, act: Callable[[], None]) -> None:
        """Runs `act` once the rows are durable, outside the transaction; a roll back forgets it."""
        ...

    def insert_request(self, request: Request, ack: Ack) -> Ack | None:
        """Stores it and answers None; if its key is there already, the ack of then."""
        ...

    def finish_request(self, key: str, change_id: str = "") -> None:
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

    def changes_of_request(self, request: Request) -> tuple[Change, ...]:
        """Those that this request proposed."""
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

    def append_audit(self, entry: Entry) -> None:
        """At the end of the chain."""
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
        """Commits at the end, rolls back on an exception. Transactions never overlap and never nest."""
        ...


class Wakes(Protocol):
    """Wake-ups: after commit, step(key) runs at least once at or after `at`, never two of one key at a time; an
    exception runs it again with back-off."""

    def wake_at(self, tx: Tx, key: str, at: datetime) -> None:
        """A row of the same transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """All of it. `new_id` answers an opaque random id."""

    ecs: Ecs
    images: Images
    logs: Logs
    chat: Chat
    people: People
    store: Store
    wakes: Wakes
    now: Callable[[], datetime]
    new_id: Callable[[], str]
