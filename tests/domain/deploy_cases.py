"""A service on ECS as the tests of planning and checking see it; every part can be replaced."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from bot.domain.ecs import ContainerDefinition, Deployment, Image, Service, TaskDefinition
from bot.domain.people import Person
from bot.domain.stacks import Config, Place, Stack, Stage
from bot.domain.targets import Target

PROPERTY = settings(deadline=None)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ECR = "111122223333.dkr.ecr.us-east-1.amazonaws.com/shop"
OLD, NEW = "sha256:" + "a1" * 32, "sha256:" + "b2" * 32
ARN = "arn:aws:ecs:us-east-1:111122223333"
IMAGE = Image(ECR, NEW, ("v43",), NOW - timedelta(days=3), 1000, ("amd64",))
ANA = Person("T0ACME", "U0ANA", "ana")


def stage(**parts: Any) -> Stage:
    place = Place("us-east-1", "prod")
    return Stage(**{"stack": "shop", "name": "prod", "place": place, "service": "shop", "channel_id": "C0", **parts})


CONFIG = Config(
    "T0ACME",
    {"developers": ("S0DEV", "U0ANA"), "release": ("S0REL",), "nobody": ()},
    (
        Stack("shop", (stage(name="staging"), stage(may_change=("developers",)))),
        Stack("Payload-svc", (stage(stack="Payload-svc", name="prod"),)),
    ),
)


def document(*containers: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        "taskDefinitionArn": f"{ARN}:task-definition/shop:7",
        "containerDefinitions": list(containers) or [{"name": "app", "image": f"{ECR}@{OLD}"}],
        "family": "shop",
        "revision": 7,
        "status": "ACTIVE",
        "requiresAttributes": [{"name": "ecs.capability.execution-role-awslogs"}],
        "compatibilities": ["EC2"],
        "registeredAt": "2026-11-01T10:00:00+00:00",
        "registeredBy": f"{ARN}:user/ci",
        **parts,
    }


def definition(described: dict[str, Any] | None = None, **parts: Any) -> TaskDefinition:
    doc = document() if described is None else described
    return TaskDefinition(
        **{
            "arn": f"{ARN}:task-definition/shop:7",
            "family": "shop",
            "revision": 7,
            "status": "ACTIVE",
            "containers": tuple(
                ContainerDefinition(c["name"], c.get("image", "")) for c in doc.get("containerDefinitions", ())
            ),
            "document": doc,
            **parts,
        }
    )


def deployment(**parts: Any) -> Deployment:
    return Deployment(
        **{
            "id": "ecs-svc/1",
            "status": "PRIMARY",
            "task_definition_arn": f"{ARN}:task-definition/shop:7",
            "desired": 4,
            "pending": 0,
            "running": 4,
            "failed_tasks": 0,
            "created_at": NOW - timedelta(minutes=3),
            "rollout_state": "COMPLETED",
            **parts,
        }
    )


def service(**parts: Any) -> Service:
    return Service(
        **{
            "arn": f"{ARN}:service/prod/shop",
            "name": "shop",
            "cluster_arn": f"{ARN}:cluster/prod",
            "status": "ACTIVE",
            "desired": 4,
            "running": 4,
            "pending": 0,
            "task_definition_arn": f"{ARN}:task-definition/shop:7",
            "deployments": (deployment(),),
            **parts,
        }
    )


def target(described: dict[str, Any] | None = None, **parts: Any) -> Target:
    return Target(service(**parts), definition(described))


_leaves = st.none() | st.booleans() | st.integers(0, 9999) | st.text("abcXYZ-_/:.é", max_size=12)
_json = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcnamevlu", max_size=5), inner, max_size=3),
    max_leaves=8,
)
_names = st.text("abcdefgh-", min_size=1, max_size=8)
_pairs = st.lists(st.fixed_dictionaries({"name": _names, "value": st.text(max_size=8)}), max_size=3)
_extras = st.dictionaries(st.sampled_from(["futureKey", "command", "ulimits", "portMappings", "dockerLabels"]), _json)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Task definitions as described: several containers, known, odd and unknown fields, nulls and empties."""
    names = draw(st.lists(_names, min_size=1, max_size=4, unique=True))
    containers = [
        {**draw(_extras), "name": name, "image": draw(_names), "environment": draw(_pairs), "cpu": draw(_json)}
        for name in names
    ]
    known = st.sampled_from(["volumes", "cpu", "runtimePlatform", "placementConstraints", "brandNewKey", "proxy"])
    return document(*containers, **draw(st.dictionaries(known, _json)))
