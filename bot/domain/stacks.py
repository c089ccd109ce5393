"""Stacks and stages as `tinystacks.yml` names them, resolved: every default already applied."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.domain.windows import Window

CHANGING_VERBS = ("deploy", "rollback", "promote", "restart", "scale", "stop")


class OnFailure(StrEnum):
    """What follows a failed rollout: offer a roll back, do it, or only tell."""

    OFFER = "offer"
    ROLLBACK = "rollback"
    NOTHING = "nothing"


class Flow(StrEnum):
    """How a success reaches the next stage: by a button, or by itself."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"


class Approved(StrEnum):
    """When a schedule is approved: once, as it is made, or each time that it comes."""

    CREATED = "created"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Who decides about a stage's changes: `count` distinct people of the groups `by`, within `expires`. `schedules`:
    when they decide about what is scheduled."""

    verbs: tuple[str, ...]
    by: tuple[str, ...]
    count: int
    expires: timedelta
    schedules: Approved = Approved.CREATED


@dataclass(frozen=True, slots=True)
class Limits:
    """Inclusive bounds (least, most) that no change may leave; None: no bound."""

    tasks: tuple[int, int] | None = None
    instances: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One cluster as it is reached: through which role (None: the bot's own), in which region."""

    region: str
    cluster: str
    role_arn: str | None = None

    @property
    def key(self) -> str:
        """The place as one word, for wake-up keys."""
        return f"{self.role_arn or ''}|{self.region}|{self.cluster}"


@dataclass(frozen=True, slots=True)
class Stage:
    """One deployment of a stack for a purpose: one ECS service.

    `may_change`, `emergency`, `admins`: groups of `people`. `channels`: ids of the channels where it may be changed,
    beside its own; empty: anywhere. `closed`: when nothing may be changed. `profile`: of people's AWS CLI, for `exec`;
    empty: their default. `shared_channels`: own members may use it
    from channels shared with another workspace."""

    stack: str
    name: str
    place: Place
    service: str
    channel_id: str
    container: str | None = None
    repository: str | None = None
    auto_scaling_group: str | None = None
    may_change: tuple[str, ...] = ()
    approval: ApprovalRule | None = None
    limits: Limits = field(default_factory=Limits)
    on_failure: OnFailure = OnFailure.OFFER
    deadline: timedelta = timedelta(minutes=20)
    exec_shell: str = "sh"
    channels: tuple[str, ...] = ()
    emergency: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    closed: tuple[Window, ...] = ()
    shared_channels: bool = False
    lock_after_rollback: bool = True
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """One application and its stages, in release order."""

    name: str
    stages: tuple[Stage, ...]
    description: str = ""
    flow: Flow = Flow.MANUAL


@dataclass(frozen=True, slots=True)
class Config:
    """The whole of `tinystacks.yml`. `people`: a group's name to Slack user ids (U…, W…) and user group ids (S…).
    `audit_channel`: where the head of the audit log is posted once a day; empty: nowhere.
    `unfurl`: whether links to the AWS console get a line of state."""

    workspace: str
    people: dict[str, tuple[str, ...]]
    stacks: tuple[Stack, ...]
    audit_channel: str = ""
    unfurl: bool = False
