"""`tasks stack stage` as people use it."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ecs import ContainerInstance
from bot.domain.errors import AccessDenied
from sandbox.slack.blocks import BLOCKS_LENGTH, block_problems, blocks_length
from tests.engine.conftest import Build
from tests.engine.house import GUEST, PROD, REPOSITORY, STAGING, World, words_of
from tests.fakes.chat import Said


def rows(said: Said | None) -> list[str]:
    """A text for each task."""
    return [text for text in sections(said) if re.match(r"[🟢🔵🔴⚪] `[0-9a-f]{8}`", text)]


def sections(said: Said | None) -> list[str]:
    assert said is not None
    blocks = [dict(block) for block in said.blocks]
    assert block_problems(blocks) == []
    assert blocks_length(blocks) <= BLOCKS_LENGTH
    return [block["text"]["text"] for block in blocks if block["type"] == "section"]


def row_buttons(said: Said | None) -> list[Mapping[str, Any]]:
    assert said is not None
    every = [element for block in said.blocks if block["type"] == "actions" for element in block["elements"]]
    return [one for one in every if not one["action_id"].startswith("tasks:")]


def many(world: World, count: int) -> None:
    """Service shop-prod has so many tasks, a minute apart."""
    world.ecs.loses_service(PROD, "shop-prod")
    world.ecs.tasks.clear()
    world.ecs.has_service(PROD, "shop-prod", f"{REPOSITORY}:v42", desired=count)
    for number, one in enumerate(world.ecs.live_tasks(PROD, "shop-prod", None)):
        arn, started = one.arn.replace(one.id, f"{number:08x}{one.id[8:]}"), timedelta(minutes=number)
        world.ecs.task_is(PROD, "shop-prod", one.id, arn=arn, started_at=world.clock.now() - started)
    world.ecs.calls.clear()


def test_a_row_tells_status_health_age_zone_instance_and_what_it_reserves(world: World) -> None:
    [first, _] = world.ecs.live_tasks(STAGING, "shop", None)
    instance = ContainerInstance("arn:ci/1", "i-0abc", "ACTIVE", True, 1, 1, zone="us-east-1b")
    world.ecs.has_cluster(STAGING, instance)
    fields = {"health_status": "UNHEALTHY", "zone": "us-east-1b", "container_instance_arn": "arn:ci/1"}
    world.ecs.task_is(STAGING, "shop", first.id, **fields)
    said = world.types("tasks shop staging")
    assert rows(said)[0] == (f"🔴 `{first.id[:8]}` *RUNNING* · unhealthy · 1h\nus-east-1b · `i-0abc`")
    assert sections(said)[:2] == [
        "*Tasks of shop / staging* · 2 of 2 running",
        "*`shop:1`* (v41) · PRIMARY · 2 of 2 running · COMPLETED · each 256 CPU / 512 MiB",
    ]


def test_where_tasks_reserve_differently_each_says_how_much(world: World) -> None:
    [first, _] = world.ecs.live_tasks(STAGING, "shop", None)
    world.ecs.task_is(STAGING, "shop", first.id, cpu=2048, memory=None)
    said = world.types("tasks shop staging")
    assert sorted(text.rsplit(" · ", 1)[1] for text in rows(said)) == ["2,048 CPU", "256 CPU / 512 MiB"]
    assert "each" not in sections(said)[1]


def test_each_task_has_the_ways_on_that_there_are(world: World) -> None:
    said = world.types("tasks shop staging")
    known = {"exec:show": "Exec command", "logs:task": "Logs", "stop:offer": "Stop task"}
    offered = [text for action_id, text in known.items() if action_id in world.house.offers]
    assert "Exec command" in offered
    assert [one["text"]["text"] for one in row_buttons(said)] == offered * 2
    ids = [one.id for one in world.ecs.live_tasks(STAGING, "shop", None)]
    assert not any(id_ in str(row_buttons(said)) for id_ in ids), "a button's value is a token"


def test_a_rollout_shows_both_deployments_primary_first(world: World) -> None:
    world.deploys("v42")
    world.ecs.runs(STAGING, "shop", 1, 1)
    told = sections(world.types("tasks shop staging"))
    heads = [text for text in told if text.startswith("*`shop:")]
    assert heads == [
        "*`shop:2`* (v42) · PRIMARY · 1 of 2 running · 1 pending · IN_PROGRESS · each 256 CPU / 512 MiB",
        "*`shop:1`* (v41) · ACTIVE, on its way out · 2 of 2 running · COMPLETED · each 256 CPU / 512 MiB",
    ]
    assert told.index(heads[1]) == 3


def test_more_than_are_wanted_are_not_so_many_of_fewer(world: World) -> None:
    world.ecs.sets(STAGING, "shop", desired=1)
    assert "2 running, 1 wanted" in words_of(world.types("tasks shop staging"))


def test_a_task_that_starts_says_where_it_is_and_where_it_goes(world: World) -> None:
    [first, _] = world.ecs.live_tasks(STAGING, "shop", None)
    fresh = {"last_status": "PENDING", "started_at": None, "zone": "", "launch_type": "", "cpu": None, "memory": None}
    world.ecs.task_is(STAGING, "shop", first.id, **fresh)
    assert (
        rows(world.types("tasks shop staging"))[0] == f"🔵 `{first.id[:8]}` *PENDING → RUNNING* · 1h\nno instance yet"
    )


def test_fargate_tasks_name_their_platform(world: World) -> None:
    [first, second] = world.ecs.live_tasks(STAGING, "shop", None)
    fargate = {"launch_type": "FARGATE", "platform_version": "1.4.0"}
    world.ecs.task_is(STAGING, "shop", first.id, **fargate)
    world.ecs.task_is(STAGING, "shop", second.id, **fargate, capacity_provider="FARGATE_SPOT")
    told = "\n".join(rows(world.types("tasks shop staging")))
    assert "· Fargate 1.4.0" in told
    assert "· Fargate Spot 1.4.0" in told


def test_the_spread_over_zones_is_told_and_an_uneven_one_warned_of(world: World) -> None:
    many(world, 4)
    tasks = world.ecs.live_tasks(PROD, "shop-prod", None)
    for one, zone in zip(tasks, "aaab", strict=True):
        world.ecs.task_is(PROD, "shop-prod", one.id, zone=f"us-east-1{zone}")
    assert "Zones: us-east-1a *3* · us-east-1b *1* · ⚠️ unbalanced" in words_of(world.types("tasks shop prod"))
    world.ecs.task_is(PROD, "shop-prod", tasks[0].id, zone="us-east-1b")
    told = words_of(world.types("tasks shop prod"))
    assert "Zones: us-east-1a *2* · us-east-1b *2*\n" in told


def test_three_hundred_tasks_are_shown_twelve_at_a_time_in_place(world: World) -> None:
    many(world, 300)
    said = world.types("tasks shop prod")
    assert "300 of 300 running" in words_of(said)
    assert len(rows(said)) == 12
    seen = rows(said)
    for _ in range(24):
        assert world.clicks(said, "Older") is said
        seen += rows(said)
    assert len(set(seen)) == 300
    assert "289–300 of 300" in words_of(said)
    assert "Older" not in words_of(said)
    assert rows(world.clicks(said, "Newer")) == seen[276:288]


def test_a_page_that_is_gone_by_now_is_the_last_there_is(world: World) -> None:
    many(world, 30)
    said = world.types("tasks shop prod")
    many(world, 5)
    assert len(rows(world.clicks(said, "Older"))) == 5


@pytest.mark.parametrize(("desired", "told"), [(0, "nothing should: the desired count is 0"), (3, "3 should be")])
def test_a_service_without_tasks_says_why_that_is(world: World, desired: int, told: str) -> None:
    world.ecs.tasks.clear()
    world.ecs.sets(STAGING, "shop", desired=desired, running=0)
    said = words_of(world.types("tasks shop staging"))
    assert told in said
    assert "/tinystacks tasks shop staging --stopped" in said


@pytest.mark.parametrize(("status", "told"), [("INACTIVE", "it was deleted"), ("DRAINING", "it is being deleted")])
def test_a_service_that_is_deleted_is_not_said_to_be_idle(world: World, status: str, told: str) -> None:
    world.ecs.tasks.clear()
    world.ecs.sets(STAGING, "shop", status=status, desired=0, running=0)
    said = words_of(world.types("tasks shop staging"))
    assert f"⚫ ECS says that service `shop` is {status}: {told}." in said
    assert "No task is left." in said
    assert "nothing should" not in said
    assert ("COMPLETED" in said) == (status == "DRAINING")


def test_a_daemon_without_a_task_is_told_what_it_waits_for(world: World) -> None:
    world.ecs.tasks.clear()
    world.ecs.sets(STAGING, "shop", scheduling_strategy="DAEMON", desired=0, running=0)
    assert "a task on each container instance that fits" in words_of(world.types("tasks shop staging"))


def test_stopped_tasks_are_grouped_by_what_ended_them(world: World) -> None:
    for _ in range(3):
        world.ecs.task_dies(STAGING, "shop", exit_code=1)
    world.ecs.task_dies(STAGING, "shop", 137, reason="OutOfMemoryError: Container killed due to memory usage")
    normal = {
        "stop_code": "ServiceSchedulerInitiated",
        "stopped_reason": "Scaling activity initiated by (deployment x)",
    }
    world.ecs.task_dies(STAGING, "shop", 0, **normal)
    world.advances(120)
    said = words_of(world.types("tasks shop staging --stopped"))
    assert "*Stopped tasks of shop / staging* · 4 ended" in said
    assert "3 tasks stopped · container `app` · exit code *1*" in said
    assert "OutOfMemoryError" in said
    assert "`shop:1` · EssentialContainerExited · the last 2m ago · tasks `" in said
    assert "1 more were replaced or scaled in: that is normal" in said
    assert "→ Raise the memory" in said


def test_many_kinds_of_endings_with_long_words_are_as_many_as_fit(world: World) -> None:
    for number in range(15):
        long = {"reason": f"E{'x' * number} {'<&>' * 300}", "stopped_reason": f"R{'y' * number} {'&' * 900}"}
        world.ecs.task_dies(STAGING, "shop", exit_code=number + 1, **long)
    told = words_of(said := world.types("tasks shop staging --stopped"))
    shown = len(sections(said)) - 1
    assert shown >= 6
    assert f"… and {15 - shown} more kinds, older than these" in told


def test_no_stopped_task_is_said_so(world: World) -> None:
    assert "none ended by itself" in words_of(world.types("tasks shop staging --stopped"))


def test_instances_that_may_not_be_read_leave_the_rest_to_be_seen(world: World) -> None:
    [first, _] = world.ecs.live_tasks(STAGING, "shop", None)
    world.ecs.task_is(STAGING, "shop", first.id, container_instance_arn="arn:aws:ecs:r:1:ci/staging/feedc0ffee")
    world.ecs.fails("DescribeContainerInstances", AccessDenied("ecs:DescribeContainerInstances", "role"))
    assert "`feedc0ff`" in rows(world.types("tasks shop staging"))[0]


def test_a_service_that_is_gone_is_named(world: World) -> None:
    world.ecs.loses_service(STAGING, "shop")
    assert "AWS has no service “shop”" in words_of(world.types("tasks shop staging"))


def test_looking_takes_three_reads_and_no_more(world: World) -> None:
    many(world, 100)
    world.ecs.has_cluster(PROD, ContainerInstance("arn:ci/1", "i-1", "ACTIVE", True, 1, 1))
    for one in world.ecs.live_tasks(PROD, "shop-prod", None):
        world.ecs.task_is(PROD, "shop-prod", one.id, container_instance_arn="arn:ci/1")
    world.ecs.calls.clear()
    world.types("tasks shop prod")
    assert sorted(one.call for one in world.ecs.calls) == [
        "DescribeContainerInstances",
        "DescribeServices",
        "ListTasks",
    ]


def test_anybody_of_the_workspace_may_look_and_a_guest_may_not(build: Build) -> None:
    world = build(may_change=())
    assert rows(world.types("tasks shop staging"))
    assert "guest" in words_of(world.types("tasks shop staging", GUEST))
