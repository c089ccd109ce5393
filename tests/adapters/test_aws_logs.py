"""How the last lines of many streams are asked for, and what AWS may answer."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.aws.logs import AwsLogs
from bot.adapters.aws.sessions import Sessions
from bot.domain.ecs import LogTarget
from bot.domain.errors import AccessDenied, NotFound
from bot.domain.log_lines import LogLine
from bot.domain.stacks import Place
from tests.adapters.aws_credentials import use_testing_credentials
from tests.adapters.aws_wire import Answer, Wire, error, serving

ROOT = Path(__file__).parents[2]
PLACE = Place("us-east-1", "prod")
TARGET = LogTarget("/ecs/shop", "ecs", "eu-west-1")
UNTIL = datetime(2026, 11, 23, 9, 0, 0, 500_000, UTC)
MS = int(UNTIL.timestamp() * 1000)
MANY = tuple(f"ecs/app/{number:x}" for number in range(12))


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    use_testing_credentials(monkeypatch)
    with serving() as wire:
        yield wire


def page(*lines: tuple[int, str, str], token: str = "") -> Answer:
    """Events as (milliseconds before UNTIL, stream, text), in the order in which AWS gives them."""
    events = [{"timestamp": MS - ago, "logStreamName": stream, "message": text} for ago, stream, text in lines]
    return Answer({"events": events, **({"nextToken": token} if token else {})})


def newest(wire: Wire, streams: tuple[str, ...] = MANY, most: int = 2) -> list[str]:
    found = AwsLogs(Sessions(endpoint_url=wire.endpoint_url)).newest(PLACE, TARGET, streams, UNTIL, most)
    return [line.text for line in found]


def asked(wire: Wire) -> list[dict[str, Any]]:
    return wire.requests("FilterLogEvents")


def test_many_streams_are_one_call_newest_first(wire: Wire) -> None:
    wire.answers("FilterLogEvents", page((0, MANY[1], "two\n"), (9, MANY[0], "one"), token="more"))
    assert newest(wire) == ["one", "two"]
    [request] = asked(wire)
    assert request.pop("agent")
    assert request == {
        "logGroupName": "/ecs/shop",
        "logStreamNamePrefix": "ecs/app/",
        "startTime": MS - 3_600_000,
        "endTime": MS,
        "limit": 4,
        "startFromHead": False,
    }


def test_where_an_hour_holds_too_few_two_weeks_are_asked_for(wire: Wire) -> None:
    old = int(timedelta(days=3).total_seconds() * 1000)
    wire.answers("FilterLogEvents", page((5, MANY[0], "b")), page((5, MANY[0], "b"), (old, MANY[0], "a")))
    assert newest(wire) == ["a", "b"]
    assert [MS - one["startTime"] for one in asked(wire)] == [3_600_000, 14 * 24 * 3_600_000]


def test_lines_of_other_services_in_the_group_are_passed_over(wire: Wire) -> None:
    foreign = [(number, "ecs/app/somebody", "other") for number in range(4)]
    wire.answers("FilterLogEvents", page(*foreign, token="2"), page((7, MANY[3], "b"), (8, MANY[3], "a")))
    assert newest(wire) == ["a", "b"]
    assert asked(wire)[1]["nextToken"] == "2"


def test_empty_pages_that_never_end_do_end(wire: Wire) -> None:
    wire.answers("FilterLogEvents", page(token="again"))
    assert newest(wire) == []
    assert len(asked(wire)) == 8


def test_lines_of_one_moment_stay_in_the_order_they_were_written_in(wire: Wire) -> None:
    wire.answers("FilterLogEvents", page((0, MANY[0], "c"), (0, MANY[0], "b"), (0, MANY[0], "a")))
    assert newest(wire, most=3) == ["a", "b", "c"]


def test_few_streams_are_read_one_by_one_and_merged(wire: Wire) -> None:
    def line(at: int, text: str) -> Answer:
        events = [{"timestamp": MS + at, "message": text}]
        return Answer({"events": events, "nextBackwardToken": "b", "nextForwardToken": "f"})

    wire.answers("GetLogEvents", line(-1, "one"), line(0, "two"), line(0, "two"))
    found = AwsLogs(Sessions(endpoint_url=wire.endpoint_url)).newest(PLACE, TARGET, MANY[:3], UNTIL, 2)
    assert [line.text for line in found] == ["two", "two"]
    assert found[1] == LogLine(UNTIL, found[1].stream, "two")
    requests = wire.requests("GetLogEvents")
    assert {one["logStreamName"] for one in requests} == set(MANY[:3])
    assert {(one["endTime"], one["limit"], one["startFromHead"]) for one in requests} == {(MS + 1, 2, False)}


def test_no_streams_are_no_call(wire: Wire) -> None:
    assert newest(wire, ()) == []
    assert wire.asked == []


def test_streams_named_by_docker_have_no_beginning_in_common(wire: Wire) -> None:
    wire.answers("FilterLogEvents", page((0, "a1", "x"), (1, "ff", "y")))
    assert newest(wire, ("a1", "b2", "ff", "0c")) == ["y", "x"]
    assert "logStreamNamePrefix" not in asked(wire)[0]


def test_a_missing_group_says_who_names_it_and_a_missing_right_names_itself(wire: Wire) -> None:
    wire.answers("FilterLogEvents", error("ResourceNotFoundException", "The specified log group does not exist."))
    with pytest.raises(NotFound, match="awslogs-group") as missing:
        newest(wire)
    assert (missing.value.kind, missing.value.where) == ("log group", "eu-west-1")
    wire.answers("FilterLogEvents", error("AccessDeniedException", "no"))
    with pytest.raises(AccessDenied) as denied:
        newest(wire)
    assert denied.value.action == "logs:FilterLogEvents"


def test_the_guide_allows_every_call_about_logs() -> None:
    called = set(re.findall(r'_reading\("(\w+)"', (ROOT / "bot/adapters/aws/logs.py").read_text()))
    assert called == {"GetLogEvents", "FilterLogEvents", "DescribeLogStreams"}
    guide = (ROOT / "docs/getting-started.md").read_text()
    assert all(f'"logs:{name}"' in guide for name in called)
