"""The next revision: the running task definition as RegisterTaskDefinition takes it, and nothing else added or lost."""

from collections.abc import Mapping
from typing import Any

from bot.domain.ecs import TaskDefinition
from bot.domain.errors import NotPossible

READ_ONLY = frozenset(
    {
        "taskDefinitionArn",
        "revision",
        "status",
        "requiresAttributes",
        "compatibilities",
        "registeredAt",
        "registeredBy",
        "deregisteredAt",
        "deleteRequestedAt",
    }
)
"""What DescribeTaskDefinition answers and RegisterTaskDefinition does not take (ECS facts 1.2)."""

CHANGE_TAG = "tinystacks:change"
"""The tag that names the change on the revision it registered: the look-up key after a crash."""

MOST_TAGS = 50
"""Tags of one ECS resource (ECS developer guide, Tagging)."""


def register_request(definition: TaskDefinition, container: str, image: str, change_id: str) -> dict[str, Any]:
    """RegisterTaskDefinition's parameters: the whole definition, known and unknown fields alike, with that container's
    image and our tag. Raises NotPossible where ECS gave no document, or no tag can be added."""
    request = registrable(definition)
    if "family" not in request or not request.get("containerDefinitions"):
        fact = f"AWS gave no registrable task definition for {definition.arn}."
        raise NotPossible(fact, "Check that the bot may call ecs:DescribeTaskDefinition, then try again.")
    request["containerDefinitions"] = [
        {**each, "image": image} if each["name"] == container else each for each in request["containerDefinitions"]
    ]
    return {**request, "tags": _tags(definition, change_id)}


def registrable(definition: TaskDefinition) -> dict[str, Any]:
    """The document without what RegisterTaskDefinition does not take."""
    return {key: _without_nulls(v) for key, v in definition.document.items() if key not in READ_ONLY and v is not None}


def _without_nulls(value: Any) -> Any:
    """Null members of objects go, at any depth: they mean "not set", and the API refuses them."""
    if isinstance(value, Mapping):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list | tuple) else value


def _tags(definition: TaskDefinition, change_id: str) -> list[dict[str, str]]:
    """All tags, or registering would lose them (ECS facts 1.2); `aws:` ones are reserved and cannot be passed."""
    kept = [dict(t) for t in definition.tags if not t["key"].lower().startswith("aws:") and t["key"] != CHANGE_TAG]
    if len(kept) >= MOST_TAGS:
        fact = (
            f"{definition.family}:{definition.revision} carries {len(kept)} tags, the most ECS allows, and I add one."
        )
        raise NotPossible(fact, "Register a revision with fewer tags, then try again.")
    return [*kept, {"key": CHANGE_TAG, "value": change_id}]
