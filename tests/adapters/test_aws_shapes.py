"""AWS's answers, page by page and field by field, as frozen values."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.aws import services, tasks
from bot.adapters.aws.calling import batches
from bot.adapters.aws.ecs import AwsEcs
from bot.adapters.aws.sessions import Sessions
from bot.domain.ecs import Breaker, LogTarget
from bot.domain.stacks import Place
from tests.adapters.aws_credentials import use_testing_credentials
from tests.adapters.aws_wire import Answer, Wire, serving

PLACE = Place("us-east-1", "staging")
AT = 1795000000.0
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    use_testing_credentials(monkeypatch)
    with serving() as wire:
        yield wire


def ecs(wire: Wire) -> AwsEcs:
    return AwsEcs(Sessions(endpoint_url=wire.endpoint_url))


def task(number: int, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:ecs:us-east-1:1:task/staging/{number}"
    stopped = {"lastStatus": "STOPPED", "startedBy": "ecs-svc/1", "stoppedAt": AT + number}
    return {"taskArn": arn, "taskDefinitionArn": "d", "desiredStatus": "STOPPED", **stopped, **more}


def test_a_hundred_and_one_tasks_are_read_page_by_page_and_a_hundred_at_a_time(wire: Wire) -> None:
    arns = [f"arn-{number}" for number in range(101)]
    wire.answers("ListTasks", Answer({"taskArns": arns[:60], "nextToken": "more"}), Answer({"taskArns": arns[60:]}))
    wire.answers("DescribeTasks", Answer({"tasks": [], "failures": [{"arn": "arn-0", "reason": "MISSING"}]}))
    assert ecs(wire).live_tasks(PLACE, "shop", None) == ()
    assert [len(one["tasks"]) for one in wire.requests("DescribeTasks")] == [100, 1]
    assert wire.requests("ListTasks")[1]["nextToken"] == "more"


def test_stopped_tasks_are_this_deployments_newest_first_and_only_when_their_exit_codes_are_known(wire: Wire) -> None:
    wire.answers("ListTasks", Answer({"taskArns": ["a"]}))
    found = [task(1), task(2), task(3, lastStatus="STOPPING"), task(4, startedBy="ecs-svc/2")]
    wire.answers("DescribeTasks", Answer({"tasks": found}))
    assert [one.id for one in ecs(wire).stopped_tasks(PLACE, "shop", "ecs-svc/1")] == ["2", "1"]
    asked = wire.requests("ListTasks")[0]
    assert (asked["serviceName"], asked["desiredStatus"]) == ("shop", "STOPPED")


def test_of_a_crash_loops_many_stopped_tasks_three_hundred_are_read(wire: Wire) -> None:
    pages = [[f"arn-{page}-{number}" for number in range(100)] for page in range(5)]
    wire.answers("ListTasks", *[Answer({"taskArns": page, "nextToken": f"after-{page[0]}"}) for page in pages])
    wire.answers("DescribeTasks", Answer({"tasks": [task(1)]}))
    assert ecs(wire).stopped_tasks(PLACE, "shop", None)
    assert [one["tasks"] for one in wire.requests("DescribeTasks")] == pages[:3]
    assert len(wire.requests("ListTasks")) == 3


def test_service_deployments_are_listed_over_pages_up_to_as_many_as_asked_for(wire: Wire) -> None:
    def page(*numbers: int, **more: str) -> Answer:
        found = [{"serviceDeploymentArn": f"sd-{n}", "status": "SUCCESSFUL", "createdAt": AT + n} for n in numbers]
        return Answer({"serviceDeployments": found, **more})

    wire.answers("ListServiceDeployments", page(9, 8, nextToken="more"), page(7, 6))
    listed = ecs(wire).list_service_deployments(PLACE, "shop", 3)
    assert [one.arn for one in listed] == ["sd-9", "sd-8", "sd-7"]
    assert [one["maxResults"] for one in wire.requests("ListServiceDeployments")] == [3, 1]


def test_an_instance_tells_what_is_left_and_which_ports_are_taken(wire: Wire) -> None:
    left = [
        {"name": "CPU", "type": "INTEGER", "integerValue": 512},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": 900},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "8080"]},
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": ["53"]},
    ]
    attributes = [{"name": "ecs.availability-zone", "value": "us-east-1a"}, {"name": "ecs.capability.task-eni"}]
    body = {"containerInstanceArn": "ci", "ec2InstanceId": "i-1", "status": "ACTIVE", "agentConnected": True}
    wire.answers("ListContainerInstances", Answer({"containerInstanceArns": ["ci"]}))
    answer = {"containerInstances": [{**body, "remainingResources": left, "attributes": attributes}]}
    wire.answers("DescribeContainerInstances", Answer(answer))
    (instance,) = ecs(wire).describe_container_instances(PLACE)
    assert (instance.cpu, instance.memory, instance.zone) == (512, 900, "us-east-1a")
    assert (sorted(instance.ports), sorted(instance.ports_udp)) == ([22, 8080], [53])
    assert instance.attributes["ecs.capability.task-eni"] == ""
    assert wire.requests("ListContainerInstances")[0]["status"] == "ACTIVE"


def test_times_are_utc_wherever_this_machine_stands(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    wire.answers("ListTasks", Answer({"taskArns": ["a"]}))
    wire.answers("DescribeTasks", Answer({"tasks": [task(0)]}))
    (found,) = ecs(wire).stopped_tasks(PLACE, "shop", "ecs-svc/1")
    assert found.stopped_at == datetime.fromtimestamp(AT, UTC)
    assert found.stopped_at.tzinfo is UTC


def test_a_service_deployment_tells_the_breakers_count_and_why_it_rolls_back() -> None:
    answer = {
        "serviceDeploymentArn": "sd",
        "status": "ROLLBACK_IN_PROGRESS",
        "createdAt": datetime.fromtimestamp(AT, UTC),
        "targetServiceRevision": {"arn": "sr"},
        "deploymentCircuitBreaker": {"status": "TRIGGERED", "failureCount": 3, "threshold": 3},
        "rollback": {"reason": "the circuit breaker"},
    }
    told = services.service_deployment(answer)
    assert told.breaker == Breaker("TRIGGERED", 3, 3)
    assert (told.target_revision_arn, told.rollback_reason) == ("sr", "the circuit breaker")


def test_a_service_of_another_controller_has_no_rollout_state() -> None:
    deployment = {
        "id": "ecs-svc/1",
        "status": "PRIMARY",
        "taskDefinition": "d",
        "createdAt": datetime.fromtimestamp(AT, UTC),
    }
    answer = {
        "serviceArn": "arn:aws:ecs:us-east-1:111122223333:service/staging/shop",
        "serviceName": "shop",
        "clusterArn": "c",
        "status": "ACTIVE",
        "deploymentController": {"type": "CODE_DEPLOY"},
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}],
        "schedulingStrategy": "DAEMON",
        "deployments": [deployment],
    }
    service = services.service(answer)
    assert (service.controller, service.scheduling_strategy) == ("CODE_DEPLOY", "DAEMON")
    assert service.capacity_providers == ("FARGATE_SPOT",)
    assert service.launch_type is None
    assert service.deployments[0].rollout_state is None


@pytest.mark.parametrize(
    ("check", "counts"), [(None, False), (["NONE"], False), (["CMD-SHELL", "true"], True), ([], False)]
)
def test_a_health_check_that_is_switched_off_is_none(check: list[str] | None, counts: bool) -> None:
    health = {} if check is None else {"healthCheck": {"command": check}}
    assert tasks.container_definition({"name": "app", "image": "i", **health}).has_health_check is counts


def test_only_awslogs_with_a_group_can_be_read() -> None:
    options = {"awslogs-group": "/ecs/shop", "awslogs-region": "eu-west-1"}
    assert tasks.log_target({"logDriver": "awslogs", "options": options}) == LogTarget("/ecs/shop", None, "eu-west-1")
    assert tasks.log_target({"logDriver": "awsfirelens", "options": options}) is None
    assert tasks.log_target({"logDriver": "awslogs", "options": {}}) is None
    assert tasks.log_target({}) is None


@given(VALUES)
def test_any_answer_becomes_json_that_comes_back_the_same(value: Any) -> None:
    made = tasks.plain(value)
    assert json.loads(json.dumps(made)) == made
    assert tasks.plain(made) == made


@given(st.lists(st.text(max_size=2)), st.integers(1, 10))
def test_batches_hold_every_item_once_and_never_too_many(items: list[str], most: int) -> None:
    made = list(batches(items, most))
    assert [item for batch in made for item in batch] == list(dict.fromkeys(items))
    assert all(1 <= len(batch) <= most for batch in made)
