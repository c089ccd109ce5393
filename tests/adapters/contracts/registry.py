"""What the engine may rely on from anything that is an Images or a Logs port."""

from datetime import datetime, timedelta
from typing import Protocol

import pytest

from bot.domain.ecs import LogTarget
from bot.domain.errors import NotFound
from bot.domain.stacks import Place
from bot.engine.ports import Images, Logs

PLACE = Place("eu-west-1", "prod", "arn:aws:iam::111122223333:role/tinystacks-bot")
SHOP = "111122223333.dkr.ecr.us-east-1.amazonaws.com/shop"
HUB = "docker.io/library/nginx"
TARGET = LogTarget("/ecs/shop", "ecs", "us-east-1")


LATER = timedelta(hours=2)


class ImagesWorld(Protocol):
    """Repository SHOP with v41 … v47, the last for arm64 only; v42 is `latest` too. HUB is not ECR's."""

    @property
    def images(self) -> Images: ...


class ImagesContract:
    """Subclasses give the fixture `world`."""

    def test_a_tag_leads_to_the_digest_and_its_architectures(self, world: ImagesWorld) -> None:
        image = world.images.image(PLACE, SHOP, "v42")
        assert image is not None
        assert image.digest.startswith("sha256:")
        assert set(image.tags) == {"v42", "latest"}
        assert image.repository == SHOP
        assert "amd64" in image.architectures

    def test_a_digest_leads_to_the_same_image_as_its_tag(self, world: ImagesWorld) -> None:
        tagged = world.images.image(PLACE, SHOP, "v47")
        assert tagged is not None
        assert world.images.image(PLACE, SHOP, tagged.digest) == tagged
        assert tagged.architectures == ("arm64",)

    def test_an_image_that_is_not_there_comes_with_the_newest_tags(self, world: ImagesWorld) -> None:
        with pytest.raises(NotFound) as caught:
            world.images.image(PLACE, SHOP, "v4")
        assert caught.value.kind == "image"
        assert caught.value.known[:2] == ("v47", "v46")
        assert "Did you mean" in str(caught.value)

    def test_a_repository_that_is_not_there_is_named(self, world: ImagesWorld) -> None:
        for ask in (
            lambda: world.images.image(PLACE, SHOP + "s", "v1"),
            lambda: world.images.newest(PLACE, SHOP + "s", 9),
        ):
            with pytest.raises(NotFound) as caught:
                ask()
            assert caught.value.kind == "repository"

    def test_images_come_newest_first_and_no_more_than_asked_for(self, world: ImagesWorld) -> None:
        images = world.images.newest(PLACE, SHOP, 100)
        assert [one.tags[0] for one in images] == ["v47", "v46", "v45", "v44", "v43", "v42", "v41"]
        assert world.images.newest(PLACE, SHOP, 2) == images[:2]

    def test_of_another_registry_nothing_is_known(self, world: ImagesWorld) -> None:
        assert world.images.image(PLACE, HUB, "latest") is None
        assert world.images.newest(PLACE, HUB, 10) == ()


class LogsWorld(Protocol):
    """Task `t1` of SHOP's container `app` wrote one, two, three at `wrote`; `t3` wrote late two hours after."""

    @property
    def wrote(self) -> datetime: ...

    @property
    def logs(self) -> Logs: ...


class LogsContract:
    """Subclasses give the fixture `world`."""

    def test_the_last_lines_come_oldest_first(self, world: LogsWorld) -> None:
        assert world.logs.tail(PLACE, TARGET, "app", "t1", 2) == ("two", "three")

    def test_a_task_that_never_wrote_has_no_lines(self, world: LogsWorld) -> None:
        assert world.logs.tail(PLACE, TARGET, "app", "t2", 5) == ()

    def test_a_log_group_that_is_not_there_is_named(self, world: LogsWorld) -> None:
        with pytest.raises(NotFound) as caught:
            world.logs.tail(PLACE, LogTarget("/ecs/none", "ecs", "us-east-1"), "app", "t1", 5)
        assert (caught.value.kind, caught.value.name) == ("log group", "/ecs/none")

    def test_without_a_stream_prefix_nothing_can_be_read(self, world: LogsWorld) -> None:
        assert world.logs.tail(PLACE, LogTarget("/ecs/shop"), "app", "t1", 5) == ()

    def test_lines_of_several_tasks_come_by_time(self, world: LogsWorld) -> None:
        two = ("ecs/app/t1", "ecs/app/t3")
        assert [line.text for line in world.logs.newest(PLACE, TARGET, two, world.wrote + LATER, 3)] == [
            "two",
            "three",
            "late",
        ]
        many = (*two, "ecs/app/t2", "ecs/app/t4", "ecs/app/t5")
        found = world.logs.newest(PLACE, TARGET, many, world.wrote + LATER, 50)
        assert [line.text for line in found] == ["one", "two", "three", "late"]
        assert [line.stream for line in found] == ["ecs/app/t1"] * 3 + ["ecs/app/t3"]
        assert [line.at for line in found] == [world.wrote] * 3 + [world.wrote + LATER]

    def test_lines_after_that_time_are_left_out_and_those_of_it_are_not(self, world: LogsWorld) -> None:
        for streams in (("ecs/app/t1", "ecs/app/t3"), tuple(f"ecs/app/t{n}" for n in range(1, 9))):
            assert [one.text for one in world.logs.newest(PLACE, TARGET, streams, world.wrote, 2)] == ["two", "three"]
            assert world.logs.newest(PLACE, TARGET, streams, world.wrote - timedelta(seconds=1), 2) == ()

    def test_lines_of_other_streams_in_the_group_are_left_out(self, world: LogsWorld) -> None:
        others = tuple(f"ecs/app/t{n}" for n in range(4, 9))
        assert world.logs.newest(PLACE, TARGET, others, world.wrote + LATER, 50) == ()
        assert world.logs.newest(PLACE, TARGET, (), world.wrote + LATER, 50) == ()

    def test_newest_names_a_log_group_that_is_not_there(self, world: LogsWorld) -> None:
        for count in (1, 8):
            streams = tuple(f"ecs/app/t{n}" for n in range(count))
            with pytest.raises(NotFound) as caught:
                world.logs.newest(PLACE, LogTarget("/ecs/none", "ecs", "us-east-1"), streams, world.wrote + LATER, 5)
            assert (caught.value.kind, caught.value.name) == ("log group", "/ecs/none")

    def test_whether_a_log_group_is_there_is_known(self, world: LogsWorld) -> None:
        assert world.logs.group_exists(PLACE, TARGET)
        assert not world.logs.group_exists(PLACE, LogTarget("/ecs/none", "ecs", "us-east-1"))
