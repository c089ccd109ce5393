"""Tasks and commands full of hostile text: Slack accepts the message, and all of it stays text."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.ecs import Container, ContainerInstance, Deployment, ManagedAgent, Service, Task
from bot.domain.exec_checks import Shell, exec_checks
from bot.domain.exec_command import Into, Line, execute_lines
from bot.domain.stacks import Place, Stage
from bot.domain.task_list import endings, grouped, page_of
from bot.messages.exec_command import Printed, exec_message
from bot.messages.stopped import stopped_list
from bot.messages.tasks import BUTTONS, Shown, task_list
from sandbox.slack.blocks import BLOCKS_LENGTH, blocks_length
from tests.messages.hostile import NOW, TEXTS, assert_harmless

STAGE = Stage("shop", "staging", Place("us-east-1", "staging"), "shop", "C0DEPLOYS")
OFFERS = tuple(action_id for _, action_id in BUTTONS)
IDS = ("ecs-svc/1", "ecs-svc/2", "")
_TIMES = st.none() | st.integers(-99_999, 99_999).map(lambda seconds: NOW + timedelta(seconds=seconds))
CONTAINERS = st.builds(
    Container,
    TEXTS,
    TEXTS,
    image=TEXTS,
    exit_code=st.none() | st.integers(0, 255),
    reason=TEXTS,
    exec_agent=st.none() | st.builds(ManagedAgent, TEXTS, TEXTS),
)


def _task(number: int, **fields: Any) -> Task:
    return Task(f"arn:aws:ecs:us-east-1:1:task/staging/{number:032x}", **fields)


def tasks_of(desired: str, last: st.SearchStrategy[str]) -> st.SearchStrategy[Task]:
    return st.builds(
        _task,
        st.integers(0, 10**9),
        task_definition_arn=TEXTS,
        last_status=last,
        desired_status=st.just(desired),
        containers=st.lists(CONTAINERS, max_size=3).map(tuple),
        started_by=st.sampled_from(IDS),
        health_status=TEXTS,
        stop_code=TEXTS,
        stopped_reason=TEXTS,
        started_at=_TIMES,
        stopped_at=_TIMES,
        zone=TEXTS,
        launch_type=st.sampled_from(["EC2", "FARGATE", ""]),
        container_instance_arn=st.none() | st.just("arn:ci") | TEXTS,
        platform_version=TEXTS,
        cpu=st.none() | st.integers(0, 10**9),
        memory=st.none() | st.integers(0, 10**9),
    )


def service(state: str, arn: str) -> Service:
    deployments = tuple(Deployment(one, status, arn, 2, 1, 1, 3, NOW, state) for one, status in
                        zip(IDS, ("PRIMARY", "ACTIVE"), strict=False))  # fmt: skip
    return Service("arn", "shop", "c", "ACTIVE", 2, 1, 1, arn, deployments)


LIVE = st.lists(tasks_of("RUNNING", st.sampled_from(["RUNNING", "PENDING"]) | TEXTS), max_size=14)
DEAD = st.lists(tasks_of("STOPPED", st.just("STOPPED")), max_size=14)
CALM = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@CALM
@given(LIVE, st.builds(service, TEXTS, TEXTS), TEXTS)
def test_a_page_of_tasks_is_harmless(tasks: list[Task], service: Service, odd: str) -> None:
    instance = ContainerInstance("arn:ci", odd, odd, False, 0, 0)
    page = page_of(grouped(service, tasks), 0)
    tags = dict.fromkeys([one.task_definition_arn for one in tasks], odd)
    assert_harmless(task_list(Shown(STAGE, service, tasks, page, {"arn:ci": instance}, tags, OFFERS, NOW)))


@CALM
@given(DEAD)
def test_a_list_of_stopped_tasks_is_harmless(tasks: list[Task]) -> None:
    assert_harmless(stopped_list(STAGE, endings(tasks), OFFERS, NOW))


@CALM
@given(tasks_of("RUNNING", TEXTS).filter(lambda one: bool(one.containers)), st.builds(service, TEXTS, TEXTS), TEXTS)
def test_a_command_to_copy_is_harmless(task: Task, service: Service, odd: str) -> None:
    shell = Shell(STAGE, service, task, task.containers[0], odd)
    lines = (Line("bash", f"aws {odd[:400]}"),)
    assert_harmless(exec_message(Printed(shell, lines, exec_checks(shell), chosen=True, usual=True, now=NOW)))


def test_the_longest_command_on_the_longest_names_fits_into_one_message() -> None:
    stage = Stage("s" * 40, "t" * 40, Place("us-east-1", "c" * 255), "x" * 255, "C0DEPLOYS", profile="p" * 100)
    names = ["n" * 250 + str(number) for number in range(10)]
    containers = tuple(Container(name, "RUNNING") for name in names)
    task = _task(1, task_definition_arn="d", last_status="RUNNING", desired_status="RUNNING", containers=containers)
    lines = execute_lines(Into("c" * 255, task.id, names[0], "us-east-1", stage.profile), "'\"%$" * 100)
    shell = Shell(stage, service("IN_PROGRESS", "d"), task, containers[0], "sh")
    for usual in (True, False):
        message = exec_message(Printed(shell, lines, exec_checks(shell), chosen=True, usual=usual, now=NOW))
        assert_harmless(message)
        assert blocks_length(list(message["blocks"])) < BLOCKS_LENGTH - 1_000
    assert len(lines) == 4
    buttons = exec_message(Printed(shell, lines, (), chosen=True, usual=True, now=NOW))["blocks"][-1]["elements"]
    assert len({one["text"]["text"] for one in buttons}) == len(names) - 1
