"""The form that opens where parts of a deploy are missing."""

import json
from typing import Any

import pytest

from bot.domain.changes import State
from bot.domain.errors import AccessDenied, NotPossible
from bot.domain.requests import Kind
from bot.engine.ports import Json
from sandbox.slack.views import checked_view
from tests.engine.house import ANA, ASKED_IN, BO, CY, REPOSITORY, World, words_of


def opened(world: World, typed: str = "deploy shop staging", user: str = ANA) -> Json:
    """The form as it stands once everything was read."""
    world.types(typed, user)
    return form(world)


def form(world: World) -> Json:
    view = list(world.chat.views.values())[-1]
    checked_view(dict(view), "modal")
    return view


def blocks(view: Json, start: str) -> list[Json]:
    return [block for block in view["blocks"] if block.get("block_id", "").startswith(start)]


def images(view: Json) -> list[Json]:
    """The options of the image select."""
    found: list[Json] = [option for block in blocks(view, "image") for option in block["element"]["options"]]
    return found


def filled(stage: str = "shop/staging", image: str = "", other: str = "", reason: str = "") -> dict[str, Any]:
    """A form's state."""
    values = {"stage": {"deploy:stage": stage}, "other": {"deploy:other": other}, "reason": {"deploy:reason": reason}}
    return values | ({f"image:{stage}": {"deploy:image": image}} if image else {})


def test_missing_parts_open_the_form_with_what_was_understood(world: World) -> None:
    view = opened(world, "deploy shop --reason the fix")
    assert blocks(view, "stage")[0]["element"]["initial_option"]["value"] == "shop/staging"
    assert blocks(view, "reason")[0]["element"]["initial_value"] == "the fix"


def test_a_reason_longer_than_the_field_still_opens_the_form(world: World) -> None:
    field = blocks(opened(world, f"deploy shop --reason {'x' * 900}"), "reason")[0]["element"]
    assert len(field["initial_value"]) <= field["max_length"]


def test_without_a_stack_nothing_is_read_before_one_is_chosen(world: World) -> None:
    view = opened(world, "deploy")
    assert (images(view), world.ecs.calls) == ([], [])
    (group,) = blocks(view, "stage")[0]["element"]["option_groups"]
    assert group["label"]["text"] == "shop"
    assert [option["value"] for option in group["options"]] == ["shop/staging", "shop/prod"]


def test_the_newest_images_come_first_with_age_digest_and_where_they_run(world: World) -> None:
    options = images(opened(world))
    assert [option["text"]["text"].split()[0] for option in options] == ["v44", "v43", "v42", "v41"]
    assert "days old" in options[0]["text"]["text"]
    assert "runs in staging, prod" in options[-1]["description"]["text"]
    assert options[0]["value"].startswith("sha256:")


def test_more_images_than_a_list_holds_are_searched_without_asking_the_registry_again(world: World) -> None:
    for number in range(120):
        world.images.has(REPOSITORY, f"w{number}")
    (block,) = blocks(opened(world), "image")
    assert (block["element"]["type"], block["hint"]["text"]) == ("external_select", "The 124 newest.")
    asked = len(world.images.asked("DescribeImages"))
    assert [one["text"]["text"].split()[0] for one in searched(world, "W11")] == [
        f"w{n}" for n in range(119, 109, -1)
    ] + ["w11"]
    assert [one["description"]["text"][-13:] for one in searched(world, "v41 PROD")] == ["staging, prod"]
    assert len(searched(world, "")) == 100
    assert len(world.images.asked("DescribeImages")) == asked


def test_after_a_restart_a_searched_image_is_typed_instead(world: World) -> None:
    assert searched(world, "w1", "V_OF_ANOTHER_LIFE") == []


def searched(world: World, typed: str, view_id: str = "") -> list[Json]:
    """What is offered while that is typed into the image's select."""
    view_id = view_id or next(reversed(world.chat.views))
    request = world.request(Kind.SUGGESTION, action_id="deploy:image", value=typed, view_id=view_id)
    ack, work_follows = world.dispatch.ack(request)
    assert not work_follows
    assert ack.payload is not None
    return list(ack.payload["options"])


def test_another_stage_refills_the_form_and_keeps_the_reason(world: World) -> None:
    opened(world)
    view_id = next(iter(world.chat.views))
    request = world.request(
        Kind.ACTION,
        action_id="deploy:stage",
        value="shop/prod",
        view_id=view_id,
        metadata=json.dumps({"channel_id": ASKED_IN}),
        values=filled(reason="the fix"),
    )
    world.does(request)
    view = form(world)
    assert blocks(view, "image")[0]["block_id"] == "image:shop/prod"
    assert blocks(view, "reason")[0]["element"]["initial_value"] == "the fix"


def test_images_that_cannot_be_read_leave_a_field_to_type_in(world: World) -> None:
    world.images.fails("DescribeImages", AccessDenied("ecr:DescribeImages", "role bot"), times=9)
    view = opened(world)
    assert "ecr:DescribeImages" in json.dumps(view["blocks"])
    assert blocks(view, "other")
    assert images(view) == []


def test_a_form_that_comes_too_late_says_what_to_do(world: World) -> None:
    request = world.request(Kind.COMMAND, text="deploy shop staging", trigger_id="gone")
    assert "Click or type it again" in words_of(world.does(request))


def test_a_form_closed_before_it_was_filled_breaks_nothing(world: World) -> None:
    world.chat.failures.add("update_view", NotPossible("Slack refused. (Slack: not_found)", "Open it again."))
    assert "went wrong" not in words_of(world.types("deploy shop staging"))


def test_who_may_not_change_a_stage_gets_no_form_for_it(world: World) -> None:
    assert "No rule lets you" in words_of(world.types("deploy shop staging", CY))
    assert world.chat.views == {}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (filled(stage=""), {"stage"}),
        (filled(), {"other"}),
        (filled(image="sha256:" + "a" * 64, other="v42"), {"other"}),
        (filled(other="Not An Image"), {"other"}),
        (filled(other="sha256:abc"), {"other"}),
        (filled(other="v42"), set()),
        (filled(image="sha256:" + "a" * 64), set()),
    ],
)
def test_errors_stand_at_their_fields(world: World, given: dict[str, Any], fields: set[str]) -> None:
    request = world.request(Kind.SUBMISSION, callback_id="deploy", values=given)
    ack, work_follows = world.dispatch.ack(request)
    assert work_follows is not bool(fields)
    assert set(ack.payload["errors"] if ack.payload else ()) == fields


def test_a_form_sent_off_is_a_preview_to_confirm(world: World) -> None:
    chosen = images(opened(world))[1]["value"]
    preview = world.submits(filled(image=chosen, reason="the fix"))
    change = world.change()
    assert (change.state, change.plan.after.tag, change.reason) == (State.PROPOSED, "v43", "the fix")
    world.clicks(preview, "Deploy")
    world.runs()
    assert world.change(change.id).state is State.ROLLING_OUT


def test_an_image_typed_by_hand_counts(world: World) -> None:
    world.submits(filled(other="  v42  "))
    assert world.change().plan.after.tag == "v42"


def test_the_right_is_asked_again_when_the_form_is_sent(world: World) -> None:
    opened(world, user=BO)
    assert "No rule lets you" in words_of(world.submits(filled(other="v42"), CY))
