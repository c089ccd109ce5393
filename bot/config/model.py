"""The shape of `tinystacks.yml` as pydantic models (contract section 3). They never leave this package.

`description` is what an editor shows beside a key. Keys that must be there but may stand in `defaults` are optional
here; `rules.py` asks for them.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.config.closed import Weekly, with_a_gap
from bot.config.leaves import Bounds, Count, Duration, Printable, Text, Word, YesNo
from bot.domain.stacks import CHANGING_VERBS, Approved, Flow, OnFailure
from bot.domain.windows import Window

NAME_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}"
REGION_PATTERN = r"[a-z]{2}(-[a-z]+){1,3}-[0-9]{1,2}"

Name = Annotated[str, Text(NAME_PATTERN, "a name: letters, digits, - and _, at most 40", lower=True)]
EcsName = Annotated[str, Text(r"[A-Za-z0-9_-]{1,255}", "an ECS name: letters, digits, - and _, at most 255")]
Region = Annotated[str, Text(REGION_PATTERN, "an AWS region, such as eu-west-1")]
TeamId = Annotated[str, Text(r"T[A-Z0-9]{1,20}", "a Slack team id (T…), as in the address of Slack in a browser")]
ChannelId = Annotated[str, Text(r"[CG][A-Z0-9]{1,20}", "a Slack channel id (C… or G…), as at the end of its details")]
MemberId = Annotated[str, Text(r"[UWS][A-Z0-9]{1,20}", "a Slack user id (U… or W…) or user group id (S…)")]
Profile = Annotated[
    str,
    Text(
        r"[A-Za-z0-9_.@+][A-Za-z0-9_.@+-]{0,99}", "a profile of the AWS CLI: letters, digits and _ . @ + -, at most 100"
    ),
]
RoleArn = Annotated[
    str,
    Text(
        r"arn:aws[a-z-]{0,20}:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}",
        "the ARN of an IAM role, such as arn:aws:iam::111122223333:role/tinystacks-bot",
    ),
]
Repository = Annotated[
    str,
    Text(
        r"([A-Za-z0-9.-]{1,255}(:[0-9]{1,5})?/)?[a-z0-9][a-z0-9._/-]{0,255}",
        "an image repository without tag or digest, such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
    ),
]


class Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Approval(Keys):
    """Who must agree before a change."""

    verbs: list[Annotated[str, Word(CHANGING_VERBS)]] | None = Field(
        default=None, alias="for", min_length=1, description="The verbs that need approval. Default: every change."
    )
    by: list[Name] = Field(min_length=1, description="Groups of `people` who may approve.")
    count: Annotated[int, Count(1, 20)] = Field(default=1, description="Distinct approvers, never the requester.")
    expires: Annotated[timedelta, Duration()] = Field(
        default=timedelta(minutes=30),
        description="After this an undecided request is closed: 90s, 20m, 2h, 1d.",
        json_schema_extra={"default": "30m"},
    )
    schedules: Annotated[Approved, Word(tuple(Approved), Approved)] = Field(
        default=Approved.CREATED,
        description="created: a schedule is approved once, as it is made; due: each time that it comes.",
    )


class Limits(Keys):
    """Bounds that no change may leave."""

    tasks: Annotated[tuple[int, int], Bounds()] | None = Field(
        default=None, description="Least and most tasks: [1, 20]."
    )
    instances: Annotated[tuple[int, int], Bounds()] | None = Field(
        default=None, description="Least and most EC2 instances: [2, 10]."
    )


class Defaults(Keys):
    """Any key of a stage but its name; what a stage says itself goes first, as a whole."""

    region: Region | None = Field(default=None, description="AWS region. Default: AWS_REGION of the bot's environment.")
    cluster: EcsName | None = Field(default=None, description="ECS cluster.")
    service: EcsName | None = Field(default=None, description="ECS service.")
    role_arn: RoleArn | None = Field(
        default=None, description="IAM role the bot assumes. Default: the bot's own identity."
    )
    container: EcsName | None = Field(
        default=None,
        description="Container to deploy. Default: the only one, or the one whose image is in `repository`.",
    )
    repository: Repository | None = Field(
        default=None, description="Image repository without tag. Default: that of the running image."
    )
    auto_scaling_group: Annotated[str, Printable(255)] | None = Field(
        default=None, description="EC2 Auto Scaling group. Default: found through the cluster."
    )
    channel: ChannelId | None = Field(default=None, description="Slack channel id for cards and threads.")
    channels: list[ChannelId] | None = Field(
        default=None, description="Channels from which it may be changed, beside its own. Default: anywhere."
    )
    shared_channels: Annotated[bool, Word(("allow", "refuse"), lambda word: word == "allow")] = Field(
        default=False,
        description="Whether own members may use it from channels shared with another workspace.",
        json_schema_extra={"default": "refuse"},
    )
    may_change: list[Name] | None = Field(
        default=None, description="Groups of `people` who may change it. Default: nobody."
    )
    approval: Approval | None = Field(
        default=None, description="Who must agree before a change. Absent: no approval needed."
    )
    emergency: list[Name] | None = Field(
        default=None, description="Groups of `people` who may skip approval and locks, with a reason. Default: nobody."
    )
    admins: list[Name] | None = Field(
        default=None,
        description="Groups of `people` who may take over locks and freeze. Default: who approves, else who changes.",
    )
    closed: Annotated[list[Annotated[Window, Weekly()]], AfterValidator(with_a_gap)] | None = Field(
        default=None, description="Weekly windows in which nothing may be changed. Default: never closed."
    )
    limits: Limits | None = Field(default=None, description="Bounds that no change may leave.")
    on_failure: Annotated[OnFailure, Word(tuple(OnFailure), OnFailure)] = Field(
        default=OnFailure.OFFER, description="offer a roll back, rollback: do it, nothing: only tell."
    )
    lock_after_rollback: Annotated[bool, YesNo()] = Field(
        default=True,
        description="Whether a roll back locks the stage until somebody lifts it.",
        json_schema_extra={"default": "yes"},
    )
    deadline: Annotated[timedelta, Duration()] = Field(
        default=timedelta(minutes=20),
        description="After this a rollout that is still going is called stuck.",
        json_schema_extra={"default": "20m"},
    )
    exec_shell: Annotated[str, Printable(200)] = Field(default="sh", description="Shell that `exec` starts.")
    profile: Profile | None = Field(
        default=None, description="Profile of people's AWS CLI that `exec` writes into its command. Default: none."
    )


class StageKeys(Defaults):
    """One deployment of a stack: one ECS service."""

    name: Name = Field(description="What people type: staging, prod.")


class StackKeys(Keys):
    """One application."""

    description: Annotated[str, Printable(200, fold=True)] | None = Field(
        default=None, description="Shown beside the name."
    )
    flow: Annotated[Flow, Word(tuple(Flow), Flow)] = Field(
        default=Flow.MANUAL, description="manual: Promote is a button; automatic: success starts the next stage."
    )
    stages: list[StageKeys] = Field(min_length=1, description="In release order.")


class File(Keys):
    """The whole file."""

    version: Annotated[int, Count(1, 1)] = Field(description="Always 1.")
    workspace: TeamId = Field(description="Slack team id; anyone from elsewhere is refused.")
    audit_channel: ChannelId | None = Field(
        default=None, description="Slack channel id for the daily head of the audit log. Default: it is not posted."
    )
    unfurl: Annotated[bool, YesNo()] = Field(
        default=False,
        description="Whether links to services and tasks in the AWS console get a line of state in channels.",
        json_schema_extra={"default": "no"},
    )
    people: dict[Name, list[MemberId]] = Field(default={}, description="Named groups of Slack users and user groups.")
    defaults: Defaults = Field(default_factory=Defaults, description="Any stage key, for every stage.")
    stacks: dict[Name, StackKeys] = Field(description="Your applications; {} at first: the bot says how to begin.")
