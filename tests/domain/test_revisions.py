"""A described task definition becomes the request for the next one: nothing added, nothing lost."""

import json
from typing import Any, cast

import pytest
from botocore.model import StructureShape
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotPossible
from bot.domain.revisions import CHANGE_TAG, MOST_TAGS, READ_ONLY, register_request
from tests.domain.deploy_cases import PROPERTY, definition, document, documents

OURS = {"key": CHANGE_TAG, "value": "c1"}


def test_the_read_only_fields_are_those_of_the_service_model() -> None:
    model = get_session().get_service_model("ecs")
    described, accepted = (
        set(cast(StructureShape, model.shape_for(name)).members)
        for name in ("TaskDefinition", "RegisterTaskDefinitionRequest")
    )
    assert described - accepted == READ_ONLY
    assert accepted - described == {"tags"}


def as_described(request: dict[str, Any]) -> dict[str, Any]:
    """What DescribeTaskDefinition would answer for the revision that the request registers."""
    return document(**{key: value for key, value in request.items() if key != "tags"})


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


@PROPERTY
@given(documents(), st.integers(0, 3))
def test_a_request_is_the_document_with_one_image_changed(described: dict[str, Any], at: int) -> None:
    untouched = json.dumps(described)
    containers = described["containerDefinitions"]
    name = containers[at % len(containers)]["name"]
    request = register_request(definition(described), name, "shop:new", "c1")
    expected = without_nulls({key: value for key, value in described.items() if key not in READ_ONLY})
    expected["containerDefinitions"][at % len(containers)]["image"] = "shop:new"
    assert json.dumps(request) == json.dumps({**expected, "tags": [OURS]})
    assert json.dumps(described) == untouched


@PROPERTY
@given(documents())
def test_registering_what_was_registered_asks_for_the_same_again(described: dict[str, Any]) -> None:
    name = described["containerDefinitions"][0]["name"]
    request = register_request(definition(described), name, "shop:new", "c1")
    again = register_request(definition(as_described(request), tags=tuple(request["tags"])), name, "shop:new", "c1")
    assert again == request


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], [OURS]),
        ([{"key": "team", "value": "web"}], [{"key": "team", "value": "web"}, OURS]),
        ([{"key": CHANGE_TAG, "value": "c0"}, {"key": "a", "value": ""}], [{"key": "a", "value": ""}, OURS]),
        ([{"key": "aws:cloudformation:stack-name", "value": "x"}, {"key": "AWS:y", "value": "x"}], [OURS]),
    ],
)
def test_tags_are_passed_back_and_ours_names_the_change(
    tags: list[dict[str, str]], expected: list[dict[str, str]]
) -> None:
    assert register_request(definition(tags=tuple(tags)), "app", "shop:new", "c1")["tags"] == expected


def test_a_definition_without_room_for_our_tag_is_refused() -> None:
    tags = tuple({"key": f"k{n}", "value": ""} for n in range(MOST_TAGS))
    with pytest.raises(NotPossible, match="50 tags"):
        register_request(definition(tags=tags), "app", "shop:new", "c1")
    assert len(register_request(definition(tags=tags[1:]), "app", "shop:new", "c1")["tags"]) == MOST_TAGS


@pytest.mark.parametrize("described", [{}, {"family": "shop"}, {"containerDefinitions": [{"name": "app"}]}])
def test_a_definition_that_cannot_be_registered_is_refused(described: dict[str, Any]) -> None:
    with pytest.raises(NotPossible, match="no registrable task definition"):
        register_request(definition(described), "app", "shop:new", "c1")
