"""Will a command run in that container? What can be read of it, by ECS facts 4.1, with the fix where one is needed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.ecs import Container, ContainerInstance, Service, Task, TaskDefinition
from bot.domain.exec_command import is_name
from bot.domain.plans import Check, Level
from bot.domain.stacks import Stage

SWITCH = "ECS Exec"
"""The check that is ✗ while ECS Exec is off; `turn_on` mends it."""

_AWS_KEYS = frozenset({"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})
_PLATFORM = {"linux": (1, 4, 0), "windows": (1, 0, 0)}
_AGENT = {"linux": (1, 50, 2), "windows": (1, 56, 0)}
_SHELLS = re.compile(r"(?:/bin/|/usr/bin/)?(?:ba|da|z|a|k)?sh\b")


@dataclass(frozen=True, slots=True)
class Shell:
    """What somebody wants to run where. `definition`, `instance` None: they could not be read, or there is none."""

    stage: Stage
    service: Service
    task: Task
    container: Container
    command: str
    definition: TaskDefinition | None = None
    instance: ContainerInstance | None = None

    @property
    def windows(self) -> bool:
        """Whether the container is a Windows one, as far as the task tells."""
        system = self.instance.attributes.get("ecs.os-type", "") if self.instance else ""
        return "windows" in f"{self.task.platform_family} {system}".lower()


def exec_checks(shell: Shell) -> tuple[Check, ...]:
    """One line for each prerequisite that can be read, in the order in which one would mend them."""
    checks = (_state(shell), _switch(shell), _agent(shell), _host(shell), _role(shell), *_definition(shell))
    return tuple(check for check in (*checks, _windows(shell)) if check)


def turn_on(stage: Stage) -> str:
    """What to run so that new tasks can be entered: the one thing that cannot be given to a running task. Empty where
    a name is not of AWS's charset."""
    names = (stage.place.cluster, stage.service, stage.place.region)
    if not all(map(is_name, names)):
        return ""
    cluster, service, region = names
    return (
        f'aws ecs update-service --cluster "{cluster}" --service "{service}" --enable-execute-command '
        f'--force-new-deployment --region "{region}"'
    ) + (f' --profile "{stage.profile}"' if stage.profile else "")


def _state(shell: Shell) -> Check:
    task = shell.task
    if task.last_status == "RUNNING" and task.desired_status == "RUNNING":
        return Check("task", Level.OK, "The task is RUNNING.")
    now = task.last_status if task.desired_status in ("RUNNING", task.last_status) else f"{task.last_status}, to stop"
    other = f"/tinystacks tasks {shell.stage.stack} {shell.stage.name}"
    return Check("task", Level.BAD, f"The task is {now}, so nothing can be run in it. Pick another: {other}")


def _switch(shell: Shell) -> Check:
    if shell.task.enable_execute_command:
        return Check(SWITCH, Level.OK, "ECS Exec was on when the task started.")
    since = (
        "on by now, but was off when this task started"
        if shell.service.enable_execute_command
        else "off for the service"
    )
    fix = "A running task cannot be given it: turn it on with new tasks, with the command below."
    return Check(SWITCH, Level.BAD, f"ECS Exec is {since}. {fix}")


def _agent(shell: Shell) -> Check | None:
    """None while ECS Exec is off: there is no agent then."""
    if not shell.task.enable_execute_command:
        return None
    agent, name = shell.container.exec_agent, shell.container.name
    if agent is None:
        sentence = f"ECS reports no ExecuteCommandAgent in {name}. Wait a minute; if it stays so, start a new task."
        return Check("agent", Level.BAD, sentence)
    if agent.last_status == "RUNNING":
        return Check("agent", Level.OK, f"The ExecuteCommandAgent in {name} is RUNNING.")
    why = f" (“{agent.reason}”)" if agent.reason else ""
    wait = "Try again in a minute." if agent.last_status == "PENDING" else "Start a new task: this agent stays so."
    return Check("agent", Level.BAD, f"The ExecuteCommandAgent in {name} is {agent.last_status}{why}. {wait}")


def _host(shell: Shell) -> Check | None:
    """Fargate's platform version or the instance's container agent; None where ECS does not tell it."""
    system = "windows" if shell.windows else "linux"
    if shell.task.platform_version:
        what, told, least = "Fargate platform", shell.task.platform_version, _PLATFORM[system]
        fix = "Set platformVersion of the service to LATEST and deploy."
    elif shell.instance:
        what, told, least = "container agent", shell.instance.agent_version, _AGENT[system]
        fix = "Update the ECS agent of the instance, or replace it."
    else:
        return None
    known = re.match(r"(\d+)\.(\d+)\.(\d+)", told)
    if known is None:
        return None
    if tuple(map(int, known.groups())) >= least:
        return Check("host", Level.OK, f"The {what} {told} can do it.")
    wanted = ".".join(map(str, least))
    return Check("host", Level.BAD, f"The {what} is {told}; ECS Exec needs {wanted} or newer. {fix}")


def _role(shell: Shell) -> Check | None:
    """What the role allows cannot be read with the bot's rights, only whether there is one."""
    role = shell.task.role_arn or (shell.definition.task_role_arn if shell.definition else None)
    if role:
        name = role.rsplit("/", 1)[-1]
        return Check(
            "task role", Level.OK, f"Task role {name} is set; it has to allow ssmmessages, which I cannot see."
        )
    if shell.definition is None:
        return None
    if shell.task.platform_version:
        fix = "Register a revision with a taskRoleArn that allows ssmmessages, and deploy it."
        return Check("task role", Level.BAD, f"The task has no role, so it cannot reach Session Manager. {fix}")
    fix = "The instance's profile has to allow ssmmessages instead."
    return Check("task role", Level.WARNING, f"The task has no role of its own. {fix}")


def _definition(shell: Shell) -> Iterator[Check]:
    if shell.definition is None:
        yield Check("task definition", Level.WARNING, "I cannot read its task definition, so I checked nothing in it.")
        return
    document = _document(shell.definition, shell.container.name)
    if document.get("readonlyRootFilesystem"):
        sentence = "The container's root file system is read-only, and the agent has to write to it."
        yield Check("file system", Level.BAD, f"{sentence} Register a revision without readonlyRootFilesystem.")
    if not document.get("linuxParameters", {}).get("initProcessEnabled") and not shell.windows:
        fix = "Set linuxParameters.initProcessEnabled to have them cleaned up."
        yield Check("init", Level.WARNING, f"What the shell starts may stay behind as zombies. {fix}")
    found = sorted(_AWS_KEYS & {one.get("name") for key in ("environment", "secrets") for one in document.get(key, ())})
    if found:
        sentence = f"{' and '.join(found)} in its environment take the place of the task role."
        yield Check("keys", Level.WARNING, f"{sentence} They have to allow ssmmessages, or have to go.")
    if shell.definition.document.get("pidMode") == "task" and len(shell.task.containers) > 1:
        yield Check("pidMode", Level.WARNING, "With pidMode task one container at a time can have a shell.")


def _windows(shell: Shell) -> Check | None:
    if not shell.windows or not _SHELLS.match(shell.command):
        return None
    return Check("shell", Level.WARNING, "This is a Windows container: try --command powershell.exe or cmd.exe.")


def _document(definition: TaskDefinition, container: str) -> Mapping[str, Any]:
    found = (one for one in definition.document.get("containerDefinitions", ()) if one.get("name") == container)
    return next(found, {})
