"""What can be made to go wrong between boto3 and the simulated ECS, and what `world.calls` says of it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.sandbox.ecs_kit import CLUSTER, SERVICE, Bench, bench


@pytest.fixture
def aws() -> Iterator[Bench]:
    with bench() as one:
        yield one


def waited_for(aws: Bench, operation: str, count: int) -> bool:
    """Whether a call has landed within five seconds."""
    pause = Event()
    return any(aws.world.calls.count(operation) >= count or pause.wait(0.05) for _ in range(100))


def test_a_late_update_lands_after_the_caller_is_gone(aws: Bench) -> None:
    aws.create()
    definition = aws.register("v42")
    aws.world.faults.late("UpdateService", 1.0)
    with pytest.raises(ReadTimeoutError):
        aws.client("ecs", read_timeout=0.2).update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=definition)
    assert aws.primary()["taskDefinition"] != definition
    assert waited_for(aws, "UpdateService", 1)
    assert aws.primary()["taskDefinition"] == definition


def test_a_slow_update_is_executed_though_its_answer_is_lost(aws: Bench) -> None:
    aws.create()
    aws.world.faults.slow("UpdateService", 0.6)
    with pytest.raises(ReadTimeoutError):
        aws.client("ecs", read_timeout=0.2).update_service(cluster=CLUSTER, service=SERVICE, desiredCount=3)
    assert aws.service()["desiredCount"] == 3


def test_stale_describes_show_the_old_primary_and_then_the_new_one(aws: Bench) -> None:
    aws.create()
    old_id = aws.primary()["id"]
    aws.world.faults.stale(describes=2)
    new_id = aws.deploy("v42")
    assert [aws.primary()["id"] for _ in range(3)] == [old_id, old_id, new_id]


def test_throttling_lasts_for_so_many_calls(aws: Bench) -> None:
    aws.create()
    aws.world.faults.throttle("DescribeServices", 2)
    for _ in range(2):
        with pytest.raises(ClientError, match="Rate exceeded") as caught:
            aws.service()
        assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    assert aws.service()["serviceName"] == SERVICE
    assert [call.error for call in aws.world.calls.of("DescribeServices")] == ["ThrottlingException"] * 2 + [None]


def test_botos_own_retries_get_through_throttling(aws: Bench) -> None:
    aws.create()
    aws.world.faults.throttle("DescribeServices", 1)
    patient = aws.client("ecs", attempts=3)
    assert patient.describe_services(cluster=CLUSTER, services=[SERVICE])["services"]


def test_access_denied_names_the_assumed_role_the_action_and_the_service(aws: Bench) -> None:
    aws.create()
    role = {"RoleArn": "arn:aws:iam::111122223333:role/tinystacks-bot", "RoleSessionName": "slack-U0ANA"}
    keys = aws.client("sts").assume_role(**role)["Credentials"]
    person = aws.client(
        "ecs",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert person.describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    aws.world.faults.deny("UpdateService")
    with pytest.raises(ClientError) as caught:
        person.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=1)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    assert caught.value.response["Error"]["Message"].startswith(
        "User: arn:aws:sts::111122223333:assumed-role/tinystacks-bot/slack-U0ANA is not authorized to perform: "
        "ecs:UpdateService on resource: arn:aws:ecs:us-east-1:111122223333:service/staging/shop"
    )
    aws.world.faults.clear()
    assert person.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=1)["service"]["desiredCount"] == 1


def test_denying_works_for_the_query_protocol_too(aws: Bench) -> None:
    aws.world.faults.deny("AssumeRole")
    with pytest.raises(ClientError) as caught:
        aws.client("sts").assume_role(RoleArn="arn:aws:iam::111122223333:role/r", RoleSessionName="slack-U0ANA")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert "sts:AssumeRole" in caught.value.response["Error"]["Message"]


def test_an_unreachable_aws_closes_connections_and_comes_back(aws: Bench) -> None:
    aws.create()
    aws.world.faults.unreachable(60)
    with pytest.raises(ConnectionClosedError):
        aws.service()
    aws.world.faults.clear()
    assert aws.service()["serviceName"] == SERVICE


def test_latency_delays_every_call(aws: Bench) -> None:
    aws.create()
    aws.world.faults.latency(0.5)
    with pytest.raises(ReadTimeoutError):
        aws.client("ecs", read_timeout=0.1).list_clusters()


def test_the_log_says_how_often_what_was_called_with_which_parameters(aws: Bench) -> None:
    aws.create()
    aws.deploy("v42")
    assert aws.world.calls.count("UpdateService") == 1
    assert aws.world.calls.count("RegisterTaskDefinition") == 2
    assert aws.world.calls.of("UpdateService")[0].params["service"] == SERVICE
    aws.world.act.scale("us-east-1", CLUSTER, SERVICE, 3)
    assert aws.world.calls.count("UpdateService") == 1


def test_an_unknown_kind_of_fault_is_refused_with_the_known_ones(aws: Bench) -> None:
    with pytest.raises(ValueError, match="flaky_once"):
        aws.world.faults.next_deployment(CLUSTER, SERVICE, "meteor")
