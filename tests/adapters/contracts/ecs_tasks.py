"""What the engine may rely on from anything that is an Ecs port, task by task."""

import pytest

from bot.domain.errors import NotPossible
from tests.adapters.contracts.ecs import ANA, STAGING, EcsContract, Shop


class TaskReads(EcsContract):
    """What changes nothing: these tests may share a world."""

    def test_a_live_task_tells_where_it_runs_and_what_it_reserves(self, shop: Shop) -> None:
        for task in shop.ecs.live_tasks(STAGING, "shop", None):
            assert (task.group, task.launch_type) == ("service:shop", "EC2")
            assert task.zone.startswith("us-east-1")
            assert task.cpu
            assert task.memory
            (instance,) = shop.ecs.describe_container_instances(STAGING, [str(task.container_instance_arn)])
            assert instance.arn == task.container_instance_arn
            assert instance.agent_version.count(".") == 2

    def test_a_task_tells_whether_one_can_exec_into_it(self, shop: Shop) -> None:
        for task in shop.ecs.live_tasks(STAGING, "shop", None):
            agent = task.containers[0].exec_agent
            assert task.enable_execute_command
            assert agent is not None
            assert agent.last_status == "RUNNING"
            assert agent.started_at is not None

    def test_the_tasks_on_an_instance_are_those_that_name_it(self, shop: Shop) -> None:
        tasks = shop.ecs.live_tasks(STAGING, "shop", None)
        for arn in {str(one.container_instance_arn) for one in tasks}:
            mine = {one.id for one in tasks if one.container_instance_arn == arn}
            assert {one.id for one in shop.ecs.tasks_on(STAGING, arn) if one.group == "service:shop"} == mine

    def test_the_tasks_of_a_cluster_are_those_of_all_its_services_or_nobody_says(self, shop: Shop) -> None:
        live = shop.ecs.cluster_tasks(STAGING, stopping=False, most=100)
        assert live is not None
        assert {one.id for one in shop.ecs.live_tasks(STAGING, "shop", None)} <= {one.id for one in live}
        assert not [one for one in live if one.interface]
        assert shop.ecs.cluster_tasks(STAGING, stopping=False, most=len(live)) is None

    def test_tasks_are_found_by_id_and_unknown_ones_left_out(self, shop: Shop) -> None:
        ids = [one.id for one in shop.ecs.live_tasks(STAGING, "shop", None)]
        found = shop.ecs.describe_tasks(STAGING, [*ids, "0" * 32, ids[0]])
        assert sorted(found) == sorted(ids)
        assert all(one.id == id_ for id_, one in found.items())


class TaskWrites(EcsContract):
    """What changes something: a new world for each test."""

    def test_a_task_is_stopped_for_the_reason_given_and_another_stop_changes_nothing(self, shop: Shop) -> None:
        task = shop.ecs.live_tasks(STAGING, "shop", None)[0]
        request = {"cluster": "staging", "task": task.id, "reason": "tinystacks c1 by ana"}
        stopped = shop.ecs.stop_task(STAGING, request, ANA)
        assert (stopped.id, stopped.desired_status) == (task.id, "STOPPED")
        assert [one.id for one in shop.ecs.cluster_tasks(STAGING, stopping=True, most=100) or ()] == [task.id]
        again = shop.ecs.stop_task(STAGING, {**request, "reason": "tinystacks c2 by bo"}, ANA)
        assert {one.stopped_reason for one in (stopped, again)} == {"tinystacks c1 by ana"}
        assert task.id not in [one.id for one in shop.ecs.live_tasks(STAGING, "shop", None)]
        assert shop.ecs.describe_tasks(STAGING, [task.id])[task.id].stopped_reason == "tinystacks c1 by ana"

    def test_a_task_that_is_not_there_cannot_be_stopped(self, shop: Shop) -> None:
        with pytest.raises(NotPossible):
            shop.ecs.stop_task(STAGING, {"cluster": "staging", "task": "0" * 32, "reason": "x"}, ANA)
