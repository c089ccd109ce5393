"""The simulated API answers as ECS does: limits, errors, paging, and every field of a task definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.ecs import seed
from tests.sandbox.ecs_kit import CLUSTER, REGION, SERVICE, SESSION, Bench, bench

ADDED = {
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
}
MISSING = "MISSING"


@pytest.fixture
def aws() -> Iterator[Bench]:
    with bench() as one:
        one.create()
        yield one


def code_of(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return str(caught.value.response["Error"]["Code"])


def unknown_fields(shape: Any, value: Any, at: str = "") -> list[str]:
    """Members of an answer that the API model does not have (botocore would drop them silently)."""
    if shape.type_name == "list":
        return [name for item in value for name in unknown_fields(shape.member, item, at)]
    if shape.type_name != "structure":
        return []
    found = [f"{at}.{name}" for name in value if name not in shape.members]
    known = [(name, item) for name, item in value.items() if name in shape.members]
    return found + [bad for name, item in known for bad in unknown_fields(shape.members[name], item, f"{at}.{name}")]


def test_a_task_definition_keeps_every_field_it_was_registered_with(aws: Bench) -> None:
    document = seed.document(REGION, "everything", "shop", "v41") | {
        "pidMode": "task",
        "ipcMode": "task",
        "volumes": [{"name": "cache", "host": {"sourcePath": "/var/cache"}}],
        "placementConstraints": [{"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}],
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "proxyConfiguration": {"containerName": "app", "properties": [{"name": "AppPorts", "value": "8080"}]},
        "ephemeralStorage": {"sizeInGiB": 40},
        "enableFaultInjection": True,
    }
    app = document["containerDefinitions"][0] | {
        "stopTimeout": 20,
        "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}],
        "dependsOn": [{"containerName": "app", "condition": "START"}],
        "versionConsistency": "enabled",
        "restartPolicy": {"enabled": True, "restartAttemptPeriod": 60},
        "environmentFiles": [{"value": "arn:aws:s3:::config/app.env", "type": "s3"}],
        "dockerLabels": {"team": "storefront"},
    }
    document["containerDefinitions"] = [app]
    aws.ecs.register_task_definition(**document)
    answer = aws.ecs.describe_task_definition(taskDefinition="everything:1", include=["TAGS"])
    kept = {key: value for key, value in answer["taskDefinition"].items() if key not in ADDED}
    assert kept["containerDefinitions"][0].items() >= app.items()
    assert {key: kept[key] for key in document if key not in ("tags", "containerDefinitions")} == {
        key: value for key, value in document.items() if key not in ("tags", "containerDefinitions")
    }
    assert answer["tags"] == document["tags"]
    assert set(answer["taskDefinition"]) >= ADDED


def test_tags_of_a_task_definition_come_only_when_asked_for(aws: Bench) -> None:
    assert "tags" not in aws.ecs.describe_task_definition(taskDefinition=SERVICE)


def test_task_definitions_are_listed_in_the_order_asked_for_and_in_pages(aws: Bench) -> None:
    for tag in ("v42", "v43"):
        aws.register(tag)
    newest = aws.ecs.list_task_definitions(familyPrefix=SERVICE, sort="DESC", maxResults=2)
    assert [arn.rpartition(":")[2] for arn in newest["taskDefinitionArns"]] == ["3", "2"]
    rest = aws.ecs.list_task_definitions(familyPrefix=SERVICE, sort="DESC", nextToken=newest["nextToken"])
    assert [arn.rpartition(":")[2] for arn in rest["taskDefinitionArns"]] == ["1"]


def test_an_unknown_task_definition_is_a_client_exception(aws: Bench) -> None:
    with pytest.raises(ClientError) as caught:
        aws.ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition="shop:99")
    assert code_of(caught) == "ClientException"


def test_a_family_alone_means_its_latest_active_revision(aws: Bench) -> None:
    aws.register("v42")
    newest = aws.register("v43")
    aws.ecs.deregister_task_definition(taskDefinition=newest)
    answer = aws.ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=SERVICE)
    assert answer["service"]["taskDefinition"].endswith("shop:2")


def test_unknown_services_and_tasks_are_failures_and_unknown_clusters_errors(aws: Bench) -> None:
    assert aws.ecs.describe_services(cluster=CLUSTER, services=["nope"])["failures"][0]["reason"] == MISSING
    assert aws.ecs.describe_tasks(cluster=CLUSTER, tasks=["0" * 32])["failures"][0]["reason"] == MISSING
    assert aws.ecs.describe_clusters(clusters=["nope"])["failures"][0]["reason"] == MISSING
    with pytest.raises(aws.ecs.exceptions.ClusterNotFoundException):
        aws.ecs.describe_services(cluster="nope", services=[SERVICE])
    with pytest.raises(aws.ecs.exceptions.ServiceNotFoundException):
        aws.ecs.update_service(cluster=CLUSTER, service="nope", desiredCount=1)


def test_more_than_ten_services_or_a_hundred_tasks_are_refused(aws: Bench) -> None:
    with pytest.raises(aws.ecs.exceptions.InvalidParameterException):
        aws.ecs.describe_services(cluster=CLUSTER, services=[f"s{n}" for n in range(11)])
    with pytest.raises(aws.ecs.exceptions.InvalidParameterException):
        aws.ecs.describe_tasks(cluster=CLUSTER, tasks=[f"{n:032x}" for n in range(101)])


def test_what_is_not_modelled_says_so(aws: Bench) -> None:
    with pytest.raises(ClientError, match="does not model"):
        aws.ecs.run_task(cluster=CLUSTER, taskDefinition=SERVICE)


def test_tasks_are_listed_by_service_status_starter_and_page(aws: Bench) -> None:
    aws.ecs.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=5)
    aws.world.tick(30)
    pages = list(aws.ecs.get_paginator("list_tasks").paginate(cluster=CLUSTER, PaginationConfig={"PageSize": 2}))
    assert [len(page["taskArns"]) for page in pages] == [2, 2, 1]
    deployment_id = aws.primary()["id"]
    assert len(aws.ecs.list_tasks(cluster=CLUSTER, startedBy=deployment_id)["taskArns"]) == 5
    assert aws.ecs.list_tasks(cluster=CLUSTER, startedBy="ecs-svc/1")["taskArns"] == []
    assert aws.tasks("STOPPED") == []


def test_describing_tasks_changes_nothing(aws: Bench) -> None:
    assert [aws.tasks() for _ in range(5)] == [aws.tasks()] * 5


def test_remaining_resources_follow_placement_which_spreads_over_zones(aws: Bench) -> None:
    aws.ecs.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=3)
    aws.world.tick(30)
    arns = aws.ecs.list_container_instances(cluster=CLUSTER)["containerInstanceArns"]
    instances = aws.ecs.describe_container_instances(cluster=CLUSTER, containerInstances=arns)["containerInstances"]
    cpu = [one["integerValue"] for each in instances for one in each["remainingResources"] if one["name"] == "CPU"]
    assert cpu == [2048 - 256] * 3
    assert len({task["availabilityZone"] for task in aws.tasks()}) == 3


def test_the_exec_agent_runs_only_where_exec_was_on_when_the_task_started(aws: Bench) -> None:
    assert "managedAgents" not in aws.tasks()[0]["containers"][0]
    aws.ecs.update_service(cluster=CLUSTER, service=SERVICE, enableExecuteCommand=True)
    assert "managedAgents" not in aws.tasks()[0]["containers"][0]
    aws.ecs.update_service(cluster=CLUSTER, service=SERVICE, forceNewDeployment=True)
    aws.world.tick(60)
    agent = aws.tasks()[0]["containers"][0]["managedAgents"][0]
    assert (agent["name"], agent["lastStatus"]) == ("ExecuteCommandAgent", "RUNNING")


def test_a_service_revision_names_the_image_digest(aws: Bench) -> None:
    arn = aws.service()["currentServiceRevisions"][0]["arn"]
    revision = aws.ecs.describe_service_revisions(serviceRevisionArns=[arn])["serviceRevisions"][0]
    image = aws.client("ecr").describe_images(repositoryName="shop", imageIds=[{"imageTag": "v41"}])["imageDetails"][0]
    assert revision["containerImages"][0]["imageDigest"] == image["imageDigest"]
    assert aws.tasks()[0]["containers"][0]["imageDigest"] == image["imageDigest"]


def test_a_breaker_threshold_can_be_a_count(aws: Bench) -> None:
    breaker = {"enable": True, "rollback": True, "thresholdConfiguration": {"type": "COUNT", "value": 5}}
    aws.ecs.update_service(
        cluster=CLUSTER, service=SERVICE, deploymentConfiguration={"deploymentCircuitBreaker": breaker}
    )
    aws.deploy("v44")
    assert aws.records()[0]["deploymentCircuitBreaker"]["threshold"] == 5


def test_a_crashed_container_leaves_its_last_words_in_the_logs(aws: Bench) -> None:
    aws.deploy("v44")
    aws.world.tick(30)
    task_id = aws.tasks("STOPPED")[0]["taskArn"].rpartition("/")[2]
    found = aws.client("logs").get_log_events(logGroupName="/ecs/shop", logStreamName=f"ecs/app/{task_id}", limit=20)
    lines = [event["message"] for event in found["events"]]
    assert lines[0] == "INFO  starting app, revision 2"
    assert any("DATABASE_URL=postgres://user:secret@" in line for line in lines)
    assert lines[-1].startswith("migrations.MigrationError")


def test_the_arm_image_says_its_platform_and_an_unknown_tag_cannot_be_pulled(aws: Bench) -> None:
    answer = aws.client("ecr").batch_get_image(repositoryName="shop", imageIds=[{"imageTag": "v47"}])["images"][0]
    assert '"architecture": "arm64"' in answer["imageManifest"]
    assert "amd64" not in answer["imageManifest"]
    aws.deploy("v99")
    aws.world.tick(30)
    assert aws.tasks("STOPPED")[0]["stoppedReason"].endswith("amazonaws.com/shop:v99: not found")


def test_no_answer_has_a_field_the_api_does_not_know(aws: Bench) -> None:
    aws.deploy("v44")
    aws.world.tick(20)
    service, model = aws.service(), SESSION.client("ecs", endpoint_url=aws.endpoint_url).meta.service_model
    tasks = aws.ecs.list_tasks(cluster=CLUSTER, desiredStatus="STOPPED")["taskArns"]
    instances = aws.ecs.list_container_instances(cluster=CLUSTER)["containerInstanceArns"]
    revisions = [one["arn"] for one in service["currentServiceRevisions"]]
    asked: dict[str, dict[str, Any]] = {
        "DescribeServices": {"cluster": CLUSTER, "services": [SERVICE], "include": ["TAGS"]},
        "DescribeTasks": {"cluster": CLUSTER, "tasks": tasks},
        "DescribeClusters": {"clusters": [CLUSTER]},
        "DescribeContainerInstances": {"cluster": CLUSTER, "containerInstances": instances},
        "DescribeTaskDefinition": {"taskDefinition": SERVICE, "include": ["TAGS"]},
        "DescribeServiceDeployments": {"serviceDeploymentArns": [service["currentServiceDeployment"]]},
        "DescribeServiceRevisions": {"serviceRevisionArns": revisions},
        "ListServiceDeployments": {"cluster": CLUSTER, "service": SERVICE},
    }
    for operation, params in asked.items():
        answer = aws.world.call(operation, REGION, "test", params)
        assert unknown_fields(model.operation_model(operation).output_shape, answer) == [], operation
