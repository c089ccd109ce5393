"""Whatever containers write, and whatever they are called, a page of logs is harmless and fits."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.log_lines import A_PAGE, LogLine
from bot.messages.kit import Message
from bot.messages.logs import Page, as_text, console, followed, following, log_page, unread
from tests.messages.hostile import NOW, TEXTS, assert_harmless

LINES = st.builds(LogLine, st.integers(0, 99_999).map(lambda s: NOW - timedelta(seconds=s)), TEXTS, TEXTS)
PAGES = st.builds(
    Page,
    stack=TEXTS,
    stage=TEXTS,
    container=TEXTS,
    others=st.lists(TEXTS, min_size=1, max_size=9).map(tuple),
    lines=st.lists(LINES, max_size=A_PAGE),
    tasks=st.dictionaries(TEXTS, TEXTS, max_size=3),
    stopped=st.booleans(),
    opened=st.just(7),
    newer=st.booleans(),
    older=st.booleans(),
    note=st.sampled_from(["", following(NOW), followed(NOW)]),
    following=st.booleans(),
)


@given(PAGES)
def test_a_page_of_anything_is_harmless(page: Page) -> None:
    assert_harmless(log_page(page))


@given(PAGES, TEXTS)
def test_another_driver_of_any_name_is_harmless(page: Page, driver: str) -> None:
    assert_harmless(unread(page, driver))


@pytest.mark.parametrize("text", ["x" * 2_000, "&" * 2_000, "<>" * 1_000, "`" * 2_000, "\U0001f4a5" * 2_000])
def test_twenty_long_lines_are_all_there_and_fit(text: str) -> None:
    message = log_page(page(*([text] * A_PAGE)))
    assert_harmless(message)
    shown = blocks_of(message)
    assert sum(block.count("\n") - 1 for block in shown) == A_PAGE
    assert all(line.startswith("10:00:00 ") for block in shown for line in block.split("\n")[1:-1])
    assert all("characters in all" not in block for block in shown)


@pytest.mark.parametrize(("other", "shown"), [("ff000000", "1a2b"), ("1a2bffff", "1a2b3"), ("1a2b3c4d", "1a2b3c4d")])
def test_lines_name_their_task_as_shortly_as_tells_it_from_the_others(other: str, shown: str) -> None:
    tasks = {"s": "1a2b3c4d5e6f", "t": f"{other}99"}
    message = log_page(Page("shop", "prod", "app", (), [LogLine(NOW, "s", "hello")], tasks))
    assert blocks_of(message) == [f"```\n10:00:00 {shown} hello\n```"]
    assert [block.get("expand") for block in message["blocks"][:2]] == [None, True]


def test_the_log_group_is_a_link_into_cloudwatch() -> None:
    link = console("eu-west-1", "/ecs/shop")
    assert link.startswith("<https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:")
    assert link.endswith("log-groups/log-group/$252Fecs$252Fshop|CloudWatch>")
    assert console("eu-west-1", "") == ""


def test_lines_of_two_days_say_so() -> None:
    lines = [LogLine(NOW - timedelta(days=1), "s", "a"), LogLine(NOW, "s", "b")]
    message = log_page(Page("shop", "prod", "app", (), lines, {"s": "1a"}))
    assert "22 Nov to 23 Nov, newest at the bottom" in str(message["blocks"])


def test_a_file_has_time_task_and_text_of_each_line() -> None:
    lines = [LogLine(NOW, "s", "hello"), LogLine(NOW + timedelta(milliseconds=7), "odd", "there")]
    told = as_text(lines, {"s": "0123456789ab"})
    assert told == "2026-11-23T10:00:00.000Z 01234567 hello\n2026-11-23T10:00:00.007Z odd there\n"


def page(*texts: str) -> Page:
    lines = [LogLine(NOW, "s", text) for text in texts]
    return Page("shop", "prod", "app", ("envoy",), lines, {"s": "1a"}, opened=7, newer=True, older=True)


def blocks_of(message: Message) -> list[str]:
    texts = [block["text"]["text"] for block in message["blocks"] if block["type"] == "section"]
    return [text for text in texts if text.startswith("```")]
