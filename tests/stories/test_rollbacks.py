"""The way back in the whole: from the card's button or typed, to what worked, as long as it is still there."""

from collections.abc import Iterator

import pytest
from moto.ecr.models import ecr_backends

from sandbox.ecs.model import ACCOUNT
from sandbox.slack.workspace import Json
from tests.stories.services import REGION, push, somebody_deploys
from tests.stories.told import PATIENCE, Story, has_button, story, text_of

SECONDS = 120.0


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("rollbacks"), ("back", "past", "gone")) as told:
        told.deploys("back")
        push(told.world, "v50")
        for tag in ("v50", "v43"):
            somebody_deploys(told.world, "past", tag)
            somebody_deploys(told.world, "gone", tag)
            told.world.tick(SECONDS)
        yield told


def preview(here: Story, stack: str, *wanted: str) -> Json:
    """The newest preview of a roll back, once it shows all the words."""

    def shows(message: Json) -> bool:
        text = text_of(message)
        return message["ephemeral"] and f"Roll back {stack} → staging?" in text and all(one in text for one in wanted)

    return here.ana.waits_for(shows, seconds=PATIENCE)


def card(here: Story, stack: str, *wanted: str) -> str:
    """The card of a roll back, once it shows all the words."""

    def shows(message: Json) -> bool:
        text = text_of(message)
        return not message["ephemeral"] and f"*Roll back {stack} → staging*" in text and all(w in text for w in wanted)

    return text_of(here.ana.waits_for(shows, seconds=PATIENCE))


def delete_image(tag: str) -> None:
    """Somebody cleans the repository up."""
    ecr_backends[ACCOUNT][REGION].batch_delete_image("shop", ACCOUNT, [{"imageTag": tag}])


def test_a_good_deploy_is_taken_back_from_its_card_and_never_gone_to_again(here: Story) -> None:
    done = here.card("back", "succeeded")
    assert here.runs("back") != image("v42")
    here.ana.clicks("Roll back", in_=done["ts"])
    offered = preview(here, "back", "v42", "back:1 worked here", "says my record")
    assert has_button(offered, "Roll back")
    here.ana.clicks("Roll back", in_=offered["ts"])
    told = card(here, "back", "succeeded")
    assert "`v43` → `v42`" in told
    assert here.runs("back") == image("v42")
    assert here.service("back").primary.state == "COMPLETED"
    assert len(here.called("RegisterTaskDefinition", "back")) == 1
    updates = here.called("UpdateService", "back")
    assert [sorted(one.params) for one in updates] == [["cluster", "service", "taskDefinition"]] * 2
    assert updates[-1].caller.endswith("/slack-U0ANA") or updates[-1].caller.endswith("user/tinystacks-bot")
    here.answers("rollback back staging", "shows an earlier revision that worked on back staging")


def test_without_a_record_of_ours_ecss_own_deployments_tell(here: Story) -> None:
    here.ana.types("/tinystacks rollback past staging")
    offered = preview(here, "past", "past:2 worked here", "says ECS", "v50")
    assert has_button(offered, "Roll back")


def test_an_image_that_is_gone_is_found_before_anything_is_touched(here: Story) -> None:
    delete_image("v50")
    here.ana.types("/tinystacks rollback gone staging")
    offered = preview(here, "gone", "is gone from the registry", "/tinystacks rollback gone staging REVISION")
    assert not has_button(offered, "Roll back")
    here.ana.types("/tinystacks rollback gone staging 1")
    assert has_button(preview(here, "gone", "gone:1 worked here"), "Roll back")
    assert here.called("UpdateService", "gone") == []


def test_nothing_was_ever_deregistered(here: Story) -> None:
    assert list(here.world.calls.of("DeregisterTaskDefinition")) == []


def image(tag: str) -> str:
    return f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop:{tag}"
