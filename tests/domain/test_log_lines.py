"""Lines of several tasks become the last few of all."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ecs import Container, ContainerDefinition, LogTarget, Task, TaskDefinition
from bot.domain.errors import NotPossible, UnknownName
from bot.domain.log_lines import (
    A_PAGE,
    MOST_LINES,
    LogLine,
    find_container,
    find_task,
    lines_asked,
    merged,
    page_of,
    stream_names,
    without_secrets,
)
from bot.domain.masking import nothing_more

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def line(second: int, stream: str, text: str = "") -> LogLine:
    return LogLine(START + timedelta(seconds=second), stream, text)


def task(task_id: str, **more: object) -> Task:
    arn = f"arn:aws:ecs:us-east-1:111122223333:task/prod/{task_id}"
    return Task(arn, "family:1", "RUNNING", "RUNNING", **{"containers": (), **more})  # type: ignore[arg-type]


parts = st.lists(st.lists(st.integers(0, 9), max_size=8).map(sorted), max_size=5).map(
    lambda streams: [
        [line(second, f"s{number}", f"{number}.{index}") for index, second in enumerate(seconds)]
        for number, seconds in enumerate(streams)
    ]
)


@given(parts, st.integers(0, 50))
def test_merging_takes_the_last_lines_in_order_of_time(parts: list[list[LogLine]], most: int) -> None:
    everything, found = merged(parts, MOST_LINES), merged(parts, most)
    assert len(found) == min(most, sum(map(len, parts)))
    assert found == everything[len(everything) - len(found) :]
    assert [one.at for one in everything] == sorted(one.at for one in everything)


@given(parts)
def test_merging_keeps_the_order_of_each_task_and_of_equal_times(parts: list[list[LogLine]]) -> None:
    found = merged(parts, MOST_LINES)
    for part in parts:
        assert [one for one in found if part and one.stream == part[0].stream] == part
    for before, after in pairwise(found):
        assert before.at < after.at or before.stream <= after.stream


@given(st.integers(0, 70))
def test_pages_hold_every_line_once_the_newest_on_the_first(count: int) -> None:
    lines = [line(number, "s", str(number)) for number in range(count)]
    pages = [page_of(lines, number) for number in range(5)]
    assert [one for page in reversed(pages) for one in page] == lines
    assert len(pages[0]) == min(count, A_PAGE)


def test_a_private_key_is_masked_though_another_tasks_lines_stand_between() -> None:
    begin, end = "-----BEGIN RSA PRIVATE " + "KEY-----", "-----END RSA PRIVATE " + "KEY-----"
    lines = [line(1, "a", begin), line(2, "b", "GET /"), line(3, "a", "MIIabc"), line(4, "a", end), line(5, "a", "ok")]
    shown = without_secrets(lines, nothing_more, 100)
    assert [one.text for one in shown] == ["••• (private key)", "GET /", "ok"]
    assert [one.at for one in shown] == [lines[0].at, lines[1].at, lines[4].at]


@pytest.mark.parametrize(("text", "lines"), [("1", 1), ("50", 50), ("1000", 1000), ("1,000", 1000)])
def test_a_number_of_lines(text: str, lines: int) -> None:
    assert lines_asked(text) == lines


@pytest.mark.parametrize("text", ["0", "1001", "-1", "many", "", "1e3", "٣", "9" * 30])
def test_what_is_no_number_of_lines_says_what_is(text: str) -> None:
    with pytest.raises(NotPossible, match="--lines 200"):
        lines_asked(text)


def test_a_task_is_found_by_the_beginning_of_its_id_or_its_arn() -> None:
    tasks = [task("abcd1111"), task("abce2222")]
    assert find_task("ABCD", tasks) == tasks[0]
    assert find_task(tasks[1].arn, tasks) == tasks[1]
    assert find_task("abcd", [tasks[0], tasks[0]]) == tasks[0]


def test_an_ambiguous_task_is_asked_back_and_an_unknown_one_named() -> None:
    tasks = [task("abcd1111"), task("abce2222")]
    with pytest.raises(NotPossible, match=r"2 tasks begin with “abc”: abcd111, abce222\.") as caught:
        find_task("abc", tasks)
    assert "Type more of the id" in caught.value.remedy
    for word in ("ffff", "/"):
        with pytest.raises(UnknownName, match="after an hour"):
            find_task(word, tasks)


def definition(*containers: ContainerDefinition) -> TaskDefinition:
    return TaskDefinition("arn", "shop", 1, "ACTIVE", containers, {})


def test_the_usual_container_is_read_unless_one_is_named() -> None:
    envoy, app, agent = (
        ContainerDefinition(name, "image", essential=name != "agent") for name in ("e", "app", "agent")
    )
    three = definition(agent, envoy, app)
    assert find_container(three, "", "app") == app
    assert find_container(three, "", "gone") == envoy
    assert find_container(three, "AGENT", "app") == agent
    assert find_container(definition(agent), "", "") == agent
    with pytest.raises(UnknownName, match="container “db”"):
        find_container(three, "db", "app")


def test_streams_are_named_after_tasks_or_after_docker() -> None:
    one = task("1a", containers=(Container("app", "RUNNING", runtime_id="d0c"), Container("envoy", "RUNNING")))
    assert stream_names(LogTarget("g", "ecs"), "app", [one]) == {"ecs/app/1a": "1a"}
    assert stream_names(LogTarget("g"), "app", [one]) == {"d0c": "1a"}
    assert stream_names(LogTarget("g"), "envoy", [one]) == {}
