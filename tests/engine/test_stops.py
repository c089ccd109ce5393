"""`stop stack stage task`, from the word or the button to its end, once whatever happens."""

from datetime import timedelta

from bot.domain.changes import State
from bot.domain.ecs import Task
from bot.domain.errors import AccessDenied, Throttled, Unanswered, Unreachable
from bot.domain.stacks import ApprovalRule
from sandbox.slack.blocks import block_problems
from tests.engine.conftest import Build
from tests.engine.house import BO, CY, STAGING, World, buttons, words_of

RULE = ApprovalRule(("stop",), ("release",), 1, timedelta(minutes=30))


def first(world: World) -> Task:
    return world.ecs.live_tasks(STAGING, "shop", None)[0]


def stops(world: World) -> Task:
    """Asked for and called; ECS is on it."""
    task = first(world)
    world.types(f"stop shop staging {task.id} --yes")
    world.runs()
    return task


def is_over(world: World, task: Task) -> None:
    """The task is STOPPED, another one took its place."""
    world.ecs.task_is(STAGING, "shop", task.id, last_status="STOPPED")
    world.ecs.runs(STAGING, "shop", 2)


def test_a_stop_is_shown_before_it_is_made(world: World) -> None:
    task = first(world)
    preview = world.types(f"stop shop staging {task.id} --reason stuck in a loop")
    assert preview is not None
    assert block_problems([dict(block) for block in preview.blocks]) == []
    assert list(buttons(preview)) == ["Stop task", "Cancel"]
    assert f"task `{task.id[:8]}` on `v41`" in words_of(preview)
    assert "1 other of 2 stay RUNNING" in words_of(preview)
    assert world.calls("StopTask") == []
    world.clicks(preview, "Stop task")
    world.runs()
    assert world.calls("StopTask") == [
        {"cluster": "staging", "task": task.id, "reason": f"tinystacks {world.change().id} by ana"}
    ]


def test_a_stop_is_followed_until_another_task_runs_in_its_place(world: World) -> None:
    task = stops(world)
    assert "stopping" in words_of(world.card())
    assert all(block["type"] != "actions" for block in world.card().blocks), "a stop cannot be aborted"
    world.advances(30)
    assert world.change().state is State.ROLLING_OUT
    is_over(world, task)
    world.advances(10)
    assert world.change().state is State.SUCCEEDED
    told = f"✅ <@U0ANA> Task `{task.id[:8]}` is STOPPED, and ECS has its replacement RUNNING after 35s."
    assert world.thread() == [told]
    assert all(block["type"] != "actions" for block in world.card().blocks), "there is nothing to go back from"
    world.runs_until_quiet()
    assert len(world.calls("StopTask")) == 1
    assert world.done()[-6:] == [
        ("confirm", "approved"),
        ("start", "applying"),
        ("aws:StopTask", "intent"),
        ("aws:StopTask", "done"),
        ("roll out", "rolling_out"),
        ("finish", "succeeded"),
    ]


def test_the_button_of_a_task_previews_its_stop_beside_the_list(world: World) -> None:
    listed = world.types("tasks shop staging")
    preview = world.clicks(listed, "Stop task")
    assert preview is not listed
    assert "Stop task shop → staging?" in words_of(preview)
    assert world.calls("StopTask") == []


def test_who_may_not_change_the_stage_may_not_stop_its_tasks(world: World) -> None:
    assert "No rule lets you stop" in words_of(world.types(f"stop shop staging {first(world).id}", CY))
    assert "No rule lets you stop" in words_of(world.clicks(world.types("tasks shop staging", CY), "Stop task", CY))


def test_a_stage_whose_rule_names_stop_asks_for_approval(build: Build) -> None:
    world = build(approval=RULE)
    task = first(world)
    world.types(f"stop shop staging {task.id} --yes")
    assert world.change().state is State.AWAITING_APPROVAL
    world.runs()
    world.clicks(world.card(), "Approve", CY)
    world.runs()
    assert len(world.calls("StopTask")) == 1


def test_a_task_that_is_gone_already_is_answered(world: World) -> None:
    died = world.ecs.task_dies(STAGING, "shop")
    assert "stops already" in words_of(world.types(f"stop shop staging {died.id}"))
    assert "AWS has no task" in words_of(world.types(f"stop shop staging {'f' * 32}"))
    assert "is not a task" in words_of(world.types("stop shop staging everything"))


