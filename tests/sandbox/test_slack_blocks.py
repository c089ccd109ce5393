"""The local Slack refuses the blocks Slack refuses, and points at the offence."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.blocks import BLOCKS_LENGTH, block_problems, blocks_length
from sandbox.slack.errors import SlackError
from sandbox.slack.shapes import length
from sandbox.slack.views import checked_view
from sandbox.slack.workspace import Json
from tests.sandbox.slack_world import actions, button, modal, option, plain, section, select, text_field


def cell(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def table(rows: int, cells: int, text: str = "x") -> Json:
    return {"type": "table", "rows": [[cell(text)] * cells] * rows}


def confirm(**rest: Any) -> Json:
    return {"title": plain("T"), "text": plain("t"), "confirm": plain("y"), "deny": plain("n"), **rest}


def listed(indent: int) -> Json:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    part = {"type": "rich_text_list", "style": "bullet", "indent": indent, "elements": [line]}
    return {"type": "rich_text", "elements": [part]}


def image(**rest: Any) -> Json:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", **rest}


def labelled(most: int, **rest: Any) -> Json:
    return {**text_field("b", "a"), "label": plain("x" * most), **rest}


def context(count: int) -> Json:
    return {"type": "context", "elements": [plain("x")] * count}


def header(count: int) -> Json:
    return {"type": "header", "text": plain("x" * count)}


def feedback(count: int) -> list[Json]:
    icon = {"type": "icon_button", "icon": "trash", "text": plain("x")}
    return [{"type": "context_actions", "elements": [{**icon, "action_id": str(n)} for n in range(count)]}]


def date(day: str) -> Json:
    return {"type": "datepicker", "initial_date": day}


def one_button(**rest: Any) -> list[Json]:
    return [actions({**button("x"), **rest})]


def chosen(element: Json) -> list[Json]:
    return [actions(element)]


def options(kind: str, count: int) -> list[Json]:
    return chosen({"type": kind, "options": [option(str(n)) for n in range(count)]})


def one_option(**rest: Any) -> list[Json]:
    return chosen({"type": "static_select", "options": [{**option("x"), **rest}]})


def grouped(label: int) -> list[Json]:
    groups = [{"label": plain("x" * label), "options": [option("x")]}]
    return chosen({"type": "static_select", "option_groups": groups})


def buttons(count: int) -> list[Json]:
    return [actions(*[button("x", str(n)) for n in range(count)])]


def fields(count: int, each: int) -> list[Json]:
    return [{"type": "section", "fields": [plain("x" * each)] * count}]


# where it is, blocks of a size, the greatest size accepted
LIMITS: list[tuple[str, Callable[[int], list[Json]], int]] = [
    ("", lambda n: [{"type": "divider"}] * n, 50),
    ("/0/text/text", lambda n: [section("x" * n)], 3_000),
    ("/0/text/text", lambda n: [section("😀" * n)], 1_500),
    ("/0/fields", lambda n: fields(n, 1), 10),
    ("/0/fields/0/text", lambda n: fields(1, n), 2_000),
    ("/0/text/text", lambda n: [header(n)], 150),
    ("/0/elements", lambda n: [context(n)], 10),
    ("/0/elements", buttons, 25),
    ("/0/elements/0/text/text", lambda n: [actions(button("x" * n))], 75),
    ("/0/elements/0/value", lambda n: one_button(value="x" * n), 2_000),
    ("/0/elements/0/url", lambda n: one_button(url="x" * n), 3_000),
    ("/0/elements/0/accessibility_label", lambda n: one_button(accessibility_label="x" * n), 75),
    ("/0/elements/0/action_id", lambda n: one_button(action_id="x" * n), 255),
    ("/0/elements/0/confirm/title/text", lambda n: one_button(confirm=confirm(title=plain("x" * n))), 100),
    ("/0/elements/0/confirm/text/text", lambda n: one_button(confirm=confirm(text=plain("x" * n))), 300),
    ("/0/elements/0/confirm/confirm/text", lambda n: one_button(confirm=confirm(confirm=plain("x" * n))), 30),
    ("/0/elements/0/confirm/deny/text", lambda n: one_button(confirm=confirm(deny=plain("x" * n))), 30),
    ("/0/block_id", lambda n: [section("x", block_id="b" * n)], 255),
    ("/0/image_url", lambda n: [image(image_url="x" * n)], 3_000),
    ("/0/alt_text", lambda n: [image(alt_text="x" * n)], 2_000),
    ("/0/title/text", lambda n: [image(title=plain("x" * n))], 2_000),
    ("/0/label/text", lambda n: [labelled(n)], 2_000),
    ("/0/hint/text", lambda n: [labelled(1, hint=plain("x" * n))], 2_000),
    ("/0/element/max_length", lambda n: [text_field("b", "a", max_length=n)], 3_000),
    ("/0/elements/0/indent", lambda n: [listed(n)], 8),
    ("/0/text", lambda n: [{"type": "markdown", "text": "x" * n}], 12_000),
    ("", lambda n: [{"type": "markdown", "text": "x" * n}] * 2, 6_000),
    ("/0/rows", lambda n: [table(n, 1)], 100),
    ("/0/rows/0", lambda n: [table(1, n)], 20),
    ("", lambda n: [table(10, 10, "x" * n)], 100),
    ("", lambda n: [table(1, 1)] * n, 1),
    ("/0/column_settings", lambda n: [{**table(1, 1), "column_settings": [{}] * n}], 20),
    ("/0/elements", feedback, 5),
    ("/0/elements/0/options", lambda n: options("static_select", n), 100),
    ("/0/elements/0/options", lambda n: options("overflow", n), 5),
    ("/0/elements/0/options", lambda n: options("checkboxes", n), 10),
    ("/0/elements/0/options", lambda n: options("radio_buttons", n), 10),
    ("/0/elements/0/options/0/value", lambda n: one_option(value="x" * n), 150),
    ("/0/elements/0/options/0/text/text", lambda n: one_option(text=plain("x" * n)), 75),
    ("/0/elements/0/options/0/description/text", lambda n: one_option(description=plain("x" * n)), 75),
    ("/0/elements/0/placeholder/text", lambda n: chosen(select("a", "x", placeholder=plain("x" * n))), 150),
    ("/0/elements/0/option_groups/0/label/text", grouped, 75),
]

# where it is, what Slack takes, what it does not
RULES: list[tuple[str, list[Json], list[Json]]] = [
    ("/0/text/text", [section("x")], [section("")]),
    ("/0/elements/0/style", one_button(style="danger"), one_button(style="loud")),
    ("/0/rows/0/0/text", [table(1, 1)], [table(1, 1, "")]),
    ("/0/elements/0/initial_date", chosen(date("2026-12-01")), chosen(date("soon"))),
    ("/1/block_id", [section("x", block_id="a"), section("y")], [section("x", block_id="a")] * 2),
    ("/0/elements/1/action_id", buttons(2), [actions(button("x", "a"), button("y", "a"))]),
    ("/0/type", [section("x")], [{"type": "plan"}]),
    ("/0", [section("x")], [section("x", colour="red")]),
    ("/0", [section("x")], [{"type": "section"}]),
    ("/0/text/type", [header(1)], [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]),
    ("/0/elements/0/type", buttons(1), [actions({"type": "plain_text_input", "action_id": "a"})]),
    ("/0/elements/0", options("static_select", 1), chosen({"type": "static_select", "action_id": "a"})),
    ("/0/optional", [labelled(1, optional=True)], [labelled(1, optional="yes")]),
]


@pytest.mark.parametrize(("pointer", "sized", "most"), LIMITS)
def test_slack_takes_blocks_up_to_a_limit_and_points_at_what_is_beyond(
    pointer: str, sized: Callable[[int], list[Json]], most: int
) -> None:
    assert block_problems(sized(most)) == []
    assert any(problem.endswith(f"[json-pointer:/blocks{pointer}]") for problem in block_problems(sized(most + 1)))


@pytest.mark.parametrize(("pointer", "accepted", "refused"), RULES)
def test_slack_points_at_what_it_does_not_take(pointer: str, accepted: list[Json], refused: list[Json]) -> None:
    assert block_problems(accepted) == []
    assert any(problem.endswith(f"[json-pointer:/blocks{pointer}]") for problem in block_problems(refused))


@pytest.mark.parametrize("surface", ["modal", "home"])
def test_markdown_is_for_messages_only(surface: str) -> None:
    assert block_problems([{"type": "markdown", "text": "x"}], surface)
    assert not block_problems([{"type": "divider"}] * 100, surface)
    assert block_problems([{"type": "divider"}] * 101, surface)


def test_entities_and_overhead_count_towards_the_length_of_all_blocks() -> None:
    assert blocks_length([{"type": "header", "text": plain("a<b")}]) == 106
    assert blocks_length([section("a&lt;b")]) == 106


@given(st.text(max_size=50))
def test_length_is_that_of_utf_16(text: str) -> None:
    assert length(text) == len(text) + sum(ord(letter) > 0xFFFF for letter in text)


NAMES = st.sampled_from(["type", "text", "elements", "rows", "fields", "accessory", "element", "options"])
KINDS = st.sampled_from(["section", "actions", "table", "button", "input", "rich_text", "mrkdwn"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | KINDS,
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
)


@given(JUNK)
def test_any_json_at_all_gets_an_answer(junk: Any) -> None:
    assert isinstance(block_problems(junk), list)
    assert isinstance(block_problems([junk]), list)


VIEWS = [
    ("/view/title/text", modal(title=plain("x" * 24)), modal(title=plain("x" * 25))),
    ("/view/submit/text", modal(submit=plain("x" * 24)), modal(submit=plain("x" * 25))),
    ("/view/close/text", modal(close=plain("x" * 24)), modal(close=plain("x" * 25))),
    ("/view/private_metadata", modal(private_metadata="x" * 3_000), modal(private_metadata="x" * 3_001)),
    ("/view/callback_id", modal(callback_id="x" * 255), modal(callback_id="x" * 256)),
    ("/view/external_id", modal(external_id="x" * 255), modal(external_id="x" * 256)),
    ("/view/blocks", modal(*[{"type": "divider"}] * 100), modal(*[{"type": "divider"}] * 101)),
    ("/view/blocks/0/text/text", modal(section("x")), modal(section(""))),
    ("/view/type", modal(), {"type": "home", "blocks": []}),
    (
        "/view",
        modal(text_field("b", "a")),
        {"type": "modal", "title": plain("Deploy"), "blocks": [text_field("b", "a")]},
    ),
]


@pytest.mark.parametrize(("pointer", "accepted", "refused"), VIEWS)
def test_slack_takes_views_up_to_a_limit(pointer: str, accepted: Json, refused: Json) -> None:
    assert checked_view(accepted, "modal") == accepted
    with pytest.raises(SlackError, match="invalid_arguments") as caught:
        checked_view(refused, "modal")
    assert f"[json-pointer:{pointer}]" in str(caught.value.as_json())


def test_a_view_has_at_most_250_kilobytes() -> None:
    with pytest.raises(SlackError, match="view_too_large"):
        checked_view(modal(*[section("x" * 3_000)] * 90), "modal")


def test_the_limit_of_all_blocks_is_what_was_measured() -> None:
    assert BLOCKS_LENGTH == 13_200
