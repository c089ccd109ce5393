"""The AWS adapters keep the contracts, against the sandbox's AWS over the wire."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import boto3
import pytest

from bot.adapters.aws.ecs import AwsEcs
from bot.adapters.aws.images import AwsImages
from bot.adapters.aws.logs import AwsLogs
from bot.adapters.aws.sessions import Sessions
from bot.engine.ports import Ecs, Images, Logs
from sandbox.ecs import World
from sandbox.ecs.seed import seed
from tests.adapters.aws_credentials import use_testing_credentials
from tests.adapters.contracts.ecs import ANA, STAGING, EcsReads, EcsWrites
from tests.adapters.contracts.ecs_tasks import TaskReads, TaskWrites
from tests.adapters.contracts.registry import LATER, TARGET, ImagesContract, LogsContract


class SandboxWorld:
    """The three adapters on one seeded sandbox."""

    def __init__(self, sandbox: World, endpoint_url: str) -> None:
        self.sandbox = sandbox
        self.endpoint_url = endpoint_url
        sessions = Sessions(endpoint_url=endpoint_url)
        self.ecs: Ecs = AwsEcs(sessions)
        self.images: Images = AwsImages(sessions)
        self.logs: Logs = AwsLogs(sessions)
        self.wrote = sandbox.now().replace(microsecond=250_000) - timedelta(hours=3)

    def throttles(self, call: str) -> None:
        self.sandbox.faults.throttle(call, 1)

    def settles(self) -> None:
        self.sandbox.tick(120)

    def crashes(self) -> None:
        self.sandbox.faults.next_deployment("staging", "shop", "crash")
        self.ecs.update_service(STAGING, {"cluster": "staging", "service": "shop", "forceNewDeployment": True}, ANA)
        self.sandbox.tick(40)


@contextmanager
def seeded() -> Iterator[SandboxWorld]:
    """One sandbox, served on loopback."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_testing_credentials(monkeypatch)
        sandbox = World()
        seed(sandbox)
        with sandbox.serving() as endpoint_url:
            yield SandboxWorld(sandbox, endpoint_url)


class TestAwsEcsReads(EcsReads, TaskReads):
    @pytest.fixture(scope="class")
    @classmethod
    def world(cls) -> Iterator[SandboxWorld]:
        with seeded() as world:
            yield world


class TestAwsEcsWrites(EcsWrites, TaskWrites):
    @pytest.fixture
    def world(self) -> Iterator[SandboxWorld]:
        with seeded() as world:
            yield world

    def test_a_change_carries_the_person_and_a_read_does_not(self, world: SandboxWorld) -> None:
        world.ecs.describe_services(STAGING, ["shop"])
        world.ecs.update_service(STAGING, {"cluster": "staging", "service": "shop", "desiredCount": 3}, ANA)
        callers = {one.operation: one.caller.rsplit("/", 1)[-1] for one in world.sandbox.calls}
        assert (callers["DescribeServices"], callers["UpdateService"]) == ("tinystacks-bot", "slack-U0ANA")


class TestAwsImages(ImagesContract):
    @pytest.fixture(scope="class")
    @classmethod
    def world(cls) -> Iterator[SandboxWorld]:
        with seeded() as world:
            yield world


class TestAwsLogs(LogsContract):
    @pytest.fixture(scope="class")
    @classmethod
    def world(cls) -> Iterator[SandboxWorld]:
        with seeded() as world:
            write(world, "t1", world.wrote, "one", "two", "three")
            write(world, "t3", world.wrote + LATER, "late")
            yield world


def write(world: SandboxWorld, task_id: str, at: datetime, *lines: str) -> None:
    """What that task's container `app` says."""
    client = boto3.client("logs", region_name="us-east-1", endpoint_url=world.endpoint_url)
    stream = f"ecs/app/{task_id}"
    client.create_log_stream(logGroupName=TARGET.group, logStreamName=stream)
    client.put_log_events(
        logGroupName=TARGET.group,
        logStreamName=stream,
        logEvents=[{"timestamp": int(at.timestamp() * 1000), "message": line} for line in lines],
    )
