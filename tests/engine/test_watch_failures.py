"""A rollout whose tasks die: the evidence, told once, and the way back."""

from bot.domain.changes import State
from bot.domain.errors import AccessDenied
from bot.domain.stacks import OnFailure
from tests.engine.conftest import Build
from tests.engine.house import STAGING, World, words_of
from tests.engine.rolling import dies, rolling


def test_each_thing_is_told_once_however_often_it_is_seen(world: World) -> None:
    rolling(world)
    world.ecs.runs(STAGING, "shop", 1)
    for _ in range(3):
        dies(world, "boom")
    world.advances(200)
    told = world.thread()
    assert len(told) == len(set(told))
    assert sum("exit code" in one and "boom" in one for one in told) == 1


def test_evidence_has_exit_code_quote_and_last_log_lines_with_secrets_masked(world: World) -> None:
    rolling(world)
    dies(world, *(f"line {number}" for number in range(8)), "password=hunter2 rejected", exit_code=3)
    [told] = [one for one in world.thread() if "stopped" in one]
    assert "exit code *3*" in told
    assert "Essential container in task exited" in told
    assert "line 7" in told
    assert "line 3" not in told
    assert "hunter2" not in told
    assert "password=•••" in told


def test_a_second_kind_of_death_is_told_too(world: World) -> None:
    rolling(world)
    dies(world)
    dies(world, exit_code=139)
    assert sum("exit code *139*" in one for one in world.thread()) == 1


def test_log_lines_are_read_once_for_each_kind(world: World) -> None:
    rolling(world)
    for _ in range(4):
        dies(world, "boom")
    assert len(world.logs.asked("GetLogEvents")) == 1


def test_unreadable_logs_are_told_as_such(world: World) -> None:
    rolling(world)
    world.logs.fails("GetLogEvents", AccessDenied("logs:GetLogEvents", "role bot"), times=50)
    dies(world)
    assert any("No log lines" in one and "logs:GetLogEvents" in one for one in world.thread())


def test_unreadable_tasks_do_not_stop_the_watch(world: World) -> None:
    rolling(world)
    world.ecs.fails("ListTasks", AccessDenied("ecs:ListTasks", "role bot"), times=50)
    dies(world)
    world.ecs.completes(STAGING, "shop")
    world.advances(20)
    assert world.change().state is State.SUCCEEDED


def test_a_crash_loop_is_called_failing_within_a_minute_and_can_recover(world: World) -> None:
    rolling(world)
    dies(world)
    dies(world)
    assert world.change().failing
    assert words_of(world.card()).startswith("🔴")
    world.ecs.completes(STAGING, "shop")
    world.advances(20)
    assert world.change().state is State.SUCCEEDED


def test_on_failure_rollback_asks_ecs_by_itself_once(build: Build) -> None:
    world = build(on_failure=OnFailure.ROLLBACK)
    rolling(world)
    dies(world)
    dies(world)
    world.advances(30)
    assert len(world.calls("StopServiceDeployment")) == 1
    assert world.done().count(("abort", "rolling_out")) == 1
    assert "tinystacks (on_failure: rollback)" in words_of(world.card())
    world.ecs.rolls_back(STAGING, "shop")
    world.advances(20)
    world.ecs.completes(STAGING, "shop")
    world.advances(20)
    assert world.change().state is State.ROLLED_BACK


def test_on_failure_rollback_leaves_it_to_a_breaker_that_does_it_already(build: Build) -> None:
    world = build(on_failure=OnFailure.ROLLBACK)
    world.ecs.has_breaker(STAGING, "shop")
    rolling(world)
    world.ecs.rolls_back(STAGING, "shop")
    world.advances(60)
    assert world.calls("StopServiceDeployment") == []


def test_a_rollout_that_is_offered_a_way_back_is_left_alone(world: World) -> None:
    rolling(world)
    for _ in range(3):
        dies(world)
    world.advances(60)
    assert world.calls("StopServiceDeployment") == []
