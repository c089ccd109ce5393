"""What the engine may rely on from anything that is an Ecs port, of what services run on."""

from typing import Protocol

import pytest

from bot.domain.errors import AccessDenied, NotFound
from bot.domain.stacks import Place
from bot.engine.ports import Ecs
from tests.adapters.contracts.scaling import ANA, PLACE

NOWHERE, PROD = Place("us-east-1", "nowhere"), Place("us-east-1", "prod")
ZONE_A = "attribute:ecs.availability-zone == us-east-1a"


class FleetWorld(Protocol):
    """Cluster `staging` with an instance in each of three zones and a capacity provider `staging-ecs` that is in no
    default strategy and whose group ECS leaves alone. Cluster `prod` uses it by default."""

    @property
    def ecs(self) -> Ecs:
        """The port under test."""
        ...

    def denies(self, call: str) -> None:
        """It may not be called from now on."""
        ...


class FleetContract:
    """Subclasses give the fixture `world`: a new one for each test."""

    def test_an_instance_tells_what_it_had_when_empty_and_how_it_is(self, world: FleetWorld) -> None:
        for one in world.ecs.describe_container_instances(PLACE):
            assert (one.registered_cpu, one.registered_memory, one.gpus) == (2048, 7764, 0)
            assert one.cpu <= one.registered_cpu
            assert (one.instance_type, one.trunk, one.pending_tasks) == ("m5.large", False, 0)
            assert one.health in ("OK", "")

    def test_aws_says_which_instances_an_expression_matches(self, world: FleetWorld) -> None:
        in_a = {one.arn for one in world.ecs.describe_container_instances(PLACE) if one.zone == "us-east-1a"}
        assert world.ecs.matching_instances(PLACE, ZONE_A) == in_a
        assert len(world.ecs.matching_instances(PLACE, "")) == 3

    def test_a_draining_instance_is_no_longer_active_but_still_matches(self, world: FleetWorld) -> None:
        first = world.ecs.describe_container_instances(PLACE)[0].arn
        request = {"cluster": "staging", "containerInstances": [first, first[:-3] + "000"], "status": "DRAINING"}
        world.ecs.update_container_instances_state(PLACE, request, ANA)
        assert [one.status for one in world.ecs.describe_container_instances(PLACE, [first])] == ["DRAINING"]
        assert first not in [one.arn for one in world.ecs.describe_container_instances(PLACE)]
        assert first in world.ecs.matching_instances(PLACE, "")
        world.ecs.update_container_instances_state(PLACE, {**request, "status": "ACTIVE"}, ANA)
        assert first in [one.arn for one in world.ecs.describe_container_instances(PLACE)]

    def test_a_capacity_provider_tells_its_group_and_who_sizes_it(self, world: FleetWorld) -> None:
        found = world.ecs.describe_capacity_providers(PLACE, ["staging-ecs", "nope"])
        assert list(found) == ["staging-ecs"]
        provider = found["staging-ecs"]
        assert (provider.group_name, provider.managed_scaling, provider.managed_draining) == (
            "staging-ecs", False, False,
        )  # fmt: skip
        assert world.ecs.describe_capacity_providers(PLACE, []) == {}

    def test_a_cluster_tells_the_providers_of_its_default_strategy(self, world: FleetWorld) -> None:
        assert world.ecs.cluster_capacity_providers(PLACE) == ()
        assert world.ecs.cluster_capacity_providers(PROD) == ("staging-ecs",)

    def test_a_cluster_that_is_not_there_is_named(self, world: FleetWorld) -> None:
        with pytest.raises(NotFound) as caught:
            world.ecs.cluster_capacity_providers(NOWHERE)
        assert (caught.value.kind, caught.value.name) == ("cluster", "nowhere")
        with pytest.raises(NotFound):
            world.ecs.matching_instances(NOWHERE, "")

    def test_what_may_not_be_read_is_refused_by_name(self, world: FleetWorld) -> None:
        world.denies("DescribeCapacityProviders")
        with pytest.raises(AccessDenied, match="ecs:DescribeCapacityProviders"):
            world.ecs.describe_capacity_providers(PLACE, ["staging-ecs"])
