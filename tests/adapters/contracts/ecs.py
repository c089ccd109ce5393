"""What the engine may rely on from anything that is an Ecs port."""

import json
from dataclasses import dataclass
from typing import Protocol

import pytest

from bot.domain.ecs import Service
from bot.domain.errors import NotFound, NotPossible, Refusal, Throttled
from bot.domain.people import OnBehalf, Person
from bot.domain.stacks import Place
from bot.engine.ports import Ecs

STAGING = Place("us-east-1", "staging", "arn:aws:iam::111122223333:role/tinystacks-bot")
NOWHERE = Place("us-east-1", "nowhere")
ANA = OnBehalf(Person("T0ACME", "U0ANA", "Ana"), "c1", "shop", "staging")
REGISTRABLE = ("family", "networkMode", "containerDefinitions")


class EcsWorld(Protocol):
    """A world with a steady service `shop` of two tasks in cluster `staging`, on the second revision or later."""

    @property
    def ecs(self) -> Ecs:
        """The port under test."""
        ...

    def throttles(self, call: str) -> None:
        """The next write of that name is throttled."""
        ...

    def settles(self) -> None:
        """The rollout under way completes."""
        ...

    def crashes(self) -> None:
        """A task of the newest deployment starts and dies with exit code 1."""
        ...


@dataclass
class Shop:
    """Short words for the suite."""

    world: EcsWorld

    @property
    def ecs(self) -> Ecs:
        return self.world.ecs

    def now(self) -> Service:
        return self.ecs.describe_services(STAGING, ["shop"])["shop"]

    def restart(self) -> Service:
        return self.ecs.update_service(STAGING, asking(forceNewDeployment=True), ANA)

    def register_copy(self) -> str:
        definition = self.ecs.describe_task_definition(STAGING, self.now().task_definition_arn)
        request = {key: definition.document[key] for key in REGISTRABLE}
        return self.ecs.register_task_definition(STAGING, {**request, "tags": list(definition.tags)}, ANA)


def asking(**parameters: object) -> dict[str, object]:
    return {"cluster": "staging", "service": "shop", **parameters}


class EcsContract:
    """Subclasses give the fixture `world`."""

    @pytest.fixture
    def shop(self, world: EcsWorld) -> Shop:
        return Shop(world)


class EcsReads(EcsContract):
    """What changes nothing: these tests may share a world."""

    def test_a_steady_service_is_told_whole(self, shop: Shop) -> None:
        service = shop.now()
        primary = service.primary
        assert primary is not None
        assert (service.name, service.status, service.controller) == ("shop", "ACTIVE", "ECS")
        assert (service.desired, service.running, len(service.deployments)) == (2, 2, 1)
        assert (primary.desired, primary.running, primary.rollout_state) == (2, 2, "COMPLETED")
        assert primary.task_definition_arn == service.task_definition_arn
        assert service.account == "111122223333"

    def test_a_service_that_is_not_there_is_left_out(self, shop: Shop) -> None:
        assert list(shop.ecs.describe_services(STAGING, ["nope", "shop"])) == ["shop"]

    def test_a_cluster_that_is_not_there_is_named(self, shop: Shop) -> None:
        with pytest.raises(NotFound) as caught:
            shop.ecs.describe_services(NOWHERE, ["shop"])
        assert (caught.value.kind, caught.value.name) == ("cluster", "nowhere")

    def test_more_than_one_batch_of_names_is_no_error(self, shop: Shop) -> None:
        names = [f"none-{number}" for number in range(24)]
        assert list(shop.ecs.describe_services(STAGING, [*names, "shop", "shop"])) == ["shop"]

    def test_the_newest_event_comes_first(self, shop: Shop) -> None:
        events = shop.now().events
        assert [one.at for one in events] == sorted((one.at for one in events), reverse=True)
        assert "steady state" in events[0].message

    def test_a_task_definition_is_plain_json_with_its_tags_beside_it(self, shop: Shop) -> None:
        definition = shop.ecs.describe_task_definition(STAGING, shop.now().task_definition_arn)
        assert json.loads(json.dumps(definition.document)) == definition.document
        assert (definition.family, definition.status) == ("shop", "ACTIVE")
        assert "tags" not in definition.document
        assert {"key": "team", "value": "storefront"} in definition.tags
        assert definition.containers[0].logs is not None

    def test_a_task_definition_that_is_not_there_is_named(self, shop: Shop) -> None:
        with pytest.raises(NotFound) as caught:
            shop.ecs.describe_task_definition(STAGING, "shop:99")
        assert (caught.value.kind, caught.value.name) == ("task definition", "shop:99")

    def test_live_tasks_belong_to_the_deployment_that_was_asked_for(self, shop: Shop) -> None:
        deployment_id = shop.now().deployments[0].id
        tasks = shop.ecs.live_tasks(STAGING, "shop", deployment_id)
        assert len(tasks) == 2
        assert {one.started_by for one in tasks} == {deployment_id}
        assert {one.id for one in tasks} == {one.id for one in shop.ecs.live_tasks(STAGING, "shop", None)}
        assert shop.ecs.live_tasks(STAGING, "shop", "ecs-svc/0") == ()

    def test_tasks_of_a_service_that_is_not_there_are_refused(self, shop: Shop) -> None:
        with pytest.raises(NotFound):
            shop.ecs.live_tasks(STAGING, "nope", None)

    def test_container_instances_tell_what_they_have_left(self, shop: Shop) -> None:
        instances = shop.ecs.describe_container_instances(STAGING)
        assert all(one.agent_connected and one.cpu > 0 and one.memory > 0 for one in instances)
        assert len({one.zone for one in instances}) == 3

    def test_instances_of_a_cluster_that_is_not_there_are_refused(self, shop: Shop) -> None:
        with pytest.raises(NotFound):
            shop.ecs.describe_container_instances(NOWHERE)


