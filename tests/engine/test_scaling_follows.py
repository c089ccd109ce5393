"""A scaling that was called is followed to its end, or to the cause why not."""

from datetime import timedelta

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, NotPossible, Throttled, Unreachable
from bot.domain.scaling import ScalingBounds
from tests.engine.house import BO, LOGS, STAGING, World, buttons, words_of
from tests.engine.scaling import (
    HELD,
    TWO_TO_EIGHT,
    counts,
    desired,
    limits,
    newest,
    offered,
    scales,
    scales_itself,
    settles,
    takes,
    touched,
)

UNABLE = "(service shop) was unable to place a task because no container instance met all of its requirements."


def test_more_tasks_are_shown_called_and_followed_until_they_run(world: World) -> None:
    preview = world.types("scale shop staging 4 --reason launch day")
    assert offered(preview) == ["Scale", "Cancel"]
    assert "`2 tasks` → `4 tasks`" in words_of(preview)
    assert "*2 of 2* tasks running" in words_of(preview)
    assert not touched(world)
    world.clicks(preview, "Scale")
    world.runs()
    assert world.calls("UpdateService") == [{"cluster": "staging", "service": "shop", "desiredCount": 4}]
    assert "scaling" in words_of(world.card())
    world.ecs.runs(STAGING, "shop", 3, 1)
    world.advances(10)
    settles(world)
    assert world.change().state is State.SUCCEEDED
    assert world.thread() == [
        "2 → 4 tasks · 2 running",
        "2 → 4 tasks · 3 running · 1 pending",
        "✅ <@U0ANA> Scaled after 15s. Scale shop → staging: `4 tasks`\n2 → 4 tasks · 4 running",
    ]
    assert offered(world.card()) == ["Undo"]
    world.runs_until_quiet()
    assert counts(world) == [4]
    assert world.done()[-5:] == [
        ("start", "applying"),
        ("aws:UpdateService", "intent"),
        ("aws:UpdateService", "done"),
        ("roll out", "rolling_out"),
        ("finish", "succeeded"),
    ]


def test_fewer_tasks_are_done_once_the_others_have_stopped(world: World) -> None:
    scales(world, "1")
    world.advances(60)
    assert world.change().state is State.ROLLING_OUT
    settles(world)
    assert world.change().state is State.SUCCEEDED
    assert "2 → 1 task · 1 running" in world.thread()[-1]


def test_a_task_that_finds_no_place_is_told_within_one_look_and_once(world: World) -> None:
    scales(world)
    world.advances(3)
    world.ecs.says(STAGING, "shop", UNABLE)
    world.advances(5)
    assert "failing" in words_of(world.card())
    assert "Undo" in buttons(world.card())
    world.advances(60)
    told = [one for one in world.thread() if one.startswith("🔴 <@U0ANA>")]
    assert len(told) == 1
    assert f"ECS: “{UNABLE}” ECS goes on" in told[0]
    assert "Take it back: /tinystacks scale shop staging --restore" in told[0]
    settles(world)
    assert world.change().state is State.SUCCEEDED


def test_what_gets_on_again_does_not_take_its_stage_back_from_who_came_after(world: World) -> None:
    first = scales(world)
    world.ecs.says(STAGING, "shop", UNABLE)
    world.advances(5)
    world.clock.advance(timedelta(seconds=2))
    world.ecs.says(STAGING, "shop", "(service shop) has started 1 tasks: (task 1).")
    world.ecs.fails("UpdateService", Throttled("AWS", "UpdateService"), times=3)
    second = scales(world, "6")
    world.advances(60)
    assert world.wakes.errors == []
    assert world.change(first.id).state is State.SUPERSEDED
    settles(world)
    assert world.change(second.id).state is State.SUCCEEDED


def test_tasks_that_die_are_told_with_what_killed_them(world: World) -> None:
    scales(world)
    died = world.ecs.task_dies(STAGING, "shop", exit_code=137, reason="OutOfMemoryError: Container killed")
    world.logs.wrote(
        LOGS, "app", died.id, "allocating", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    )
    world.advances(5)
    assert "allocating" in world.thread()[-1]
    assert "wJalr" not in world.thread()[-1]
    assert "1 task stopped as soon as started: “OutOfMemoryError: Container killed”." in world.thread()[-1]
    assert offered(world.card()) == ["Undo", "Logs"]
    assert "Logs of shop / staging" in words_of(world.clicks(world.card(), "Logs"))


