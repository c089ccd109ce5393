"""`scale stack stage N`: what is refused, who is asked, and that nothing is touched where anything moved since."""

from datetime import timedelta

import pytest

from bot.domain.changes import State
from bot.domain.errors import AccessDenied
from bot.domain.scaling import ScalingBounds, ScheduledAction
from bot.domain.stacks import Limits
from tests.engine.conftest import Build
from tests.engine.house import ANA, BO, CHANNEL, CY, PROD, STAGING, World, words_of
from tests.engine.scaling import (
    ANYWAY,
    HELD,
    SUSPEND,
    SUSPENDED,
    TWO_TO_EIGHT,
    counts,
    desired,
    limits,
    newest,
    offered,
    registered,
    request_card,
    rule,
    scales,
    scales_itself,
    settles,
    touched,
)


def test_nothing_but_numbers_that_make_sense_is_taken(build: Build) -> None:
    world = build(limits=Limits(tasks=(1, 10)))
    for typed, word in {
        "1.5": "“1.5” is not a whole number",
        "-1": "-1 tasks is out of range",
        "--tasks -1": "-1 tasks is out of range",
        "1000000000": "1,000,000,000 tasks is out of range",
        "11": "11 tasks is outside the limits of shop staging: 1 to 10 tasks",
        "0": "0 tasks is outside the limits",
        "٤": "is not a whole number",
        "+5": "Type how many in all, such as 4.",
        "2": "has 2 tasks already",
        "4 --tasks 5": "given twice",
        "4 5": "unexpected extra argument",
        "--task 4": "Did you mean '--tasks'? Nothing was changed.",
        "4 --instances 2": "one after the other",
        "--restore": "I know of no scaling of shop staging",
        "--restore=nothing": "I know no scaling “nothing” of shop staging",
        "4 --suspend 2h": "Nothing scales shop staging by itself yet",
        "--min 2 --max 11": "--max 11 is outside the limits",
        "--cpu-target 50": "give both bounds",
    }.items():
        answer = words_of(world.types(f"scale shop staging {typed}"))
        assert word in answer, (typed, answer)
        assert answer.startswith("🚫"), typed
    assert not touched(world)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"scheduling_strategy": "DAEMON"}, "one task on each instance"),
        ({"controller": "CODE_DEPLOY"}, "deployed by CODE_DEPLOY"),
        ({"status": "INACTIVE"}, "is INACTIVE"),
    ],
)
def test_a_service_without_a_count_to_set_is_refused_in_a_sentence(
    world: World, fields: dict[str, str], word: str
) -> None:
    world.ecs.sets(STAGING, "shop", **fields)
    assert word in words_of(world.types("scale shop staging 4"))
    world.ecs.loses_service(STAGING, "shop")
    assert "no service" in words_of(world.types("scale shop staging 4"))
    assert not touched(world)


def test_who_may_not_change_the_stage_may_not_scale_it(world: World) -> None:
    for words in ("scale shop staging 4", "scale shop staging", "scale shop staging --restore"):
        assert "No rule lets you scale" in words_of(world.types(words, CY))
    world.types("lock shop staging incident", BO)
    assert "❌ *lock*" in words_of(world.types("scale shop staging 4"))
    world.types("unlock shop staging", BO)
    preview = world.types("scale shop staging 4")
    world.types("lock shop staging incident", BO)
    assert "locked" in words_of(world.clicks(preview, "Scale"))
    assert not touched(world)


def test_who_approves_sees_how_it_stands_and_one_click_sets_it_going(build: Build) -> None:
    world = build(approval=rule())
    scales_itself(world)
    world.metrics.has_usage(STAGING, "shop", [20.0] * 36, [50.0] * 36)
    world.types("scale shop staging 4 --min 4 --yes")
    card = request_card(world)
    told = words_of(card)
    assert "`2 tasks, autoscaling 2 to 8` → `4 tasks, autoscaling 4 to 8`" in told
    assert "*2 of 2* tasks running" in told
    assert "CPU" in told
    world.advances(10)
    assert [one.text for one in world.chat.channels[CHANNEL] if one.file] == ["How busy shop / staging was"]
    world.clicks(card, "Approve", CY)
    world.runs()
    settles(world)
    assert (newest(world).state, desired(world), limits(world)) == (State.SUCCEEDED, 4, ScalingBounds(4, 8))