class EcsWrites(EcsContract):
    """What changes something: a new world for each test."""

    def test_a_registered_copy_is_the_next_revision_with_everything_in_it(self, shop: Shop) -> None:
        before = shop.ecs.describe_task_definition(STAGING, shop.now().task_definition_arn)
        after = shop.ecs.describe_task_definition(STAGING, shop.register_copy())
        assert after.revision == before.revision + 1
        assert [after.document[key] for key in REGISTRABLE] == [before.document[key] for key in REGISTRABLE]
        assert after.tags == before.tags

    def test_revisions_are_listed_newest_first_and_no_more_than_asked_for(self, shop: Shop) -> None:
        newest = shop.register_copy()
        listed = shop.ecs.list_task_definitions(STAGING, "shop", 10)
        assert listed[0] == newest
        assert len(listed) >= 2
        assert shop.ecs.list_task_definitions(STAGING, "shop", 1) == (newest,)
        assert shop.ecs.list_task_definitions(STAGING, "sho", 10) == ()

    def test_an_update_answers_the_new_primary_beside_the_old_deployment(self, shop: Shop) -> None:
        before, revision = shop.now(), shop.register_copy()
        after = shop.ecs.update_service(STAGING, asking(taskDefinition=revision), ANA)
        assert after.primary is not None
        assert after.primary.task_definition_arn == revision
        assert after.primary.rollout_state == "IN_PROGRESS"
        assert {one.id for one in before.deployments} < {one.id for one in after.deployments}
        assert after.desired == before.desired

    def test_a_completed_rollout_leaves_one_deployment(self, shop: Shop) -> None:
        started = shop.restart().primary
        shop.world.settles()
        service = shop.now()
        assert started is not None
        assert [one.id for one in service.deployments] == [started.id]
        assert service.deployments[0].rollout_state == "COMPLETED"

    def test_a_service_that_is_not_there_cannot_be_updated(self, shop: Shop) -> None:
        with pytest.raises(NotFound) as caught:
            shop.ecs.update_service(STAGING, {"cluster": "staging", "service": "nope"}, ANA)
        assert (caught.value.kind, caught.value.name) == ("service", "nope")

    def test_a_revision_that_is_not_there_cannot_be_deployed(self, shop: Shop) -> None:
        before = shop.now()
        with pytest.raises(Refusal):
            shop.ecs.update_service(STAGING, asking(taskDefinition="shop:99"), ANA)
        assert shop.now().deployments == before.deployments

    def test_a_throttled_update_did_nothing(self, shop: Shop) -> None:
        before = shop.now()
        shop.world.throttles("UpdateService")
        with pytest.raises(Throttled):
            shop.restart()
        assert shop.now().deployments == before.deployments

    def test_service_deployments_come_newest_first_and_can_be_described(self, shop: Shop) -> None:
        arn = shop.restart().service_deployment_arn or shop.now().service_deployment_arn
        listed = shop.ecs.list_service_deployments(STAGING, "shop", 10)
        described = shop.ecs.describe_service_deployments(STAGING, [listed[0].arn, listed[0].arn + "0"])
        assert listed[0].arn == arn
        assert [one.created_at for one in listed] == sorted((one.created_at for one in listed), reverse=True)
        assert list(described) == [arn]
        assert len(shop.ecs.list_service_deployments(STAGING, "shop", 1)) == 1

    def test_a_service_deployment_leads_to_the_task_definition_it_brought(self, shop: Shop) -> None:
        revision = shop.register_copy()
        shop.ecs.update_service(STAGING, asking(taskDefinition=revision), ANA)
        shop.world.settles()
        newest = shop.ecs.list_service_deployments(STAGING, "shop", 1)[0]
        arn = newest.target_revision_arn
        described = shop.ecs.describe_service_revisions(STAGING, [arn, arn + "0", arn])
        assert newest.status == "SUCCESSFUL"
        assert [one.task_definition_arn for one in described.values()] == [revision]
        assert list(described) == [arn]

    def test_a_running_rollout_can_be_stopped(self, shop: Shop) -> None:
        shop.restart()
        arn = str(shop.now().service_deployment_arn)
        shop.ecs.stop_service_deployment(STAGING, {"serviceDeploymentArn": arn, "stopType": "ROLLBACK"}, ANA)
        assert "ROLLBACK" in shop.ecs.describe_service_deployments(STAGING, [arn])[arn].status

    def test_a_finished_rollout_cannot_be_stopped_any_more(self, shop: Shop) -> None:
        arn = str(shop.now().service_deployment_arn)
        with pytest.raises(NotPossible):
            shop.ecs.stop_service_deployment(STAGING, {"serviceDeploymentArn": arn, "stopType": "ROLLBACK"}, ANA)

    def test_a_dead_task_is_found_under_its_deployment_with_its_exit_code(self, shop: Shop) -> None:
        before = shop.now().deployments[0].id
        shop.ecs.update_service(STAGING, asking(taskDefinition=shop.register_copy()), ANA)
        shop.world.crashes()
        primary = shop.now().primary
        assert primary is not None
        newest = shop.ecs.stopped_tasks(STAGING, "shop", primary.id)[0]
        assert (newest.started_by, newest.last_status) == (primary.id, "STOPPED")
        assert newest.stop_code == "EssentialContainerExited"
        assert newest.containers[0].exit_code == 1
        assert primary.failed_tasks >= 1
        assert shop.ecs.stopped_tasks(STAGING, "shop", before) == ()
