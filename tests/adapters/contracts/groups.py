"""What the engine may rely on from anything that is a Groups port."""

from typing import Protocol

import pytest

from bot.domain.errors import AccessDenied, NotPossible, Throttled, Unanswered
from bot.domain.groups import Group
from bot.engine.ports import Groups
from tests.adapters.contracts.scaling import ANA, PLACE

NAME = "staging-ecs"


class GroupsWorld(Protocol):
    """A group `staging-ecs` of three instances, at least two, at most five, over three zones, with no hooks."""

    @property
    def groups(self) -> Groups:
        """The port under test."""
        ...

    def settles(self) -> None:
        """Whatever the group is at is over."""
        ...

    def fails_to_launch(self) -> str:
        """EC2 has no machines: an instance that is missing fails to launch; AWS's words."""
        ...

    def protects(self, instance_id: str) -> None:
        """From scale-in."""
        ...

    def hooks(self, name: str) -> None:
        """The group has a lifecycle hook of that name when instances terminate."""
        ...

    def denies(self, call: str) -> None:
        """It may not be called from now on."""
        ...

    def throttles(self, call: str) -> None:
        """The next such call is throttled."""
        ...


class GroupsContract:
    """Subclasses give the fixture `world`: a new one for each test."""

    def test_a_group_is_told_with_its_instances(self, world: GroupsWorld) -> None:
        group = told(world)
        assert (group.name, group.least, group.most, group.desired) == (NAME, 2, 5, 3)
        assert group.arn.endswith(f"autoScalingGroupName/{NAME}")
        assert len(group.in_service) == 3
        assert {one.zone for one in group.instances} == set(group.zones)
        assert {one.instance_type for one in group.instances} == {"m5.large"}
        assert group.launch_template
        assert all(one.launch_template for one in group.instances)
        assert (group.cooldown, group.terminating_hooks, group.ecs_managed, group.suspended) == (300, (), False, ())

    def test_a_group_of_another_name_is_none(self, world: GroupsWorld) -> None:
        assert world.groups.group(PLACE, "nope") is None

    def test_instances_lead_to_their_group_and_unknown_ones_are_left_out(self, world: GroupsWorld) -> None:
        ids = [one.id for one in told(world).instances]
        found = world.groups.group_names(PLACE, [*ids, "i-00000000000000000", ids[0]])
        assert found == dict.fromkeys(ids, NAME)

    def test_a_larger_group_is_wanted_at_once_and_there_when_it_has_settled(self, world: GroupsWorld) -> None:
        sets(world, 5)
        assert told(world).desired == 5
        world.settles()
        assert len(told(world).in_service) == 5

    def test_a_smaller_group_never_loses_a_protected_instance(self, world: GroupsWorld) -> None:
        kept = [one.id for one in told(world).instances][:2]
        for instance_id in kept:
            world.protects(instance_id)
        sets(world, 2)
        world.settles()
        assert sorted(one.id for one in told(world).instances) == sorted(kept)

    @pytest.mark.parametrize(("wanted", "side"), [(6, "above max value 5"), (1, "below min value 2")])
    def test_a_size_outside_the_bounds_is_refused_in_awss_words(
        self, world: GroupsWorld, wanted: int, side: str
    ) -> None:
        with pytest.raises(NotPossible, match=f"{side} for the AutoScalingGroup"):
            sets(world, wanted)
        with pytest.raises(NotPossible, match="between the specified min size:2 and max size:5"):
            updates(world, DesiredCapacity=wanted)
        assert told(world).desired == 3

    def test_bounds_may_move_and_take_the_size_with_them(self, world: GroupsWorld) -> None:
        updates(world, MaxSize=8)
        assert (told(world).least, told(world).most, told(world).desired) == (2, 8, 3)
        updates(world, MinSize=4, MaxSize=4)
        assert (told(world).least, told(world).most, told(world).desired) == (4, 4, 4)
        updates(world, MaxSize=6, DesiredCapacity=6)
        assert (told(world).most, told(world).desired) == (6, 6)

    def test_bounds_the_wrong_way_round_are_refused(self, world: GroupsWorld) -> None:
        with pytest.raises(NotPossible, match="Max bound, 1, must be greater than or equal to min bound, 2"):
            updates(world, MaxSize=1)

    def test_a_change_right_after_another_is_refused_where_cooldown_is_honoured(self, world: GroupsWorld) -> None:
        sets(world, 4)
        world.settles()
        with pytest.raises(NotPossible, match="ScalingActivityInProgress") as caught:
            sets(world, 5)
        assert "cooldown" in caught.value.remedy
        world.groups.set_desired_capacity(PLACE, {"AutoScalingGroupName": NAME, "DesiredCapacity": 5}, ANA)
        assert told(world).desired == 5

    def test_a_group_that_is_not_there_cannot_be_changed(self, world: GroupsWorld) -> None:
        with pytest.raises(NotPossible, match="AutoScalingGroup name not found"):
            world.groups.set_desired_capacity(PLACE, {"AutoScalingGroupName": "nope", "DesiredCapacity": 1}, ANA)

    def test_an_instance_is_terminated_by_its_id_and_not_replaced(self, world: GroupsWorld) -> None:
        gone = told(world).instances[1].id
        terminates(world, gone)
        leaving = next(one for one in told(world).instances if one.id == gone)
        assert leaving.lifecycle_state.startswith("Terminating")
        world.settles()
        assert (told(world).desired, len(told(world).in_service)) == (2, 2)
        assert gone not in [one.id for one in told(world).instances]

    def test_an_instance_is_not_terminated_below_the_least_size(self, world: GroupsWorld) -> None:
        terminates(world, told(world).instances[0].id)
        world.settles()
        with pytest.raises(NotPossible, match=r"desiredSize equals minSize \(2\)"):
            terminates(world, told(world).instances[0].id)

    def test_an_instance_of_no_group_cannot_be_terminated(self, world: GroupsWorld) -> None:
        with pytest.raises(NotPossible, match="No managed instance found for i-00000000000000000"):
            terminates(world, "i-00000000000000000")

    def test_what_the_group_did_is_told_newest_first_with_causes(self, world: GroupsWorld) -> None:
        sets(world, 4)
        world.settles()
        newest, *_ = activities = world.groups.activities(PLACE, NAME, 10)
        assert (newest.status, newest.ended_at is not None) == ("Successful", True)
        assert newest.description.startswith("Launching a new EC2 instance: i-")
        assert "from 3 to 4" in newest.cause
        assert [one.at for one in activities] == sorted((one.at for one in activities), reverse=True)
        assert len(world.groups.activities(PLACE, NAME, 1)) == 1

    def test_a_launch_that_fails_is_told_in_awss_words(self, world: GroupsWorld) -> None:
        said = world.fails_to_launch()
        newest = world.groups.activities(PLACE, NAME, 1)[0]
        assert (newest.status, newest.message) == ("Failed", said)

    def test_lifecycle_hooks_at_the_end_are_told(self, world: GroupsWorld) -> None:
        world.hooks("drain")
        assert told(world).terminating_hooks == ("drain",)

    @pytest.mark.parametrize("call", ["DescribeAutoScalingGroups", "DescribeLifecycleHooks"])
    def test_a_group_that_may_not_be_read_is_refused_by_name(self, world: GroupsWorld, call: str) -> None:
        world.denies(call)
        with pytest.raises(AccessDenied, match=f"autoscaling:{call}"):
            told(world)

    def test_a_throttled_change_did_nothing(self, world: GroupsWorld) -> None:
        world.throttles("SetDesiredCapacity")
        with pytest.raises(Throttled) as caught:
            sets(world, 4)
        assert not isinstance(caught.value, Unanswered)
        assert told(world).desired == 3


def told(world: GroupsWorld) -> Group:
    """The group now."""
    group = world.groups.group(PLACE, NAME)
    assert group is not None
    return group


def sets(world: GroupsWorld, desired: int) -> None:
    """Ana wants so many."""
    request = {"AutoScalingGroupName": NAME, "DesiredCapacity": desired, "HonorCooldown": True}
    world.groups.set_desired_capacity(PLACE, request, ANA)


def updates(world: GroupsWorld, **sizes: int) -> None:
    """Ana changes the group."""
    world.groups.update_auto_scaling_group(PLACE, {"AutoScalingGroupName": NAME, **sizes}, ANA)


def terminates(world: GroupsWorld, instance_id: str) -> None:
    """Ana takes one away."""
    request = {"InstanceId": instance_id, "ShouldDecrementDesiredCapacity": True}
    world.groups.terminate_instance(PLACE, request, ANA)
