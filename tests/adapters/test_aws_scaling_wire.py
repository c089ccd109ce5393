"""What goes wrong on the wire to what scales, and how many questions are asked."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.aws.ecs import AwsEcs
from bot.adapters.aws.groups import AwsGroups
from bot.adapters.aws.scaling import AwsScaling
from bot.adapters.aws.sessions import Sessions
from bot.adapters.aws.usage import AwsMetrics
from bot.domain.errors import NotPossible, Refusal, Throttled, Unanswered
from bot.domain.stacks import Place
from bot.engine.timings import Timings
from tests.adapters.aws_credentials import use_testing_credentials
from tests.adapters.aws_wire import Answer, Wire, error, serving
from tests.adapters.contracts.scaling import ANA

PLACE = Place("us-east-1", "staging")
QUICK = Timings(http_timeout=timedelta(seconds=1))
GROUPS = "http://autoscaling.amazonaws.com/doc/2011-01-01/"
AT = datetime(2026, 11, 23, 9, 2, tzinfo=UTC)
BUSY = "Scaling activity 5f8c is in progress and blocks this action"
Change = Callable[[Sessions], object]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    use_testing_credentials(monkeypatch)
    with serving() as wire:
        yield wire


def query_error(code: str, message: str, status: int = 400) -> Answer:
    """EC2 Auto Scaling's XML error."""
    inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(f'<ErrorResponse xmlns="{GROUPS}">{inner}<RequestId>r</RequestId></ErrorResponse>', status)


def sets(sessions: Sessions) -> None:
    AwsGroups(sessions).set_desired_capacity(PLACE, {"AutoScalingGroupName": "g", "DesiredCapacity": 3}, ANA)


def updates(sessions: Sessions) -> None:
    AwsGroups(sessions).update_auto_scaling_group(PLACE, {"AutoScalingGroupName": "g", "MaxSize": 3}, ANA)


def terminates(sessions: Sessions) -> None:
    request = {"InstanceId": "i-1", "ShouldDecrementDesiredCapacity": True}
    AwsGroups(sessions).terminate_instance(PLACE, request, ANA)


def registers(sessions: Sessions) -> None:
    request = {"ResourceId": "service/staging/shop", "MaxCapacity": 3}
    AwsScaling(sessions).register_scalable_target(PLACE, request, ANA)


def puts(sessions: Sessions) -> None:
    request = {"ResourceId": "service/staging/shop", "PolicyName": "cpu", "PolicyType": "TargetTrackingScaling"}
    AwsScaling(sessions).put_scaling_policy(PLACE, request, ANA)


def drains(sessions: Sessions) -> None:
    request = {"cluster": "staging", "containerInstances": ["ci-1"], "status": "DRAINING"}
    AwsEcs(sessions).update_container_instances_state(PLACE, request, ANA)


WRITES: dict[str, Change] = {
    "SetDesiredCapacity": sets,
    "UpdateAutoScalingGroup": updates,
    "TerminateInstanceInAutoScalingGroup": terminates,
    "RegisterScalableTarget": registers,
    "PutScalingPolicy": puts,
    "UpdateContainerInstancesState": drains,
}


def refused(wire: Wire, call: str, answer: Answer) -> Refusal:
    """What the write comes to; it is sent once whatever happens."""
    wire.answers(call, answer)
    with pytest.raises(Refusal) as caught:
        WRITES[call](Sessions(QUICK, wire.endpoint_url))
    assert [name for name, _ in wire.asked] == [call]
    return caught.value


@pytest.mark.parametrize("call", WRITES)
def test_a_write_whose_answer_is_lost_is_sent_once_and_unknown(wire: Wire, call: str) -> None:
    assert isinstance(refused(wire, call, Answer(closes=True)), Unanswered)


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("RegisterScalableTarget", error("ConcurrentUpdateException", "Concurrent updates")),
        ("PutScalingPolicy", error("ConcurrentUpdateException", "Concurrent updates")),
        ("UpdateAutoScalingGroup", query_error("ResourceContention", "You already have a pending update", 500)),
    ],
)
def test_what_somebody_else_is_changing_right_now_was_certainly_not_changed(
    wire: Wire, call: str, answer: Answer
) -> None:
    refusal = refused(wire, call, answer)
    assert isinstance(refusal, Throttled)
    assert str(refusal) == (
        f"AWS is busy with another change of the same thing ({call}). Nothing was changed. Try again in a minute."
    )


def test_a_throttled_change_of_a_group_was_certainly_not_done(wire: Wire) -> None:
    refusal = refused(wire, "SetDesiredCapacity", query_error("Throttling", "Rate exceeded"))
    assert str(refusal).startswith("AWS is throttling SetDesiredCapacity. Nothing was changed.")


