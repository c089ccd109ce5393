"""The fakes keep the contracts that the real adapters keep."""

import pytest

from bot.domain.ecs import ContainerInstance
from bot.domain.errors import Throttled
from bot.engine.ports import Ecs, Images, Logs
from tests.adapters.contracts.ecs import STAGING, EcsReads, EcsWrites
from tests.adapters.contracts.ecs_tasks import TaskReads, TaskWrites
from tests.adapters.contracts.registry import HUB, LATER, SHOP, TARGET, ImagesContract, LogsContract
from tests.fakes.ecs import FakeEcs
from tests.fakes.ecs_story import document
from tests.fakes.registry import FIRST_PUSH, FakeImages, FakeLogs


def instance(zone: str) -> ContainerInstance:
    return ContainerInstance(f"arn-{zone}", f"i-{zone}", "ACTIVE", True, 2048, 4096, zone=zone, agent_version="1.94.0")


class FakeEcsWorld:
    def __init__(self) -> None:
        self.fake = FakeEcs()
        self.ecs: Ecs = self.fake
        self.fake.has_cluster(STAGING, *map(instance, ("us-east-1a", "us-east-1b", "us-east-1c")))
        self.fake.has_task_definition(STAGING, document("shop", f"{SHOP}:v41"))
        self.fake.has_service(STAGING, "shop", f"{SHOP}:v42", enable_execute_command=True)

    def throttles(self, call: str) -> None:
        self.fake.fails(call, Throttled("AWS", call))

    def settles(self) -> None:
        self.fake.completes(STAGING, "shop")

    def crashes(self) -> None:
        self.fake.task_dies(STAGING, "shop", exit_code=1)


class FakeImagesWorld:
    def __init__(self) -> None:
        fake = FakeImages()
        fake.foreign.add(HUB)
        for tag in ("v41", "v42", "v43", "v44", "v45", "v46"):
            fake.has(SHOP, tag, *(["latest"] if tag == "v42" else []))
        fake.has(SHOP, "v47", architectures=("arm64",))
        self.images: Images = fake


class FakeLogsWorld:
    def __init__(self) -> None:
        fake, self.wrote = FakeLogs(), FIRST_PUSH
        fake.wrote(TARGET, "app", "t1", "one", "two", "three", at=self.wrote)
        fake.wrote(TARGET, "app", "t3", "late", at=self.wrote + LATER)
        self.logs: Logs = fake


class TestFakeEcs(EcsReads, EcsWrites, TaskReads, TaskWrites):
    @pytest.fixture
    def world(self) -> FakeEcsWorld:
        return FakeEcsWorld()


class TestFakeImages(ImagesContract):
    @pytest.fixture
    def world(self) -> FakeImagesWorld:
        return FakeImagesWorld()


class TestFakeLogs(LogsContract):
    @pytest.fixture
    def world(self) -> FakeLogsWorld:
        return FakeLogsWorld()