@pytest.mark.parametrize("moment", ["at the click", "before the call"])
def test_a_count_that_autoscaling_moved_meanwhile_is_told_and_nothing_is_touched(build: Build, moment: str) -> None:
    world = build(approval=rule())
    world.types("scale shop staging 4 --yes")
    card = request_card(world)
    if moment == "at the click":
        world.ecs.scales(STAGING, "shop", 3)
        world.clicks(card, "Approve", CY)
    else:
        world.clicks(card, "Approve", CY)
        world.ecs.scales(STAGING, "shop", 3)
    world.runs()
    assert newest(world).state is State.OUTDATED
    assert not touched(world)
    assert "desired count" in world.thread()[-1]
    assert "2" in world.thread()[-1]
    assert "3" in world.thread()[-1]
    again = world.clicks(world.card(), "Ask again")
    assert "`3 tasks` → `4 tasks`" in words_of(again)


@pytest.mark.parametrize("what", ["resumed", "a policy", "a scheduled action", "bounds"])
def test_autoscaling_that_changed_meanwhile_is_told_and_nothing_is_touched(build: Build, what: str) -> None:
    world = build(approval=rule())
    world.scaling.has_bounds(STAGING, "shop", SUSPENDED)
    world.types("scale shop staging 4 --yes")
    card = request_card(world)
    if what == "a policy":
        scales_itself(world, SUSPENDED)
    elif what == "a scheduled action":
        world.scaling.has_scheduled_action(STAGING, "shop", ScheduledAction("night", "cron(0 22 * * ? *)"))
    else:
        new = TWO_TO_EIGHT if what == "resumed" else ScalingBounds(1, 3, True, True, True)
        world.scaling.has_bounds(STAGING, "shop", new)
    world.clicks(card, "Approve", CY)
    assert newest(world).state is State.OUTDATED
    assert not touched(world)


def test_bounds_and_targets_are_set_and_the_rest_of_the_policy_stays(world: World) -> None:
    scales_itself(world)
    scales(world, "--min 3 --max 6 --cpu-target 50")
    settles(world)
    assert (limits(world), desired(world)) == (ScalingBounds(3, 6), 3)
    (put,) = world.scaling.asked("PutScalingPolicy")
    assert put.request["PolicyName"] == "cpu"
    assert put.request["TargetTrackingScalingPolicyConfiguration"]["ScaleOutCooldown"] == 30
    assert counts(world) == []
    assert registered(world) == [{"ResourceId": "service/staging/shop", "MinCapacity": 3, "MaxCapacity": 6}]
    assert newest(world).state is State.SUCCEEDED


def test_who_asks_again_where_something_scales_it_by_now_is_shown_the_three_ways(build: Build) -> None:
    world = build(approval=rule())
    world.types("scale shop staging 4 --yes --reason launch")
    card = request_card(world)
    scales_itself(world)
    world.clicks(card, "Approve", CY)
    world.runs()
    asked = world.clicks(world.card(), "Ask again")
    assert offered(asked) == [HELD, SUSPEND, ANYWAY]
    assert "launch" in words_of(world.clicks(asked, HELD))


def test_autoscaling_that_aws_lets_nobody_read_is_neither_guessed_nor_overwritten(world: World) -> None:
    for words in ("4", "--min 2 --max 8", "4 --suspend 2h"):
        world.scaling.fails("DescribeScalableTargets", AccessDenied("DescribeScalableTargets", "role"))
        assert "application-autoscaling:DescribeScalableTargets" in words_of(world.types(f"scale shop staging {words}"))
    assert not touched(world)


def test_an_emergency_goes_past_approval_and_locks_and_is_told(build: Build) -> None:
    world = build(approval=rule(), emergency=("developers",))
    world.types("scale shop staging 4 --yes --emergency the shop is down", ANA)
    world.runs()
    assert counts(world) == [4]
    assert "🚨" in words_of(world.card())
    settles(world)
    scales_itself(world)
    asked = world.types("scale shop staging 6 --emergency the shop is down")
    assert "*Emergency*" in words_of(world.clicks(asked, SUSPEND))


def test_stages_are_scaled_beside_each_other(build: Build) -> None:
    world = build(timings=None)
    world.people.groups["S0REL"] = frozenset({ANA, CY})
    scales(world)
    world.types("scale shop prod 5 --yes")
    world.runs()
    assert world.ecs.service(PROD, "shop-prod").desired == 5
    assert world.clock.now() - newest(world).created_at < timedelta(minutes=1)