def test_a_count_that_somebody_else_set_ends_it_as_overtaken(world: World) -> None:
    scales(world)
    world.ecs.scales(STAGING, "shop", 7)
    world.advances(60)
    assert world.change().state is State.SUPERSEDED
    assert "The desired count is 7 by now, not 4" in world.thread()[-1]
    assert counts(world) == [4]


def test_what_is_not_there_by_the_deadline_is_stuck_and_says_so(world: World) -> None:
    scales(world)
    world.advances(20 * 60 + 10)
    assert world.change().state is State.FAILED
    assert "2 of 4 tasks run by now; 4 stay wanted. ECS does not say why." in world.thread()[-1]
    assert offered(world.card()) == ["Undo", "Logs"]


def test_a_service_that_is_deleted_meanwhile_ends_it(world: World) -> None:
    scales(world)
    world.ecs.loses_service(STAGING, "shop")
    world.advances(10)
    assert world.change().state is State.FAILED
    assert "The service is gone" in world.thread()[-1]


def test_while_aws_does_not_answer_the_card_says_since_when_and_goes_on(world: World) -> None:
    scales(world)
    world.ecs.fails("DescribeServices", Unreachable("AWS", "DescribeServices"), times=8)
    world.advances(100)
    assert "Not seen since" in words_of(world.card())
    settles(world)
    world.advances(30)
    assert world.change().state is State.SUCCEEDED
    assert "Not seen since" not in words_of(world.card())


def test_a_second_scaling_waits_for_the_first_and_looks_anew(world: World) -> None:
    first = scales(world)
    behind = world.types("scale shop staging 6", BO)
    assert "ana's scaling to 4 tasks is under way" in words_of(behind)
    assert offered(behind) == ["Wait for it", "Cancel"]
    world.clicks(behind, "Wait for it", BO)
    settles(world)
    world.advances(30)
    assert world.change(first.id).state is State.SUCCEEDED
    assert counts(world) == [4, 6]
    settles(world)
    assert "4 → 6 tasks" in newest(world).line


def test_who_comes_second_is_told_which_button_ends_the_first(world: World) -> None:
    preview = world.types("scale shop staging 6", BO)
    scales(world)
    answer = world.clicks(preview, "Scale", BO)
    assert "ana's scaling to 4 tasks on shop staging is under way" in words_of(answer)
    assert "Wait for its end, or press Undo on its card." in words_of(answer)
    assert offered(answer) == ["Wait for it", "Cancel"]


def test_what_waited_is_not_run_where_something_scales_it_by_itself_by_then(world: World) -> None:
    scales(world)
    world.clicks(world.types("scale shop staging 6", BO), "Wait for it", BO)
    scales_itself(world)
    settles(world)
    world.advances(60)
    assert newest(world).state is State.OUTDATED
    assert "would not last" in newest(world).problem
    assert counts(world) == [4]


def test_a_throttled_call_is_made_a_little_later_and_one_that_is_refused_fails(world: World) -> None:
    world.ecs.fails("UpdateService", Throttled("AWS", "UpdateService"))
    scales(world)
    world.advances(20)
    settles(world)
    assert world.change().state is State.SUCCEEDED
    world.ecs.fails("UpdateService", AccessDenied("ecs:UpdateService", "role"))
    scales(world, "6")
    assert world.change().state is State.FAILED
    assert "ecs:UpdateService" in world.change().problem
    answer = words_of(world.clicks(world.card(), "Undo"))
    assert "changed nothing, so there is nothing to take back" in answer


def test_what_was_refused_half_way_says_what_is_done_and_can_be_taken_back(world: World) -> None:
    scales_itself(world)
    world.ecs.fails("UpdateService", NotPossible("AWS says no.", "Look at it."))
    takes(world, HELD)
    failed = newest(world)
    assert failed.state is State.FAILED
    assert "Done before that: RegisterScalableTarget. To take it back: /tinystacks scale shop staging --restore" in (
        failed.problem
    )
    assert (limits(world), desired(world)) == (ScalingBounds(4, 8), 4)
    world.types("scale shop staging --restore --yes")
    world.runs()
    assert (limits(world), desired(world)) == (TWO_TO_EIGHT, 2)
