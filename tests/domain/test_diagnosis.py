"""Why tasks die: AWS's texts, one row a case, and how deaths are grouped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.causes import normalised
from bot.domain.diagnosis import Cause, Failure, advice, failures
from bot.domain.ecs import Container, ContainerDefinition, PortMapping, Task, TaskDefinition

_NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
_OURS = "ecs-svc/2"
_APP = ContainerDefinition("app", "shop:v43", ports=(PortMapping(8080, 0),), has_health_check=True)
_SIDECAR = ContainerDefinition("proxy", "envoy:1")
_INIT = ContainerDefinition("init", "busybox:1", essential=False)
_DEFINITION = TaskDefinition("arn:td", "shop", 8, "ACTIVE", (_INIT, _SIDECAR, _APP), {})

_GONE = "Essential container in task exited"
_ELB = "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop/{})"
_OOM = "OutOfMemoryError: Container killed due to memory usage"
_PULL = "CannotPullContainerError: manifest has been retried {} time(s): failed to resolve ref shop@sha256:{}: "
_INIT_ERROR = "ResourceInitializationError: unable to pull secrets or registry auth: "


def _stopped(reason: str = _GONE, *containers: Container, **fields: Any) -> Task:
    made = Task("arn:task/prod/t1", "arn:td", "STOPPED", "STOPPED", containers, _OURS, stopped_reason=reason)
    return replace(made, **{"stop_code": "EssentialContainerExited", "stopped_at": _NOON, **fields})


def _ended(name: str, exit_code: int | None, reason: str = "") -> Container:
    return Container(name, "STOPPED", exit_code=exit_code, reason=reason)


def _one(task: Task) -> Failure:
    (failure,) = failures([task], _OURS, _DEFINITION)
    return failure


_CONTAINERS = {
    "the one that failed": ((_ended("proxy", 143), _ended("app", 1)), Cause.EXIT, "app", 1),
    "the one that failed, not the one asked to end": ((_ended("app", 137), _ended("proxy", 2)), Cause.EXIT, "proxy", 2),
    "not one that need not run": ((_ended("init", 1), _ended("app", 3)), Cause.EXIT, "app", 3),
    "a signal is all there is": ((_ended("proxy", 0), _ended("app", 137)), Cause.EXIT, "app", 137),
    "ended by itself": ((_ended("app", 0),), Cause.EXIT, "app", 0),
    "out of memory": ((_ended("proxy", 1), _ended("app", 137, _OOM)), Cause.OUT_OF_MEMORY, "app", 137),
    "137 alone is no lack of memory": ((_ended("app", 137),), Cause.EXIT, "app", 137),
}


@pytest.mark.parametrize("case", _CONTAINERS)
def test_the_container_to_blame_is_named(case: str) -> None:
    containers, cause, name, code = _CONTAINERS[case]
    failure = _one(_stopped(_GONE, *containers))
    assert (failure.cause, failure.container, failure.exit_code) == (cause, name, code)


_TEXTS = {
    _ELB.format("0123456789abcdef"): Cause.TARGET_HEALTH,
    "Task failed container health checks": Cause.CONTAINER_HEALTH,
    _PULL.format(5, "ab" * 32) + "not found": Cause.IMAGE_PULL,
    "CannotPullContainerError: Error response from daemon: no match for platform in manifest": Cause.IMAGE_PULL,
    "The task cannot pull 'shop:v43' from the Amazon ECR repository 'shop'": Cause.IMAGE_PULL,
    _INIT_ERROR + "AccessDeniedException: not authorized": Cause.CONFIGURATION,
    _INIT_ERROR + "dial tcp 10.0.1.7:443: i/o timeout": Cause.NETWORK,
    "ResourceInitializationError: failed to validate logger args: log group does not exist": Cause.CONFIGURATION,
    'CannotStartContainerError: exec: "serve": executable file not found in $PATH': Cause.CONFIGURATION,
    "Timeout waiting for network interface provisioning to complete.": Cause.NETWORK,
    "Capacity is unavailable at this time.": Cause.PLACEMENT,
    "Host EC2 (instance i-0123456789abcdef0) terminated.": Cause.HOST,
    "ECS is performing maintenance on the underlying infrastructure hosting the task": Cause.HOST,
    "InternalError: unable to run task": Cause.HOST,
    "Task stopped by user": Cause.STOPPED_BY_USER,
    "Something that ECS never said before": Cause.OTHER,
}


@pytest.mark.parametrize("text", _TEXTS)
def test_the_texts_of_aws_have_a_cause(text: str) -> None:
    failure = _one(_stopped(text))
    assert failure.cause is _TEXTS[text]
    assert failure.quote == normalised(text)


_CODES = {"UserInitiated": Cause.STOPPED_BY_USER, "SpotInterruption": Cause.HOST, "TerminationNotice": Cause.HOST}


@pytest.mark.parametrize("code", _CODES)
def test_the_stop_code_says_it_whatever_the_words(code: str) -> None:
    failure = _one(replace(_stopped("canary drill", _ended("app", 1)), stop_code=code))
    assert (failure.cause, failure.exit_code, failure.quote) == (_CODES[code], None, "canary drill")


@pytest.mark.parametrize("text", [_ELB, "Task failed container health checks"])
def test_exit_codes_beside_a_failed_health_check_are_decoys(text: str) -> None:
    failure = _one(_stopped(text, _ended("proxy", 143), _ended("app", 137)))
    assert (failure.container, failure.exit_code) == ("app", None)


def test_a_pull_error_told_by_the_container_alone_is_found() -> None:
    reason = "CannotPullContainerError: pull access denied for shop"
    failure = _one(_stopped("Task failed to start", _ended("app", None, reason)))
    assert (failure.cause, failure.container) == (Cause.IMAGE_PULL, "app")


_NO_FAILURES = {
    "scaled in": _stopped("Scaling activity initiated by (deployment ecs-svc/3)", _ended("app", 143)),
    "of another deployment": replace(_stopped(_GONE, _ended("app", 1)), started_by="ecs-svc/1"),
    "running": _stopped("", last_status="RUNNING", desired_status="RUNNING"),
    "about to stop, exit code not known yet": _stopped(_GONE, last_status="DEACTIVATING"),
}


@pytest.mark.parametrize("case", _NO_FAILURES)
def test_what_is_normal_is_no_failure(case: str) -> None:
    assert failures([_NO_FAILURES[case]], _OURS, _DEFINITION) == ()


def test_a_task_that_drains_after_a_failed_health_check_counts_already() -> None:
    assert _one(_stopped(_ELB, last_status="DEACTIVATING")).cause is Cause.TARGET_HEALTH


def test_equal_causes_group_and_the_newest_comes_first() -> None:
    pulls = [
        _stopped(
            _PULL.format(n, f"{n}b" * 32) + "not found", arn=f"arn:t/t{n}", stopped_at=_NOON + timedelta(minutes=n)
        )
        for n in (1, 3)
    ]
    crash = _stopped(_GONE, _ended("app", 1), arn="arn:task/t2", stopped_at=_NOON + timedelta(minutes=2))
    pull, exit_one = failures([*pulls, crash, crash], _OURS, _DEFINITION)
    assert (pull.count, pull.task_ids, pull.last_at) == (2, ("t3", "t1"), _NOON + timedelta(minutes=3))
    assert (exit_one.count, exit_one.exit_code) == (1, 1)
    assert pull.quote == _PULL.replace("{} time", "… time").replace("{}", "…") + "not found"


def test_an_exit_code_without_a_word_is_an_exit() -> None:
    assert _one(_stopped("", _ended("app", 1))).cause is Cause.EXIT


def test_without_a_definition_every_container_may_be_to_blame() -> None:
    (failure,) = failures([_stopped(_GONE, _ended("init", 9))], _OURS, None)
    assert (failure.container, failure.exit_code) == ("init", 9)


_TASKS = st.lists(
    st.builds(
        _stopped,
        st.sampled_from([*_TEXTS, _GONE, "Scaling activity initiated by (deployment ecs-svc/2)", ""]),
        st.builds(
            _ended, st.sampled_from(["app", "proxy", "init"]), st.none() | st.integers(0, 255), st.text(max_size=9)
        ),
        arn=st.integers(0, 99).map("arn:task/{}".format),
        stopped_at=st.none() | st.integers(0, 99).map(lambda seconds: _NOON + timedelta(seconds=seconds)),
        started_by=st.sampled_from([_OURS, "ecs-svc/1"]),
    ),
    max_size=8,
)


@given(_TASKS)
def test_every_death_of_ours_is_counted_once(tasks: list[Task]) -> None:
    found = failures(tasks, _OURS, _DEFINITION)
    last = {task.arn: task for task in tasks}.values()
    ours = [task.id for task in last if task.started_by == _OURS and "Scaling" not in task.stopped_reason]
    assert sorted(task_id for failure in found for task_id in failure.task_ids) == sorted(ours)
    assert all(failure.count == len(failure.task_ids) for failure in found)

    times = [failure.last_at.timestamp() if failure.last_at else 0.0 for failure in found]
    assert times == sorted(times, reverse=True)
    kinds = [(failure.cause, failure.container, failure.exit_code, failure.quote) for failure in found]
    assert len(set(kinds)) == len(kinds)


def test_of_many_deaths_the_ten_newest_are_named_and_all_are_counted() -> None:
    tasks = [replace(_stopped(), arn=f"arn:task/t{n}", stopped_at=_NOON + timedelta(minutes=n)) for n in range(40)]
    [failure] = failures(tasks, _OURS, None)
    assert failure.count == 40
    assert failure.task_ids == tuple(f"t{n}" for n in range(39, 29, -1))


@given(st.text() | st.sampled_from(sorted(_TEXTS)))
def test_a_normalised_text_stays_as_it_is(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


_ADVICE = {
    (Cause.OUT_OF_MEMORY, 137, _OOM): "memory of container “app”",
    (Cause.EXIT, 127, _GONE): "not found",
    (Cause.EXIT, 77, _GONE): "log lines",
    (Cause.EXIT, 0, _GONE): "keep running",
    (Cause.IMAGE_PULL, None, "shop: not found"): "push it",
    (Cause.IMAGE_PULL, None, "no match for platform in manifest: not found"): "architecture",
    (Cause.IMAGE_PULL, None, "pull access denied"): "execution role",
    (Cause.CONFIGURATION, None, "log group does not exist"): "log group",
    (Cause.CONFIGURATION, None, "unable to pull secrets"): "secret",
}


@pytest.mark.parametrize("case", _ADVICE)
def test_advice_fits_the_cause(case: tuple[Cause, int | None, str]) -> None:
    cause, code, quote = case
    assert _ADVICE[case] in advice(Failure(cause, "app", code, quote, 1, ("t",), None))


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize("container", ["app", ""])
def test_there_is_one_sentence_of_advice_for_every_cause(cause: Cause, container: str) -> None:
    sentence = advice(Failure(cause, container, None, "", 1, ("t",), None))
    assert sentence.endswith(".")
    assert "CONTAINER" not in sentence
