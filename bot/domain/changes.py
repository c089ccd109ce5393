"""A change: what someone asked for, its states and the legal moves between them (contract section 4)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.diagnosis import Failure
from bot.domain.people import Person
from bot.domain.plans import Difference, Plan
from bot.domain.rollouts import Outcome, Progress
from bot.domain.stacks import ApprovalRule, Place


class State(StrEnum):
    """Where a change is in its life."""

    PROPOSED = "proposed"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    APPLYING = "applying"
    ROLLING_OUT = "rolling_out"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    DENIED = "denied"
    EXPIRED = "expired"
    OUTDATED = "outdated"


_S = State
MOVES: dict[State, frozenset[State]] = {
    _S.PROPOSED: frozenset({_S.AWAITING_APPROVAL, _S.APPROVED, _S.CANCELLED, _S.EXPIRED, _S.OUTDATED}),
    _S.AWAITING_APPROVAL: frozenset({_S.APPROVED, _S.CANCELLED, _S.DENIED, _S.EXPIRED, _S.OUTDATED}),
    _S.APPROVED: frozenset({_S.APPLYING, _S.CANCELLED, _S.OUTDATED, _S.FAILED}),
    _S.APPLYING: frozenset({_S.ROLLING_OUT, _S.SUCCEEDED, _S.FAILED, _S.OUTDATED}),
    _S.ROLLING_OUT: frozenset({_S.SUCCEEDED, _S.FAILED, _S.ROLLED_BACK, _S.SUPERSEDED}),
}
"""Every legal move; a state that is not a key is final."""

FINAL = frozenset(State) - frozenset(MOVES)
RUNNING = frozenset({State.APPROVED, State.APPLYING, State.ROLLING_OUT})


class IllegalMove(ValueError):
    """A change was asked to go where its life does not lead; a fault of ours, never of a person."""

    def __init__(self, change_id: str, was: State, wanted: State) -> None:
        super().__init__(f"change {change_id} is {was.value} and cannot become {wanted.value}")


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's yes, and the rule that let them give it."""

    person: Person
    at: datetime
    rule: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one stage. `version` counts its saves (compare-and-set). `deployment_id` is ours once ECS has
    answered, `service_deployment_arn` once it was seen; `failing` marks a rollout that ECS still tries and that will
    not succeed as it goes. `failures` are kept past the hour for which ECS remembers stopped tasks. `problem` is a
    sentence about what keeps the change from going on. `request_key`: the request that proposed it. `scheduled`: the id
    of the schedule that made it, whose grace ends at `waits_until`: so long it waits for its stage.

    `asked`: the image or revision as it was typed, to plan the same again. `approval`: the rule under which it waits,
    as of the request; `expires_at`: until when it may be decided. `decided_by`, `decided_why`: who denied or withdrew.
    `emergency`: the reason why approval and locks were skipped. `queued_at`: since when it waits for its stage.
    `moved`: what is no longer as it was shown. `line`: how far a stop or a scaling is; `told`: how many of
    its lines stand in the thread."""

    id: str
    verb: str
    stack: str
    stage: str
    place: Place
    service: str
    channel_id: str
    state: State
    plan: Plan
    requester: Person
    reason: str
    asked_in: str
    created_at: datetime
    updated_at: datetime
    version: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    registered_arn: str = ""
    deployment_id: str = ""
    progress: Progress | None = None
    outcome: Outcome | None = None
    failing: bool = False
    aborted_by: Person | None = None
    aborted_at: datetime | None = None
    looked_at: datetime | None = None
    problem: str = ""
    request_key: str = ""
    service_deployment_arn: str = ""
    failures: tuple[Failure, ...] = ()
    evidence_at: datetime | None = None
    scheduled: str = ""
    waits_until: datetime | None = None
    asked: str = ""
    approval: ApprovalRule | None = None
    approvals: tuple[Approval, ...] = ()
    expires_at: datetime | None = None
    decided_by: Person | None = None
    decided_why: str = ""
    emergency: str = ""
    queued_at: datetime | None = None
    moved: tuple[Difference, ...] = ()
    line: str = ""
    told: int = 0

    @property
    def final(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state in FINAL

    @property
    def kind(self) -> str:
        """Its verb as a thing: `deploy`, `scaling`."""
        return "scaling" if self.plan.scale else self.verb

    @property
    def noun(self) -> str:
        """What it is called in a sentence: `deploy of v42`, `scaling to 6 tasks`, `stop of task 0123abcd`."""
        after = self.plan.after
        what = f"task {self.plan.task[:8]}" if self.plan.task else after.words or after.tag or after.image
        return f"{self.kind} {'to' if self.plan.scale else 'of'} {what}"

    def become(self, state: State, at: datetime) -> "Change":
        """The same change in `state`; once that is final, without its plan's documents.

        Raises IllegalMove where its life does not lead there."""
        if state not in MOVES.get(self.state, frozenset()):
            raise IllegalMove(self.id, self.state, state)
        if state not in FINAL:
            return replace(self, state=state, updated_at=at)
        return replace(self, state=state, updated_at=at, finished_at=at, plan=self.plan.bare)
