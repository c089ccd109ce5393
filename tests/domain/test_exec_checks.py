"""Will a command run in that container: each prerequisite, with its fix."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.ecs import Container, ContainerInstance, ManagedAgent, Service, Task, TaskDefinition
from bot.domain.exec_checks import SWITCH, Shell, exec_checks, turn_on
from bot.domain.plans import Level
from bot.domain.stacks import Place, Stage

STAGE = Stage("shop", "prod", Place("eu-west-1", "prod"), "shop-prod", "C0")
SERVICE = Service("arn", "shop-prod", "c", "ACTIVE", 1, 1, 0, "d", (), enable_execute_command=True)
APP = Container("app", "RUNNING", exec_agent=ManagedAgent("RUNNING"))
INSTANCE = ContainerInstance("ci", "i-1", "ACTIVE", True, 1, 1, agent_version="1.94.0")
DOCUMENT: dict[str, Any] = {"name": "app", "linuxParameters": {"initProcessEnabled": True}}
TASK = Task("arn/t1", "d", "RUNNING", "RUNNING", (APP,), enable_execute_command=True)


def definition(**container: Any) -> TaskDefinition:
    document = {"containerDefinitions": [DOCUMENT | container]}
    return TaskDefinition("arn", "shop", 1, "ACTIVE", (), document, task_role_arn="arn:aws:iam::1:role/shop-task")


GOOD = Shell(STAGE, SERVICE, TASK, APP, "sh", definition(), INSTANCE)


def amiss(shell: Shell) -> list[tuple[str, Level]]:
    return [(one.name, one.level) for one in exec_checks(shell) if one.level is not Level.OK]


def on(shell: Shell, **task: Any) -> Shell:
    return replace(shell, task=replace(shell.task, **task))


def agent(last_status: str, reason: str = "") -> Shell:
    return replace(GOOD, container=replace(APP, exec_agent=ManagedAgent(last_status, reason)))


def test_where_nothing_is_in_the_way_every_line_is_fine() -> None:
    assert amiss(GOOD) == []
    assert [one.name for one in exec_checks(GOOD)] == ["task", SWITCH, "agent", "host", "task role"]


FARGATE = {"platform_version": "1.4.0", "platform_family": "Linux"}
PID = replace(
    on(GOOD, containers=(APP, APP)),
    definition=replace(definition(), document={"containerDefinitions": [DOCUMENT], "pidMode": "task"}),
)
WINDOWS = on(replace(GOOD, instance=None), platform_version="1.0.0", platform_family="Windows_Server_2022_Core")


@pytest.mark.parametrize(
    ("shell", "name", "level", "words"),
    [
        (on(GOOD, last_status="STOPPED", desired_status="STOPPED"), "task", Level.BAD, "/tinystacks tasks shop prod"),
        (on(GOOD, desired_status="STOPPED"), "task", Level.BAD, "RUNNING, to stop"),
        (on(GOOD, enable_execute_command=False), SWITCH, Level.BAD, "on by now, but was off when this task started"),
        (agent("PENDING"), "agent", Level.BAD, "Try again in a minute"),
        (agent("STOPPED", "out of memory"), "agent", Level.BAD, "STOPPED (“out of memory”)"),
        (replace(GOOD, container=replace(APP, exec_agent=None)), "agent", Level.BAD, "no ExecuteCommandAgent in app"),
        (on(GOOD, **FARGATE | {"platform_version": "1.3.0"}), "host", Level.BAD, "needs 1.4.0 or newer"),
        (replace(GOOD, instance=replace(INSTANCE, agent_version="1.50.1")), "host", Level.BAD, "needs 1.50.2"),
        (replace(GOOD, definition=replace(definition(), task_role_arn=None)), "task role", Level.WARNING, "profile"),
        (replace(GOOD, definition=definition(readonlyRootFilesystem=True)), "file system", Level.BAD, "read-only"),
        (replace(GOOD, definition=definition(linuxParameters={})), "init", Level.WARNING, "zombies"),
        (
            replace(GOOD, definition=definition(environment=[{"name": "AWS_ACCESS_KEY_ID", "value": "AKIASECRET"}])),
            "keys",
            Level.WARNING,
            "AWS_ACCESS_KEY_ID in its environment",
        ),
        (
            replace(GOOD, definition=definition(secrets=[{"name": "AWS_SECRET_ACCESS_KEY", "valueFrom": "x"}])),
            "keys",
            Level.WARNING,
            "AWS_SECRET_ACCESS_KEY",
        ),
        (PID, "pidMode", Level.WARNING, "one container at a time"),
        (WINDOWS, "shell", Level.WARNING, "powershell.exe"),
        (replace(WINDOWS, command="/bin/bash -l"), "shell", Level.WARNING, "powershell.exe"),
        (replace(GOOD, definition=None), "task definition", Level.WARNING, "I cannot read"),
    ],
)
def test_one_thing_amiss_is_the_one_line_that_says_so(shell: Shell, name: str, level: Level, words: str) -> None:
    assert amiss(shell) == [(name, level)]
    (line,) = [one for one in exec_checks(shell) if one.name == name]
    assert words in line.sentence
    assert "AKIASECRET" not in line.sentence


def test_without_a_role_nothing_works_on_fargate() -> None:
    bare = replace(on(GOOD, **FARGATE), instance=None, definition=replace(definition(), task_role_arn=None))
    assert ("task role", Level.BAD) in amiss(bare)
    assert amiss(on(bare, role_arn="arn:aws:iam::1:role/given")) == []


def test_a_switch_that_is_off_for_the_service_says_so_and_asks_for_no_agent() -> None:
    off = on(replace(GOOD, service=replace(SERVICE, enable_execute_command=False)), enable_execute_command=False)
    lines = {one.name: one for one in exec_checks(off)}
    assert "off for the service" in lines[SWITCH].sentence
    assert "agent" not in lines


def test_a_windows_shell_in_a_windows_container_is_fine() -> None:
    assert amiss(replace(WINDOWS, command="powershell.exe")) == []
    assert amiss(replace(GOOD, command="showme.exe")) == []


def test_what_ecs_does_not_tell_is_not_checked() -> None:
    assert "host" not in [one.name for one in exec_checks(replace(GOOD, instance=None))]
    assert "host" not in [one.name for one in exec_checks(replace(GOOD, instance=replace(INSTANCE, agent_version="")))]


def test_the_fix_names_cluster_service_region_and_profile() -> None:
    assert turn_on(STAGE) == (
        'aws ecs update-service --cluster "prod" --service "shop-prod" --enable-execute-command '
        '--force-new-deployment --region "eu-west-1"'
    )
    assert turn_on(replace(STAGE, profile="acme")).endswith(' --region "eu-west-1" --profile "acme"')
    assert turn_on(replace(STAGE, service='x"; rm')) == ""
