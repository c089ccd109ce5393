"""A plan: what will be called, what it changes, what was looked at. The stored plan is what is shown and what runs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.looks import Look
from bot.domain.scales import Scale
from bot.domain.timetables import Timetable


class Operation(StrEnum):
    """The AWS calls that change something, by their API names."""

    REGISTER_TASK_DEFINITION = "RegisterTaskDefinition"
    UPDATE_SERVICE = "UpdateService"
    STOP_SERVICE_DEPLOYMENT = "StopServiceDeployment"
    STOP_TASK = "StopTask"
    REGISTER_SCALABLE_TARGET = "RegisterScalableTarget"
    PUT_SCALING_POLICY = "PutScalingPolicy"
    SET_DESIRED_CAPACITY = "SetDesiredCapacity"
    UPDATE_AUTO_SCALING_GROUP = "UpdateAutoScalingGroup"
    UPDATE_CONTAINER_INSTANCES_STATE = "UpdateContainerInstancesState"
    TERMINATE_INSTANCE = "TerminateInstanceInAutoScalingGroup"


NAMES = (
    *("family", "cluster", "service", "taskDefinition", "serviceDeploymentArn", "stopType", "task", "desiredCount"),
    *("ResourceId", "MinCapacity", "MaxCapacity", "SuspendedState", "PolicyName"),
    *("AutoScalingGroupName", "DesiredCapacity", "MinSize", "MaxSize", "InstanceId", "containerInstances", "status"),
)
"""Parameters that name or count things; no other part of a request is kept once it is over, or told in the audit
log."""

REGISTERED = "$registered"
"""Stands in an UpdateService request for the ARN that the plan's RegisterTaskDefinition will answer."""


@dataclass(frozen=True, slots=True)
class Step:
    """One AWS call as data. `request` holds the API's own parameter names and JSON values."""

    operation: Operation
    request: Mapping[str, Any]


class Level(StrEnum):
    """What a check found: fine, look at it, or in the way."""

    OK = "✓"
    WARNING = "⚠"
    BAD = "✗"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at before the preview; `sentence` ends in what to do where something is to be done."""

    name: str
    level: Level
    sentence: str


STAGE_CHECK = "rollout"
"""The check that is ✗ while another change of ours has the stage: one can wait for that."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that the plan changes, already masked: environment values never reach it."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Side:
    """What runs before or after: `revision` is `family:7` (`family:new` before it is registered), image as written.
    `words`: what is told in place of the image where that is not what changes, such as `6 tasks`."""

    revision: str
    image: str
    tag: str = ""
    digest: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done to one stage, in order, from what to what. `rests_on` is the target as it was read, name by
    name: if any of it is another right before the first write, nothing is touched. `previous_completed`: ECS called the
    previous task definition's deployment COMPLETED then. `newest_deployment_at`: set where the revision to come was
    there before: only a deployment made after that time (AWS's clock) can be this plan's. `schedule`: nothing is called
    now, this is what is to happen later. `task`: the id of the one
    that is stopped; that starts no deployment. `scale`: what is scaled, which starts none either; `look`: what its
    approver is shown."""

    verb: str
    before: Side
    after: Side
    account: str
    steps: tuple[Step, ...]
    rests_on: tuple[tuple[str, str], ...]
    container: str = ""
    differences: tuple[Difference, ...] = ()
    checks: tuple[Check, ...] = ()
    previous_task_definition_arn: str = ""
    previous_completed: bool = False
    newest_deployment_at: datetime | None = None
    schedule: Timetable | None = None
    task: str = ""
    scale: Scale | None = None
    look: Look | None = None

    @property
    def bare(self) -> "Plan":
        """The same without the task definition's document, which holds environment values: what is over needs none."""
        kept = tuple(Step(one.operation, {k: v for k, v in one.request.items() if k in NAMES}) for one in self.steps)
        return replace(self, steps=kept)

    @property
    def follows(self) -> bool:
        """Whether it starts no deployment, so that it is followed by a look of its own."""
        return bool(self.task) or self.scale is not None

    @property
    def later(self) -> int:
        """The number of the first step that waits until instances are drained; as many as there are: none does."""
        drains = (n for n, one in enumerate(self.steps) if one.operation is Operation.UPDATE_CONTAINER_INSTANCES_STATE)
        return max(drains, default=len(self.steps) - 1) + 1

    @property
    def waits_only(self) -> bool:
        """Whether nothing stands in the way but the change that has the stage."""
        return {check.name for check in self.checks if check.level is Level.BAD} == {STAGE_CHECK}

    @property
    def blocked(self) -> bool:
        """Whether a check stands in the way."""
        return any(check.level is Level.BAD for check in self.checks)
