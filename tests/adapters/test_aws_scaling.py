"""The adapters of what scales keep the contracts, against the sandbox's AWS over the wire."""

from collections.abc import Iterator
from datetime import datetime
from threading import Thread
from typing import Any

import boto3
import pytest
from werkzeug.serving import make_server

from bot.adapters.aws.ecs import AwsEcs
from bot.adapters.aws.groups import AwsGroups
from bot.adapters.aws.hardware import AwsHardware
from bot.adapters.aws.scaling import AwsScaling
from bot.adapters.aws.sessions import Sessions
from bot.adapters.aws.usage import AwsMetrics
from bot.domain.scaling import ScheduledAction
from bot.engine.ports import Ecs, Groups, Hardware, Metrics, Scaling
from sandbox.ecs import World, groups, hardware, seed
from sandbox.ecs.wire import Environ, Start, Wire
from sandbox.ecs.world import QuietHandler
from tests.adapters.aws_credentials import use_testing_credentials
from tests.adapters.contracts.ecs_fleet import FleetContract
from tests.adapters.contracts.groups import NAME, GroupsContract, sets, told
from tests.adapters.contracts.hardware import HardwareContract
from tests.adapters.contracts.scaling import PLACE, SHOP, ScalingContract, puts, registers
from tests.adapters.contracts.usage import MetricsContract

REGION, CLUSTER = "us-east-1", "staging"


class Door:
    """Where every test's AWS is found, so that the clients, which cost more than the tests, are made once."""

    def __init__(self) -> None:
        self.opens: Any = None
        self.sessions = Sessions()

    def __call__(self, environ: Environ, start: Start) -> Any:
        return self.opens(environ, start)