@pytest.mark.parametrize(
    ("call", "answer", "said"),
    [
        ("SetDesiredCapacity", query_error("ScalingActivityInProgress", BUSY), f"“{BUSY}”"),
        ("TerminateInstanceInAutoScalingGroup", query_error("ValidationError", "Instance Id not found"), "not found”"),
        ("RegisterScalableTarget", error("LimitExceededException", "You have reached the maximum"), "the maximum”"),
        ("PutScalingPolicy", error("FailedResourceAccessException", "Failed to access ECS"), "access ECS”"),
    ],
)
def test_what_aws_refuses_is_quoted_with_what_to_do(wire: Wire, call: str, answer: Answer, said: str) -> None:
    refusal = refused(wire, call, answer)
    assert isinstance(refusal, NotPossible)
    assert said in refusal.fact
    assert refusal.remedy == (
        "Wait until what the group is doing, or its cooldown, is over, then try again."
        if BUSY in said
        else "Change what AWS names here, then try again."
    )


def test_a_failure_to_drain_other_than_missing_is_refused_and_missing_is_not(wire: Wire) -> None:
    gone = {"arn": "ci-1", "reason": "MISSING"}
    wire.answers("UpdateContainerInstancesState", Answer({"containerInstances": [], "failures": [gone]}))
    drains(Sessions(QUICK, wire.endpoint_url))
    wire.answers("UpdateContainerInstancesState", Answer({"failures": [{"arn": "ci-1", "reason": "INACTIVE"}]}))
    with pytest.raises(NotPossible, match="ci-1 INACTIVE"):
        drains(Sessions(QUICK, wire.endpoint_url))


def page(numbers: range, more: str = "") -> Answer:
    """Activities of a group."""
    shown = "".join(
        f"<member><ActivityId>{number}</ActivityId><AutoScalingGroupName>g</AutoScalingGroupName>"
        f"<Cause>because {number}</Cause><StartTime>2026-11-23T09:00:00Z</StartTime><StatusCode>InProgress</StatusCode>"
        "</member>"
        for number in numbers
    )
    token = f"<NextToken>{more}</NextToken>" if more else ""
    inner = (
        f"<DescribeScalingActivitiesResult><Activities>{shown}</Activities>{token}</DescribeScalingActivitiesResult>"
    )
    return Answer(f'<DescribeScalingActivitiesResponse xmlns="{GROUPS}">{inner}</DescribeScalingActivitiesResponse>')


def test_activities_of_a_group_are_read_over_pages_up_to_as_many_as_asked_for(wire: Wire) -> None:
    wire.answers("DescribeScalingActivities", page(range(2), "more"), page(range(2, 4), "even more"))
    found = AwsGroups(Sessions(QUICK, wire.endpoint_url)).activities(PLACE, "g", 3)
    assert [one.cause for one in found] == ["because 0", "because 1", "because 2"]
    assert {(one.at.tzinfo, one.ended_at) for one in found} == {(UTC, None)}
    assert len(wire.requests("DescribeScalingActivities")) == 2


def test_instances_are_asked_for_fifty_at_a_time(wire: Wire) -> None:
    result = "<DescribeAutoScalingInstancesResult><AutoScalingInstances/></DescribeAutoScalingInstancesResult>"
    name = "DescribeAutoScalingInstances"
    wire.answers(name, Answer(f'<{name}Response xmlns="{GROUPS}">{result}</{name}Response>'))
    ids = [f"i-{number}" for number in range(101)]
    assert AwsGroups(Sessions(QUICK, wire.endpoint_url)).group_names(PLACE, ids) == {}
    asked = [[key for key in one if key.startswith("InstanceIds.member.")] for one in wire.requests(name)]
    assert [len(one) for one in asked] == [50, 50, 1]


def metric(id_: str, *points: tuple[int, float]) -> dict[str, Any]:
    """Values at minutes after the whole hour."""
    start = AT.replace(minute=0).timestamp()
    values = [value for _, value in points]
    return {"Id": id_, "Timestamps": [start + minute * 60 for minute, _ in points], "Values": values}


def test_a_gap_in_the_data_is_a_gap_in_the_row(wire: Wire) -> None:
    results = [metric("cpu", (0, 40.0), (10, 60.0)), metric("memory", (5, 50.0))]
    wire.answers("GetMetricData", Answer({"MetricDataResults": results}))
    usage = AwsMetrics(Sessions(QUICK, wire.endpoint_url)).usage(PLACE, "shop", AT, AT + timedelta(minutes=16))
    assert usage.start == AT.replace(minute=0)
    assert usage.cpu == (40.0, None, 60.0)
    assert usage.memory == (None, 50.0, None)
    (asked,) = wire.requests("GetMetricData")
    assert (asked["StartTime"], asked["EndTime"]) == (usage.start.timestamp(), AT.replace(minute=15).timestamp())