def test_a_task_that_somebody_else_stopped_meanwhile_fails_with_their_words(world: World) -> None:
    task = first(world)
    preview = world.types(f"stop shop staging {task.id}")
    world.ecs.task_stops(STAGING, task.id, "Task stopped by user")
    world.clicks(preview, "Stop task")
    world.runs()
    assert world.change().state is State.FAILED
    assert "stopped before I could stop it: “Task stopped by user”" in world.change().problem


def test_a_deploy_that_began_meanwhile_makes_it_outdated(world: World) -> None:
    preview = world.types(f"stop shop staging {first(world).id}")
    world.ecs.somebody_deploys(STAGING, "shop", world.ecs.service(STAGING, "shop").task_definition_arn)
    world.clicks(preview, "Stop task")
    world.runs()
    assert world.change().state is State.OUTDATED
    assert world.calls("StopTask") == []


def test_a_stop_that_aws_did_not_answer_is_looked_for_and_not_repeated(world: World) -> None:
    world.ecs.applies_but_does_not_answer("StopTask")
    task = stops(world)
    world.advances(60)
    assert world.change().state is State.ROLLING_OUT
    assert len(world.calls("StopTask")) == 1
    is_over(world, task)
    world.advances(10)
    assert world.change().state is State.SUCCEEDED
    assert ("aws:StopTask", "found") in world.done()


def test_a_stop_that_never_arrived_is_made_after_all(world: World) -> None:
    world.ecs.fails("StopTask", Unanswered("AWS", "StopTask"))
    stops(world)
    world.advances(60)
    assert world.change().state is State.ROLLING_OUT
    assert len(world.calls("StopTask")) == 2


def test_a_throttled_stop_is_made_a_little_later(world: World) -> None:
    world.ecs.fails("StopTask", Throttled("AWS", "StopTask"))
    stops(world)
    world.advances(20)
    assert world.change().state is State.ROLLING_OUT


def test_a_stop_that_the_role_may_not_make_says_what_is_missing(world: World) -> None:
    world.ecs.fails("StopTask", AccessDenied("ecs:StopTask", "role"))
    stops(world)
    assert world.change().state is State.FAILED
    assert "ecs:StopTask" in world.change().problem


def test_a_replacement_that_never_comes_is_called_so_after_the_deadline(world: World) -> None:
    task = stops(world)
    world.ecs.task_is(STAGING, "shop", task.id, last_status="STOPPED")
    world.advances(21 * 60)
    assert world.change().state is State.FAILED
    assert "is STOPPED, and 1 of 2 tasks are RUNNING by now" in world.change().problem
    assert "/tinystacks tasks shop staging --stopped" in world.thread()[-1]


def test_a_service_that_is_deleted_meanwhile_ends_it(world: World) -> None:
    stops(world)
    world.ecs.loses_service(STAGING, "shop")
    world.advances(10)
    assert world.change().state is State.FAILED
    assert "The service is gone" in world.change().problem


def test_while_aws_does_not_answer_the_card_says_so_and_the_stop_goes_on(world: World) -> None:
    task = stops(world)
    for _ in range(8):
        world.ecs.fails("DescribeServices", Unreachable("AWS", "DescribeServices"))
    world.advances(100)
    assert "Not seen since" in words_of(world.card())
    is_over(world, task)
    world.advances(60)
    assert world.change().state is State.SUCCEEDED
    assert "Not seen since" not in words_of(world.card())


def test_a_second_change_waits_until_the_stop_is_over(world: World) -> None:
    task = stops(world)
    assert "ana is stopping a task" in words_of(world.types("deploy shop staging v42", BO)).replace("U0ANA", "ana")
    is_over(world, task)
    world.advances(10)
    world.deploys("v42")
    assert world.change().state is State.ROLLING_OUT


def test_a_stop_does_not_count_as_how_long_a_rollout_usually_takes(world: World) -> None:
    for _ in range(4):
        task = stops(world)
        is_over(world, task)
        world.advances(10)
        assert world.change().state is State.SUCCEEDED
    with world.store.transaction() as tx:
        assert tx.usual_duration("shop", "staging") is None


def test_the_look_at_rollouts_leaves_a_stop_alone(world: World) -> None:
    stops(world)
    world.wakes_for(f"look:{STAGING.key}")
    change = world.change()
    assert (change.state, change.outcome, change.progress) == (State.ROLLING_OUT, None, None)
