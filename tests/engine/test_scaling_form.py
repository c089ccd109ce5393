"""The form of `scale`: how the stage stands, what is wrong at its field, and the same preview as for what is typed."""

import json
from typing import Any

import pytest

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, NotPossible, Throttled
from bot.domain.requests import Kind
from bot.domain.scaling import ScalingBounds
from bot.domain.stacks import Limits
from tests.engine.conftest import Build
from tests.engine.house import ANA, ASKED_IN, BO, CY, STAGING, World, words_of
from tests.engine.scaling import (
    ANYWAY,
    HELD,
    SUSPEND,
    SUSPENDED,
    TWO_TO_EIGHT,
    desired,
    limits,
    newest,
    offered,
    scales_itself,
    touched,
)
from tests.fakes.chat import Said

METADATA = json.dumps({"channel_id": ASKED_IN})


def form(world: World) -> str:
    """The newest form, as JSON."""
    return json.dumps(world.chat.views[next(reversed(world.chat.views))], ensure_ascii=False)


def filled(stage: str = "shop/staging", **fields: str) -> dict[str, dict[str, Any]]:
    return {name: {f"scale:{name}": text or None} for name, text in {"stage": stage, **fields}.items()}


def errors(world: World, **fields: str) -> dict[str, str]:
    """What the form is answered at once; nothing happens then."""
    request = world.request(Kind.SUBMISSION, callback_id="scale", values=filled(**fields), metadata=METADATA)
    ack, work_follows = world.dispatch.ack(request)
    payload = ack.payload or {}
    assert work_follows == (not payload)
    return dict(payload.get("errors", {}))


def sends(world: World, user: str = ANA, **fields: str) -> Said | None:
    assert errors(world, **fields) == {}
    values = filled(**fields)
    request = world.request(Kind.SUBMISSION, user, callback_id="scale", values=values, metadata=METADATA)
    return world.does(request)


def chooses(world: World, stage: str) -> None:
    view_id = next(reversed(world.chat.views))
    known = {"action_id": "scale:stage", "value": stage, "view_id": view_id, "metadata": METADATA}
    world.does(world.request(Kind.ACTION, **known))


def test_it_tells_what_scales_the_stage_and_asks_how_a_number_is_meant(world: World) -> None:
    scales_itself(world)
    world.types("scale shop staging")
    assert "*Autoscaling* 2 to 8 tasks · on · 2 wanted now" in form(world)
    assert "`cpu` keeps CPU at 60 %" in form(world)
    assert "How the number is meant" in form(world)
    chooses(world, "shop/prod")
    assert "Nothing scales it by itself; 2 tasks wanted." in form(world)
    assert "How the number is meant" not in form(world)
    world.types("scale")
    assert "Nothing scales it" not in form(world)


def test_what_cannot_be_read_is_said_in_the_form_and_breaks_nothing(world: World) -> None:
    world.scaling.fails("DescribeScalableTargets", AccessDenied("DescribeScalableTargets", "role"))
    world.types("scale shop staging")
    assert "I may not read what scales them by themselves" in form(world)
    world.ecs.fails("DescribeServices", Throttled("AWS", "DescribeServices"))
    world.types("scale shop staging")
    assert "AWS is throttling DescribeServices" in form(world)
    world.chat.failures.add("update_view", NotPossible("Slack refused. (Slack: not_found)", "Open it again."))
    assert "went wrong" not in words_of(world.types("scale shop staging"))


def test_who_may_not_scale_the_stage_gets_no_form_for_it_nor_a_preview(world: World) -> None:
    assert "No rule lets you scale" in words_of(world.types("scale shop staging", CY))
    assert world.chat.views == {}
    assert "No rule lets you scale" in words_of(sends(world, CY, tasks="4"))


def test_from_a_mention_it_says_what_to_type(world: World) -> None:
    asked = world.request(Kind.MENTION, text="scale shop staging", trigger_id="")
    assert "scale STACK STAGE 6" in words_of(world.does(asked))


@pytest.mark.parametrize(
    ("fields", "field", "word"),
    [
        ({}, "tasks", "Fill in a number"),
        ({"way": "anyway"}, "tasks", "Fill in how many"),
        ({"way": "suspend", "min": "3"}, "tasks", "Fill in how many"),
        ({"tasks": "1.5"}, "tasks", "not a whole number of tasks"),
        ({"tasks": "-1"}, "tasks", "out of range"),
        ({"tasks": "1000000000"}, "tasks", "1,000,000,000 tasks is out of range"),
        ({"tasks": "٤"}, "tasks", "not a whole number"),
        ({"max": "0"}, "max", "out of range"),
        ({"cpu_target": "101"}, "cpu_target", "from 1 to 100"),
        ({"instances_max": "many"}, "instances_max", "not a whole number of instances"),
        ({"min": "6", "max": "4"}, "min", "--min 6 is above --max 4"),
        ({"tasks": "6", "instances": "2"}, "tasks", "one after the other"),
        ({"tasks": "6", "max": "8", "way": "suspend"}, "tasks", "goes with a number of tasks"),
        ({"stage": "shop/nowhere", "tasks": "4"}, "stage", "no stage of shop “nowhere”"),
        ({"stage": "", "tasks": "4"}, "stage", "Choose a stage."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world: World, fields: dict[str, str], field: str, word: str) -> None:
    found = errors(world, **fields)
    assert list(found) == [field]
    assert word in found[field]
    assert len(found[field]) < 150
    assert not touched(world)


def test_all_wrong_fields_are_told_at_once(world: World) -> None:
    assert list(errors(world, tasks="x", min="y", memory_target="0")) == ["tasks", "min", "memory_target"]


def test_sent_off_it_is_the_same_preview_as_what_is_typed(build: Build) -> None:
    world = build(limits=Limits(tasks=(1, 10)))
    preview = sends(world, tasks=" 4 ", reason="launch day")
    assert "`2 tasks` → `4 tasks`" in words_of(preview)
    assert "launch day" in words_of(preview)
    assert preview is not None
    assert preview.only_for == ANA
    world.clicks(preview, "Scale")
    world.runs()
    assert desired(world) == 4
    assert "outside the limits" in words_of(sends(world, tasks="11"))


@pytest.mark.parametrize(("way", "bounds"), [("suspend", SUSPENDED), ("anyway", TWO_TO_EIGHT)])
def test_the_way_is_chosen_beside_the_number(world: World, way: str, bounds: ScalingBounds) -> None:
    scales_itself(world)
    world.clicks(sends(world, tasks="4", way=way), "Scale")
    world.runs()
    assert (newest(world).state, desired(world), limits(world)) == (State.ROLLING_OUT, 4, bounds)


def test_without_a_way_the_three_are_asked_for(world: World) -> None:
    scales_itself(world)
    asked = sends(world, tasks="4", reason="launch day")
    assert offered(asked) == [HELD, SUSPEND, ANYWAY]
    assert "launch day" in words_of(world.clicks(asked, HELD))
    world.clicks(sends(world, tasks="4", min="3"), "Scale")
    world.runs()
    assert (desired(world), limits(world)) == (4, ScalingBounds(3, 8))


def test_bounds_and_targets_alone_leave_the_count_to_autoscaling(world: World) -> None:
    world.clicks(sends(world, BO, min="2", max="5", cpu_target="75"), "Scale", BO)
    world.runs()
    assert limits(world) == ScalingBounds(2, 5)
    assert world.scaling.policies(STAGING, "shop")[0].target == 75