class SmallAws:
    """A cluster of three instances; with `service`, two tasks of `shop` on it for an hour."""

    def __init__(self, sandbox: World, sessions: Sessions) -> None:
        self.sandbox, self.endpoint_url = sandbox, str(sessions.endpoint_url)
        self.takes(sessions)
        group = groups.find(REGION, NAME)
        group.min_size, group.max_size = 2, 5

    def takes(self, sessions: Sessions) -> None:
        """These from now on: other tests' know nothing of this world's roles."""
        self.scaling: Scaling = AwsScaling(sessions)
        self.groups: Groups = AwsGroups(sessions)
        self.metrics: Metrics = AwsMetrics(sessions)
        self.hardware: Hardware = AwsHardware(sessions)
        self.ecs: Ecs = AwsEcs(sessions)

    @property
    def now(self) -> datetime:
        return self.sandbox.now()

    @property
    def subnet(self) -> str:
        return str(hardware.subnets(REGION)[0].id)

    def serves(self) -> None:
        seed.push_images(self.sandbox, REGION, "shop")
        document = seed.document(REGION, "shop", "shop", "v41")
        self._does("RegisterTaskDefinition", document)
        self._does("CreateService", {"cluster": CLUSTER, "serviceName": "shop", "taskDefinition": "shop:1",
                                     "desiredCount": 2})  # fmt: skip
        hardware.announce(REGION, CLUSTER, "shop")
        self.sandbox.tick(40)
        self.sandbox.state.clock.jump(3_600)

    def desired(self) -> int:
        return self.sandbox.state.service(REGION, CLUSTER, "shop").desired

    def schedules(self, action: ScheduledAction) -> None:
        self._client("application-autoscaling").put_scheduled_action(
            ServiceNamespace="ecs",
            ResourceId=SHOP,
            ScalableDimension="ecs:service:DesiredCount",
            ScheduledActionName=action.name,
            Schedule=action.schedule,
            Timezone=action.timezone,
            ScalableTargetAction={"MinCapacity": action.least, "MaxCapacity": action.most},
        )

    def hits_its_ceiling(self) -> str:
        puts(self, "cpu", 10.0)
        self.sandbox.tick(200)
        return str(self.sandbox.state.scalings[self.sandbox.state.service(REGION, CLUSTER, "shop").arn][0]["Cause"])

    def settles(self) -> None:
        self.sandbox.tick(40)

    def fails_to_launch(self) -> str:
        self.sandbox.faults.no_ec2_capacity()
        sets(self, 4)
        return (
            "We currently do not have sufficient m5.large capacity in the Availability Zone you requested (us-east-1a)."
            " Our system will be working on provisioning additional capacity. You can currently get m5.large capacity"
            " by not specifying an Availability Zone in your request or choosing us-east-1b, us-east-1c."
            " Launching EC2 instance failed."
        )

    def protects(self, instance_id: str) -> None:
        self._client("autoscaling").set_instance_protection(
            AutoScalingGroupName=NAME, InstanceIds=[instance_id], ProtectedFromScaleIn=True
        )

    def hooks(self, name: str) -> None:
        for transition in ("LAUNCHING", "TERMINATING"):
            self._client("autoscaling").put_lifecycle_hook(
                AutoScalingGroupName=NAME,
                LifecycleHookName=name if transition == "TERMINATING" else "other",
                LifecycleTransition=f"autoscaling:EC2_INSTANCE_{transition}",
            )

    def denies(self, call: str) -> None:
        self.sandbox.faults.deny(call)

    def throttles(self, call: str) -> None:
        self.sandbox.faults.throttle(call, 1)

    def _client(self, name: str) -> Any:
        make: Any = boto3.client
        return make(name, region_name=REGION, endpoint_url=self.endpoint_url)

    def _does(self, call: str, params: dict[str, Any]) -> None:
        self.sandbox.call(call, REGION, "arn:aws:iam::111122223333:user/platform", params)


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_testing_credentials(monkeypatch)
        here = Door()
        server = make_server("127.0.0.1", 0, here, threaded=True, request_handler=QuietHandler)
        here.sessions = Sessions(endpoint_url=f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield here
        server.shutdown()
        thread.join()
        server.server_close()


def small(door: Door, *, service: bool = False) -> SmallAws:
    """One more sandbox, behind the door from now on."""
    sandbox = World()
    cluster = hardware.add_cluster(sandbox.state, REGION, CLUSTER, 3)
    hardware.add_capacity_provider(cluster)
    hardware.add_cluster(sandbox.state, REGION, "prod").default_strategy.append({"capacityProvider": NAME})
    door.opens = Wire(sandbox)
    aws = SmallAws(sandbox, door.sessions)
    if service:
        aws.serves()
    return aws


class TestAwsScaling(ScalingContract):
    @pytest.fixture
    def world(self, door: Door) -> SmallAws:
        return small(door, service=True)

    def test_a_change_carries_the_person_and_a_read_does_not(self, world: SmallAws) -> None:
        world.takes(Sessions(endpoint_url=world.endpoint_url))
        registers(world, MinCapacity=1, MaxCapacity=8)
        world.scaling.bounds(PLACE, "shop")
        callers = {one.operation: one.caller.rsplit("/", 1)[-1] for one in world.sandbox.calls}
        assert callers["RegisterScalableTarget"] == "slack-U0ANA"
        assert callers["DescribeScalableTargets"] == "tinystacks-bot"


class TestAwsGroups(GroupsContract):
    @pytest.fixture
    def world(self, door: Door) -> SmallAws:
        return small(door)

    def test_a_change_carries_the_person_and_a_read_does_not(self, world: SmallAws) -> None:
        world.takes(Sessions(endpoint_url=world.endpoint_url))
        sets(world, 4)
        told(world)
        callers = {one.operation: one.caller.rsplit("/", 1)[-1] for one in world.sandbox.calls}
        assert callers["SetDesiredCapacity"] == "slack-U0ANA"
        assert callers["DescribeAutoScalingGroups"] == "tinystacks-bot"


class TestAwsFleet(FleetContract):
    @pytest.fixture
    def world(self, door: Door) -> SmallAws:
        return small(door)


class TestAwsMetrics(MetricsContract):
    @pytest.fixture(scope="class")
    @classmethod
    def world(cls, door: Door) -> SmallAws:
        return small(door, service=True)


class TestAwsHardware(HardwareContract):
    @pytest.fixture(scope="class")
    @classmethod
    def world(cls, door: Door) -> SmallAws:
        return small(door)
